"""Recognises extraction drift: the page did not change, only the text that we take from it. Pure.

Each block that a diff adds or removes is looked for in both captures. If it occurs as often under the same
block paths (tags and classes) in both, the site did not change it. A paragraph that moved from the article to
the side column, or that a reader quotes in a comment, has another path: that is an edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from variorum.crawler.diffing.diff import Diff
from variorum.crawler.extraction.boilerplate.template import Template, design_of
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.html.blocks import UNSEEN, blocks
from variorum.crawler.extraction.html.markup import parse


def is_theme_placeholder(diff: Diff, old: bytes, new: bytes, template: Template) -> bool:
    """True if one design shows a title and the other none: a theme may show «Untitled» for a post without
    one.

    Raises ExtractionError if a capture can't be parsed.
    """
    if diff.hunks or not diff.title or all(diff.title):
        return False
    before, after = (design_of(parse(split(body)[0], ""), template) for body in (old, new))
    return before != after


def is_headline(diff: Diff, title: str) -> bool:
    """True if the diff only adds the headline of the page to its text, or takes it away: each version has it
    as its title, and whether it is read as text as well is up to us."""
    if diff.title or diff.links or not diff.hunks or not title:
        return False
    return all(_plain(block) == _plain(title) for hunk in diff.hunks for block in hunk.old + hunk.new)


def is_ours(diff: Diff, old: bytes, new: bytes, url: str) -> bool:
    """True if each block that the diff changes is at the same places in both captures.

    False if the title changed or blocks changed places: captures show nothing about these. Raises
    ExtractionError if a capture can't be parsed.
    """
    if diff.title or any(hunk.op == "move" for hunk in diff.hunks):
        return False
    changed = {_plain(block) for hunk in diff.hunks for block in hunk.old + hunk.new} - {""}
    if _is_in_one_only(changed, old, new, url):
        return False  # as after nearly all edits
    after = _visible(new, url)
    if not changed or not all(_places(block, after) for block in changed):
        return False
    before = _visible(old, url)
    if _respaced(changed, before, after):
        return False
    return all(_places(block, before) == _places(block, after) != {} for block in changed)


def _is_in_one_only(changed: Iterable[str], old: bytes, new: bytes, url: str) -> bool:
    """Whether only one of the captures has one of these blocks in its text: then the site changed it.

    Nearly three times as fast as to divide a capture into blocks. A block with something hidden within may be
    found in neither.
    """
    before, after = _whole_text(old, url), _whole_text(new, url)
    return any((block in before) != (block in after) for block in changed)


def _whole_text(body: bytes, url: str) -> str:
    """All text of a capture without white space, its e-mail addresses legible."""
    trees = [parse(part, url) for part in split(body)]
    for tree in trees:
        etree.strip_elements(tree, *UNSEEN, with_tail=False)
    return "".join("".join(text for tree in trees for text in map(str, tree.itertext())).split())


class ShownBlock(NamedTuple):
    """One block of a capture, with its path."""

    path: str
    text: str
    """The text without white space."""
    words: str
    """The text with one space between words."""


def _visible(body: bytes, url: str) -> list[ShownBlock]:
    """All blocks of a capture, in any part of the page."""
    shown = [block for part in split(body) for block in blocks(parse(part, url))]
    return [ShownBlock(block.path, _plain(block.text), " ".join(block.text.split())) for block in shown]


def _places(block: str, shown: list[ShownBlock]) -> Counter[str]:
    """How often a block occurs under each block path."""
    found: Counter[str] = Counter()
    for one in shown:
        found[one.path] += one.text.count(block)
    return +found


def _respaced(changed: set[str], before: list[ShownBlock], after: list[ShownBlock]) -> bool:
    """Whether the site added or removed a space in one of these blocks: «nowhere» is not «no where»."""
    old, new = ({one for one in shown if any(c in one.text for c in changed)} for shown in (before, after))
    return not {one[:2] for one in old - new}.isdisjoint(one[:2] for one in new - old)


def _plain(text: str) -> str:
    """The text without white space and without list marks, which extraction adds."""
    indent = " " * (len(text) - len(text.lstrip(" ")))
    return indent + "".join(text.removeprefix("- ").split())
