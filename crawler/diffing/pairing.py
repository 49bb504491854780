"""Pairs each edited block of an old text with its block in the new one, by their common words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from variorum.crawler.diffing.alignment import longest_rising
from variorum.crawler.diffing.tokens import Bag, bag, bag_similarity, words

SIMILAR = 0.3
"""The similarity below which two blocks are not one edited block, but one removed and one added."""

MOVED = 0.6
"""The similarity from which two blocks at different places are one block that was moved and edited."""
LEAST_MOVED = 5
"""The least number of words of such blocks."""
IN_PLACE = 0.2
"""How much more similar such blocks must be than the block that took the old place."""

MOST_PAIRS = 2_500
"""The number of block pairs (50 by 50) above which blocks are paired by their order."""

Pair = tuple[int, int]
"""Positions of a block in the old and in the new text."""
Scored = tuple[float, int, int, int]
"""The similarity of a pair, negative, so that the best comes first; the distance; the pair."""


class ChangedRun(NamedTuple):
    """A run in which two texts differ: the positions of the removed and of the added blocks."""

    gone: list[int]
    come: list[int]


def paired(parts: Sequence[ChangedRun], old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The edited blocks, the most similar first; a single block on each side of a part is always a pair."""
    left = {i: bag(old[i]) for part in parts for i in part.gone}
    right = {j: bag(new[j]) for part in parts for j in part.come}
    chosen: dict[int, int] = {}
    came: set[int] = set()

    def choose(pairs: Sequence[Pair]) -> None:
        for i, j in pairs:
            if i not in chosen and j not in came:
                chosen[i] = j
                came.add(j)

    scored = [pair for part in parts for pair in _edited_in_place(part, left, right)]
    if len(left) * len(right) <= MOST_PAIRS:
        long_old = [i for i in left if len(words(old[i])) >= LEAST_MOVED]
        long_new = [j for j in right if len(words(new[j])) >= LEAST_MOVED]
        scored += _edited_elsewhere(long_old, long_new, left, right)
    choose([(i, j) for _, _, i, j in sorted(scored)])
    for part in parts:
        if len(part.gone) * len(part.come) > MOST_PAIRS or len(part.gone) == len(part.come) == 1:
            choose(list(zip(part.gone, part.come, strict=False)))
    return sorted(chosen.items())


def in_order(pairs: Sequence[Pair], parts: Sequence[ChangedRun]) -> set[Pair]:
    """The pairs that stayed in their part and in order; the others were moved, too."""
    part_of_new = {j: at for at, part in enumerate(parts) for j in part.come}
    part_of_old = {i: at for at, part in enumerate(parts) for i in part.gone}
    staying = [(i, j) for i, j in pairs if part_of_old[i] == part_of_new[j]]
    return {staying[at] for at in longest_rising([j for _, j in staying])}


def _edited_in_place(part: ChangedRun, left: dict[int, Bag], right: dict[int, Bag]) -> Iterator[Scored]:
    if len(part.gone) * len(part.come) > MOST_PAIRS:
        return
    for i, j in product(part.gone, part.come):
        score = bag_similarity(left[i], right[j])
        if score >= SIMILAR:
            yield -score - IN_PLACE, abs(i - j), i, j


def _edited_elsewhere(
    gone: Sequence[int], come: Sequence[int], left: dict[int, Bag], right: dict[int, Bag]
) -> Iterator[Scored]:
    for i, j in product(gone, come):
        score = bag_similarity(left[i], right[j])
        if score >= MOVED:
            yield -score, abs(i - j), i, j
