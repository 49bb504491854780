"""When a page is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.revisit.visits import Visit, interval, plan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def visit(
    page: int = 1,
    unseen: timedelta | None = HOUR,
    *,
    age: timedelta = 10 * DAY,
    changed: timedelta | None = None,
    listing: bool = False,
    missing: bool = False,
    stale: bool = False,
    witnessed: bool = False,
) -> Visit:
    """A page of this age, fetched and changed so long ago."""
    return Visit(
        page=page,
        checked_at=None if unseen is None else NOW - unseen,
        born=NOW - age,
        changed_at=None if changed is None else NOW - changed,
        listing=listing,
        missing=missing,
        stale=stale,
        witnessed=witnessed,
    )


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), 3 * HOUR),
        (30 * HOUR, 3 * HOUR),
        (10 * DAY, DAY),
        (100 * DAY, 10 * DAY),
        (300 * DAY, 30 * DAY),
        (5000 * DAY, 30 * DAY),
        (-2 * DAY, 3 * HOUR),
    ],
)
def test_a_page_waits_a_tenth_of_its_age_between_three_hours_and_thirty_days(
    age: timedelta, expected: timedelta
) -> None:
    assert interval(visit(age=age), NOW) == expected


def test_an_old_page_that_has_just_changed_is_young_again() -> None:
    assert interval(visit(age=3000 * DAY, changed=5 * DAY), NOW) == 12 * HOUR


def test_a_change_before_the_date_of_publication_does_not_make_a_page_older() -> None:
    assert interval(visit(age=10 * DAY, changed=200 * DAY), NOW) == DAY


def test_a_list_of_pages_is_looked_at_each_day_however_old() -> None:
    assert interval(visit(age=3000 * DAY, listing=True), NOW) == DAY
    assert interval(visit(age=5 * DAY, listing=True), NOW) == 12 * HOUR


def test_a_page_that_was_missing_or_that_a_source_calls_changed_waits_for_nothing() -> None:
    assert interval(visit(missing=True), NOW) == timedelta(0)
    assert interval(visit(stale=True), NOW) == timedelta(0)
    just_seen = [visit(1, unseen=timedelta(0), missing=True), visit(2, unseen=timedelta(0), stale=True)]
    assert sorted(plan(just_seen, NOW, budget=9)) == [1, 2]


def test_what_is_due_is_planned_and_what_is_not_is_left() -> None:
    visits = [visit(1, unseen=23 * HOUR), visit(2, unseen=24 * HOUR), visit(3, unseen=25 * HOUR)]
    assert plan(visits, NOW, budget=9) == [3, 2]


def test_the_most_overdue_comes_first_by_its_own_pace() -> None:
    young_ten_hours_late = visit(1, unseen=13 * HOUR, age=DAY)
    old_ten_days_late = visit(2, unseen=40 * DAY, age=3000 * DAY)
    assert plan([old_ten_days_late, young_ten_hours_late], NOW, budget=9) == [1, 2]


def test_pages_never_fetched_come_first_the_newest_before_the_others() -> None:
    visits = [
        visit(1, unseen=400 * DAY, age=500 * DAY),
        visit(2, stale=True),
        visit(3, unseen=None, age=90 * DAY),
        visit(4, unseen=None, age=2 * DAY),
    ]
    assert plan(visits, NOW, budget=9) == [4, 3, 2, 1]


def test_a_source_that_calls_everything_changed_keeps_no_new_page_waiting() -> None:
    visits = [visit(page, stale=True) for page in range(100)] + [visit(100, unseen=None, age=3000 * DAY)]
    assert plan(visits, NOW, budget=1) == [100]


def test_among_the_told_the_longest_unseen_comes_first() -> None:
    assert plan([visit(1, 2 * HOUR, stale=True), visit(2, 5 * HOUR, stale=True)], NOW, budget=9) == [2, 1]


def test_the_budget_is_never_exceeded() -> None:
    visits = [visit(page, unseen=None) for page in range(10)]
    assert len(plan(visits, NOW, budget=4, fill=8)) == 4
    assert plan(visits, NOW, budget=0, fill=8) == []


def test_a_run_with_room_goes_on_to_the_next_most_overdue() -> None:
    visits = [visit(1, 2 * HOUR), visit(2, 9 * HOUR), visit(3, 30 * HOUR), visit(4, 5 * HOUR)]
    assert plan(visits, NOW, budget=9, fill=3) == [3, 2, 4]
    assert plan(visits, NOW, budget=9, fill=1) == [3]
    assert plan(visits, NOW, budget=9, fill=9) == [3, 2, 4, 1]


def test_a_witnessed_page_is_passed_over_while_filling_but_fetched_when_due() -> None:
    visits = [visit(1, 9 * HOUR, witnessed=True), visit(2, 5 * HOUR), visit(3, 30 * HOUR, witnessed=True)]
    assert plan(visits, NOW, budget=9, fill=9) == [3, 2]


def test_after_the_clock_was_set_back_pages_are_due_but_in_front_of_nobody() -> None:
    visits = [visit(1, unseen=-300 * DAY), visit(2, unseen=48 * HOUR), visit(3, unseen=HOUR)]
    assert plan(visits, NOW, budget=9) == [2, 1]


def test_after_the_clock_was_set_back_one_fetch_ends_it() -> None:
    assert plan([visit(1, unseen=-300 * DAY)], NOW, budget=9) == [1]
    assert plan([visit(1, unseen=timedelta(0))], NOW, budget=9) == []


VISITS = st.lists(
    st.builds(
        visit,
        unseen=st.none() | st.timedeltas(-400 * DAY, 400 * DAY),
        age=st.timedeltas(-400 * DAY, 9000 * DAY),
        changed=st.none() | st.timedeltas(-400 * DAY, 9000 * DAY),
        listing=st.booleans(),
        missing=st.booleans(),
        stale=st.booleans(),
        witnessed=st.booleans(),
    ),
    max_size=12,
).map(lambda some: [Visit(number, *_rest(one)) for number, one in enumerate(some)])


def _rest(one: Visit) -> tuple[datetime | None, datetime, datetime | None, bool, bool, bool, bool]:
    flags = (one.listing, one.missing, one.stale, one.witnessed)
    return (one.checked_at, one.born, one.changed_at, *flags)


@given(VISITS, st.integers(0, 15), st.integers(0, 15))
def test_a_plan_names_each_page_once_and_all_that_is_due_within_the_budget(
    visits: list[Visit], budget: int, fill: int
) -> None:
    planned = plan(visits, NOW, budget=budget, fill=fill)
    due = plan(visits, NOW, budget=99)
    assert len(set(planned)) == len(planned) <= budget
    assert planned[: len(due)] == due[:budget]
    assert len(planned) <= max(len(due), fill)
