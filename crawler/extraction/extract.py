"""Bytes of a page to its text. Pure: the same bytes, rules and weights give the same text.

The page is a sequence of blocks. What the site's template knows as boilerplate is cut; of the rest a
classifier says how probably each block is text, and the text is those blocks that are probable enough.
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

from crawler.config.site import Rule
from crawler.diffing.tokens import words
from crawler.extraction.boilerplate.template import EMPTY, Template, cut
from crawler.extraction.classifier.classifier import Judged, Weights, judge, page_of, shipped
from crawler.extraction.classifier.page_kind import Kind, kind_of
from crawler.extraction.classifier.siblings import ALONE, Siblings, seen_with
from crawler.extraction.classifier.text_choice import text_blocks
from crawler.extraction.html import joiners
from crawler.extraction.html.blocks import Block, blocks
from crawler.extraction.html.counters import is_counter
from crawler.extraction.html.hints import marked_element
from crawler.extraction.html.links import links
from crawler.extraction.html.markup import ExtractionError, drop, matching, outermost, parse
from crawler.extraction.html.overlays import drop_overlays
from crawler.extraction.html.stylesheet import StyleSheet
from crawler.extraction.html.teasers import drop_teasers
from crawler.extraction.metadata.headline import language
from crawler.extraction.metadata.headline import title as headline
from crawler.extraction.metadata.metadata import Metadata, metadata

__all__ = ["EXTRACTOR", "Extract", "ExtractionError", "extract", "rules_at"]

READING = 6
"""Raised with every change to our own code that may change a text."""

EXTRACTOR = f"trafilatura {trafilatura_version}, lxml {lxml_version}, reading {READING}"
"""Names everything that decides the text, but the site's rules and template. Stored with each version."""

joiners.keep_joiners()


@dataclass(frozen=True, slots=True)
class Extract:
    """What remains of a page: its title, its text and what it says about itself."""

    title: str
    text: str
    """One block a line: paragraphs, headings, list items (`- `), table rows (` | `), captions, in order."""
    kind: Kind | Literal["file"]
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


@dataclass(frozen=True, slots=True)
class Opened:
    """A page parsed and judged, before its text is chosen."""

    url: str
    tree: HtmlElement
    metadata_of: Metadata
    title: str
    judged: Judged | None
    """None where the site's own rule names the text."""
    selected: tuple[Block, ...] = ()


def extract(
    body: bytes,
    url: str,
    *,
    encoding: str | None = None,
    remove: Sequence[str] = (),
    select: Sequence[str] = (),
    template: Template = EMPTY,
    weights: Weights | None = None,
) -> Extract:
    """The text of a page: an article, the entries of a list, the posts of a forum, all of a manual's page.

    `remove` and `select` are the site file's CSS selectors, `template` the boilerplate learned of it,
    `weights` those of the classifier, by default the ones that come with the program.
    Raises ExtractionError where there is no text to be read, Misuse for a selector that is none.
    """
    page = opened(
        body, url, encoding=encoding, remove=remove, select=select, template=template, weights=weights
    )
    return extract_opened(page)


def opened(
    body: bytes,
    url: str,
    *,
    encoding: str | None = None,
    remove: Sequence[str] = (),
    select: Sequence[str] = (),
    template: Template = EMPTY,
    weights: Weights | None = None,
) -> Opened:
    """The page parsed, less what rules and template cut, its blocks judged. As `extract`."""
    tree = parse(body, url, encoding)
    metadata_of = metadata(tree, url)
    title = cleaned(tree, url, remove=remove, select=select, template=template)
    if select:
        return Opened(url, tree, metadata_of, title, None, tuple(_selected(tree, url, select)))
    return Opened(url, tree, metadata_of, title, judge(page_of(tree, url), weights or shipped()))


def cleaned(
    tree: HtmlElement,
    url: str,
    *,
    remove: Sequence[str] = (),
    select: Sequence[str] = (),
    template: Template = EMPTY,
) -> str:
    """Takes out of a tree what rules and template cut; the title of the page."""
    for css in remove:
        for element in matching(tree, css):
            drop(element)
    title = headline(tree)
    if not select:
        drop_overlays(tree)
        if (marked := marked_element(tree)) is not None:
            drop_teasers(marked)  # while their labels stand: a template learns and cuts those
    cut(tree, template)
    return title


def extract_opened(page: Opened, known: Siblings = ALONE) -> Extract:
    """The extract of an opened page, `known` is what other pages of its site tell. Raises ExtractionError."""
    taken = text_blocks(seen_with(page.judged, known), page.title) if page.judged else page.selected
    return extract_of(page, taken)


def extract_of(page: Opened, taken: Sequence[Block]) -> Extract:
    """The extract of an opened page with these blocks as its text. Raises ExtractionError."""
    every = page.judged.page.blocks if page.judged else page.selected
    kind = kind_of(page.tree, every, taken)
    lines = [line for block in taken for line in block.lines if page.selected or not is_counter(line)]
    if not lines and not (page.title and (kind == "listing" or _shows_something(page.tree))):
        raise ExtractionError(f"{page.url}: there is no text; a page made by scripts needs `render = true`")
    text = "\n".join(lines)
    return Extract(
        title=page.title,
        text=text,
        kind=kind,
        author=page.metadata_of.author,
        published=page.metadata_of.published,
        published_by=page.metadata_of.published_by,
        modified=page.metadata_of.modified,
        language=language(text, page.tree.get("lang")),
        links=links(taken, page.url),
        canonical=page.metadata_of.canonical,
    )


def _shows_something(tree: HtmlElement) -> bool:
    """Whether a page without text may be meant so: it has a picture or a film."""
    return next(tree.iter("img", "picture", "video", "audio", "iframe", "object"), None) is not None


def _selected(tree: HtmlElement, url: str, select: Sequence[str]) -> list[Block]:
    chosen = {element for css in select for element in matching(tree, css)}
    if not chosen:
        raise ExtractionError(f"{url}: nothing matches select = {list(select)}; has the site a new design?")
    sheet = StyleSheet.of(tree)
    parts = outermost([element for element in tree.iter() if element in chosen])
    return [block for part in parts for block in blocks(part, sheet)]
