"""The limit of time for one page, where the code in between does what it can to miss it."""

from __future__ import annotations

import contextlib
import signal
import time
from itertools import count

import pytest

from variorum.crawler.time_limit import TookTooLong, time_limit

SHORT = 0.1
FOREVER = 60
"""Seconds after which a test gives up, and fails."""


def busy() -> None:
    """Work without an end of its own."""
    give_up = time.process_time() + FOREVER
    for _ in count():
        assert time.process_time() < give_up, "nothing ended it"


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(TookTooLong, match=r"^0\.1 seconds$"), time_limit(SHORT):
        busy()


def test_code_that_catches_every_exception_is_ended_too() -> None:
    with pytest.raises(TookTooLong), time_limit(SHORT):
        for _ in count():
            with contextlib.suppress(Exception):
                busy()


def test_code_that_catches_even_more_than_exceptions_is_ended_by_the_next_ring() -> None:
    with pytest.raises(TookTooLong), time_limit(SHORT):
        with contextlib.suppress(BaseException):
            busy()
        busy()


def test_a_limit_around_another_one_holds_as_well() -> None:
    with pytest.raises(TookTooLong), time_limit(SHORT):
        for _ in count():
            with time_limit(FOREVER):
                busy()


def test_a_limit_goes_on_after_another_one_inside_it() -> None:
    with pytest.raises(TookTooLong, match=r"^0\.1 seconds$"), time_limit(SHORT):
        with time_limit(FOREVER):
            pass
        busy()


def test_time_in_which_nothing_is_done_does_not_count() -> None:
    with time_limit(SHORT):
        time.sleep(3 * SHORT)


def test_nothing_rings_afterwards() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with time_limit(FOREVER):
        pass
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert signal.getsignal(signal.SIGPROF) is before
