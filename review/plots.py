"""Computes positions on a plot: days on a calendar, weeks in a row, times on a line. Labels are in the
language of the reader; all else is pure.

Every plot has a title, and a table of the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from variorum.review import formats
from variorum.review.languages import gettext, ngettext
from variorum.review.terms import term

HEAT = ((1, 1), (2, 4), (5, 19), (20, None))
"""The least and the highest number of changes of each colour level; the same for all sites, so that they can
be compared."""
STEP = 15
"""The pixels from one day of the calendar to the next."""
LEFT, TOP = 30, 20
"""The room for the names of days and months."""
WEEKS = 53
BUCKETS = 200
"""The number of intervals of a line; the checks of a page in one interval are one mark."""
FIRST_PAGE = datetime(1970, 1, 1, tzinfo=UTC)

Counts = Mapping[str, Mapping[str, int]]
"""For each day (2026-05-31), the number of changes of each kind."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in the calendar of changes."""

    day: str
    x: int
    y: int
    count: int
    warmth: int
    """The colour level: 0 for none, then as in HEAT."""
    label: str
    """Its contents in words."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a year, a column for each week."""

    cells: tuple[Cell, ...]
    months: tuple[tuple[int, str], ...]
    """The position of the first week of each month, and its name."""
    weekdays: tuple[str, ...]
    """The names of the first, third and fifth day of the week."""
    width: int
    height: int


def calendar(last: date, counts: Counts) -> Calendar:
    """The calendar of the weeks up to that day."""
    first = first_day(last)
    cells = []
    months: dict[str, tuple[int, str]] = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        x, y = LEFT + n // 7 * STEP, TOP + n % 7 * STEP
        kinds = counts.get(day.isoformat(), {})
        total = sum(kinds.values())
        cells.append(Cell(day.isoformat(), x, y, total, warmth(total), _label(day, total, kinds)))
        if n % 7 == 0 and day.day <= 7:  # noqa: PLR2004 - days of a week
            months.setdefault(f"{day:%Y-%m}", (x, formats.month(day)))
    names = tuple(formats.short_weekday(number) for number in (0, 2, 4))
    return Calendar(tuple(cells), tuple(months.values()), names, LEFT + WEEKS * STEP, TOP + 7 * STEP)


def first_day(last: date) -> date:
    """The Monday with which the calendar up to that day begins."""
    return last - timedelta(days=last.weekday(), weeks=WEEKS - 1)


def warmth(count: int) -> int:
    """Return the color level of a day with that number of changes."""
    return sum(count >= least for least, _ in HEAT)


def weeks(last: date, counts: Mapping[str, int], number: int) -> list[tuple[str, int, int]]:
    """The Mondays of the weeks up to that day, the number of changes in each, and the height of its bar in
    %."""
    monday = last - timedelta(days=last.weekday())
    by_week = Counter[str]()
    for day, count in counts.items():
        there = date.fromisoformat(day)
        by_week[(there - timedelta(days=there.weekday())).isoformat()] += count
    days = [(monday - timedelta(weeks=n)).isoformat() for n in range(number)][::-1]
    most = max([by_week[day] for day in days] or [0]) or 1
    return [(day, by_week[day], -(-100 * by_week[day] // most)) for day in days]


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A line of time from one moment to another."""

    first: datetime
    last: datetime

    @classmethod
    def through(cls, moments: Iterable[str]) -> TimeAxis:
        """The line with all these times on it."""
        found = [moment(one) for one in moments] or [FIRST_PAGE]
        first, last = min(found), max(found)
        return cls(first, max(last, first + timedelta(minutes=1)))

    def at(self, value: str) -> float:
        """Return the position of a time on the line, from 0 to 100."""
        part = (moment(value) - self.first) / (self.last - self.first)
        return round(min(1.0, max(0.0, part)) * 100, 2)

    def ticks(self, number: int = 5) -> list[tuple[float, str]]:
        """Times to be labelled, and their labels."""
        span = self.last - self.first
        ticks = [(self.first + span * n / number).isoformat() for n in range(number)]
        if span > timedelta(days=2 * number):
            names = [formats.day_of(tick) for tick in ticks]
        else:
            names = [formats.moment(tick, before) for before, tick in pairwise(["", *ticks])]
        return [(100 * n / number, name) for n, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Some checks of a page that were close to each other."""

    at: float
    count: int
    well: bool
    label: str


def buckets(line: TimeAxis, checks: Iterable[tuple[str, str]], good: frozenset[str]) -> list[Bucket]:
    """The times of checks with their outcomes, as marks on a line; a mark is good only if all its checks
    are."""
    found: dict[int, list[tuple[str, str]]] = {}
    for at, outcome in sorted(checks):
        found.setdefault(int(line.at(at) * (BUCKETS - 1) / 100), []).append((at, outcome))
    return [
        Bucket(
            at=round(100 * n / BUCKETS, 2),
            count=len(those),
            well=all(outcome in good for _, outcome in those),
            label=_span(those) + ": " + _listed(Counter(outcome for _, outcome in those)),
        )
        for n, those in found.items()
    ]


def moment(value: str) -> datetime:
    """A stored time; the beginning of all time if it can't be read."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return FIRST_PAGE
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _label(day: date, total: int, kinds: Mapping[str, int]) -> str:
    changes = ngettext("%(count)s change", "%(count)s changes", total) % {"count": formats.number(total)}
    count_text = f"{changes} ({_listed(kinds)})" if total else gettext("no change")
    return f"{formats.day(day)}: {count_text}"


def _span(those: list[tuple[str, str]]) -> str:
    first, last = (formats.moment(at) for at in (those[0][0], those[-1][0]))
    if first == last:
        return first
    count = len(those)
    text = ngettext(
        "%(count)s check from %(first)s to %(last)s", "%(count)s checks from %(first)s to %(last)s", count
    )
    return text % {"count": formats.number(count), "first": first, "last": last}


def _listed(counts: Mapping[str, int]) -> str:
    return formats.listed([f"{formats.number(count)} {term(name)}" for name, count in sorted(counts.items())])


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a curve, in pixels, with what it shows in words."""

    x: float
    y: float
    label: str


CURVE_WIDTH, CURVE_HEIGHT, MARGIN = 480, 160, 24


def budget_curve(budgets: Sequence[Mapping[str, Any]]) -> tuple[Dot, ...]:
    """The delay by budget: each budget is twice the one before, so that they lie one step apart."""
    longest = max((one["delay_hours"] for one in budgets), default=0) or 1
    step = (CURVE_WIDTH - 2 * MARGIN) / max(len(budgets) - 1, 1)
    room = CURVE_HEIGHT - 2 * MARGIN
    return tuple(
        Dot(
            round(MARGIN + number * step, 1),
            round(MARGIN + room * (1 - one["delay_hours"] / longest), 1),
            _budget_label(one),
        )
        for number, one in enumerate(budgets)
    )


def _budget_label(one: Mapping[str, Any]) -> str:
    text = ngettext(
        "%(count)s request a day: a change is seen after %(delay)s",
        "%(count)s requests a day: a change is seen after %(delay)s",
        one["budget"],
    )
    return text % {"count": formats.number(one["budget"]), "delay": formats.span(one["delay_hours"] / 24)}
