"""Reads from the file name of a dump when it was made, and whether it shows a home page."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime

from variorum.crawler.times import iso

_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:(?P<mark>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=mark)(?P<day>\d\d)"
    r"|[-_.](?P<only>0[1-9]|1[0-2]))(?!\d)"
)
_HOME = re.compile(r"(?:^|[^a-z])(?:home|homepage|frontpage|front-page)(?:[^a-z]|$)")


def captured_at(name: str) -> str | None:
    """When a dump was made, by its name: the day, or the last day of the month; None if the name has no
    date."""
    days = {day for match in _DAY.finditer(name) if (day := _day(match))}
    if len(days) != 1:
        return None
    [day] = days
    return iso(datetime(day.year, day.month, day.day, tzinfo=UTC))


def is_home(name: str) -> bool:
    """Whether the name says that the dump is of a site's home page."""
    return _HOME.search(name.lower()) is not None


def _day(match: re.Match[str]) -> date | None:
    year, month = int(match["year"]), int(match["month"] or match["only"])
    last = monthrange(year, month)[1]
    day = int(match["day"] or last)
    return date(year, month, day) if 1 <= day <= last else None
