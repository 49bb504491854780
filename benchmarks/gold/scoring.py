"""How near a text comes to the one a careful person would want. Pure: words in, numbers out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WORD = re.compile(r"\w+")
GRAM = 4
SHORT = 30
"""Of a text with fewer words single words are compared, in any order: it has hardly a run of four."""
MARKS = "-| "
"""What marks a list item or parts the cells of a row is no part of its words."""


@dataclass(frozen=True, slots=True)
class Score:
    """What share of the text read is right, of the right text read, and of the right blocks read exactly."""

    precision: float
    recall: float
    blocks: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(read: Sequence[str], wanted: Sequence[str]) -> Score:
    """The score of the blocks read, against those wanted."""
    size = GRAM if len(_words(wanted)) >= SHORT else 1
    got, right = _grams(read, size), _grams(wanted, size)
    same = (got & right).total()
    return Score(_share(same, got.total()), _share(same, right.total()), _exact(read, wanted))


def mean(scores: Sequence[Score]) -> Score:
    """The mean of each number; F1 of the means, not the mean of F1."""
    count = max(len(scores), 1)
    return Score(
        sum(s.precision for s in scores) / count,
        sum(s.recall for s in scores) / count,
        sum(s.blocks for s in scores) / count,
    )


def mean_f1(scores: Sequence[Score]) -> float:
    """The mean of the F1 of each page."""
    return sum(s.f1 for s in scores) / max(len(scores), 1)


def missing(read: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The blocks wanted that are in no block read; the other way round, what has leaked into the text."""
    known = "\n".join(map(_plain, read))
    return [block for block in wanted if _plain(block) not in known]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _exact(read: Sequence[str], wanted: Sequence[str]) -> float:
    got, right = Counter(map(_plain, read)), Counter(map(_plain, wanted))
    return _share((got & right).total(), right.total())


def _plain(block: str) -> str:
    return " ".join(_words([block]))


def _words(blocks: Iterable[str]) -> list[str]:
    return WORD.findall("\n".join(blocks).lower())


def _grams(blocks: Iterable[str], size: int) -> Counter[tuple[str, ...]]:
    words = _words(blocks)
    return Counter(tuple(words[n : n + size]) for n in range(len(words) - size + 1))
