"""Reads dates from outside (pages, feeds, archives) into one of three forms: see `sound_date`.

Pages, feeds, sitemaps, APIs and archives write dates in many forms, and some are nonsense. Every date
of a source goes through this function before anything is stored or decided. What comes out has one of
three forms, each of a fixed width, so that the order of the texts is the order of the times:

* `2026-05-05T16:00:00Z`: a moment in UTC;
* `2026-05-05T18:00:00`: a time by a clock whose zone nobody names;
* `2026-05-05`: a day.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

EARLIEST, LATEST = 1990, 2100
"""Years; an earlier one is before the web, a later one an error."""
PERSIAN = range(1370, 1411)
"""Years of the Persian calendar, 1991 to 2032. The Islamic years since the web began are later ones."""
LONGEST = 100
"""The maximum number of characters of a date."""
FARTHEST = timedelta(hours=14)
"""The largest difference from UTC of any zone, to the east; to the west it is 12 hours."""

_MONTHS = """
    january february march april may june july august september october november december
    jan feb mar apr may jun jul aug sep oct nov dec
    januar februar märz april mai juni juli august september oktober november dezember
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor
    ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
"""
MONTHS = {name: index % 12 + 1 for index, name in enumerate(_MONTHS.split())} | {
    "sept": 9,
    "جولای": 7,
    "آگوست": 8,
}
"""The number of a month, by its name in the languages of the listed sites."""
_PERSIAN_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"
_SPELLINGS = str.maketrans("يىك−–‐‑", "ییک----")
"""Letters and signs that replace others: Arabic ones for Persian ones, dashes for the hyphen."""
_NAMED = {
    name.translate(_SPELLINGS): number
    for name, number in (*MONTHS.items(), *((m, i + 1) for i, m in enumerate(_PERSIAN_MONTHS.split())))
}
_ZONES = {
    name: timezone(timedelta(hours=float(hours)))
    for hours, names in (
        ("0", "z utc gmt ut wet"), ("1", "cet west"), ("2", "cest eet"), ("3", "eest msk"), ("3.5", "irst"),
        ("4.5", "irdt"), ("9", "jst"), ("-4", "edt"), ("-5", "est cdt"), ("-6", "cst mdt"), ("-7", "mst pdt"),
        ("-8", "pst"),
    )
    for name in names.split()
}  # fmt: skip
"""Unambiguous names of zones; the American ones by RFC 822."""

_MONTH = "|".join(sorted(map(re.escape, _NAMED), key=len, reverse=True))
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,12})?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?"
)
_COMPACT_TIME = r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?:[.,]\d{1,12})?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_THEN = r"(?:(?:\s*[t,،|]\s*|\s+-\s+|\s+)(?:(?:at|um|à|ساعت)\s+)?" + _TIME + r")?(?P<rest>.*)"
_BEFORE = re.compile(rf"(?:(?!(?:{_MONTH})\b)[^\W\d_]+[.,:،]?\s+){{1,3}}(?=\d|(?:{_MONTH})\b)")
"""Words before a date: the day of the week, «Published on»."""
_TIME_FIRST = re.compile(r"(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:\s*[,،|-]\s*|\s+)(?P<date>\d.*)")
_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)" + _THEN,
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?" + _COMPACT_TIME + r")?(?P<rest>(?!\d).*)",
        rf"{_DAY}[-.\s]\s*(?:of\s|de\s)?(?P<name>{_MONTH})(?:\s?ماه)?[-.,،\s]\s*(?P<year>\d{{4}}|\d{{2}})(?!\d)"
        + _THEN,
        rf"(?P<name>{_MONTH})\.?\s+{_DAY}[,،]?\s+(?P<year>\d{{4}})(?!\d)" + _THEN,
        # as asctime of C has it: Tue May  5 18:00:00 2026
        rf"(?P<name>{_MONTH})\s+{_DAY}\s+{_TIME}\s+(?P<rest>[^\d\s]*)\s*(?P<year>\d{{4}})",
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4})(?!\d)" + _THEN,
    )
)
_DIGIT = re.compile(r"\d")
_SECONDS = re.compile(r"(?:/date\()?(?P<whole>\d{9,10})(?:\d{3})?(?:\.\d+)?(?:[+-]\d{4})?(?:\)/)?")
_OFFSET = re.compile(r"(?:gmt|utc|ut)?\s*(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?::?00)?")
_ASIDE = re.compile(r"\(.*\)|\[.*\]")


def sound_date(value: object, zone: tzinfo | None = None, *, seen_at: str | None = None) -> str | None:
    """A date from outside in one of the three forms; None for text that is no plausible date.

    `zone` is that of a time that names none; without it, such a time keeps no zone. A date after the day that
    follows `seen_at` (a time in our form) is None, too. Raises nothing.
    """
    try:
        found = _read(value)
        if found is None:
            return None
        written = _written(found, zone)
    except (ValueError, OverflowError):
        return None
    if not EARLIEST <= int(written[:4]) <= LATEST:
        return None
    return None if seen_at and _day(written) > _day(seen_at) + timedelta(days=1) else written


def span(written: str) -> tuple[datetime, datetime]:
    """The first and the last moment that a valid date can mean, in whatever zone it was written."""
    start = datetime.fromisoformat(written)
    if start.tzinfo:
        return start, start
    start = start.replace(tzinfo=UTC)
    end = start if "T" in written else start + timedelta(days=1)
    return start - FARTHEST, end + timedelta(hours=12)


def moved(before: str, now: str) -> bool | None:
    """Whether a page's date differs from the earlier one. None if both may mean the same moment.

    That is so if one of them is more exact: a day that gains its hour is no new date.
    """
    if before == now:
        return False
    if len(before) == len(now):
        return True
    (start, end), (other_start, other_end) = span(before), span(now)
    return True if end < other_start or other_end < start else None


def moved_on(before: str, now: str) -> bool:
    """Whether a page's date is surely later than before."""
    return bool(moved(before, now)) and now > before


# ---- reading


_Found = tuple[datetime, bool]
"""A time, with its zone or without one; and whether its hour is known."""


def _read(value: object) -> _Found | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not _DIGIT.search(str(value)):  # as most texts in which one is looked for
        return None
    text = _plain(str(value))
    if not 0 < len(text) <= LONGEST:
        return None
    if seconds := _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(seconds["whole"]), UTC), True
    text = _BEFORE.sub("", text, count=1) if _BEFORE.match(text) else text
    if turned := _TIME_FIRST.fullmatch(text):
        text = f"{turned['date']} {turned['time']}"
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    return _dated(found) if found else _as_python_reads(text)


def _plain(text: str) -> str:
    """The text in lower case with ASCII digits, single spaces, one spelling and no invisible characters."""
    if len(text) > 2 * LONGEST:
        return text
    if not text.isascii():
        digits = (str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
        text = "".join("" if unicodedata.category(sign) == "Cf" else sign for sign in digits)
    return " ".join(text.split()).lower().translate(_SPELLINGS)


def _as_python_reads(text: str) -> _Found | None:
    """The date of ISO 8601 text in Python's parser, such as a day given by its week."""
    day = date.fromisoformat(text.upper())
    return datetime(day.year, day.month, day.day), False


def _dated(match: re.Match[str]) -> _Found:
    parts = match.groupdict()
    day = datetime.combine(_day_of(parts), datetime.min.time())
    zone = _zone(parts["rest"] or "")
    if parts.get("hour") is None:
        return day, False
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if parts.get("half"):
        hour = hour if hour > 12 else hour % 12 + (12 if parts["half"] == "p" else 0)  # noqa: PLR2004
    return (day + _since_midnight(hour, minute, second)).replace(tzinfo=zone), True


def _since_midnight(hour: int, minute: int, second: int) -> timedelta:
    """The time since midnight; 24:00 ends the day, and a leap second counts to the next minute."""
    since = timedelta(hours=hour, minutes=minute, seconds=second)
    if minute > 59 or second > 60 or since > timedelta(hours=24):  # noqa: PLR2004 - of a clock
        raise ValueError("no such time of day")
    return since


def _day_of(parts: dict[str, str | None]) -> date:
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == len("26"):  # as RFC 822 had it
        year += 2000 if year < 70 else 1900  # noqa: PLR2004 - as everybody reads it
    if parts.get("first"):
        day, month = _day_and_month(int(parts["first"] or 0), int(parts["other"] or 0), parts["mark"] or "")
    else:
        month = _NAMED[parts["name"]] if parts.get("name") else int(parts["month"] or 0)  # type: ignore[index]
        day = int(parts["day"] or 0)
    return _gregorian(year, month, day) if year in PERSIAN else date(year, month, day)


def _day_and_month(first: int, other: int, mark: str) -> tuple[int, int]:
    """Day and month of `05.06.2026` or `25/06/2026`. Raises ValueError for the ambiguous `05/06/2026`."""
    if mark == "." or first > 12 or first == other:  # noqa: PLR2004 - months
        return first, other
    if other > 12:  # noqa: PLR2004 - months
        return other, first
    raise ValueError("day and month are ambiguous")


def _gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian date of one of the Persian calendar. Raises ValueError if there is no such day."""
    long_months = 6
    in_month = 31 if month <= long_months else 30 if month < 12 or _is_long(year) else 29  # noqa: PLR2004
    if not (1 <= month <= 12 and 1 <= day <= in_month):  # noqa: PLR2004 - months
        raise ValueError("no such day")
    years = sum(366 if _is_long(one) else 365 for one in range(PERSIAN.start, year))
    months = (month - 1) * 30 + min(month - 1, long_months)
    return date(1991, 3, 21) + timedelta(days=years + months + day - 1)


def _is_long(year: int) -> bool:
    return (25 * year + 11) % 33 < 8  # noqa: PLR2004 - eight years of 33 have a day more


def _zone(rest: str) -> tzinfo | None:
    """The zone written after a time; None for none or an ambiguous name. Raises ValueError."""
    named = rest.strip()
    text = _ASIDE.sub("", named).strip(" ;,")
    if not text:
        return _place(named.strip("[]")) if named.startswith("[") else None
    if offset := _OFFSET.fullmatch(text):
        away = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        if away > FARTHEST:
            raise ValueError("no zone is so far away")
        return timezone(-away if offset["sign"] == "-" else away)
    if text in _ZONES:
        return _ZONES[text]
    if "/" in text:
        return _place(text)
    if re.fullmatch(r"[a-z]{1,5}", text):
        return None
    raise ValueError("the text after the time is no zone")


def _place(name: str) -> tzinfo | None:
    """The zone of a place name such as `europe/berlin`."""
    try:
        return ZoneInfo("/".join(part.title() for part in name.split("/")))
    except (KeyError, OSError, ValueError):  # no such place, or no name of one
        return None


# ---- writing


def _written(found: _Found, zone: tzinfo | None) -> str:
    moment, has_hour = found
    if not has_hour:
        return moment.date().isoformat()
    if moment.tzinfo is None and zone is None:
        return moment.replace(microsecond=0).isoformat()
    known = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
    return known.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _day(written: str) -> date:
    return date.fromisoformat(written[:10])
