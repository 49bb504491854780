"""Limits the time and memory that one page may take; a page over the limit fails, and the run goes on."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from variorum.crawler.errors import SiteTrouble
from variorum.crawler.time_limit import TookTooLong, time_limit

SECONDS = 30.0
"""The CPU time in seconds for one page."""
MEGABYTES = 300
"""The memory for one page, besides what the process has already: it starts with some 100 MB, and all of
Variorum is to need at most 600."""
STATM = Path("/proc/self/statm")


class CostsTooMuch(SiteTrouble):
    """A page that takes more time or memory than one page may."""


@contextmanager
def page_bounds(seconds: float = SECONDS, megabytes: int = MEGABYTES) -> Iterator[None]:
    """Raises CostsTooMuch if the block takes more time or memory. Works in the main thread only."""
    try:
        with _memory_limit(megabytes << 20), time_limit(seconds):
            yield
    except TookTooLong as error:
        raise CostsTooMuch(f"it takes more than {error}, more than a page may") from error
    except MemoryError as error:
        raise CostsTooMuch(f"it takes more than {megabytes} MB, more than a page may") from error


@contextmanager
def _memory_limit(size: int) -> Iterator[None]:
    """Raises MemoryError inside the block when it allocates more bytes than `size`. Linux only."""
    if not STATM.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    used = int(STATM.read_text(encoding="ascii").split()[5]) * resource.getpagesize()
    bound = used + size if hard == resource.RLIM_INFINITY else min(used + size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
