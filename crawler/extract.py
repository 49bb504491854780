"""Bytes of a page to the text of its article. Pure: the same bytes and rules give the same text.

Where the page itself marks its article, as nearly every theme does, the text is all that stands in that
element, block by block, less known furniture: nothing of the article can get lost, and nothing beside it
can get in. Only where no such element is found does trafilatura decide what the article is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lxml.etree import __version__ as lxml_version
from lxml.html import HtmlElement
from trafilatura import __version__ as trafilatura_version
from trafilatura import bare_extraction
from trafilatura.settings import Document

from crawler.boilerplate.template import EMPTY, Template, cut
from crawler.diffing.tokens import words
from crawler.extraction.metadata import metadata
from crawler.page import article, zwnj
from crawler.page import metadata as page
from crawler.page.blocks import blocks
from crawler.page.counters import is_counter
from crawler.page.links import links
from crawler.page.markup import ExtractionError, drop, folded, matching, outermost, parse
from crawler.page.overlays import drop_overlays
from crawler.page.prose import article_blocks
from crawler.page.teasers import drop_teasers
from crawler.site import Rule

__all__ = ["EXTRACTOR", "Extract", "ExtractionError", "extract", "rules_at"]

READING = 6
"""Raised with every change to our own code that may change a text."""

EXTRACTOR = f"trafilatura {trafilatura_version}, lxml {lxml_version}, reading {READING}"
"""Names everything that decides the text, but the site's rules and template. Stored with each version."""

zwnj.keep_joiners()


@dataclass(frozen=True, slots=True)
class Extract:
    """What remains of a page: its title, its text and what it says about itself."""

    title: str
    text: str
    """One block a line: paragraphs, headings, list items (`- `), table rows (` | `), captions, in order."""
    kind: article.Kind | Literal["file"]
    """`listing` for home pages, archives and search results: their text is their entries' headlines.
    `file` for a document that is no web page."""
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    links: str | None = None
    """A line for each link in the text: its words, a tab, where it leads; None where that is not known."""
    published_by: str | None = None
    """`marked` by the page as its date, or `found` in its text or address."""
    canonical: str | None = None
    """The page's own `rel=canonical`, absolute."""

    @property
    def blocks(self) -> tuple[str, ...]:
        """The lines of the text."""
        return tuple(self.text.split("\n")) if self.text else ()

    @property
    def digest(self) -> str:
        """SHA-256 of title and text, in hex. Metadata never takes part."""
        return hashlib.sha256(f"{self.title}\n\n{self.text}".encode()).hexdigest()

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(words(self.text))


def rules_at(rules: Sequence[Rule], day: date) -> tuple[str, ...]:
    """The selectors of those rules that hold on the day of a capture."""
    return tuple(rule.css for rule in rules if (rule.from_ or date.min) <= day <= (rule.until or date.max))


def extract(
    body: bytes,
    url: str,
    *,
    encoding: str | None = None,
    remove: Sequence[str] = (),
    select: Sequence[str] = (),
    template: Template = EMPTY,
) -> Extract:
    """The article of a page, or the entries of a listing.

    `remove` and `select` are the site file's CSS selectors, `template` the boilerplate learned of it.
    Raises ExtractionError where there is no text to be read, Misuse for a selector that is none.
    """
    tree = parse(body, url, encoding)
    says = metadata(tree, url)
    for css in remove:
        for element in matching(tree, css):
            drop(element)
    article.drop_furniture(tree)
    if not select:
        drop_overlays(tree)
    title = page.title(tree)
    early = not select and article.kind_of(tree) == "article"
    if early:
        drop_teasers(tree, url)  # while their labels stand: a template learns and cuts those
    cut(tree, template)
    kind = article.kind_of(tree)
    if kind == "article" and not early and not select:
        drop_teasers(tree, url)
    entries = kind == "listing" and article.has_entries(tree)
    lines = _listing(tree) if entries else _article(tree, url, title, select)
    if not lines and not (title and (kind == "listing" or _shows_something(tree))):
        raise ExtractionError(f"{url}: there is no text; a page made by scripts needs `render = true`")
    text = "\n".join(lines)
    return Extract(
        title=title,
        text=text,
        kind=kind,
        author=says.author,
        published=says.published,
        published_by=says.published_by,
        modified=says.modified,
        language=page.language(text, tree.get("lang")),
        links=None if entries else links(tree, url, lines),
        canonical=says.canonical,
    )


def _shows_something(tree: HtmlElement) -> bool:
    """Whether a page without text may be meant so: it has a picture or a film."""
    return next(tree.iter("img", "picture", "video", "audio", "iframe", "object"), None) is not None


def _listing(tree: HtmlElement) -> list[str]:
    return [f"- {headline}" for headline in article.headlines(tree)]


def _article(tree: HtmlElement, url: str, title: str, select: Sequence[str]) -> list[str]:
    """The blocks of the article: by the site's own rule, else by the page's markup, else by trafilatura."""
    if select:
        return _selected(tree, url, select)
    found = article.container(tree)
    lines = article.read(found, title) if found is not None else _unmarked(tree, url, title)
    return [line for line in lines if not is_counter(line)]


def _unmarked(tree: HtmlElement, url: str, title: str) -> list[str]:
    return [line for line in _read_by_trafilatura(tree, url) if line != title]


def _selected(tree: HtmlElement, url: str, select: Sequence[str]) -> list[str]:
    chosen = {element for css in select for element in matching(tree, css)}
    if not chosen:
        raise ExtractionError(f"{url}: nothing matches select = {list(select)}; has the site a new design?")
    return [line for part in outermost([e for e in tree.iter() if e in chosen]) for line in blocks(part)]


def _read_by_trafilatura(tree: HtmlElement, url: str) -> list[str]:
    """The article where trafilatura finds it; all of the page where it finds none, as in a very short one.

    `deduplicate` stays off: its memory spans the process, and the second reading of a page would be another.
    """
    for part in list(tree.iter("nav", "aside", "footer")):
        drop(part)
    try:
        found = bare_extraction(tree, url=url, include_comments=False, include_tables=True, deduplicate=False)
    except RecursionError as error:
        raise ExtractionError(f"{url}: nested too deep to be read; name its text with `select`") from error
    if isinstance(found, Document) and found.text:
        lines = (folded(line).strip("| ") for line in found.text.splitlines())  # table rows: «| a | b |»
        return article_blocks(tree, [line for line in lines if line.strip("-| ")])
    return blocks(tree)
