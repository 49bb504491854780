"""The table `[review]` of variorum.toml: how the review page is served to its readers."""

from __future__ import annotations

import re

import msgspec

from variorum.crawler.config.schema import Key, Keys
from variorum.crawler.config.site import check_time_zone

_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class ReviewSettings(msgspec.Struct, frozen=True):
    """The settings of the review page."""

    language: str = "en"
    """The language for readers whose browser asks for none of those that there are."""
    zone: str = "UTC"
    """The time zone for readers whose browser does not tell theirs."""
    user_header: str | None = None
    """The header in which a reverse proxy names the reviewer; it is trusted, whoever sends it."""
    manage: bool = True
    """Whether sites can be added, changed and removed on the review page."""


def _language(code: str) -> None:
    """Raise ValueError if the text is no code of a language."""
    if not _LANGUAGE.fullmatch(code):
        raise ValueError("no code of a language")


def _header(name: str) -> None:
    """Raise ValueError if no header can have this name."""
    if not _HEADER.fullmatch(name):
        raise ValueError("no name of a header")


REVIEW_KEYS: Keys = {
    "language": Key(str, 'the code of a language, like "fa"', _language),
    "zone": Key(str, 'a zone of the IANA list, like "Europe/Tirane"', check_time_zone),
    "user_header": Key(str, 'the name of a header, like "X-Remote-User"', _header),
    "manage": Key(bool, "true or false"),
}
