"""Computes the containment of one text in another, and MinHashes that find candidates for it. Pure.

A text is the set of its runs of five folded words, each as a hash: its shingles. A MinHash is the lowest
`SIZE` of them: a fair sample that picks the same shingles from every text that has them, so that texts with
much in common share parts of their MinHashes.

The hash is CRC-32, the cheapest at hand for a thousand runs a page. That two runs have the same one is rare
enough: texts are compared only where they share several. Whoever changes it adds a migration that makes all
MinHashes again.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from itertools import combinations
from zlib import crc32

RUN = 5
SIZE = 32
LEAST_WORDS = 30
"""Shorter texts have no near-duplicates: captions are soon alike."""
LEAST_SHARE = 1 / 3
"""A text shorter than this part of another is a quotation of it and no copy."""

_BYTES = 4
_HIGHEST = (1 << 8 * _BYTES) - 1
_MET = 3
"""The number of shared shingles from which two texts are compared in full."""
_MANY = 40
"""A shingle in more texts is boilerplate or copied often: each text is compared only with the first."""
_AT_ONCE = 400_000
"""The number of shingles that are sorted at once, to bound the memory."""

Shingles = frozenset[int]


def shingles(words: Sequence[str]) -> Shingles:
    """The hashes of all runs of five words; none for a text of fewer than `LEAST_WORDS`."""
    if len(words) < LEAST_WORDS:
        return frozenset()
    runs = map(" ".join, zip(*(words[at:] for at in range(RUN)), strict=False))
    return frozenset(map(crc32, map(str.encode, runs)))


def minhash(found: Shingles) -> bytes:
    """The lowest shingles, in order, as bytes."""
    return b"".join([shingle.to_bytes(_BYTES, "big") for shingle in nsmallest(SIZE, found)])


def unpacked(packed: bytes) -> list[int]:
    """The shingles in a MinHash, in order."""
    return [int.from_bytes(packed[at : at + _BYTES], "big") for at in range(0, len(packed), _BYTES)]


def digest(title: Sequence[str], words: Sequence[str]) -> bytes:
    """A digest that is equal for texts that differ only in spelling and punctuation; short texts include
    the title."""
    compared = [*words, "", *title] if len(words) < LEAST_WORDS else words
    return hashlib.blake2b(" ".join(compared).encode(), digest_size=16).digest()


def containment(a: Shingles, b: Shingles) -> float:
    """How much of the shorter text the longer one contains, 0 to 1; 0 if it is too short to be a copy.

    A copy that only leaves text out has containment 1.
    """
    short, long = sorted((a, b), key=len)
    if not short or len(short) < LEAST_SHARE * len(long):
        return 0.0
    return len(short & long) / len(short)


def estimate(a: bytes, b: bytes) -> float:
    """An estimate of the containment of two texts, from their MinHashes."""
    left, right = unpacked(a), unpacked(b)
    both = min(one[-1] if len(one) == SIZE else _HIGHEST for one in (left, right))
    # Up to there, each sketch has every shingle of its text.
    samples = [{shingle for shingle in one if shingle <= both} for one in (left, right)]
    return len(samples[0] & samples[1]) / max(1, min(map(len, samples)))


def meetings(minhashes: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Pairs of texts that may be copies, each once: their positions in `minhashes`, the lower one first."""
    met = Counter[tuple[int, int]]()
    for texts in _sharing(minhashes):
        met.update(combinations(texts, 2) if len(texts) <= _MANY else ((texts[0], one) for one in texts[1:]))
    return (pair for pair, times in met.items() if times >= _MET)


def _sharing(minhashes: Sequence[bytes]) -> Iterator[list[int]]:
    """For each shingle in several MinHashes: the texts that have it, in order."""
    parts = 1 + SIZE * len(minhashes) // _AT_ONCE
    for part in range(parts):
        having: dict[int, list[int]] = defaultdict(list)
        for text, packed in enumerate(minhashes):
            for shingle in unpacked(packed):
                if shingle % parts == part:
                    having[shingle].append(text)
        yield from (texts for texts in having.values() if len(texts) > 1)
