"""How long a run keeps other sites from writing: `python -m benchmarks.lock`.

    .venv/bin/python -m benchmarks.lock            # a site of 20,000 pages; some minutes
    .venv/bin/python -m benchmarks.lock 2000

A run over a site of so many pages, most of which nothing is known of yet: a sitemap lists them all, some are
fetched (new, unchanged, edited, missing), the template is learned at the end and the latest versions are read
again. Every transaction is timed from the moment at which it has the write lock to the end of its commit.
On a busy machine a hold lasts as long as others take the processor or the disk; the CPU column shows what it
costs by itself.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from unittest import mock

from variorum.crawler.config.site import Site
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import SourceState
from variorum.crawler.times import iso
from variorum.crawler.tracking.finalize import finalize
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.crawler.tracking.tracker import Tracker
from variorum.storage import database, tables
from variorum.storage.store import Store

FETCHED = 400
"""So many pages are fetched in each run; a hold does not depend on how many are."""
PARAGRAPHS = 40
STARTED = datetime(2026, 3, 1, tzinfo=UTC)
Holds = dict[str, list[tuple[float, float]]]
"""Milliseconds by the clock and of CPU, by who held the lock."""


@contextmanager
def timed(holds: Holds) -> Iterator[None]:
    """Notes how long each outermost transaction of this process holds the write lock, by who holds it."""

    @contextmanager
    def writing(db: tables.Database) -> Iterator[None]:
        if db.conn.in_transaction:
            with database.writing(db):
                yield
            return
        with database.writing(db):
            began, worked = time.perf_counter(), time.process_time()
            try:
                yield
                db.conn.commit()
            finally:
                spent = time.perf_counter() - began, time.process_time() - worked
                holds[holder()].append((1000 * spent[0], 1000 * spent[1]))

    with mock.patch.object(tables, "writing", writing):
        yield


def holder() -> str:
    """The function that holds the lock."""
    frames = [frame for frame in traceback.extract_stack() if "/crawler/" in frame.filename]
    return f"{Path(frames[-1].filename).stem}.{frames[-1].name}" if frames else "?"


def page(number: int, word: str = "calm") -> bytes:
    """An article of some 2,000 words with a menu, a counter and a footer."""
    text = "".join(
        f"<p>On day {line} of year {number} the sea off Ormhead was {word}, and the {line * number} boats of"
        f" the harbour lay at the quay until the ferry had passed the light at the end of the mole.</p>"
        for line in range(PARAGRAPHS)
    )
    return (
        f"<html><head><title>Log {number}</title></head><body><div id='top'>Ormhead harbour</div>"
        f"<div id='main'><h1>Log {number}</h1><div class='log'>{text}</div>"
        f"<div class='seen'>Read {time.perf_counter_ns() % 9973} times by people of the harbour.</div></div>"
        "<div id='foot'>Harbour office, Ormhead, open on weekdays.</div></body></html>"
    ).encode()


def run(store: Store, site: Site, pages: int, word: str) -> None:
    """One run: all pages are listed, some fetched, some of them missing, and the end is reckoned."""
    number = store.begin_run(site.name, iso(datetime.now(UTC)))
    archive = RunFrontier(store, site, number, datetime.now(UTC), full=True)
    tracker = Tracker(archive)
    archive.add_discovered([DiscoveredUrl(f"{site.url}log/{n}/", "sitemap") for n in range(pages)])
    now = iso(datetime.now(UTC))
    archive.save_source("sitemap", "sitemap", SourceState(read_at=now, enumerated_at=now))
    archive.mark_enumerated("sitemap")
    for fetch in range(FETCHED):
        url = f"{site.url}log/{fetch}/"
        edited, missing = fetch % 3 == 0, fetch % 50 == 49
        for _ in range(2 if fetch < 20 else 1):  # the first are looked at twice, to learn from
            tracker.track(
                FetchResult(
                    url,
                    url,
                    iso(datetime.now(UTC)),
                    404 if missing and word != "calm" else 200,
                    {"content-type": "text/html"},
                    page(fetch, word if edited else "calm"),
                    "utf-8",
                )
            )
    tracker.finish()
    finalize(archive, iso(datetime.now(UTC)))
    store.update_run(number, {"ended_at": iso(datetime.now(UTC)), "reason": "finished", "complete": 1})


def main(pages: int) -> None:
    """Prints the longest holds, by who held the lock."""
    site = Site(name="ormhead", url="https://ormhead.example/", budget=10_000_000)
    holds: Holds = defaultdict(list)
    with TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "v.db")) as store:
        store.enrol(site.name, site.url)
        for word in ("calm", "wild", "rough", "grey"):
            with timed(holds):
                run(store, site, pages, word)
    print(f"{'held by':30} {'times':>8} {'median ms':>10} {'longest ms':>11} {'longest CPU ms':>15}")
    for name, times in sorted(holds.items(), key=lambda one: -max(one[1])[0]):
        clock, cpu = zip(*times, strict=True)
        print(f"{name:30} {len(times):8} {median(clock):10.1f} {max(clock):11.1f} {max(cpu):15.1f}")
    clock, cpu = (max(max(one[at] for one in times) for times in holds.values()) for at in (0, 1))
    print(f"longest hold of the write lock, {pages:,} pages: {clock:.1f} ms, {cpu:.1f} ms of CPU")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
