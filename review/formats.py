"""Writes numbers, days and times as the reader does: by language, and in the reader's time zone.

In Persian, a day is said in the Solar Hijri (Jalali) calendar, with the Gregorian day beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

from variorum.review.languages import current, gettext, ngettext
from variorum.review.safe_text import harmless

PERSIAN = "fa"
_DIGITS: Mapping[str, str] = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
"""The digits of other numbering systems of CLDR."""
NONE = "—"
_HOURS_A_DAY, _MINUTES_A_DAY = 24, 1440
LEAST, NEAR = 1.75, 0.05
"""A length of time is said in the largest unit of which it is that many, or very nearly one."""


# ---- numbers


def number(value: float) -> str:
    """A number with the digits and separators of the language: `12,345`, `۱۲٬۳۴۵`."""
    return native(format_decimal(value, locale=current().locale, numbering_system="default"))


def decimal(value: float) -> str:
    """A number with two decimals: `0.25`."""
    return native(format_decimal(value, "0.00", locale=current().locale, numbering_system="default"))


def percent(value: int) -> str:
    """A share, given in hundredths: `25%`."""
    return native(format_percent(value / 100, locale=current().locale, numbering_system="default"))


def native(text: str) -> str:
    """The text with the digits of the language."""
    digits = _DIGITS.get(current().locale.default_numbering_system)
    return text.translate(str.maketrans("0123456789", digits)) if digits else text


# ---- days and times


def when(value: str | None, before: str | None = None) -> Markup:
    """A stored time as an element, with UTC in its tooltip; without its day if `before` is on the same."""
    if not (at := _parsed(value)):
        return Markup("<span>{}</span>").format(value or NONE)
    utc = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value, utc, moment(value, before))


def moment(value: str | None, before: str | None = None) -> str:
    """A stored time in words: `1 Mar 2026, 06:12`; `06:12` if its day is that of the time `before` it."""
    if not (at := _parsed(value)):
        return value or NONE
    time = native(f"{at:%H:%M}")
    earlier = _parsed(before)
    if earlier and earlier.date() == at.date():
        return time
    pattern = str(current().locale.datetime_formats["medium"]).replace("'", "")
    return pattern.replace("{1}", day(at.date())).replace("{0}", time)


def day(value: date | str) -> str:
    """A day: `1 Mar 2026`; in Persian `۱۰ اسفند ۱۴۰۴ (۱ مارس ۲۰۲۶)`."""
    at = date.fromisoformat(value) if isinstance(value, str) else value
    gregorian = native(format_skeleton("yMMMd", at, locale=current().locale))
    return f"{_jalali(at)} ({gregorian})" if current().language == PERSIAN else gregorian


def day_of(value: str | None) -> str:
    """The day of a stored time."""
    at = _parsed(value)
    return day(at.date()) if at else NONE


def site_date(value: str | None) -> Markup:
    """A date as a site gives it: a time like `when`, a day like `day`, and anything else as it is."""
    text = harmless(value or NONE)
    try:
        said = when(text) if "T" in text else day(text)
    except ValueError:  # no date, or one of a year that the Jalali calendar does not have
        said = text
    return Markup("<bdi>{}</bdi>").format(said)


def weekday(value: date | str) -> str:
    """A day with its weekday: `Sunday, 1 March 2026`."""
    at = date.fromisoformat(value) if isinstance(value, str) else value
    if current().language == PERSIAN:
        return f"{get_day_names(locale=current().locale)[at.weekday()]} {day(at)}"
    return native(format_date(at, "full", locale=current().locale))


def month(at: date) -> str:
    """The short name of a month."""
    return str(get_month_names("abbreviated", context="stand-alone", locale=current().locale)[at.month])


def short_weekday(number: int) -> str:
    """The short name of a day of the week; Monday is 0."""
    return str(get_day_names("short", context="stand-alone", locale=current().locale)[number])


def _jalali(at: date) -> str:
    from persiantools.jdatetime import JalaliDate  # noqa: PLC0415 - for readers of Persian only

    found: Any = JalaliDate.to_jalali(at)  # type: ignore[no-untyped-call]
    return native(f"{found.day} {found.strftime('%B', locale=PERSIAN)} {found.year}")


def _parsed(value: str | None) -> datetime | None:
    """A stored time in the reader's zone; None if it is none."""
    try:
        found = datetime.fromisoformat(value or "")
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(current().zone)
    except (ValueError, OverflowError):
        return None


# ---- lengths of time


def span(days: float) -> str:
    """A length of time: `15 minutes`, `6 hours`, `3 days`; never less than a minute."""
    unit, count = _length(days)
    return _SPANS[unit](count) % {"count": number(count)}


def every(days: float) -> str:
    """How often something happens that takes so many days: `every hour`, `every 3 days`."""
    unit, count = _length(days)
    return _TURNS[unit](count) % {"count": number(count)}


_SPANS = {
    "day": lambda count: ngettext("%(count)s day", "%(count)s days", count),
    "hour": lambda count: ngettext("%(count)s hour", "%(count)s hours", count),
    "minute": lambda count: ngettext("%(count)s minute", "%(count)s minutes", count),
}
_TURNS = {
    "day": lambda count: ngettext("every day", "every %(count)s days", count),
    "hour": lambda count: ngettext("every hour", "every %(count)s hours", count),
    "minute": lambda count: ngettext("every minute", "every %(count)s minutes", count),
}


def _length(days: float) -> tuple[str, int]:
    """The unit in which a length of time is said, and how many of it."""
    sizes = {"day": days, "hour": days * _HOURS_A_DAY, "minute": days * _MINUTES_A_DAY}
    fits = (unit for unit, count in sizes.items() if count >= LEAST or abs(count - 1) < NEAR)
    unit = next(fits, "minute")
    return unit, max(round(sizes[unit]), 1)


def listed(parts: list[str]) -> str:
    """Parts of a sentence one after another: `2 new, 1 gone`."""
    return gettext(", ").join(parts)
