"""Folds words for search: one spelling for all the ways in which a word is written.

Persian and Arabic are typed with either yeh and kaf, with and without vowel signs, joiners and hamza, and
with three kinds of digits; Latin script with and without accents. A text and a search that are folded by the
same rules match. Folded text is only a key to find text by; it is never shown.

The index holds folded words: whoever changes a rule here adds a migration that builds the index again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

JOINER = "\u200c"
"""The zero-width non-joiner, which separates the parts of a Persian word."""

_WITHIN = (
    "\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200b-\u200f\u2060\ufeff"
    "\u061c\u202a-\u202e\u2066-\u2069"
)
"""Accents, vowel signs, joiners, soft hyphens and direction marks, which do not divide a word."""
_LETTER = r"[^\W_]"
_WORD = re.compile(rf"{_LETTER}(?:[{_WITHIN}]*{_LETTER})*[\u0300-\u036f\u064b-\u065f\u0670]*")

_LETTERS = {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ە": "ه", "ٱ": "ا", "ـ": ""}
_VERB_PREFIXES = frozenset({"می", "نمی"})
"""Persian writes می‌خواهم, می خواهم and میخواهم for one word; these two prefixes are no words by
themselves."""


_SPACED = 20
"""Characters from one white space to the next, on average, up to which a script has them between words: what
stands between two is then worth remembering."""
_LONGEST_KEPT = 200
"""Characters of the longest words that are remembered; a page may have words of a million."""


class Word(NamedTuple):
    """A word of a text: its folded form, and its position in the text."""

    folded: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    prefix: Word | None = None
    for match in _WORD.finditer(text):
        word = Word(folded_word(match[0]), *match.span())
        if not word.folded:
            continue
        if prefix and _arabic(word.folded) and not text[prefix.end : word.start].strip(" \u00a0"):
            word, prefix = Word(prefix.folded + word.folded, prefix.start, word.end), None
        elif prefix:
            yield prefix
            prefix = None
        if word.folded in _VERB_PREFIXES:
            prefix = word
        else:
            yield word
    if prefix:
        yield prefix


def folded_words(text: str) -> list[str]:
    """The folded words of a text: each has only letters and digits."""
    spaced = text.split()
    are_kept = len(text) < _SPACED * len(spaced) and max(map(len, spaced)) <= _LONGEST_KEPT
    by_itself = _folded_within if are_kept else _folded_within.__wrapped__
    found = list(chain.from_iterable(map(by_itself, spaced)))
    return found if _VERB_PREFIXES.isdisjoint(found) else [word.folded for word in words(text)]


def folded(text: str) -> str:
    """The folded words in one string, separated by spaces."""
    return " ".join(folded_words(text))


@lru_cache(maxsize=2**15)
def _folded_within(token: str) -> tuple[str, ...]:
    """The folded words between two white spaces, each taken by itself: no word has white space in it."""
    return tuple(word for word in map(folded_word, _WORD.findall(token)) if word)


def folded_word(word: str) -> str:
    """A word without accents, vowel signs and case, in one spelling for Arabic and Persian."""
    return _folded_word(word) if len(word) <= _LONGEST_KEPT else _folded_word.__wrapped__(word)


@lru_cache(maxsize=2**15)
def _folded_word(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold()
    return "".join(_folded_letter(letter) for letter in unicodedata.normalize("NFKD", plain))


@lru_cache(maxsize=2**12)
def _folded_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return letter if letter.isalnum() else ""


def _arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"
