"""Cuts a text into passages of a few hundred words, for tools that find passages and not pages. Pure.

Where a passage ends depends on the text beside that place alone, as far as that is possible: after an edit,
the cuts are soon the same as before. So a passage keeps its name, which is made of its text, whatever is
edited elsewhere on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

LEAST, MOST = 600, 3000
"""The bytes of a passage in UTF-8: some 100 to 500 words in Latin script. The last one of a text may have
less."""
ONE_IN = 4
"""A passage that is long enough ends after one block of so many, chosen by the block's own words. The fewer
end there, the sooner the cuts are the same again behind an edit."""
HEADING = 90
"""The maximum number of characters of a block that is taken for a heading."""

_SENTENCE_END = re.compile(r"(?<=[.!?؟。！？…])\s+")
_NO_HEADING = re.compile(r"^- | \| |[.!?؟。！？…:;،,؛]$")


class Passage(NamedTuple):
    """Consecutive blocks of a text."""

    text: str
    block: int
    """The number of its first block, from 1."""
    name: str
    """Names it among the passages of its page: made of its text, with a number after a repeated one."""


class _Piece(NamedTuple):
    """A block, or some sentences of a long one."""

    text: str
    block: int
    begins: bool
    """Whether it is the beginning of its block."""


def passages(text: str) -> Iterator[Passage]:
    """The passages of a text, in order: joined, they are the text."""
    seen: dict[str, int] = {}
    for pieces in _groups(text):
        first, *others = pieces
        whole = first.text + "".join(("\n" if one.begins else " ") + one.text for one in others)
        digest = sha256(whole.encode()).hexdigest()[:16]
        seen[digest] = seen.get(digest, 0) + 1
        yield Passage(whole, first.block, digest if seen[digest] == 1 else f"{digest}-{seen[digest]}")


def _groups(text: str) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    size = 0
    for piece in _pieces(text):
        length = len(piece.text.encode())
        if group and (size + length > MOST or (size >= LEAST and _is_cut(group[-1], piece))):
            yield group
            group, size = [], 0
        group.append(piece)
        size += length
    if group:
        yield group


def _is_cut(before: _Piece, after: _Piece) -> bool:
    """Whether a passage that is long enough ends between these two."""
    is_heading = after.begins and len(after.text) <= HEADING and not _NO_HEADING.search(after.text)
    return is_heading or crc32(before.text.encode()) % ONE_IN == 0


def _pieces(text: str) -> Iterator[_Piece]:
    for number, block in enumerate(text.split("\n") if text else (), start=1):
        parts = [block] if len(block.encode()) <= MOST else list(_sentences(block))
        yield from (_Piece(part, number, at == 0) for at, part in enumerate(parts))


def _sentences(block: str) -> Iterator[str]:
    """The sentences of a block, none of them too long."""
    for sentence in _SENTENCE_END.split(block):
        if len(sentence.encode()) <= MOST:
            yield sentence
        else:
            yield from _words(sentence)


def _words(sentence: str) -> Iterator[str]:
    """A sentence that is too long, in parts between words; in a script without spaces, anywhere."""
    most = MOST // 4  # characters: none has more than four bytes
    words = [word[at : at + most] for word in sentence.split() for at in range(0, len(word), most)]
    ends = list(accumulate(len(word) + 1 for word in words))
    parts: dict[int, list[str]] = {}
    for word, end in zip(words, ends, strict=True):
        parts.setdefault((end - 1) // most, []).append(word)
    yield from (" ".join(part) for part in parts.values())
