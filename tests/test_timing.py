"""When a site runs next: intervals, cron text, quiet hours, failures, clocks that change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import (
    check_cron,
    duration,
    following,
    never_awake,
    next_run,
    out_of_quiet,
    planned,
    quiet_hours,
    schedule_text,
)
from variorum.crawler.times import iso, parse

NOW = datetime(2026, 11, 22, 2, 41, 43, tzinfo=UTC)  # a Sunday
SECONDS = st.integers(min_value=1_600_000_000, max_value=1_900_000_000)


def site(name: str = "nejatngo", **keys: object) -> Site:
    return Site(name=name, url="https://example.org/", **keys)  # type: ignore[arg-type]


def cron_runs(cron: str, after: str, count: int, zone: str = "UTC") -> list[str]:
    """The next runs, on the wall clock of the zone."""
    moment, runs = parse(after), []
    for _ in range(count):
        moment = next_run(site(cron=cron, timezone=zone), moment)
        runs.append(moment.astimezone(ZoneInfo(zone)).strftime("%a %d %b %H:%M"))
    return runs


# ---- intervals


@pytest.mark.parametrize(("text", "seconds"), [("45s", 45), ("30m", 1800), ("6h", 21600), ("2d", 172800)])
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "6", "h", "0s", "-1h", "6 h", "1.5h", "6h30m", "6H", "6w", "9999999d"])
def test_any_other_text_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a number and one of|less than a second"):
        duration(text)


@given(after=SECONDS, name=st.sampled_from(["nejatngo", "iran-interlink", "اخبار"]))
def test_the_first_interval_is_longer_by_a_jitter_of_a_tenth_or_15_minutes_at_most(
    after: int, name: str
) -> None:
    start = datetime.fromtimestamp(after, UTC)
    for every, jitter in [("50m", timedelta(minutes=5)), ("6h", timedelta(minutes=15))]:
        wait = next_run(site(name, every=every), start) - start
        assert duration(every) <= wait < duration(every) + jitter


@given(after=SECONDS, every=st.sampled_from(["1s", "7s", "50m", "151m", "6h", "2d"]))
def test_the_jitter_comes_in_once_and_never_adds_up(after: int, every: str) -> None:
    watched = site(every=every)
    runs = [next_run(watched, datetime.fromtimestamp(after, UTC))]
    for _ in range(20):
        runs.append(next_run(watched, parse(iso(runs[-1]))))
    assert {later - earlier for earlier, later in pairwise(runs)} == {duration(every)}


def test_sites_of_one_rhythm_do_not_all_start_at_once() -> None:
    starts = {next_run(site(name), NOW) for name in ("nejatngo", "iran-interlink", "nototerrorism-cults")}
    assert len(starts) == 3


def test_a_late_start_does_not_make_the_next_one_later() -> None:
    due = next_run(site(), NOW)
    assert following(site(), due, due + timedelta(minutes=40)) == due + timedelta(hours=6)


def test_a_missed_night_makes_one_run() -> None:
    due = next_run(site(), NOW)
    morning = due + timedelta(hours=20)
    assert morning + timedelta(hours=6) <= following(site(), due, morning) < morning + timedelta(hours=7)


# ---- failures


def test_the_interval_doubles_from_the_second_failure_on_up_to_a_day() -> None:
    waits = [next_run(site(every="6h"), NOW, failures=n) - NOW for n in range(6)]
    assert [round(wait / timedelta(hours=1)) for wait in waits] == [6, 6, 12, 24, 24, 24]


def test_a_site_that_runs_seldom_is_not_asked_more_often_for_failing() -> None:
    assert next_run(site(every="3d"), NOW, failures=9) - NOW >= timedelta(days=3)


def test_a_thousand_failures_are_no_trouble() -> None:
    assert timedelta(hours=24) <= next_run(site(every="2s"), NOW, failures=1000) - NOW < timedelta(hours=25)


def test_cron_text_keeps_its_slots_after_failures() -> None:
    assert next_run(site(cron="0 3 * * *"), NOW, failures=5) == parse("2026-11-22T03:00:00Z")


# ---- cron text


@pytest.mark.parametrize(
    ("weekday", "days"),
    [
        ("1", ["Mon"]),
        ("0", ["Sun"]),
        ("7", ["Sun"]),
        ("mon", ["Mon"]),
        ("SAT,1", ["Mon", "Sat"]),
        ("1-3", ["Mon", "Tue", "Wed"]),
        ("fri-sun", ["Sun", "Fri", "Sat"]),
        ("5-7", ["Sun", "Fri", "Sat"]),
        ("1-5/2", ["Mon", "Wed", "Fri"]),
        ("0-7", ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]),
        ("*/2", ["Sun", "Tue", "Thu", "Sat"]),
    ],
)
def test_weekdays_are_numbered_as_crontab_numbers_them(weekday: str, days: list[str]) -> None:
    """The week that is looked at begins on Sunday, 22 November 2026."""
    runs = cron_runs(f"0 3 * * {weekday}", "2026-11-21T12:00:00Z", len(days))
    assert [run.split()[0] for run in runs] == days


def test_a_day_of_the_month_or_a_weekday_will_do_where_both_are_given() -> None:
    assert cron_runs("0 3 24 * 1", "2026-11-22T12:00:00Z", 3) == [
        "Mon 23 Nov 03:00",
        "Tue 24 Nov 03:00",
        "Mon 30 Nov 03:00",
    ]


def test_cron_text_is_read_on_the_clock_of_the_sites_zone() -> None:
    assert next_run(site(cron="0 3 * * *", timezone="Asia/Tehran"), NOW) == parse("2026-11-22T23:30:00Z")


def test_in_autumn_a_time_that_comes_twice_fires_once() -> None:
    """In Tirana, 02:30 of 25 October 2026 comes at 00:30 and again at 01:30 UTC."""
    assert cron_runs("30 2 * * *", "2026-10-24T12:00:00Z", 2, "Europe/Tirane") == [
        "Sun 25 Oct 02:30",
        "Mon 26 Oct 02:30",
    ]


def test_in_autumn_a_time_is_not_fired_again_by_a_start_between_its_two_comings() -> None:
    between = parse("2026-10-25T01:10:00Z")
    slot = next_run(site(cron="30 2 * * *", timezone="Europe/Tirane"), between)
    assert slot == parse("2026-10-26T01:30:00Z")


@pytest.mark.parametrize("after", ["2026-03-28T12:00:00Z", "2026-03-29T01:10:00Z"])
def test_in_spring_a_time_that_is_left_out_is_not_lost(after: str) -> None:
    """In Tirana, 29 March 2026 goes from 02:00 straight to 03:00, at 01:00 UTC."""
    assert cron_runs("30 2 * * *", after, 2, "Europe/Tirane") == ["Sun 29 Mar 03:30", "Mon 30 Mar 02:30"]


@given(
    after=SECONDS,
    cron=st.sampled_from(["*/5 * * * *", "30 2 * * *", "0 0 29 2 *", "15 1-3 * * 0", "59 23 31 12 7"]),
    zone=st.sampled_from(["UTC", "Europe/Tirane", "Asia/Tehran", "Australia/Lord_Howe", "Antarctica/Troll"]),
)
def test_a_slot_is_always_later_than_what_it_is_reckoned_from(after: int, cron: str, zone: str) -> None:
    start = datetime.fromtimestamp(after, UTC)
    assert next_run(site(cron=cron, timezone=zone), start) > start


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("* * * *", "4 fields"),
        ("@daily", "1 fields"),
        ("61 * * * *", "61"),
        ("*/0 * * * *", "Increment"),
        ("0 3 * smarch *", "smarch"),
        ("0 3 * * 8", '"8" is no weekday'),
        ("0 3 * * *-3", "no weekday"),
        ("0 3 * * 5/2", "no weekday"),
        ("0 3 30 2 *", "no such day"),
    ],
)
def test_bad_cron_text_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_cron(text)


# ---- quiet hours


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        ("2026-11-22T21:59:59Z", "2026-11-22T21:59:59Z"),
        ("2026-11-22T22:00:00Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z"),
        ("2026-11-23T06:00:00Z", "2026-11-23T06:00:00Z"),
    ],
)
def test_a_start_in_quiet_hours_is_put_off_to_their_end(moment: str, start: str) -> None:
    assert out_of_quiet(site(quiet=("22:00-06:00",)), parse(moment)) == parse(start)


def test_quiet_hours_are_those_of_the_sites_zone() -> None:
    tehran = site(cron="0 23 * * *", timezone="Asia/Tehran", quiet=("22:00-06:00",))
    assert next_run(tehran, NOW) == parse("2026-11-23T02:30:00Z")


def test_the_end_of_one_quiet_time_may_lie_in_another() -> None:
    watched = site(quiet=("05:00-09:00", "22:00-06:00"))
    assert out_of_quiet(watched, parse("2026-11-22T23:00:00Z")) == parse("2026-11-23T09:00:00Z")


def test_in_autumn_quiet_hours_that_end_in_the_repeated_hour_do_not_set_a_start_back() -> None:
    watched = site(quiet=("01:00-02:30",), timezone="Europe/Tirane")
    assert out_of_quiet(watched, parse("2026-10-25T01:10:00Z")) == parse("2026-10-25T01:30:00Z")


@given(after=SECONDS, zone=st.sampled_from(["UTC", "Europe/Tirane", "Asia/Tehran"]))
def test_no_run_is_planned_for_quiet_hours(after: int, zone: str) -> None:
    watched = site(every="45m", timezone=zone, quiet=("12:00-13:00", "22:00-06:00"))
    start = next_run(watched, datetime.fromtimestamp(after, UTC)).astimezone(ZoneInfo(zone))
    assert start.hour in {6, 7, 8, 9, 10, 11, *range(13, 22)}


@pytest.mark.parametrize("text", ["", "22-06", "22:00", "22:00-24:00", "7:00-8:00", "06:00-06:00"])
def test_any_other_text_is_no_quiet_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"not two times of day|it ends where it starts"):
        quiet_hours(text)


def test_quiet_hours_that_leave_no_minute_are_known() -> None:
    assert never_awake(["00:00-12:00", "11:00-00:00"])
    assert not never_awake(["00:00-12:00", "12:01-00:00"])
    assert not never_awake([])


# ---- what is written down


def test_a_site_that_never_ran_is_due_at_once() -> None:
    assert planned(site(), None, None, NOW) == NOW


def test_a_site_that_never_ran_waits_for_the_end_of_quiet_hours() -> None:
    watched = site(quiet=("22:00-06:00",))
    assert planned(watched, None, None, NOW) == parse("2026-11-22T06:00:00Z")


def test_what_is_written_down_holds_while_the_schedule_reads_the_same() -> None:
    due = NOW + timedelta(hours=3)
    assert planned(site(), due, schedule_text(site()), NOW) == due


@pytest.mark.parametrize("keys", [{"every": "2d"}, {"cron": "0 3 * * *"}, {"quiet": ("22:00-06:00",)}])
def test_a_schedule_that_reads_differently_is_reckoned_anew(keys: dict[str, object]) -> None:
    watched = site(**keys)
    due = NOW + timedelta(minutes=1)
    assert planned(watched, due, schedule_text(site()), NOW) == next_run(watched, NOW)


def test_what_is_overdue_stays_due_though_the_schedule_reads_differently() -> None:
    due = NOW - timedelta(hours=3)
    assert planned(site(every="2d"), due, schedule_text(site()), NOW) == due


def test_a_clock_that_was_years_ahead_leaves_no_site_asleep() -> None:
    due = NOW + timedelta(days=3650)
    assert planned(site(), due, schedule_text(site()), NOW) == next_run(site(), NOW)
