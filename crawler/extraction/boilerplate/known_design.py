"""Looks up the text of pages of a known design by their block paths, without classifying them. Pure.

A path that was seen too rarely is decided by what is around it, if that is clear: what was only ever seen
under a menu is no text, and everything under the article's element is, unless it is in a place that never
holds text: where a cell is left open, the parser puts the side column and the footer into the article. A page
with more than a few words of which neither decides is classified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from lxml.html import HtmlElement

from variorum.crawler.extraction.boilerplate.path_scores import ENOUGH, NO_TEXT, TEXT, PathScores
from variorum.crawler.extraction.html.blocks import INLINE, UNSEEN, Block, step
from variorum.crawler.extraction.html.markup import KEPT, drop

FEW = 0.05
"""So small a part of a page's text may be at paths that do not tell: what is likelier decides it."""
LINKED = 0.5
"""The share of links from which a block may be a teaser, wherever it is."""
HALF = 0.5
NAMED = frozenset(["nav", "footer", "aside", "header", "form"])
"""These tags say what they contain, as a class does; a bare `div` may contain something else tomorrow."""


@dataclass(slots=True)
class Below:
    """What was seen anywhere under one path."""

    total: float = 0.0
    blocks: int = 0
    pages: int = 0
    """The least number of pages on which it was seen."""
    all_text: bool = True
    no_text: bool = True


class KnownDesign:
    """What the scores of a site's block paths say about one of its pages."""

    def __init__(self, scores: PathScores) -> None:
        self._scores = scores
        self._below = _below(scores)
        self._never = frozenset(path for path, below in self._below.items() if _is_never(path, below))
        self._around_never = frozenset(chain.from_iterable(map(_around, self._never)))
        self._holders = frozenset(path.rpartition("/")[0] for path in scores.paths if scores.is_text(path))
        elsewhere = map(_last_step, self._below.keys() - self._never)
        self._never_anywhere = frozenset(map(_last_step, self._never)).difference(elsewhere)

    def prune(self, tree: HtmlElement) -> None:
        """Remove the places under which no text was ever seen from a tree."""
        for element in list(self._textless(tree, str(tree.tag))):
            drop(element)

    def _textless(self, element: HtmlElement, path: str) -> Iterator[HtmlElement]:
        for child in element:
            tag = child.tag
            if tag in INLINE:
                yield from self._textless(child, path)
            elif tag not in UNSEEN:
                inner = f"{path}/{step(tag, child.get('class') or '')}"
                if inner in self._never and tag not in KEPT:
                    yield child
                elif inner in self._around_never:
                    yield from self._textless(child, inner)

    def knows_all(self, blocks: Iterable[Block]) -> bool:
        """Whether the paths decide for each block."""
        return all(self.is_text(block) is not None for block in blocks)

    def labels(self, blocks: Sequence[Block]) -> list[bool] | None:
        """For each block whether it is text; None if the paths don't decide for more than a few words."""
        sure = [self.is_text(block) for block in blocks]
        unknown = [block for block, label in zip(blocks, sure, strict=True) if label is None]
        if True not in sure or _size(unknown) > FEW * _size(blocks):
            return None
        return [
            self._is_likely(block) if label is None else label
            for block, label in zip(blocks, sure, strict=True)
        ]

    def is_text(self, block: Block) -> bool | None:
        """Whether a block is text, by its path or by what is around it; None if they don't decide."""
        known = self._scores.paths.get(block.path)
        if known is not None and known.pages >= ENOUGH:
            return self._scores.is_text(block.path)
        around = self._nearest(block.path)
        below = self._below.get(around)
        if below is None or below.pages < ENOUGH or not below.all_text or block.linked >= LINKED:
            return None
        return self._never_anywhere.isdisjoint(block.path.removeprefix(around).split("/"))

    def _is_likely(self, block: Block) -> bool:
        """Whether a few words at a path that does not tell are text: most content around them is, or they are
        a bare list or heading beside its paragraphs."""
        if known := self._scores.paths.get(block.path):
            return known.mean >= HALF
        around = self._nearest(block.path)
        below = self._below.get(around)
        if below is None or block.linked >= LINKED:
            return False
        within = block.path.removeprefix(around)
        is_bare = "." not in within and NAMED.isdisjoint(within.split("/"))
        return below.total >= HALF * below.blocks or (is_bare and around in self._holders)

    def _nearest(self, path: str) -> str:
        """The innermost known path around this one; empty if none is known."""
        return next((around for around in _around(path) if around in self._below), "")


def _size(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _below(scores: PathScores) -> dict[str, Below]:
    found: dict[str, Below] = {}
    for leaf, score in scores.paths.items():
        for path in (leaf, *_around(leaf)):
            below = found.setdefault(path, Below())
            below.total += score.total
            below.blocks += score.blocks
            below.pages = max(below.pages, score.pages)
            below.all_text &= score.mean >= TEXT
            below.no_text &= score.mean <= NO_TEXT
    return found


def _around(path: str) -> Iterator[str]:
    """The paths of the elements around a place, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _last_step(path: str) -> str:
    return path.rpartition("/")[2]


def _is_never(path: str, below: Below) -> bool:
    last = _last_step(path)
    return below.no_text and below.pages >= ENOUGH and ("." in last or last in NAMED)
