"""Decides which notifications go to which target, and when. Pure: the present time is a parameter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import msgspec

from variorum.crawler.config.schema import Key
from variorum.crawler.times import parse

Kind = Literal["new", "edited", "retitled", "gone", "returned", "moved", "template", "issue"]
"""The kinds of changes; and issues, which are sent when they are opened and when they are closed."""
SIGNED = ("json", "jsons")
"""The schemes of webhooks, whose messages can be signed."""

_ENVIRONMENT = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_PATTERN = re.compile("/(.+)/", re.DOTALL)
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
    match: tuple[str, ...] = ()
    """Words or patterns, of which one must be in what came."""
    match_removed: tuple[str, ...] = ()
    """The same for what went. With both keys, one of either is enough."""
    paths: tuple[str, ...] = ()
    """Path prefixes or patterns, one of which the page's address must have."""
    secret: str | None = None
    """What the messages to a webhook are signed with."""
    sites: tuple[str, ...] = ()
    timezone: str = "UTC"


def due(
    notices: Iterable[NotificationRule],
    news: _News,
    holds: Callable[[NotificationRule], bool] = lambda notice: True,
) -> datetime | None:
    """The earliest time at which one of the rules sends the change or issue; None if none does.

    `holds` returns whether a change has the words and the address that a rule asks for; it is called last.
    """
    wanted = (notice for notice in notices if _wants(notice, news) and (_is_plain(notice) or holds(notice)))
    return min((_hour(notice, parse(news.at)) for notice in wanted), default=None)


def _wants(notice: NotificationRule, news: _News) -> bool:
    """Whether the rule sends it, apart from its words and address.

    An issue has neither significance nor language, so those don't apply. A rule for certain words or pages
    sends issues only if its kinds name them.
    """
    if (notice.sites and news.site not in notice.sites) or (notice.kinds and news.kind not in notice.kinds):
        return False
    if news.kind == "issue":
        return "issue" in notice.kinds or _is_plain(notice)
    return news.weight >= notice.weight and (not notice.languages or news.language in notice.languages)


def _is_plain(notice: NotificationRule) -> bool:
    return not (notice.match or notice.match_removed or notice.paths)


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


def pattern(entry: str) -> str | None:
    """The regular expression in an entry like `/na?tion/` of `match`; None for an entry of words."""
    found = _PATTERN.fullmatch(entry)
    return found[1] if found else None


def _words_or_pattern(entry: str) -> None:
    expression = pattern(entry)
    if expression is None:
        if not any(char.isalnum() for char in entry):
            raise ValueError("there is no word in it")
        return
    try:
        matches_nothing = re.compile(expression).search("")
    except re.error as error:
        raise ValueError(f"bad regular expression: {error}") from error
    if matches_nothing:
        raise ValueError("it matches where there is no text")


def path_or_pattern(text: str) -> None:
    """Raise ValueError unless the text is a path, or a regular expression that begins with ^."""
    if text.startswith("^"):
        try:
            re.compile(unquote(text))  # as addresses are compared
        except re.error as error:
            raise ValueError(f"bad regular expression: {error}") from error
    elif not text.startswith("/"):
        raise ValueError("it begins with neither / nor ^")


def check_secret(notice: Mapping[str, Any]) -> None:
    """Raise ValueError if a secret is given for an address that is known to be no webhook."""
    target = notice.get("target") or ""
    if notice.get("secret") and not variable(target) and target.partition("://")[0] not in SIGNED:
        raise ValueError("secret signs what is sent to a webhook, json:// or jsons://")


def _no_blank(text: str) -> None:
    if not text.strip():
        raise ValueError("it is empty")


def _clock(text: str) -> None:
    if not _HOUR.fullmatch(text):
        raise ValueError("not a time of day")


PATH = 'a path that begins with /, like "/en/", or a regular expression that begins with ^'
_MATCH = 'words, like "gas price", or a regular expression between slashes, like "/gas|oil/"'

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
    "match": Key(str, _MATCH, _words_or_pattern, many=True),
    "match_removed": Key(str, _MATCH, _words_or_pattern, many=True),
    "paths": Key(str, PATH, path_or_pattern, many=True),
    "secret": Key(str, 'a text, or a variable that has one, like "env:HOOK_SECRET"', _no_blank, secret=True),
}
"""The keys of one entry of `notify`."""
