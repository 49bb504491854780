"""Finds the words that differ between two texts of one block, divided at natural boundaries."""

from __future__ import annotations

from collections.abc import Sequence

from variorum.crawler.diffing.alignment import Run, changed_runs
from variorum.crawler.diffing.sentences import CLOSING, ENDS
from variorum.crawler.diffing.tokens import is_unspaced, keyed_tokens

Piece = tuple[str, str]
"""`=` kept, `-` removed or `+` added, and the text."""

PAUSES = frozenset(",;:،؛、，；：")
"""After these marks a clause begins."""


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The words of a block, with white space, in runs of `=`, `-` and `+`.

    `=` and `-` joined are the old text, `=` and `+` joined the new one.
    """
    left, old_keys = keyed_tokens(old)
    right, new_keys = keyed_tokens(new)
    runs = _without_islands(changed_runs(old_keys, new_keys), old_keys)
    pieces: list[Piece] = []
    i = j = 0
    for old_from, old_to, new_from, new_to in _at_sentences(runs, old_keys, new_keys):
        pieces += _kept(left[i:old_from], right[j:new_from])
        pieces += [("-", "".join(left[old_from:old_to])), ("+", "".join(right[new_from:new_to]))]
        i, j = old_to, new_to
    return _merged([*pieces, *_kept(left[i:], right[j:])])


def _without_islands(runs: Sequence[Run], keys: Sequence[str]) -> list[Run]:
    """The runs, joined if only one letter of a script without spaces is between two: it matches by chance."""
    joined: list[Run] = []
    for run in runs:
        if joined and run[0] - joined[-1][1] == 1 and is_unspaced(keys[run[0] - 1]):
            joined[-1] = (joined[-1][0], run[1], joined[-1][2], run[3])
        else:
            joined.append(run)
    return joined


def _at_sentences(runs: Sequence[Run], old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """The runs; each that only removes or only adds is moved to begin at a sentence or clause.

    Between «A. B. C.» and «A. C.», the removed part can be «. B» or «B.».
    """
    placed: list[Run] = []
    for at, (old_from, old_to, new_from, new_to) in enumerate(runs):
        before = placed[-1] if placed else (0, 0, 0, 0)
        after = runs[at + 1] if at + 1 < len(runs) else (len(old), 0, len(new), 0)
        if new_from == new_to:
            shift = _shift(old, (old_from, old_to), before[1], after[0])
        elif old_from == old_to:
            shift = _shift(new, (new_from, new_to), before[3], after[2])
        else:
            shift = 0
        placed.append((old_from + shift, old_to + shift, new_from + shift, new_to + shift))
    return placed


def _shift(keys: Sequence[str], run: tuple[int, int], least: int, most: int) -> int:
    """The number of tokens to move a run that may be anywhere between two others."""
    start, end = run
    lowest = highest = 0
    while start + lowest > least and keys[start + lowest - 1] == keys[end + lowest - 1]:
        lowest -= 1
    while end + highest < most and keys[start + highest] == keys[end + highest]:
        highest += 1
    return max(range(lowest, highest + 1), key=lambda shift: (_border(keys, start + shift), -abs(shift)))


def _border(keys: Sequence[str], at: int) -> int:
    """The quality of a boundary before a token: 3 at the beginning, 2 after a sentence, 1 after a clause."""
    while at and keys[at - 1] in CLOSING:
        at -= 1
    last = keys[at - 1][-1:] if at else ""
    return 3 if not at else 2 if last in ENDS else 1 if last in PAUSES else 0


def _kept(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    """Pieces of tokens that are equal but for white space, the number of a footnote or the mark of
    struck-out words."""
    pairs = zip(old, new, strict=True)
    return [piece for a, b in pairs for piece in ([("=", a)] if a == b else _rewritten(a, b))]


def _rewritten(a: str, b: str) -> list[Piece]:
    word = a.strip()
    if b.strip() == word:
        return [("-", a.removesuffix(word)), ("+", b.removesuffix(word)), ("=", word)]
    return [("-", a), ("+", b)]


def _merged(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    merged: list[Piece] = []
    for op, text in pieces:
        if text and merged and merged[-1][0] == op:
            merged[-1] = (op, merged[-1][1] + text)
        elif text:
            merged.append((op, text))
    return tuple(merged)
