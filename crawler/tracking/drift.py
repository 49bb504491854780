"""Extraction drift: the page did not change, and only our choice of its text did. Pure.

Each block that a diff puts in or takes out is looked for in both captures. Where it is found as often under
the same block paths (tags and classes) in the one as in the other, the site did nothing to it. A paragraph
that left the article for the side column, or that a reader quotes in a comment, has changed its path: that is
an edit.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from crawler.diffing.diff import Diff
from crawler.extraction.boilerplate.template import Template, design_of
from crawler.extraction.html.article_parts import split
from crawler.extraction.html.blocks import blocks
from crawler.extraction.html.markup import parse


def is_theme_placeholder(diff: Diff, old: bytes, new: bytes, template: Template) -> bool:
    """True where one design shows a title and the other none: a theme may call «Untitled» what has no name.

    Raises ExtractionError for a capture that can't be parsed.
    """
    if diff.hunks or not diff.title or all(diff.title):
        return False
    before, after = (design_of(parse(split(body)[0], ""), template) for body in (old, new))
    return before != after


def is_ours(diff: Diff, old: bytes, new: bytes, url: str) -> bool:
    """True where each block that the diff changes is at the same places in both captures.

    False where the title changed or blocks changed places: of these the captures tell nothing.
    Raises ExtractionError for a capture that can't be parsed.
    """
    if diff.title or any(hunk.op == "move" for hunk in diff.hunks):
        return False
    changed = {_plain(block) for hunk in diff.hunks for block in hunk.old + hunk.new} - {""}
    before, after = _visible(old, url), _visible(new, url)
    if not changed or _respaced(changed, before, after):
        return False
    return all(_places(block, before) == _places(block, after) != {} for block in changed)


class Shown(NamedTuple):
    """One block of a capture, with its path."""

    path: str
    text: str
    """Without white space."""
    words: str
    """With a blank between each two words."""


def _visible(body: bytes, url: str) -> list[Shown]:
    """All blocks of a capture, in any part of the page."""
    shown = [block for part in split(body) for block in blocks(parse(part, url))]
    return [Shown(block.path, _plain(block.text), " ".join(block.text.split())) for block in shown]


def _places(block: str, shown: list[Shown]) -> Counter[str]:
    """How often a block occurs under each block path."""
    found: Counter[str] = Counter()
    for one in shown:
        found[one.path] += one.text.count(block)
    return +found


def _respaced(changed: set[str], before: list[Shown], after: list[Shown]) -> bool:
    """Whether the site put a blank into one of these blocks or took one out: «nowhere» is not «no where»."""
    old, new = ({one for one in shown if any(c in one.text for c in changed)} for shown in (before, after))
    return not {one[:2] for one in old - new}.isdisjoint(one[:2] for one in new - old)


def _plain(text: str) -> str:
    """The text without white space and without list marks, which extraction adds."""
    indent = " " * (len(text) - len(text.lstrip(" ")))
    return indent + "".join(text.removeprefix("- ").split())
