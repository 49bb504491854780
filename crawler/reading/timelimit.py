"""A limit to the time that one page may take to be read."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 0.5
"""Seconds after which it rings once more: code on the way may have caught the first one, whatever it was."""


class TookTooLong(BaseException):
    """The time was up. No `Exception`: what catches those, as trafilatura does, would go on."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TookTooLong inside the block once the time is up, and again until the block is left.

    Works in the main thread only. Inside another limit, that one holds as well.
    Threads are no way out here: the extractor's C parts are not safe in several at once.
    """
    heard = False

    def ring(number: int, frame: FrameType | None) -> None:
        if not heard:
            raise TookTooLong(f"{seconds:g} seconds")

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    signal.setitimer(signal.ITIMER_REAL, min(seconds, left or seconds), AGAIN)
    try:
        try:
            yield
        finally:
            heard = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:  # of the limit around this one, which may have run out meanwhile
            outer = max(left - (time.monotonic() - began), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, outer, interval)
