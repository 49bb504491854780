"""Words of any script, found so that nothing of a text is lost between them."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from crawler.diffing.normalisation import plain

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u00ad\u200c\u200d"
)
"""Accents, vowel signs and joiners: they belong to the word they stand in, though `\\w` knows them not."""

WORD = rf"\w(?:[\w{_MARKS}]|['’.,٫٬](?=\w))*"
"""A word, a number with its separators (12٬000, 4.50), a contraction (isn't)."""

_TOKEN = re.compile(rf"\s*(?:{WORD}|\S)|\s+\Z")
_WORD = re.compile(WORD)
SHINGLE = 3


def tokens(text: str) -> list[str]:
    """Words and marks of punctuation, each with the white space before it: joined they are the text."""
    return _TOKEN.findall(text)


def words(text: str) -> list[str]:
    """The words and numbers of a text."""
    return _WORD.findall(text)


def spelled(text: str) -> list[str]:
    """The words without typography or case, one by one: as a whole, Persian words would run together."""
    return [_spelled(word) for word in words(text)]


@lru_cache(maxsize=2**15)
def _spelled(word: str) -> str:
    return plain(word).casefold()


def similarity(a: str, b: str) -> float:
    """How much two texts are one, 0 to 1: the share of three-word runs they have in common.

    Typography and case do not count. Two empty texts are one text.
    """
    left, right = _shingles(a), _shingles(b)
    return len(left & right) / len(left | right) if left | right else 1.0


def alikeness(a: str, b: str) -> float:
    """How much two blocks have the same words, 0 to 1, whatever their order."""
    left, right = Counter(tokens(a)), Counter(tokens(b))
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = spelled(text)
    starts = range(max(1, len(found) - SHINGLE + 1)) if found else ()
    return {tuple(found[at : at + SHINGLE]) for at in starts}
