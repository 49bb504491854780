"""Decides which notifications go to which target, and when. Pure: the present time is a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec

from crawler.config.schema import Key
from crawler.times import parse

Kind = Literal["new", "edited", "retitled", "gone", "returned", "moved", "template", "issue"]
"""The kinds of changes; and issues, which are sent when they are opened and when they are closed."""

_ENVIRONMENT = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_HOUR = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


class _News(Protocol):
    """What a rule needs to know of a change or an issue to decide whether it is sent."""

    @property
    def site(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def weight(self) -> float: ...
    @property
    def language(self) -> str | None: ...
    @property
    def at(self) -> str: ...


class NotificationRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A target, and which notifications are sent to it. An empty list is no restriction."""

    target: str
    weight: float = 0.0
    kinds: tuple[Kind, ...] = ()
    languages: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    """The hours of the day at which it is sent; empty for at once."""
    sites: tuple[str, ...] = ()
    timezone: str = "UTC"


def due(notices: Iterable[NotificationRule], news: _News) -> datetime | None:
    """The earliest time at which one of the rules sends the change or issue; None if none does."""
    moments = [_hour(notice, parse(news.at)) for notice in notices if _wants(notice, news)]
    return min(moments, default=None)


def _wants(notice: NotificationRule, news: _News) -> bool:
    """Whether the rule sends it. An issue has neither significance nor language, so those don't apply."""
    if (notice.sites and news.site not in notice.sites) or (notice.kinds and news.kind not in notice.kinds):
        return False
    if news.kind == "issue":
        return True
    return news.weight >= notice.weight and (not notice.languages or news.language in notice.languages)


def _hour(notice: NotificationRule, after: datetime) -> datetime:
    """The first of the rule's hours at or after that time; the time itself if it has none."""
    zone = ZoneInfo(notice.timezone)
    today = after.astimezone(zone).date()
    hours = [
        datetime.combine(today + timedelta(days=days), time.fromisoformat(hour), zone).astimezone(UTC)
        for days in (0, 1)
        for hour in notice.at
    ]
    return min((hour for hour in hours if hour >= after), default=after)


def variable(target: str) -> str | None:
    """The name of the environment variable that holds the address; None for a literal address."""
    found = _ENVIRONMENT.fullmatch(target)
    return found[1] if found else None


def _address(target: str) -> None:
    if not variable(target) and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S*", target):
        raise ValueError("neither an address nor the name of a variable")


def _clock(text: str) -> None:
    if not _HOUR.fullmatch(text):
        raise ValueError("not a time of day")


_Weight = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")]

NOTIFICATION_KEYS: Mapping[str, Key] = {
    "target": Key(
        str,
        'an address as Apprise reads it, like "mailto://…", or a variable that has one, like "env:MAIL"',
        _address,
        required=True,
        secret=True,
    ),
    "weight": Key(_Weight, "a number from 0 to 1"),
    "kinds": Key(Kind, 'kinds of changes, like "edited" or "gone", or "issue"', many=True),
    "languages": Key(_Language, 'codes of languages, like "en" or "fa"', many=True),
    "at": Key(str, 'hours of the day, like "07:30"', _clock, many=True),
}
"""The keys of one entry of `notify`."""
