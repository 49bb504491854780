"""What the plan of a run costs a page, on sites of all sizes: `python -m benchmarks.plan`.

    .venv/bin/python -m benchmarks.plan                  # 200, 2,000, 20,000 and 100,000 pages; minutes
    .venv/bin/python -m benchmarks.plan 200 2000

A site of which every page was fetched before is planned anew, without any fetch: a sitemap lists all pages;
the run takes them batch by batch; one page in ten has never been fetched; one in a hundred is reported as
changed while the run goes on. Statements and steps (instructions of SQLite's virtual machine) are exact, and
the same on each machine. Time is given as a multiple of what a page costs on the smallest site.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from variorum.crawler.config.site import Site
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.times import iso
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.storage.store import Store

SIZES = (200, 2_000, 20_000, 100_000)
SITE = Site(name="ormhead", url="https://ormhead.example/", budget=10_000_000)
STARTED = datetime(2026, 3, 1, tzinfo=UTC)
NEVER_FETCHED, REPORTED = 10, 100
"""One page in so many."""
AT_ONCE = 1_000


@dataclass
class Cost:
    """What was spent so far: SQL statements, steps of SQLite, seconds of CPU."""

    statements: int = 0
    steps: int = 0
    seconds: float = 0


def fill(store: Store, pages: int) -> None:
    """So many pages, found a year ago and fetched since, a day apart by their number."""
    store.enrol(SITE.name, SITE.url)
    first = store.begin_run(SITE.name, iso(STARTED - timedelta(days=400)))
    rows, found = [], STARTED - timedelta(days=400)
    for page in range(1, pages + 1):
        url, checked = address(page), iso(STARTED - timedelta(hours=page % 2000))
        is_new = page % NEVER_FETCHED == 0
        rows.append((page, SITE.name, url, iso(found), "sitemap", None if is_new else checked, "live"))
    with store.writing():
        store.db.conn.executemany(
            "INSERT INTO pages(id, site, url, found_at, found_by, checked_at, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        store.db.conn.execute(
            "INSERT INTO addresses(site, key, page) SELECT site, substr(url, 9), id FROM pages"
        )
        store.db.conn.execute(
            "INSERT INTO listings(page, source, first_run, last_run) SELECT id, 'sitemap', ?, ? FROM pages",
            [first, first],
        )
        store.db.conn.execute(
            "INSERT INTO listings(page, source, first_run, last_run, modified)"
            " SELECT id, 'feed', ?, ?, found_at FROM pages",
            [first, first],
        )


def address(page: int) -> str:
    return f"{SITE.url}log/{page}/"


def planned(path: Path, pages: int) -> Cost:
    """What it costs to plan a run over so many pages, all of which are given."""
    with closing(Store.open(path)) as store:
        fill(store, pages)
        cost = Cost()

        def step() -> int:
            cost.steps += 1
            return 0

        def statement(_: str) -> None:
            cost.statements += 1

        store.db.conn.set_trace_callback(statement)
        store.db.conn.set_progress_handler(step, 1)
        began = time.process_time()
        given = run(store, pages)
        cost.seconds = time.process_time() - began
        assert given == pages, f"{given} of {pages} pages were given"
        return cost


def run(store: Store, pages: int) -> int:
    """How many pages a run is given, over a site that its sitemap lists whole."""
    number = store.begin_run(SITE.name, iso(STARTED))
    frontier = RunFrontier(store, SITE, number, STARTED, full=True)
    for begin in range(1, pages + 1, AT_ONCE):
        listed = range(begin, min(begin + AT_ONCE, pages + 1))
        frontier.add_discovered([DiscoveredUrl(address(page), "sitemap") for page in listed])
    frontier.mark_enumerated("sitemap")
    given = 0
    while requests := frontier.next_requests():
        pages_given = [frontier.page(request.url) for request in requests]
        with store.writing():
            for page in pages_given:
                frontier.mark_fetched(page.id)
                store.update_page(page.id, {"checked_at": iso(STARTED)})
        reported = [address(page) for page in range(given, given + len(requests)) if page % REPORTED == 7]
        frontier.add_discovered([DiscoveredUrl(url, "feed", modified=iso(STARTED)) for url in reported])
        given += len(requests)
    return given


def main(sizes: list[int]) -> None:
    """Prints what a page costs on sites of these sizes."""
    print(f"{'pages':>8} {'statements a page':>18} {'steps a page':>13} {'CPU a page, × the smallest':>27}")
    first = 0.0
    for pages in sizes:
        with TemporaryDirectory() as folder:
            cost = planned(Path(folder) / "v.db", pages)
        each = cost.seconds / pages
        first = first or each
        print(f"{pages:8,} {cost.statements / pages:18.2f} {cost.steps / pages:13.1f} {each / first:27.2f}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
