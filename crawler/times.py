"""Converts times: aware UTC datetimes in code, ISO 8601 text with Z in tables and output.

Dates from outside (pages, feeds, archives) go through `crawler.dates` first.
"""

from __future__ import annotations

from datetime import UTC, datetime


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
    return datetime.now(UTC)
