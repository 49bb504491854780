"""Reads two captures of one page with the same scores, so that only the site can make a difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from variorum.crawler.extraction.capture_pairs import pair_scores, paired
from variorum.crawler.extraction.classifier.classifier import knows
from variorum.crawler.extraction.classifier.marked import marked_blocks
from variorum.crawler.extraction.extract import (
    Extract,
    ExtractionRules,
    Opened,
    cleaned,
    extract_of,
    opened,
    taken_of,
)
from variorum.crawler.extraction.html.blocks import Block, blocks
from variorum.crawler.extraction.html.links import address
from variorum.crawler.extraction.html.markup import parse
from variorum.crawler.extraction.metadata.headline import without_headline


@dataclass(frozen=True, slots=True)
class Together:
    """Two captures, each with its text."""

    old: Extract
    new: Extract


@lru_cache(maxsize=2)
def kept_open(
    body: bytes, url: str, encoding: str | None, rules: ExtractionRules
) -> tuple[Opened, Sequence[Block]]:
    """The page and the blocks of its text; the last ones are cached, to be compared with others.

    Raises ExtractionError.
    """
    page = opened(body, url, encoding=encoding, rules=rules)
    return page, taken_of(page)


@lru_cache(maxsize=2)
def kept_extract(body: bytes, url: str, encoding: str | None, rules: ExtractionRules) -> Extract:
    """The extract of such a page; cached too, since both captures of a known design are told by it. Raises
    ExtractionError."""
    return extract_of(*kept_open(body, url, encoding, rules))


Shown = tuple[str, list[tuple[str, list[str]]]]
"""The title of a page; for each of its blocks the text, and the targets of its links."""


@lru_cache(maxsize=2)
def shown(body: bytes, url: str, encoding: str | None, rules: ExtractionRules) -> Shown:
    """What a capture shows, without extraction; the last two are cached. Raises ExtractionError."""
    tree = parse(body, url, encoding)
    title = cleaned(tree, replace(rules, select=()))
    return title, _seen(blocks(tree), url)


def shows_the_same(old: Shown, new: Opened) -> bool:
    """Whether a capture shows the blocks and links of a later one, so that nothing needs to be classified."""
    now = new.judged.page.blocks if new.judged else ()
    return old == (new.title, _seen(now, new.url))


def _seen(some: Iterable[Block], url: str) -> list[tuple[str, list[str]]]:
    return [(block.text, [address(link.get("href", ""), url) for link in block.anchors]) for block in some]


def read_together(old: Opened, new: Opened) -> Together | None:
    """The texts of both captures, by what both show about their block paths.

    None if the page marks its text, or if the classifier recognises no text on it. Raises ExtractionError if
    one of them has no text.
    """
    before, after = old.judged, new.judged
    if before is None or after is None or not (knows(before) and knows(after)):
        return None
    every, every_now = list(before.page.blocks), list(after.page.blocks)
    if marked_blocks(before) is not None or marked_blocks(after) is not None:
        return None
    scores = pair_scores(every, before.probability).joined(pair_scores(every_now, after.probability))
    pair = paired(every, every_now, scores, of_links=after.page.is_list)
    return Together(
        extract_of(old, without_headline(pair.old, old.title)),
        extract_of(new, without_headline(pair.new, new.title)),
    )
