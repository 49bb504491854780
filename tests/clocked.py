"""Runs of the real crawler on a clock of one's own: weeks of a site pass in seconds.

with runs_at(datetime(2026, 3, 2, tzinfo=UTC)):
    variorum("-C", home, "crawl", "--due")
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from unittest import mock

from variorum.crawler import times
from variorum.crawler.runtime import processes


@contextmanager
def runs_at(moment: datetime) -> Iterator[None]:
    """For the runs that begin meanwhile, and are forked, it is that moment and later."""
    with mock.patch.object(processes, "run_forked", partial(run_at, moment)):
        yield


def run_at(
    moment: datetime,
    ends: processes.Ends,
    environment: Mapping[str, str],
    arguments: Sequence[str],
) -> None:
    """In the fork: the run, for which it is that moment."""
    set_clock(moment)
    processes.run_forked(ends, environment, arguments)


def set_clock(moment: datetime) -> None:
    """From here on, it is that moment and later in this process."""
    begun, real = monotonic(), times.now

    def now() -> datetime:
        return moment + timedelta(seconds=monotonic() - begun)

    for module in [*sys.modules.values()]:
        if getattr(module, "now", None) is real:
            module.now = now  # type: ignore[attr-defined]
