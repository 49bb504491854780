"""Reads a time in the past as a person writes it: a time, a day, `yesterday`, or an age. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta

from variorum.crawler.config.timing import age, duration
from variorum.crawler.times import iso, parse

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def past_moment(text: str, at: datetime, *, end: bool = False) -> datetime:
    """The moment that a text names at the time `at`. Raises ValueError for other text."""
    days_ago = {"today": 0, "yesterday": 1}.get(text)
    day = iso(at - timedelta(days=days_ago))[:10] if days_ago is not None else text
    if DAY.fullmatch(day):
        start = parse(day)
        return min(start + timedelta(days=1, seconds=-1), max(at, start)) if end else start
    for length in (duration, age):
        with suppress(ValueError):
            return at - length(text)
    return parse(text)
