"""The limit of time for one page, where the code in between does what it can to miss it."""

from __future__ import annotations

import contextlib
import signal
import time
from itertools import count

import pytest

from crawler.reading.timelimit import TookTooLong, time_limit

SHORT = 0.1
FOREVER = 60
"""Seconds after which a test gives up, and fails."""


def busy() -> None:
    """Work without an end of its own."""
    give_up = time.monotonic() + FOREVER
    for _ in count():
        assert time.monotonic() < give_up, "nothing ended it"


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


def test_nothing_rings_afterwards() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(FOREVER):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before
