"""A page of a known design: its text by its block paths, and digests that tell whether it changed. Pure.

Where no text was ever seen nothing is looked at, and blocks are read only if what is left differs from the
last capture: most pages of a re-crawl cost little more than their parsing. Nothing here classifies, and
neither numpy nor trafilatura is imported.
"""

from __future__ import annotations

import hashlib
import re
from copy import deepcopy
from functools import cached_property, lru_cache

from lxml import etree
from lxml.html import HtmlElement

from variorum.crawler.extraction.boilerplate.template import Template, cut_pieces, design_of
from variorum.crawler.extraction.html.blocks import UNSEEN, Block, blocks
from variorum.crawler.extraction.html.furniture import drop_furniture
from variorum.crawler.extraction.html.hints import marked_element, marked_elements
from variorum.crawler.extraction.html.links import links
from variorum.crawler.extraction.html.markup import drop, matching, parse
from variorum.crawler.extraction.html.overlays import drop_overlays
from variorum.crawler.extraction.html.stylesheet import StyleSheet
from variorum.crawler.extraction.html.teasers import drop_teasers
from variorum.crawler.extraction.lines import lines_of
from variorum.crawler.extraction.metadata.headline import title as headline
from variorum.crawler.extraction.metadata.headline import without_headline
from variorum.crawler.extraction.metadata.marks import Marks
from variorum.crawler.extraction.metadata.metadata import Stated

OF_NO_TEXT = ("src", "srcset", "sizes", "nonce")
"""Attributes that decide about no text, and differ between fetches."""
FOR_SCRIPTS = re.compile(
    rb' data-(?!hook=)[^\s="<>]*="[^"<>]*"(?=(?:[^"<>]*+"[^"<>]*+")*+[^"<>]*+>)',
)
"""An attribute for scripts within a tag: an even number of quotation marks follows in the tag, or it began
in the value of another attribute. Only `data-hook` counts: by it the boxes of some site builders are
recognised."""
SeenBy = tuple[Template, tuple[str, ...]]
"""A template, and the selectors of what the site's file removes."""
DIGITS = 24
"""Hexadecimal digits of each digest; a store of an earlier release has longer ones, which begin alike."""


class KnownPage:
    """One page, looked at with a template whose block paths are known."""

    def __init__(self, body: bytes, url: str, encoding: str | None, seen_by: SeenBy) -> None:
        """Parse the page. Raises ExtractionError."""
        self.template, remove = seen_by
        assert self.template.known
        self.url, self.source = url, (body, encoding)
        self.tree = parse(body, url, encoding)
        self.stated = Stated.of(self.tree, url, Marks(self.tree))
        self.facts = str(self.stated)
        """Its own address and the dates that it states."""
        self._sheet, self._design = StyleSheet.of(self.tree), design_of(self.tree, self.template)
        for css in remove:
            for element in matching(self.tree, css):
                drop(element)
        self.title = headline(self.tree)
        self.template.known.prune(self.tree)
        self.left = self._digest_of_what_is_left()
        """Names everything that may decide the text: while it is the same, the text is, too."""

    @cached_property
    def labelled(self) -> list[tuple[Block, bool]] | None:
        """Its blocks, each with whether it is text; None if their paths don't decide for all but a few
        words."""
        known = self.template.known
        assert known
        self._elements = list(self.tree.iter())  # or lxml would make their objects anew for each walk
        marked = marked_elements(self.tree)
        if len(marked) == 1:
            drop_teasers(marked[0])
        cut_pieces(self.tree, self._design)
        still = [one for one in marked if one is self.tree or self.tree in one.iterancestors()]
        if len(still) == 1:
            drop_furniture(still[0])  # a box at a path that is not known yet
        every = blocks(self.tree, self._sheet)
        if not known.knows_all(every) and drop_overlays(self.tree):
            every = blocks(self.tree, self._sheet)
        labels = known.labels(every)
        return None if labels is None else list(zip(every, labels, strict=True))

    @cached_property
    def _told(self) -> list[str] | None:
        """Its title, text and links; None if its paths don't decide."""
        if self.labelled is None:
            return None
        taken = without_headline([block for block, is_text in self.labelled if is_text], self.title)
        lines = lines_of(taken, as_entries=False, with_counters=False)
        return [self.title, *lines, "", links(taken, self.url)]

    @cached_property
    def content(self) -> str | None:
        """A digest of its title, text and links, and of the dates that it states; None if its paths don't
        decide."""
        return None if self._told is None else _digest([*self._told, self.facts])

    def shows(self, digest: str) -> bool:
        """Whether it shows what another capture with this `digest` showed."""
        content, left, *_ = [*digest.split(" "), ""]
        return self.left == left or (self.content is not None and content.startswith(self.content))

    @property
    def digest(self) -> str | None:
        """Its digests, to be stored; None if its block paths don't decide its text."""
        if self._told is None:
            return None
        return f"{self.content} {self.left} {_digest([self.template.name, *self._told])}"

    def _digest_of_what_is_left(self) -> str:
        names = [*sorted(self._sheet.hides), "", *sorted(self._sheet.strikes)]
        return _digest([self.title, self.facts, *names, ""], _markup(self.tree))


def is_told(digest: str, template: Template, title: str, text: str, links: str) -> bool:
    """Whether this is the digest of a page of which the block paths of this very template told this text."""
    return digest.split(" ")[2:] == [_digest([template.name, title, text, "", links])]


@lru_cache(maxsize=2)
def known_page(body: bytes, url: str, encoding: str | None, seen_by: SeenBy) -> KnownPage:
    """A page looked at by its block paths; the last ones are cached. Raises ExtractionError."""
    return KnownPage(body, url, encoding, seen_by)


def drop_marked_teasers(tree: HtmlElement) -> None:
    """Remove labelled teasers from the element that a page marks as its text.

    This must happen before the template's pieces are removed, since the labels are such pieces.
    """
    if (marked := marked_element(tree)) is not None:
        drop_teasers(marked)


def _markup(tree: HtmlElement) -> bytes:
    """The markup of a tree, without what decides about no text."""
    seen = deepcopy(tree)
    for element in list(seen.iter(*UNSEEN)):
        kind = element.get("type", "")
        element.clear(keep_tail=True)
        element.set("type", kind)
    etree.strip_attributes(seen, *OF_NO_TEXT)
    return FOR_SCRIPTS.sub(b"", etree.tostring(seen, encoding="utf-8"))


def _digest(parts: list[str], markup: bytes = b"") -> str:
    whole = "\n".join(parts).encode("utf-8", "replace") + markup
    return hashlib.sha256(whole).hexdigest()[:DIGITS]
