"""Finds the runs in which two sequences differ, at a bounded cost."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

MOST_COMPARISONS = 250_000
"""The maximum number of comparisons: difflib compares each pair of equal items, again for each run it
finds. Two different texts of 3,000 words have some 100,000 such pairs; a page of 10,000 equal lines has
100 million and would take hours."""

Run = tuple[int, int, int, int]
"""Positions in the old (from, to) and in the new sequence (from, to)."""


def changed_runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """The runs in which two sequences differ, in order; everything between them is equal.

    Beyond MOST_COMPARISONS, all between the common beginning and the common end is one run.
    """
    start = _common(old, new)
    end = min(_common(old[::-1], new[::-1]), len(old) - start, len(new) - start)
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    if not left and not right:
        return []
    if _cost(left, right) > MOST_COMPARISONS:
        return [(start, len(old) - end, start, len(new) - end)]
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [
        (start + i, start + i_to, start + j, start + j_to)
        for op, i, i_to, j, j_to in matcher.get_opcodes()
        if op != "equal"
    ]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """The number of items that two sequences have in common at their beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _cost(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(new)
    return sum(times * counts[item] for item, times in Counter(old).items())


def longest_rising(numbers: Sequence[int]) -> set[int]:
    """The positions of the longest series of rising numbers among some that are all different."""
    ends: list[int] = []  # of the series of each length, the position of the least last number
    before: list[int | None] = []
    for at, number in enumerate(numbers):
        length = bisect_left(ends, number, key=numbers.__getitem__)
        before.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [at]
    found: set[int] = set()
    at_last = ends[-1] if ends else None
    while at_last is not None:
        found.add(at_last)
        at_last = before[at_last]
    return found
