"""The plan of a run is made once and in bounded room, and no question of a run reads a whole table."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.revisit import visits as revisit
from crawler.revisit.visits import Visit, plan
from tests.lived import live
from tests.tracked import Story, told

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LARGE = (
    "pages",
    "captures",
    "versions",
    "changes",
    "bodies",
    "addresses",
    "listings",
    "seals",
    "extraction_drifts",
)
"""Tables that grow with a site."""
PLACED = re.compile(r"^SCAN (?:TABLE )?(\w+)(?! USING (?:COVERING )?INDEX)")


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with told(tmp_path / "variorum.db") as begun:
        yield begun


hours = st.integers(0, 2000).map(lambda n: timedelta(hours=n))
visits = st.lists(
    st.builds(
        lambda unseen, age, **more: Visit(
            0, None if unseen is None else NOW - unseen, NOW - age - (unseen or timedelta(0)), **more
        ),
        st.none() | hours,
        hours,
        listing=st.booleans(),
        missing=st.booleans(),
        told=st.booleans(),
        witnessed=st.booleans(),
    ),
    max_size=30,
).map(lambda found: [revisit.Visit(n, *_rest(one)) for n, one in enumerate(found)])


def _rest(visit: Visit) -> tuple[object, ...]:
    names = ("checked_at", "born", "changed_at", "listing", "missing", "told", "witnessed")
    return tuple(getattr(visit, name) for name in names)


@given(visits, st.integers(0, 40), st.integers(0, 40))
def test_the_bounded_plan_is_that_of_sorting_all_of_them(found: list[Visit], budget: int, fill: int) -> None:
    ordered = sorted(found, key=lambda visit: revisit._urgency(visit, NOW), reverse=True)
    due = [visit.page for visit in ordered if revisit._overdue(visit, NOW) >= 1][:budget]
    others = [v.page for v in ordered if revisit._overdue(v, NOW) < 1 and not v.witnessed]
    expected = due + others[: max(0, min(fill, budget) - len(due))]
    assert plan(iter(found), NOW, budget=budget, fill=fill) == expected


def test_pages_are_gone_through_once_however_many_batches_a_run_takes(story: Story) -> None:
    paths = [f"/net/{n}/" for n in range(40)]
    with story.run() as run:
        for path in paths:
            run.sees(path, f"<title>{path}</title><p>Net {path} of Ormhead.")
    statements: list[str] = []
    with story.run() as run:
        run.frontier.batch = 7
        story.store.db.conn.set_trace_callback(statements.append)
        asked: list[str] = []
        while errands := run.frontier.next_requests():
            asked += [page_request.url.removeprefix(story.home) for page_request in errands]
        story.store.db.conn.set_trace_callback(None)
    assert sorted(asked) == sorted(paths)
    assert len([one for one in statements if "FROM pages WHERE site" in one and "NOT NULL" in one]) == 1


def test_a_page_that_turns_up_during_a_run_goes_before_those_that_are_due(story: Story) -> None:
    with story.run() as run:
        for n in range(4):
            run.sees(f"/net/{n}/", f"<title>{n}</title><p>Net {n} of Ormhead.")
    with story.run() as run:
        run.frontier.batch = 2
        assert len(run.frontier.next_requests()) == 2
        run.lists("links", "/mast/", whole=False)
        assert run.frontier.next_requests()[0].url == f"{story.home}/mast/"


def test_no_question_of_a_run_reads_a_whole_table(story: Story) -> None:
    statements: set[str] = set()
    conn = story.store.db.conn
    conn.set_trace_callback(statements.add)
    live(story)
    with story.run() as run:
        while run.frontier.next_requests():
            pass
        run.frontier.fetched_all_live()
    conn.set_trace_callback(None)
    asked = [one for one in statements if re.match(r"\s*(SELECT|UPDATE|DELETE|WITH)\b", one)]
    asked = [one for one in asked if not one.endswith("ORDER BY id DESC LIMIT 1")]  # one row, the last
    assert len(asked) > 100
    assert {one: found for one in asked if (found := whole_tables(conn, one))} == {}


def whole_tables(conn: sqlite3.Connection, statement: str) -> list[str]:
    """Large tables that a statement would read from end to end."""
    try:
        steps = conn.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    except sqlite3.OperationalError:  # a trigger's own words, in which new and old stand for rows
        return []
    found = [PLACED.match(step[3]) for step in steps]
    return [match[1] for match in found if match and match[1] in LARGE]
