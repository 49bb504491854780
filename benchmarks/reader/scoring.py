"""How near a text comes to the true one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return WORD.findall(text.lower())


def bag_f1(got: Sequence[str], gold: Sequence[str]) -> float:
    """The harmonic mean of precision and recall over words, each as often as it stands there."""
    return _f1(Counter(got), Counter(gold))


def gram_f1(got: Sequence[str], gold: Sequence[str], size: int = 4) -> float:
    """The same over runs of four words."""
    return _f1(_grams(got, size), _grams(gold, size))


def _grams(some: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    runs = Counter(zip(*(some[n:] for n in range(size)), strict=False))
    return runs or Counter([tuple(some)] if some else [])


def _f1(got: Counter, gold: Counter) -> float:  # type: ignore[type-arg]
    same = (got & gold).total()
    return 2 * same / (got.total() + gold.total()) if same else float(not got and not gold)
