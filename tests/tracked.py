"""A site whose fetches are handed to the tracker one by one, run after run, on a clock of its own.

    story = Story(tmp_path / "variorum.db")
    with story.run() as run:
        run.sees("/a/", article("Title", "A text."))
    with story.run() as run:
        run.sees("/a/", article("Title", "Another text."))
    assert story.news() == [("edited", "/a/")]

The store is a real one; only the network and the hours between two runs are left out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock
from urllib.parse import unquote

from tests.empty_store import begin_store
from variorum.crawler.classification.outcome import ERRORS
from variorum.crawler.config.site import Site
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import SourceState
from variorum.crawler.times import iso
from variorum.crawler.tracking.finalize import finalize
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.crawler.tracking.tracked import Tracked
from variorum.crawler.tracking.tracker import Tracker
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow, IssueRow, PageRow, VersionRow
from variorum.storage.store import Store

HOME = "https://riverside.example"
SITE = Site(name="riverside", url=f"{HOME}/")


class Story:
    """One site and all that is stored of it."""

    def __init__(self, path: Path, site: Site = SITE) -> None:
        self.path = path
        self.site = site
        self.home = site.url.rstrip("/")
        self.now = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
        begin_store(path)
        self.store = Store.open(path)
        self.reader = Reader.open(path)
        self.store.enrol(site.name, site.url)

    def close(self) -> None:
        """Let go of the database."""
        self.reader.close()
        self.store.close()

    def later(self, **time: float) -> str:
        """Time goes on, by as much as the arguments of timedelta say; the moment that it is then."""
        self.now += timedelta(**time)
        return iso(self.now)

    @contextmanager
    def run(self, *, full: bool = True, finished: bool = True) -> Iterator[Run]:
        """A run, three hours after the last one; settled at its end, unless it is cut short."""
        self.later(hours=3)
        with mock.patch("variorum.crawler.tracking.run_frontier.now", lambda: self.now):
            number = self.store.begin_run(self.site.name, iso(self.now))
            frontier = RunFrontier(self.store, self.site, number, self.now, full=full)
            run = Run(self, frontier, Tracker(frontier))
            yield run
            at = self.later(minutes=1)
            if finished:
                run.tracker.finish()
                run.settled = finalize(frontier, at)
            whole = int(finished and not self.store.waiting(self.site.name))
            self.store.update_run(number, {"ended_at": at, "reason": "finished", "complete": whole})

    # ---- what is stored

    def changes(self) -> list[ChangeRow]:
        """All announced changes, the oldest first."""
        return self.reader.changes()[::-1]

    def news(self) -> list[tuple[str, str]]:
        """Kind and path of each of them."""
        return [(change.kind, unquote(change.url.removeprefix(self.home))) for change in self.changes()]

    def page(self, path: str) -> PageRow:
        """The page known at a path."""
        rows = {page.url: page for page in self.store.pages(self.site.name)}
        return rows[self.home + path]

    def versions(self, path: str) -> list[VersionRow]:
        """All versions of the page at that path."""
        return self.reader.history(self.page(path).id)

    def texts(self, path: str) -> list[str]:
        """The texts of the page's versions."""
        return [version.text for version in self.versions(path)]

    def issues(self) -> list[IssueRow]:
        """The issues that are open now."""
        return self.reader.issues()


@dataclass
class Run:
    """One run of the story."""

    story: Story
    frontier: RunFrontier
    tracker: Tracker
    settled: list[str] | None = None
    """The kinds of changes that were found at its end."""

    def lists(self, kind: str, *listed: DiscoveredUrl | str, whole: bool = True) -> None:
        """A source is read and lists these pages; if `whole`, from end to end."""
        self.frontier.add_discovered(
            [
                one if isinstance(one, DiscoveredUrl) else DiscoveredUrl(self.story.home + one, kind)
                for one in listed
            ]
        )
        at = iso(self.story.now)
        self.frontier.save_source(kind, kind, SourceState(read_at=at, enumerated_at=at if whole else None))
        if whole:
            self.frontier.mark_enumerated(kind)

    def sees(self, path: str, body: str | bytes = "", status: int = 200, **more: Any) -> Tracked:
        """A whole response comes for this path; `at` is the path that answers after a redirect."""
        at = more.pop("at", None)
        headers: Mapping[str, str] = {"content-type": "text/html; charset=utf-8"} | more.pop("headers", {})
        fetched = FetchResult(
            url=self.story.home + path,
            final_url=self.story.home + (at or path),
            fetched_at=self.story.later(minutes=1),
            status=status,
            headers=headers,
            body=body.encode() if isinstance(body, str) else body,
            encoding="utf-8",
            hops=((301, self.story.home + path),) if at else (),
            **more,
        )
        return self.tracker.track(fetched)

    def requested_again(self) -> list[str]:
        """The paths that are to be fetched once more in this run."""
        return [
            page_request.url.removeprefix(self.story.home) for page_request in self.frontier.next_requests()
        ]

    def misses(self, path: str, status: int = 404) -> Tracked:
        """The site answers that there is no such page."""
        return self.sees(path, "<!doctype html><title>Not found</title><h1>Not found</h1>", status)

    def fails(self, path: str, error: str) -> Tracked:
        """Track a fetch without a complete response."""
        assert error in ERRORS
        return self.tracker.track(
            FetchResult(
                self.story.home + path,
                self.story.home + path,
                self.story.later(minutes=1),
                error=error,
                detail="as if",
            )
        )


@contextmanager
def story_at(path: Path, site: Site = SITE) -> Iterator[Story]:
    """A story that ends with the test."""
    with contextlib.closing(Story(path, site)) as story:
        yield story


@contextmanager
def story_after(tell: Callable[[Story], None], path: Path) -> Iterator[Story]:
    """A story of one's own that goes on after what `tell` tells, which is told only once in a process."""
    database, now = _told(tell)
    path.write_bytes(database)
    with story_at(path) as story:
        story.now = now
        yield story


@cache
def _told(tell: Callable[[Story], None]) -> tuple[bytes, datetime]:
    """The database after that part of the story, and when it ended."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "variorum.db"
        with story_at(path) as story:
            tell(story)
        return path.read_bytes(), story.now
