"""Days of a time zone: which stored times a day has, and which days of UTC it touches. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A day of a time zone."""

    name: str
    """Such as `2026-05-31`."""
    first: str
    """Its first moment, in the form of stored times."""
    end: str
    """The first moment of the next day."""
    of_utc: tuple[str, ...]
    """The days of UTC that it touches, the earliest first."""


def day_of(moment: str, zone: ZoneInfo) -> str:
    """The day of a stored time in the zone; of a text that is no time, what stands in place of the day."""
    try:
        found = datetime.fromisoformat(moment)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(zone).date().isoformat()
    except (ValueError, OverflowError):
        return moment[:10]


def days_of(utc: str, zone: ZoneInfo) -> list[str]:
    """The days in the zone that a day of UTC touches, the earliest first."""
    moments = (f"{utc}T{clock}Z" for clock in ("00:00:00", "23:59:59"))
    return sorted({day_of(moment, zone) for moment in moments}) if len(utc) == len("2026-05-31") else [utc]


def local_day(name: str, zone: ZoneInfo) -> LocalDay:
    """The day of that name in the zone; a name that is no date is that of the texts that begin with it."""
    try:
        first, end = (datetime.combine(date.fromisoformat(name) + n * _DAY, time(), zone) for n in (0, 1))
        begins, ends = first.astimezone(UTC).date(), (end.astimezone(UTC) - _SECOND).date()
    except (ValueError, OverflowError):
        return LocalDay(name, name, f"{name}\uffff", (name,))
    touched = tuple((begins + n * _DAY).isoformat() for n in range((ends - begins).days + 1))
    return LocalDay(name, _stored(first), _stored(end), touched)


def _stored(moment: datetime) -> str:
    """The time as the store writes it: `2026-05-31T22:00:00Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
