"""Containment of one text in another, and MinHash sketches to find candidates for it. Pure.

A text is taken as the set of its runs of five folded words, each as a hash: its shingles. A sketch is the
least `SIZE` of them: a fair sample, and one that draws the same shingles from every text that has them, so
that texts with much in common meet in their sketches.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

RUN = 5
SIZE = 32
LEAST_WORDS = 30
"""A shorter text has no near copies: a caption is soon like another."""
LEAST_SHARE = 1 / 3
"""A text of less than this part of another is a quotation of it, no copy."""

_BYTES = 8
_MET = 3
"""Shingles that two sketches share where it is worth to look closer."""
_MANY = 40
"""A shingle in more texts is boilerplate, or of a text copied often: only the first is held against each."""
_AT_ONCE = 400_000
"""Shingles that are sorted out in one go, to bound the memory."""

Shingles = frozenset[bytes]


def shingles(words: Sequence[str]) -> Shingles:
    """The runs of five of these words, as hashes; none of a text of fewer than `LEAST_WORDS`."""
    if len(words) < LEAST_WORDS:
        return frozenset()
    runs = {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return frozenset(hashlib.blake2b(run.encode(), digest_size=_BYTES).digest() for run in runs)


def minhash(found: Shingles) -> bytes:
    """The least of the shingles, in order, one after the other."""
    return b"".join(sorted(found)[:SIZE])


def digest(title: Sequence[str], words: Sequence[str]) -> bytes:
    """The same for texts that differ in spelling and punctuation only; of short ones, also in their title."""
    compared = [*words, "", *title] if len(words) < LEAST_WORDS else words
    return hashlib.blake2b(" ".join(compared).encode(), digest_size=16).digest()


def containment(a: Shingles, b: Shingles) -> float:
    """How much of the shorter text the longer one has too, 0 to 1; 0 where it is too short to be a copy.

    A copy that only leaves out is wholly like what it was made of.
    """
    short, long = sorted((a, b), key=len)
    if not short or len(short) < LEAST_SHARE * len(long):
        return 0.0
    return len(short & long) / len(short)


def estimate(a: bytes, b: bytes) -> float:
    """About the likeness of two texts, from their sketches."""
    left, right = _unpacked(a), _unpacked(b)
    both = min(one[-1] if len(one) == SIZE else b"\xff" * _BYTES for one in (left, right))
    # Up to there, each sketch has every shingle of its text.
    samples = [{shingle for shingle in one if shingle <= both} for one in (left, right)]
    return len(samples[0] & samples[1]) / max(1, min(map(len, samples)))


def meetings(minhashes: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Pairs of texts that may well be copies, each once: their places in `minhashes`, the lower one first."""
    met = Counter[tuple[int, int]]()
    for texts in _sharing(minhashes):
        met.update(combinations(texts, 2) if len(texts) <= _MANY else ((texts[0], one) for one in texts[1:]))
    return (pair for pair, times in met.items() if times >= _MET)


def _sharing(minhashes: Sequence[bytes]) -> Iterator[list[int]]:
    """For each shingle that several sketches have: the texts with it, in their order."""
    parts = 1 + SIZE * len(minhashes) // _AT_ONCE
    for part in range(parts):
        having: dict[bytes, list[int]] = defaultdict(list)
        for text, packed in enumerate(minhashes):
            for shingle in _unpacked(packed):
                if shingle[-1] % parts == part:
                    having[shingle].append(text)
        yield from (texts for texts in having.values() if len(texts) > 1)


def _unpacked(packed: bytes) -> list[bytes]:
    return [packed[at : at + _BYTES] for at in range(0, len(packed), _BYTES)]
