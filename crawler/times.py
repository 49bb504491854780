"""Times, one form: aware datetimes in UTC inside, ISO 8601 text with Z in tables and output.

What others say of a time goes through `crawler.dates` first.
"""

from __future__ import annotations

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """`2026-11-22T02:41:43Z` of an aware datetime; fixed width, so that text order is time order."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def parse(text: str) -> datetime:
    """The aware datetime of ISO 8601 text; a time without a zone is UTC, a date is its midnight.

    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def now() -> datetime:
    """The present moment in UTC. Called by the moving rooms only."""
    return datetime.now(UTC)
