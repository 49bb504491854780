"""Reads the metadata of a page: author, dates, address. Pure.

One walk collects the elements that can have them; they are used in the order of how certainly they describe
this article. Only if none has a date or an author are htmldate and trafilatura used, on the part of the page
with the article. None of this decides whether a page changed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from variorum.crawler.dates import sound_date
from variorum.crawler.extraction.html.joiners import keep_joiners
from variorum.crawler.extraction.html.markup import values
from variorum.crawler.extraction.metadata import linked_data as ld
from variorum.crawler.extraction.metadata.found_dates import found_date
from variorum.crawler.extraction.metadata.marks import Marks
from variorum.crawler.extraction.metadata.people import each, turned, written
from variorum.crawler.urls.references import resolve

PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published",
)  # fmt: skip
PUBLISHED_TOO = (
    "datepublished", "citation_publication_date", "citation_online_date", "citation_date", "parsely-pub-date",
    "sailthru.date", "dcterms.issued", "dcterms.created", "dc.date.issued", "dc.date.created", "dc.date",
    "dcterms.date", "dc:date", "prism.publicationdate", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "publication-date", "date.created", "rnews:datepublished",
    "cxenseparse:recs:publishtime", "bt:pubdate", "originalpublicationdate", "date",
)  # fmt: skip
MODIFIED = ("article:modified_time", "og:updated_time", "og:article:modified_time", "article:modified")
MODIFIED_TOO = (
    "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "revised",
    "last_updated_date", "date.modified",
)  # fmt: skip
SURNAME_FIRST = (
    "citation_author",
    "citation_authors",
    "dc.creator",
    "dcterms.creator",
    "dc:creator",
    "dc.creator.aut",
)
AUTHORS = (
    "author", "article:author", "og:author", "og:article:author", "authors", "byl", "parsely-author",
    "sailthru.author", "rbauthors", "shareaholic:article_author_name",
)  # fmt: skip
NAMES_OF_ELEMENTS = ("class", "id", "rel", "itemprop", "data-component", "data-testid")
BYLINE = re.compile(
    r"author|byl|writer|username|screenname|channel-name|posted-by|submitted-by|journalist|zuozhe|bianji"
    r"|xiaobian|^BBL$|^me$",
    re.IGNORECASE,
)
"""What trafilatura looks for in the names of elements."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of a page; None for what it does not state. Dates as in `variorum.crawler.dates`."""

    author: str | None
    published: str | None
    published_by: str | None
    """`marked` if the page marks its date; `found` if it was read from its text or address."""
    modified: str | None
    canonical: str | None


@dataclass(slots=True)
class Head:
    """The elements of a page that describe it, collected in one walk."""

    metas: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    scripts: list[HtmlElement] = field(default_factory=list)
    canonical: str = ""

    @classmethod
    def of(cls, tree: HtmlElement) -> Head:
        """Collect the describing elements of a tree."""
        head = cls()
        for element in tree.iter("meta", "script", "link"):
            if element.tag == "meta":
                head._meta(element)
            elif element.tag == "script":
                head.scripts += [element] if ld.is_linked_data(element) else []
            elif not head.canonical and "canonical" in (element.get("rel") or "").lower().split():
                head.canonical = (element.get("href") or "").strip()
        return head

    def _meta(self, element: HtmlElement) -> None:
        content = (element.get("content") or "").strip()
        for attribute in ("property", "name", "http-equiv"):
            if content and (name := element.get(attribute)):
                self.metas[name.strip().lower()].append(content)

    def contents(self, names: Iterable[str]) -> Iterator[str]:
        """The contents of the metas of these names, in the order of the names."""
        return (content for name in names for content in self.metas.get(name, ()))


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page states about itself, read in one walk before anything is removed from its tree."""

    head: Head
    every: list[ld.Thing]
    """The objects of its JSON-LD."""
    things: list[ld.Thing]
    """Those of them that are about the page, the main one first."""
    published: str | None
    modified: str | None
    canonical: str | None

    @classmethod
    def of(cls, tree: HtmlElement, url: str, marks: Marks) -> Stated:
        """What the page in a tree states; `marks` are its marked elements."""
        head = Head.of(tree)
        canonical = _canonical(head.canonical, url)
        every = ld.linked_data(head.scripts)
        things = ld.main_first(every, [url, canonical or ""])
        published, modified = _published(head, things, marks), _modified(head, things, marks)
        return cls(head, every, things, published, modified, canonical)

    def __str__(self) -> str:
        return repr((self.head.canonical, self.published, self.modified))

    def metadata(self) -> Metadata | None:
        """The metadata, if all of it is stated in the head; else None: the whole page has to be searched."""
        author = self.published and _author(self.head, self.things, self.every)
        if not author:
            return None
        return Metadata(author, self.published, "marked", self.modified, self.canonical)


def metadata(tree: HtmlElement, url: str) -> Metadata:
    """The metadata of a page as the server sent it, before anything is removed from the tree."""
    marks = Marks(tree)
    said = Stated.of(tree, url, marks)
    author = _author(said.head, said.things, said.every) or written(map(turned, marks.names("author")))
    published = said.published or found_date(tree, url)
    return Metadata(
        author=author or _byline(tree),
        published=published,
        published_by="marked" if said.published else "found" if published else None,
        modified=said.modified,
        canonical=said.canonical,
    )


def _published(head: Head, things: list[ld.Thing], marks: Marks) -> str | None:
    return _first_sound(
        head.contents(PUBLISHED),
        _values(things, "datePublished"),
        marks.dates("datePublished"),
        head.contents(PUBLISHED_TOO),
        marks.classed("published", "entry-date", "dt-published", "pubdate"),
        _values(things, "dateCreated"),
        marks.dates("dateCreated"),
    )


def _modified(head: Head, things: list[ld.Thing], marks: Marks) -> str | None:
    return _first_sound(
        head.contents(MODIFIED),
        _values(things, "dateModified"),
        marks.dates("dateModified"),
        head.contents(MODIFIED_TOO),
        marks.classed("updated", "dt-updated"),
    )


def _first_sound(*sources: Iterable[object]) -> str | None:
    return next((date for source in sources for value in source if (date := sound_date(value))), None)


def _values(things: list[ld.Thing], key: str) -> Iterator[object]:
    for thing in things:
        value = thing.get(key)
        value = value.get("@value") if isinstance(value, dict) else value
        yield from value if isinstance(value, list) else [value]


def _canonical(address: str, url: str) -> str | None:
    return resolve(url, address) if address else None


# ---- people


def _author(head: Head, things: list[ld.Thing], every: list[ld.Thing]) -> str | None:
    authors = (written(_names(thing.get("author") or thing.get("creator"), every)) for thing in things)
    return (
        next(filter(None, authors), None)
        or written(turned(name, surname_first=True) for name in each(head.contents(SURNAME_FIRST)))
        or _normal(turned(name) for name in each(head.contents(AUTHORS)) if not _is_login(name))
        or None
    )


def _names(people: object, every: list[ld.Thing]) -> Iterator[str]:
    for person in people if isinstance(people, list) else [people]:
        one = ld.named(person, every)
        name = _name(one) if isinstance(one, dict) else one
        for text in name if isinstance(name, list) else [name]:
            if isinstance(text, str):
                group = isinstance(one, dict) and "Organization" in ld.types(one)
                yield text if group else turned(text)


def _name(person: ld.Thing) -> object:
    parts = [person.get("givenName"), person.get("familyName")]
    return person.get("name") or " ".join(part for part in parts if isinstance(part, str))


def _is_login(name: str) -> bool:
    """Whether it is one word of Latin letters, such as `admin`: the name of an account and of no person."""
    return name.isascii() and len(name.split()) == 1


def _byline(tree: HtmlElement) -> str | None:
    """The author according to trafilatura; not tried if no element's name suggests one."""
    named = any(map(_names_a_writer, values(tree, *NAMES_OF_ELEMENTS)))
    if named or next(tree.iter("author"), None) is not None:
        from trafilatura.metadata import extract_author  # noqa: PLC0415 - slow to import, and rarely needed

        keep_joiners()
        return _normal([extract_author(tree) or ""])
    return None


@lru_cache(maxsize=2**14)
def _names_a_writer(names: str) -> bool:
    return BYLINE.search(names) is not None


def _normal(names: Iterable[str]) -> str | None:
    """Names without the words and signs around them, as trafilatura cleans them."""
    if not (names := list(names)):
        return None
    from trafilatura.json_metadata import normalize_authors  # noqa: PLC0415 - slow to import

    keep_joiners()
    found = [normalize_authors(None, name) or "" for name in names]
    return written(name for one in found for name in one.split("; ")) or None
