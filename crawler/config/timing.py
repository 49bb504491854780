"""Computes when a site runs next. Pure: the present time is a parameter.

Cron text is read as crontab(5) reads it, on the wall clock of the site's time zone: 0 and 7 are Sunday, and
if both a day of the month and a weekday are given, either is enough. A time that the change to summer time
skips fires as much later; one that the change back repeats fires once.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

    from variorum.crawler.config.site import Site

DEFAULT_EVERY = "6h"
LONGEST_BACKOFF = timedelta(hours=24)
LONGEST_JITTER = timedelta(minutes=15)
JITTER_SHARE = 10  # of the interval: a tenth at most

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DAYS = {"d": 1, "w": 7, "y": 365}
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WEEKDAY = f"[0-7]|{'|'.join(_WEEKDAYS)}"
_SOME_WEEKDAYS = re.compile(rf"(?P<first>{_WEEKDAY})(-(?P<last>{_WEEKDAY}))?(/(?P<step>[1-7]))?", re.I)
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_QUIET = re.compile(f"({_CLOCK})-({_CLOCK})")


def duration(text: str) -> timedelta:
    """The length of "45s", "30m", "6h" or "2d". Raises ValueError for other text, and below one second."""
    found = re.fullmatch("([0-9]{1,6})([smhd])", text)
    if not found:
        raise ValueError("not a number and one of s, m, h, d")
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if length < timedelta(seconds=1):
        raise ValueError("less than a second")
    return length


def age(text: str) -> timedelta:
    """The length of "30d", "26w" or "2y", a year having 365 days. Raises ValueError for other text."""
    found = re.fullmatch("([1-9][0-9]{0,2}|[1-9][0-9]{3}(?=d))([dwy])", text)  # not beyond the year 1
    if not found:
        raise ValueError("not a number, below 1000, and one of d, w, y")
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def first_day(text: str, today: date) -> date:
    """The day after today that the text names, as a date or as a length of whole days from now, like 7d.

    Raises ValueError, with the reason, for any other.
    """
    try:
        day = date.fromisoformat(text) if "-" in text else today + timedelta(days=duration(text).days)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is neither a day like 2026-12-24 nor a length like 7d") from None
    if day <= today:
        raise ValueError(f"{text!r} is not after today, {today}")
    return day


def check_cron(text: str) -> None:
    """Raise ValueError with the reason if the text is no cron schedule, or never comes due."""
    some_day = datetime(2000, 1, 1, tzinfo=UTC)
    if not any(_fire(trigger, some_day) for trigger in _triggers(text)):
        raise ValueError("there is no such day")


def quiet_hours(text: str) -> tuple[time, time]:
    """Start and end of "22:00-06:00", on the wall clock. Raises ValueError for other text."""
    found = _QUIET.fullmatch(text)
    if not found:
        raise ValueError("not two times of day")
    start, end = time.fromisoformat(found[1]), time.fromisoformat(found[3])
    if start == end:
        raise ValueError("it ends where it starts")
    return start, end


def never_awake(quiet: Sequence[str]) -> bool:
    """Whether these quiet hours together cover the whole day."""
    ranges = [quiet_hours(text) for text in quiet]
    return all(_quiet_end(ranges, time(*divmod(minute, 60))) for minute in range(24 * 60))


def schedule_text(site: Site) -> str:
    """The schedule from which a site's next run is computed; if it differs, the run is computed again."""
    rhythm = f"cron {site.cron}" if site.cron else f"every {site.every or DEFAULT_EVERY}"
    return ", ".join([rhythm, site.timezone, *(f"not {hours}" for hours in site.quiet)])


def next_run(site: Site, after: datetime, *, failures: int = 0) -> datetime:
    """The time, in UTC, of the site's first run later than `after`.

    `failures` counts whole-site failures in a row: from the second on, the interval doubles up to a day (cron
    schedules keep their times).
    """
    if site.cron:
        return out_of_quiet(site, _cron_slot(site.cron, ZoneInfo(site.timezone), after))
    every = duration(site.every or DEFAULT_EVERY)
    return out_of_quiet(site, _on_grid(site.name, after + _backed_off(every, failures), every))


def following(site: Site, due: datetime, now: datetime) -> datetime:
    """The first run after the one that was due at `due` and starts now.

    One run makes up for all that were missed. Computed from `due` where possible, so that late starts do not
    add up.
    """
    slot = next_run(site, due)
    return slot if slot > now else next_run(site, now)


def planned(
    site: Site, due: datetime | None, reckoned_from: str | None, now: datetime, *, failures: int = 0
) -> datetime:
    """When the site runs next, if `due` was stored for the schedule `reckoned_from` (None: it never ran).

    An overdue run stays overdue. No time is later than the next run computed from `now`, or a clock that was
    wrong for a minute could stop a site for years.
    """
    if due is None:
        return out_of_quiet(site, now)
    latest = next_run(site, now, failures=failures)
    return due if due <= now or (due <= latest and reckoned_from == schedule_text(site)) else latest


def is_paused(site: Site, now: datetime) -> bool:
    """Whether no scheduled run of the site starts now; a pause until a date ends as that day begins."""
    if isinstance(site.paused, bool):
        return site.paused
    return now.astimezone(ZoneInfo(site.timezone)).date() < site.paused


def out_of_quiet(site: Site, moment: datetime) -> datetime:
    """The time in UTC, or the end of the site's quiet hours if it is within them."""
    ranges = [quiet_hours(text) for text in site.quiet]
    local = moment.astimezone(ZoneInfo(site.timezone))
    for _ in ranges:  # the end of one may lie within another
        end = _quiet_end(ranges, local.time())
        if end:
            pushed = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
            local = pushed if pushed > local else pushed + timedelta(days=1)
    return local.astimezone(UTC)


def _quiet_end(ranges: Sequence[tuple[time, time]], clock: time) -> time | None:
    for start, end in ranges:
        within = start <= clock < end if start < end else clock >= start or clock < end
        if within:
            return end
    return None


def _backed_off(every: timedelta, failures: int) -> timedelta:
    doublings = min(max(failures - 1, 0), 17)  # 2**17 seconds are more than a day
    return min(every * (1 << doublings), max(every, LONGEST_BACKOFF))


def _on_grid(name: str, earliest: datetime, every: timedelta) -> datetime:
    """The first time from `earliest` on that is assigned to this site.

    Times are assigned to sites by name, so that sites with the same interval do not all start at once. They
    are one jitter apart, and as the interval is a whole number of jitters, a run one interval later falls on
    an assigned time again: the jitter counts once, and never adds up.
    """
    seconds = int(every.total_seconds())
    parts = max(JITTER_SHARE, math.ceil(every / LONGEST_JITTER))
    phase = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % max(1, seconds // parts)
    least = math.ceil(earliest.timestamp()) - phase
    number = -(-least * parts // seconds)  # rounded up
    return datetime.fromtimestamp(number * seconds // parts + phase, UTC)


def _cron_slot(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first cron time later than `after`.

    The trigger is computed on a clock without summer time: on a real one, APScheduler fires twice in the hour
    that autumn repeats. The search starts early, because a time that spring moves may still be ahead.
    """
    triggers = _triggers(cron)
    wall = after.astimezone(zone).replace(tzinfo=UTC, fold=0) - timedelta(hours=2)
    while True:
        wall = min(slot for trigger in triggers if (slot := _fire(trigger, wall)))
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment


def _fire(trigger: CronTrigger, after: datetime) -> datetime | None:
    found: datetime | None = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
    return found


def _triggers(cron: str) -> list[CronTrigger]:
    """One trigger, or two of which either is enough. Raises ValueError with the reason for invalid text."""
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 - slow, and few sites have cron text

    fields = cron.lower().split()
    if len(fields) != 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
        raise ValueError(f"{len(fields)} fields instead of 5")
    minute, hour, day, month, weekday = fields
    named = ",".join(_weekday_names(part) for part in weekday.split(","))
    both = not day.startswith("*") and not weekday.startswith("*")
    days = [(day, "*"), ("*", named)] if both else [(day, named)]
    return [
        CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=UTC)
        for day, weekday in days
    ]


def _weekday_names(part: str) -> str:
    """Weekdays by name, since APScheduler counts from Monday and cron from Sunday."""
    found = _SOME_WEEKDAYS.fullmatch(re.sub(r"^\*", "0-6", part))
    if not found or (found["step"] and not found["last"]):
        raise ValueError(f'"{part}" is no weekday')
    first = _weekday_number(found["first"])
    last = _weekday_number(found["last"] or found["first"])
    last += 7 if last < first else 0  # "fri-sun" ends with 0
    return ",".join(_WEEKDAYS[number % 7] for number in range(first, last + 1, int(found["step"] or 1)))


def _weekday_number(word: str) -> int:
    return int(word) if word.isdigit() else _WEEKDAYS.index(word)
