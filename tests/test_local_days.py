"""Days of a time zone: each moment is of one, also where the clock is put forward or back at midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from variorum.crawler.times import iso
from variorum.storage.queries.local_days import day_of, days_of, local_day

SHIFTS = {
    "Africa/Cairo": "2026-04-24",  # midnight does not exist
    "America/Havana": "2026-11-01",  # the first hour is there twice
    "Asia/Beirut": "2026-10-25",  # the last hour is there twice
    "Asia/Tehran": "2026-03-21",
    "Atlantic/Azores": "2026-10-25",
    "Pacific/Apia": "2011-12-30",  # the day does not exist
    "Pacific/Kiritimati": "2026-01-01",
    "UTC": "2026-03-01",
}


@pytest.mark.parametrize("name", SHIFTS)
def test_each_moment_is_of_one_day_which_is_found_by_its_day_of_utc(name: str) -> None:
    zone, middle = ZoneInfo(name), datetime.fromisoformat(SHIFTS[name]).replace(tzinfo=UTC)
    moments = [iso(middle + timedelta(minutes=15 * n)) for n in range(-3 * 96, 3 * 96)]
    for moment in moments:
        day = local_day(day_of(moment, zone), zone)
        assert day.first <= moment < day.end, moment
        assert moment[:10] in day.of_utc, moment
        assert day.name in days_of(moment[:10], zone), moment
    names = list(dict.fromkeys(day_of(moment, zone) for moment in moments))
    assert all(local_day(a, zone).end == local_day(b, zone).first for a, b in pairwise(names))


def test_a_text_that_is_no_time_has_the_day_that_it_is_stored_under() -> None:
    zone = ZoneInfo("Asia/Tehran")
    for text in ("", "yesterday evening", "2026-02-31T06:00:00Z", "9999-12-31T23:00:00Z"):
        day = local_day(day_of(text, zone), zone)
        assert day.name == text[:10]
        assert (day.first <= text < day.end, day.of_utc) == (True, (text[:10],)), text
        assert days_of(text[:10], zone) == [text[:10]]
