"""Parses a search: words, "phrases", beginnings* and -words that must not occur. Pure.

A text matches if it has all of them, in any order. Nothing that is typed reaches the index as syntax: the
query sent to it is made of folded words, which have only letters and digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from variorum.storage.text_index.folding import JOINER, folded_words, words

Phrase = tuple[str, ...]
"""Folded words that follow one another."""
Piece = tuple[str, bool]
"""A piece of a text, and whether it is part of a match."""

BEFORE = 8
WIDTH = 36
"""The words of a snippet: before the first match, and in all."""
MOST = 500
"""The maximum length of a snippet in characters."""
OFTEN = 50
"""The number of occurrences of a term that are compared with each other."""

_QUOTED = r"""["“”„](?P<a>[^"“”„]*)["“”„]?|«(?P<b>[^»]*)»?"""
_TERM = re.compile(rf"""(?P<without>(?<!\S)-)?(?:{_QUOTED}|(?P<c>[^\s"“”„«]+))(?P<begins>\*)?""")
_LOOSE = re.compile(
    r"(?<=(?<!\w)م[یي])[ \u00a0]+(?=[\u0621-\u06ff])|(?<=(?<!\w)نم[یي])[ \u00a0]+(?=[\u0621-\u06ff])"
    r"|(?<=[\u0621-\u06ff])[ \u00a0]+(?=(?:ها|ها[یي]|ها[یي][یي]|ا[یي]|اند|تر|تر[یي]ن)(?!\w))"
)
"""A space in place of a Persian joiner, which is hard to type: می خواهم, کتاب ها."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase; it occurs in a text if one of its spellings does."""

    spellings: tuple[Phrase, ...]
    begins: bool = False
    """The last word matches every word that begins with it."""
    without: bool = False
    """The term must not occur."""

    def __str__(self) -> str:
        star = " *" if self.begins else ""
        spelled = [f'"{" ".join(phrase)}"{star}' for phrase in self.spellings]
        return spelled[0] if len(spelled) == 1 else f"({' OR '.join(spelled)})"

    def places(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return each occurrence of the term in the folded words of a text as start and end index."""
        found = {(at, at + len(phrase)) for phrase in self.spellings for at in self._starts(phrase, words)}
        return sorted(found)

    def _starts(self, phrase: Phrase, words: Sequence[str]) -> Iterator[int]:
        *before, last = phrase
        for at, word in enumerate(words):
            ends_here = word.startswith(last) if self.begins else word == last
            if ends_here and [*words[max(0, at - len(before)) : at]] == before:
                yield at - len(before)


@dataclass(frozen=True, slots=True)
class Query:
    """The terms of a search; false if there are none."""

    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that must occur."""
        return tuple(term for term in self.terms if not term.without)

    def __str__(self) -> str:
        """The search in the syntax of SQLite's FTS5."""
        wanted = " AND ".join(map(str, self.wanted))
        unwanted = " OR ".join(str(term) for term in self.terms if term.without)
        return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def parse(typed: str) -> Query:
    """Parse what a person typed."""
    found = (_term(match) for match in _TERM.finditer(_LOOSE.sub(JOINER, typed)))
    return Query(tuple(dict.fromkeys(term for term in found if term.spellings)))


def terms_of(typed: str) -> list[str]:
    """The words and phrases of what a person typed, each as typed."""
    return [match[0] for match in _TERM.finditer(_LOOSE.sub(JOINER, typed))]


def fewer(query: Query, old: str, new: str) -> bool:
    """Return whether any term occurs less often in the new text than in the old one."""
    before, after = folded_words(old), folded_words(new)
    return any(len(term.places(before)) > len(term.places(after)) for term in query.wanted)


def snippet(query: Query, text: str) -> tuple[Piece, ...]:
    """The part of the text with the most matches; its beginning if it has none."""
    found = list(words(text))
    if not found:
        return ()
    folded = [word.folded for word in found]
    first = _fullest(folded, query)
    last = min(first + WIDTH, len(found)) - 1
    start = found[first].start if first else 0
    end = min(found[last].end if last < len(found) - 1 else len(text), start + MOST)
    places = [place for term in query.wanted for place in term.places(folded[first : last + 1])]
    marked = sorted((found[first + a].start, found[first + b - 1].end) for a, b in places)
    pieces = [(_in_a_line(piece), sought) for piece, sought in _cut(text, start, end, marked) if piece]
    return (*([("… ", False)] if start else []), *pieces, *([(" …", False)] if end < len(text) else []))


def _fullest(words: Sequence[str], query: Query) -> int:
    """The index of the word from which most terms follow within a snippet."""
    places = sorted((at, n) for n, term in enumerate(query.wanted) for at, _ in term.places(words)[:OFTEN])
    firsts = [max(0, at - BEFORE) for at, _ in places]
    counts = [len({n for at, n in places if first <= at < first + WIDTH}) for first in firsts]
    return firsts[counts.index(max(counts))] if counts else 0


def _cut(text: str, start: int, end: int, marked: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    """Cut the text from start to end into pieces."""
    at = start
    for begin, stop in marked:
        if max(begin, at) < min(stop, end):
            yield text[at : max(begin, at)], False
            yield text[max(begin, at) : min(stop, end)], True
            at = min(stop, end)
    yield text[at:end], False


def _in_a_line(piece: str) -> str:
    return " ".join(f"|{piece}|".split())[1:-1]


def _term(match: re.Match[str]) -> Term:
    text = match["a"] or match["b"] or match["c"] or ""
    return Term(_spellings(text), bool(match["begins"]) or text.endswith("*"), bool(match["without"]))


def _spellings(text: str) -> tuple[Phrase, ...]:
    """The spelling as typed; if that has a joiner, also the one with a space."""
    found = (tuple(folded_words(one)) for one in (text, text.replace(JOINER, " ")))
    return tuple(dict.fromkeys(phrase for phrase in found if phrase))
