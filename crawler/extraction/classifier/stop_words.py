"""Keeps trafilatura from hashing its 150,000 stop words anew for each page: a sixth of a first reading.

Its last resort looks the words up in a cache by a tuple of all of them, and Python computes the hash of a
tuple each time. There is no option against it, hence the replacement of that tuple.
"""

from __future__ import annotations

from functools import cached_property


class StopWords(tuple[str, ...]):
    """Words whose hash is computed once."""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()


def hash_stop_words_once() -> None:
    """Make trafilatura hash its stop words once in the process; calling it again changes nothing."""
    import trafilatura.external  # noqa: PLC0415 - slow to import

    if not isinstance(trafilatura.external.JT_STOPLIST, StopWords):
        words = StopWords(trafilatura.external.jt_stoplist_init())
        trafilatura.external.JT_STOPLIST = words  # type: ignore[assignment]  # it begins as None
