"""Limits the CPU time that one page may take.

It counts processor time and not clock time, since a busy machine makes no page harder to read.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 0.5
"""The seconds of CPU time after which it raises again: code in the block may catch the first."""


class TookTooLong(BaseException):
    """The time limit was reached. It is no `Exception`, since code that catches those (trafilatura) would
    go on."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLong inside the block after that much CPU time, and again until the block is left.

    Works in the main thread only. Inside another limit, that one applies as well. Threads are no alternative
    here: the extractor's C parts are not safe in several at once.
    """
    heard = False

    def ring(number: int, frame: FrameType | None) -> None:
        if not heard:
            raise TookTooLong(f"{seconds:g} seconds")

    began = time.process_time()
    handler = signal.signal(signal.SIGPROF, ring)
    left, interval = signal.getitimer(signal.ITIMER_PROF)
    signal.setitimer(signal.ITIMER_PROF, min(seconds, left or seconds), AGAIN)
    try:
        try:
            yield
        finally:
            heard = True
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        if left:  # of the limit around this one, which may have run out meanwhile
            outer = max(left - (time.process_time() - began), 1e-3)
            signal.setitimer(signal.ITIMER_PROF, outer, interval)
