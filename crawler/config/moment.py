"""Reads a time in the past as a person writes it: a time, a day, `yesterday`, or an age. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta

from variorum.crawler.config.timing import age, duration
from variorum.crawler.times import iso, parse

DAYS_AGO = {"today": 0, "yesterday": 1, "tomorrow": -1}
FORMS = "a day like 2026-05-31, a time like 2026-05-31T14:00Z, today, yesterday, or an age like 2d"
"""The forms of a time, for messages."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def past_moment(text: str, at: datetime, *, end: bool = False) -> datetime:
    """The moment that a text names at the time `at`. Raises ValueError for other text.

    It may lie in the future, as that of `tomorrow`: callers refuse that.
    """
    day = iso(at - timedelta(days=DAYS_AGO[text]))[:10] if text in DAYS_AGO else text
    if DAY.fullmatch(day):
        start = parse(day)
        return min(start + timedelta(days=1, seconds=-1), max(at, start)) if end else start
    for length in (duration, age):
        with suppress(ValueError):
            return at - length(text)
    return parse(text)
