"""Recognises extraction drift: the page did not change, only the text that we take from it. Pure.

Each block that a diff adds or removes is looked for in both captures. If it occurs as often under the same
block paths (tags and classes) in both, the site did not change it. A paragraph that moved from the article to
the side column, or that a reader quotes in a comment, has another path: that is an edit.

Two designs have no path in common. There a block is ours if both captures show it, or if it is at a place
that came or went with the redesign, such as the line with a date: on the pages that were seen in both
designs, that place held nothing of their text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from variorum.crawler.diffing.diff import Diff
from variorum.crawler.extraction.boilerplate.recurrence import LEAST_PAGES
from variorum.crawler.extraction.boilerplate.template import Design, Template, design_of
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.html.blocks import UNSEEN, blocks
from variorum.crawler.extraction.html.markup import parse
from variorum.crawler.extraction.reader import Body


def is_theme_placeholder(diff: Diff, old: bytes, new: bytes, template: Template) -> bool:
    """True if one design shows a title and the other none: a theme may show «Untitled» for a post without
    one.

    Raises ExtractionError if a capture can't be parsed.
    """
    if diff.hunks or not diff.title or all(diff.title):
        return False
    return _design(old, template) != _design(new, template)


def is_headline(diff: Diff, title: str) -> bool:
    """True if the diff only adds the headline of the page to its text, or takes it away: each version has it
    as its title, and whether it is read as text as well is up to us."""
    if diff.title or diff.links or not diff.hunks or not title:
        return False
    return all(_plain(block) == _plain(title) for hunk in diff.hunks for block in hunk.old + hunk.new)


class Redesigned(NamedTuple):
    """One page before and after a redesign."""

    before: Body
    text: str
    """Its text before."""
    after: Body


class Places(NamedTuple):
    """Block paths of two designs that hold nothing of the text of the pages in the other one."""

    gone: frozenset[str]
    new: frozenset[str]


def places_without_text(pages: Iterable[Redesigned]) -> Places:
    """The places that came or went with a redesign, given some pages that were seen in both designs.

    Raises ExtractionError if a capture can't be parsed.
    """
    some = list(pages)
    return Places(
        _without_match((one.before, _whole_text(one.after.body, one.after.url)) for one in some),
        _without_match((one.after, "".join(map(_plain, one.text.split("\n")))) for one in some),
    )


def _without_match(captures: Iterable[tuple[Body, str]]) -> frozenset[str]:
    """The block paths on enough of these captures of which no block is in the text beside it."""
    pages: Counter[str] = Counter()
    matched: set[str] = set()
    for capture, text in captures:
        shown = _visible(capture.body, capture.url)
        pages.update({block.path for block in shown})
        matched.update(block.path for block in shown if block.text in text)
    return frozenset(path for path, count in pages.items() if count >= LEAST_PAGES and path not in matched)


def is_of_redesign(diff: Diff, old: bytes, new: bytes, url: str, template: Template) -> bool:
    """True if the captures show two designs of the site, and both show what the diff adds or removes, or have
    it at places that came or went with the redesign.

    Raises ExtractionError if a capture can't be parsed.
    """
    if not template.before or diff.title or diff.links or any(hunk.op == "move" for hunk in diff.hunks):
        return False
    if _design(old, template) == _design(new, template):
        return False
    gone = {_plain(block) for hunk in diff.hunks for block in hunk.old} - {""}
    come = {_plain(block) for hunk in diff.hunks for block in hunk.new} - {""}
    if not gone | come:
        return False
    before, after = _visible(old, url), _visible(new, url)
    return _is_explained(gone, before, after, template.gone_places) and _is_explained(
        come, after, before, template.new_places
    )


def _is_explained(
    changed: Iterable[str], shown: list[ShownBlock], others: list[ShownBlock], places: frozenset[str]
) -> bool:
    """Whether the other capture shows each of these blocks, too, or the one has it at such places only."""
    elsewhere = {block.text for block in others}
    return all(
        block in elsewhere or ((at := _places(block, shown)) and at.keys() <= places) for block in changed
    )


def _design(body: bytes, template: Template) -> Design:
    return design_of(parse(split(body)[0], ""), template)


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
