"""Finds dates with the month in words, in the languages of the listed sites."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from variorum.crawler.dates import EARLIEST, LATEST, MONTHS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\w)(?P<month>{_MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[,،]?\s(?P<year>\d{{4}})(?!\d)",
        rf"(?<![\w-])(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of\s|de\s)?(?P<month>{_MONTH})\.?[,،]?\s(?P<year>\d{{4}})(?!\d)",
        r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?![\w-])",
    )
)
_PIECE = re.compile(r"\0|\d+|[^\W\d_]+|[^\w\s]")
_YEARS = range(EARLIEST, LATEST + 1)
MOST_BESIDE = 60
"""The maximum number of characters beside the date in a date line."""


class FoundDate(NamedTuple):
    """A date, and its position in the text."""

    day: date
    start: int
    end: int


class DateLine(NamedTuple):
    """A line whose purpose is its date: `April 7, 2021 0 comments`, `arshad - January 6, 2020`."""

    day: date
    form: str
    """The form of the line, equal for lines of the same theme: `D N w`, `w - D`."""
    author: str | None


def find(text: str) -> FoundDate | None:
    """Return the first date in a text; None if it has none."""
    found = (one for pattern in _PATTERNS for one in map(_read, pattern.finditer(text)) if one)
    return min(found, key=lambda one: one.start, default=None)


def date_line(line: str) -> DateLine | None:
    """The parts of a date line; None for any other line."""
    if len(line) > MOST_BESIDE * 2 or (found := find(line)) is None:
        return None
    beside = line[: found.start] + "\0" + line[found.end :]
    if len(beside) > MOST_BESIDE:
        return None
    kinds = [_kind(piece) for piece in _PIECE.findall(beside)]
    form = " ".join(kind for at, kind in enumerate(kinds) if at == 0 or kinds[at - 1] != kind)
    before = line[: found.start].rstrip(" -–—|,·•:").removeprefix("by ").strip()
    author = before if form in ("w - D", "w – D", "w — D", "w | D", "w , D", "w · D") else None
    return DateLine(found.day, form, author)


def _read(match: re.Match[str]) -> FoundDate | None:
    month = match["month"].casefold()
    try:
        number = MONTHS[month] if month in MONTHS else int(month)
        day = date(int(match["year"]), number, int(match["day"]))
    except ValueError:
        return None
    return FoundDate(day, *match.span()) if day.year in _YEARS else None


def _kind(piece: str) -> str:
    if piece == "\0":
        return "D"
    return "N" if piece.isdigit() else "w" if piece.isalpha() else piece
