"""The table `[backup]` of variorum.toml: where and when the workspace is backed up. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from variorum.crawler.config.schema import Key, Keys
from variorum.crawler.config.site import check_time_zone
from variorum.crawler.config.timing import duration

USUAL_HOUR = "03:00"
_HOUR = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


class BackupPlan(msgspec.Struct, frozen=True):
    """Where backups go, when they are made, and how many are kept."""

    folder: str
    """A path; a relative one starts at the workspace."""
    at: str | None = None
    """The hour of the day; without it and without `every`, `USUAL_HOUR`."""
    every: str | None = None
    keep: int = 7
    timezone: str = "UTC"

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Whether a backup is to be made now, if the latest one is of `last` (None: there is none)."""
        if last is None:
            return True
        if self.every:
            return now - last >= duration(self.every)
        return last < self._latest_hour(now)

    @property
    def longest_age(self) -> timedelta:
        """The age of the latest backup from which on backups have failed: two intervals."""
        return 2 * (duration(self.every) if self.every else timedelta(days=1))

    def _latest_hour(self, now: datetime) -> datetime:
        """The last time at or before now at which a backup was to be made."""
        today = now.astimezone(ZoneInfo(self.timezone))
        hour = time.fromisoformat(self.at or USUAL_HOUR)
        slots = (datetime.combine(today.date() - timedelta(days=days), hour, today.tzinfo) for days in (0, 1))
        return next(slot for slot in slots if slot <= now)


def _clock(text: str) -> None:
    if not _HOUR.fullmatch(text):
        raise ValueError("not a time of day")


def check_schedule(table: Mapping[str, Any]) -> None:
    """Raise ValueError if both an hour and an interval are given."""
    if "at" in table and "every" in table:
        raise ValueError("at and every exclude each other")


BACKUP_KEYS: Keys = {
    "folder": Key(Annotated[str, msgspec.Meta(min_length=1)], 'a folder, like "/srv/backups"', required=True),
    "at": Key(str, 'an hour of the day, like "03:00"', _clock),
    "every": Key(str, 'a length of time, like "12h" or "7d"', duration),
    "keep": Key(Annotated[int, msgspec.Meta(ge=1)], "how many backups are kept, 1 or more"),
    "timezone": Key(str, 'a zone of the IANA list, like "Europe/Tirane"', check_time_zone),
}
