"""Converts times: aware UTC datetimes in code, ISO 8601 text with Z in tables and output.

Dates from outside (pages, feeds, archives) go through `variorum.crawler.dates` first.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

UNITS = (("day", 1.0), ("hour", 1 / 24), ("minute", 1 / 1440))
"""Units of time, in days."""
LEAST, NEAR = 1.75, 0.05
"""A time is said in the largest unit of which it is that many, or very nearly one."""


def iso(moment: datetime) -> str:
    """The text of an aware datetime, as `2026-11-22T02:41:43Z`; fixed width, so text order is time order."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def parse(text: str) -> datetime:
    """The aware datetime of ISO 8601 text; a time without a zone is UTC, a date is its midnight.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def now() -> datetime:
    """The present time in UTC. Never called by pure code, which gets it as a parameter."""
    return datetime.now(UTC) + _correction


def correct(by: timedelta) -> None:
    """Add so much to what the clock of this machine shows, for this process, as another clock is right."""
    global _correction  # noqa: PLW0603 - there is one clock for the process
    _correction = by


def correction() -> timedelta:
    """How much `now` differs from the clock of this machine."""
    return _correction


_correction = timedelta()


def span(days: float) -> str:
    """A length of time as a person says it: `15 minutes`, `6 hours`, `3 days`; never less than a minute."""
    fits = (one for one in UNITS if days / one[1] >= LEAST or abs(days / one[1] - 1) < NEAR)
    noun, size = next(fits, UNITS[-1])
    count = max(round(days / size), 1)
    return f"{count:,} {noun}{'s' * (count != 1)}"


def every(days: float) -> str:
    """How often something happens that takes so many days: `every hour`, `every 3 days`."""
    return f"every {span(days).removeprefix('1 ')}"
