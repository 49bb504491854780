"""Who is told what and when: hours of the day in every zone, through nights in which clocks are set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.config.notification import NotificationRule, due
from variorum.crawler.times import iso, parse

TIRANE = "Europe/Tirane"
ZONES = ("UTC", TIRANE, "Asia/Tehran", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)).map(iso)


@dataclass(frozen=True)
class News:
    at: str = "2026-03-01T06:00:00Z"
    site: str = "press"
    kind: str = "edited"
    weight: float = 0.5
    language: str | None = "en"


def stale_since(at: str, *hours: str, timezone: str = TIRANE) -> str:
    """When news of that moment are told to whoever hears them at these hours."""
    moment = due([NotificationRule("env:X", at=hours, timezone=timezone)], News(at))
    assert moment
    return iso(moment)


@pytest.mark.parametrize(
    ("found", "due"),
    [
        ("2026-01-10T06:29:59Z", "2026-01-10T06:30:00Z"),  # winter: 07:30 is 06:30 UTC
        ("2026-01-10T06:30:00Z", "2026-01-10T06:30:00Z"),
        ("2026-01-10T06:30:01Z", "2026-01-11T06:30:00Z"),
        ("2026-07-10T06:30:00Z", "2026-07-11T05:30:00Z"),  # summer: 05:30 UTC
        ("2026-03-28T12:00:00Z", "2026-03-29T05:30:00Z"),  # the night into summer
        ("2026-10-24T12:00:00Z", "2026-10-25T06:30:00Z"),  # the night into winter
        ("2026-12-31T12:00:00Z", "2027-01-01T06:30:00Z"),
    ],
)
def test_a_digest_comes_at_its_hour_by_the_clock_of_its_zone(found: str, due: str) -> None:
    assert stale_since(found, "07:30") == due


def test_of_several_hours_the_next_one_counts_in_whatever_order_they_stand() -> None:
    assert stale_since("2026-01-10T12:00:00Z", "18:00", "07:30") == "2026-01-10T17:00:00Z"
    assert stale_since("2026-01-10T20:00:00Z", "18:00", "07:30") == "2026-01-11T06:30:00Z"


def test_an_hour_that_a_night_skips_or_has_twice_comes_once() -> None:
    skipped = {stale_since(f"2026-03-29T00:{minute:02}:00Z", "02:30") for minute in range(0, 60, 5)}
    assert skipped == {"2026-03-29T01:30:00Z"}
    twice = {stale_since(f"2026-10-25T{hour:02}:15:00Z", "02:30") for hour in (0, 1, 2)}
    assert twice == {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 23), st.integers(0, 59))
def test_in_every_zone_a_digest_is_the_next_time_the_clock_shows_its_hour(
    at: str, zone: str, hour: int, minute: int
) -> None:
    clock = f"{hour:02}:{minute:02}"
    due = parse(stale_since(at, clock, timezone=zone))
    assert timedelta(0) <= due - parse(at) <= timedelta(hours=25, minutes=30)
    local = due.astimezone(ZoneInfo(zone))
    day = local.date()
    exists = datetime.combine(day, local.time().replace(hour=hour, minute=minute), ZoneInfo(zone))
    if exists.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == exists.time():  # not skipped that night
        assert local.strftime("%H:%M") == clock


@given(MOMENTS, MOMENTS, st.sampled_from(ZONES))
def test_what_is_found_later_is_never_told_earlier(one: str, other: str, zone: str) -> None:
    first, second = sorted([one, other])
    assert stale_since(first, "07:30", "19:00", timezone=zone) <= stale_since(
        second, "07:30", "19:00", timezone=zone
    )


def test_without_hours_news_are_told_at_once() -> None:
    assert stale_since("2026-01-10T12:00:00Z") == "2026-01-10T12:00:00Z"


def test_the_earliest_of_several_notices_counts() -> None:
    notices = [NotificationRule("env:X", at=("07:30",)), NotificationRule("env:X", weight=0.4)]
    assert due(notices, News(weight=0.4)) == parse("2026-03-01T06:00:00Z")
    assert due(notices, News(weight=0.3)) == parse("2026-03-01T07:30:00Z")


@pytest.mark.parametrize(
    "unwanted",
    [
        News(site="mill"),
        News(kind="gone"),
        News(weight=0.39),
        News(language="fa"),
        News(language=None),
        News(kind="issue", site="mill"),
        News(kind="issue"),
    ],
)
def test_a_notice_bounds_what_it_names(unwanted: News) -> None:
    notice = NotificationRule("env:X", weight=0.4, kinds=("edited",), languages=("en",), sites=("press",))
    assert due([notice], News()) is not None
    assert due([notice], unwanted) is None


def test_an_issue_has_neither_weight_nor_language() -> None:
    notice = NotificationRule("env:X", weight=0.9, languages=("fa",), sites=("press",))
    assert due([notice], News(kind="issue", weight=0.0)) is not None
