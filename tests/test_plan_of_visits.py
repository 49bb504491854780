"""The plan of a run is made once and in bounded room, and no question of a run reads a whole table."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from benchmarks import plan as benchmark
from tests.lived import live
from tests.test_redesign import looks_at_all, new_design, old_design
from tests.tracked import Story, story_at
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.tracking.finalize import no_article, silence, unmet
from variorum.crawler.tracking.rekeying import follow_rules

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SMALL = {"sites", "sources", "templates", "sqlite_sequence", "main.versions_fts_config", "CONSTANT"}
"""Tables of a few rows a site, and lists of values; every other table grows with a site."""
PARAGRAPH = "<p>The water of the {} stood at the door of every house by the harbour of Ormhead at noon.</p>"
WHOLE = f"<title>The flood</title><h1>The flood</h1>{''.join(map(PARAGRAPH.format, range(40)))}</html>"
CUT = f"<title>The flood</title><h1>The flood</h1>{PARAGRAPH.format(1)}</html>"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as begun:
        yield begun


def test_pages_are_gone_through_once_however_many_batches_a_run_takes(story: Story) -> None:
    paths = [f"/net/{n}/" for n in range(40)]
    with story.run() as run:
        for path in paths:
            run.sees(path, f"<title>{path}</title><p>Net {path} of Ormhead.")
    statements: list[str] = []
    with story.run() as run:
        run.frontier.batch = 7
        story.store.db.conn.set_trace_callback(statements.append)
        requested: list[str] = []
        while requests := run.frontier.next_requests():
            requested += [page_request.url.removeprefix(story.home) for page_request in requests]
        story.store.db.conn.set_trace_callback(None)
    assert sorted(requested) == sorted(paths)
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


def test_a_page_costs_as_many_statements_and_steps_on_a_large_site_as_on_a_small_one(tmp_path: Path) -> None:
    small, large = (benchmark.planned(tmp_path / f"{pages}.db", pages) for pages in (200, 1600))
    assert large.statements / 1600 <= small.statements / 200
    assert large.steps / 1600 <= small.steps / 200


def test_a_fetch_costs_as_many_steps_on_a_large_site_as_on_a_small_one(tmp_path: Path) -> None:
    assert recorded(tmp_path / "large.db", 2000) <= 1.02 * recorded(tmp_path / "small.db", 100)


def recorded(path: Path, pages: int) -> int:
    """The steps that SQLite takes to record a new page, an edited, an unchanged and a missing one."""
    steps = []
    with story_at(path, benchmark.SITE) as story:
        benchmark.fill(story.store, pages)
        for word in ("calm", "wild"):
            with story.run() as run:
                story.store.db.conn.set_progress_handler(lambda: steps.append(1), 1)
                for n in range(5):
                    run.sees(f"/log/{n}/", WHOLE.replace("flood", f"{word} flood {n}"))
                run.sees("/log/5/", WHOLE)
                run.misses("/log/6/")
                story.store.db.conn.set_progress_handler(None, 0)
    return len(steps)


def test_what_a_source_reports_during_a_run_goes_before_what_is_due(story: Story) -> None:
    with story.run() as run:
        for n in range(6):
            run.lists("feed", DiscoveredUrl(f"{story.home}/net/{n}/", "feed", modified="2026-02-01"))
            run.sees(f"/net/{n}/", f"<title>{n}</title><p>Net {n} of Ormhead.")
    story.later(days=2)
    with story.run() as run:
        run.frontier.batch = 2
        given = [request.url for request in run.frontier.next_requests()]
        last = next(url for n in (5, 4, 3) if (url := f"{story.home}/net/{n}/") not in given)
        run.frontier.add_discovered([DiscoveredUrl(last, "feed", modified="2026-02-20")])
        assert run.frontier.next_requests()[0].url == last


def test_what_a_source_no_longer_lists_is_fetched_before_all_others_and_alone(story: Story) -> None:
    with story.run() as run:
        run.lists("sitemap", "/net/0/", "/net/1/", "/net/2/")
        for n in range(3):
            run.sees(f"/net/{n}/", f"<title>{n}</title><p>Net {n} of Ormhead.")
    with story.run() as run:
        run.frontier.batch = 1
        (first,) = run.frontier.next_requests()
        left = next(path for n in (2, 1) if (path := f"/net/{n}/") not in first.url)
        run.lists("sitemap", *(path for path in ("/net/0/", "/net/1/", "/net/2/") if path != left))
        assert [request.url for request in run.frontier.next_requests()] == [story.home + left]


def test_pages_that_were_given_and_never_fetched_keep_no_other_page_waiting(story: Story) -> None:
    with story.run() as run:
        run.lists("sitemap", *(f"/net/{n}/" for n in range(9)))
        run.frontier.batch = 2
        given = [request.url for _ in range(5) for request in run.frontier.next_requests()]
        assert sorted(given) == [f"{story.home}/net/{n}/" for n in range(9)]


def test_no_query_of_a_crawl_scans_a_table(story: Story) -> None:
    statements: set[str] = set()
    conn = story.store.db.conn
    conn.set_trace_callback(statements.add)
    live(story)
    for design in (old_design, new_design):
        with story.run() as run:
            looks_at_all(run, design)
    for text in (WHOLE, CUT, CUT):  # a suspect, and its confirmation
        with story.run() as run:
            run.lists("feed", DiscoveredUrl(f"{story.home}/flood/", "feed", "post:7"))
            run.sees("/flood/", text)
    with story.run() as run:
        while run.frontier.next_requests():
            pass
        run.frontier.fetched_all_live()
        run.frontier.add_discovered([DiscoveredUrl(f"{story.home}/cal/?m=1", "links", on=f"{story.home}/")])
        unmet(run.frontier)
        no_article(run.frontier, "")
        silence(story.store.news_dates(story.site.name), "2026-04-01T00:00:00Z")
    follow_rules(story.store, msgspec.structs.replace(story.site, drop_params=("m",)), run.frontier.run)
    conn.set_trace_callback(None)
    requested = [one for one in statements if re.match(r"\s*(SELECT|UPDATE|DELETE|WITH)\b", one)]
    assert {"templates", "suspects", "changes"} <= {
        one.split("(")[0].removeprefix("INSERT INTO ") for one in statements
    }
    assert {one: found for one in requested if (found := scanned(conn, one))} == {}


def test_a_scanned_table_is_noticed(story: Story) -> None:
    conn = story.store.db.conn
    assert scanned(conn, "SELECT * FROM pages WHERE title = 'x'") == ["pages"]
    assert scanned(conn, "SELECT p.id FROM pages AS p WHERE p.title = 'x'") == ["p"]
    assert scanned(conn, "SELECT count(*) FROM captures") == ["capture_rows"]
    assert scanned(conn, "SELECT * FROM seals ORDER BY id DESC LIMIT 1") == []


def scanned(conn: sqlite3.Connection, statement: str) -> list[str]:
    """Large tables of which a statement would read every row, by table or by index."""
    if re.search(r"ORDER BY id DESC LIMIT 1$", statement) and " WHERE " not in statement:
        return []  # the last row
    try:
        steps = conn.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    except sqlite3.OperationalError as error:
        assert "no such column: new." in str(error) or "no such column: old." in str(error), error
        return []  # the statement of a trigger, in which new and old are rows
    found = [match[1] for step in steps if (match := re.match(r"SCAN (?:TABLE )?(\S+)", step[3]))]
    return [name for name in found if name not in SMALL and not name.startswith("(")]
