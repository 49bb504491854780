"""Who judges whether a page changed: Variorum as it runs, and two ways that others go, on the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import msgspec
from lxml import etree
from trafilatura import bare_extraction, load_html
from trafilatura.metadata import extract_title
from trafilatura.settings import Document

from benchmarks.truth.articles import folded
from variorum.crawler.config.site import Site
from variorum.crawler.diffing.diff import Hunk
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import SourceState
from variorum.crawler.times import iso
from variorum.crawler.tracking.finalize import finalize
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.crawler.tracking.tracker import Tracker
from variorum.crawler.urls.canonical import key
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow
from variorum.storage.store import Store

VARIORUM, TRAFILATURA, WHOLE_PAGE = "Variorum", "trafilatura by lines", "whole page by lines"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a judge says of one page in one round."""

    lines: tuple[str, ...]
    """What it takes for the text of the page."""
    announced: bool = False
    """It tells people that the page changed."""
    kind: str = ""
    """What it calls the change, where it has names for them."""
    gone: Counter[str] = field(default_factory=Counter)
    """The lines that it shows as taken out; a line that only moved is none of them."""
    come: Counter[str] = field(default_factory=Counter)
    """The lines that it shows as put in."""
    moved: bool = False
    """It shows lines as moved."""
    silent: bool | None = None
    """What it says of the site's own date; None where it says nothing."""


# ---- the others


class ByLines:
    """Compares the lines that some reading of the page gives with those of the last round."""

    def __init__(self, name: str, read: Callable[[bytes], tuple[str, list[str]]]) -> None:
        self.name = name
        self._read = read
        self._before: dict[str, tuple[str, list[str]]] = {}

    def look(self, url: str, body: bytes) -> Sight:
        """What it says of the page."""
        title, lines = now = self._read(body)
        before = self._before.get(url, now)
        self._before[url] = now
        old, new = Counter([before[0], *before[1]]), Counter([title, *lines])
        return Sight(tuple(lines), before != now, "edited", old - new, new - old)


def by_trafilatura(body: bytes) -> tuple[str, list[str]]:
    """Title and lines as trafilatura reads them; the title is not repeated among the lines."""
    title, lines = "", []
    for number, part in enumerate(split(body)):
        tree = load_html(part)
        if tree is None:
            continue
        title = title if number else extract_title(tree) or ""
        found = bare_extraction(part, include_comments=False, include_tables=True, deduplicate=False)
        text = found.text or "" if isinstance(found, Document) else ""
        lines += [line for raw in text.splitlines() if (line := folded(raw).strip("| ")).strip("-| ")]
    return title, [line for line in lines if line != title]


def by_all_that_shows(body: bytes) -> tuple[str, list[str]]:
    """Every line of text on the page, whatever it is."""
    root = load_html(body)
    if root is None:
        return "", []
    etree.strip_elements(root, "script", "style", "noscript", "template", "head", with_tail=False)
    return "", [line for raw in "\n".join(map(str, root.itertext())).splitlines() if (line := folded(raw))]


def others() -> list[ByLines]:
    """Fresh ones, that have seen nothing yet."""
    return [ByLines(TRAFILATURA, by_trafilatura), ByLines(WHOLE_PAGE, by_all_that_shows)]


# ---- Variorum


class Variorum:
    """The program's own tracker over a store of its own, run after run, as a crawl drives it."""

    name = VARIORUM

    def __init__(self, path: Path, url: str) -> None:
        self.site = Site(name="measured", url=url, budget=1_000_000)
        self.store = Store.open(path)
        self.store.enrol(self.site.name, url)
        self.reader = Reader.open(path)
        self._number = self._first = 0

    def close(self) -> None:
        """Let go of the database."""
        self.reader.close()
        self.store.close()

    def run(
        self,
        at: datetime,
        listed: Sequence[DiscoveredUrl],
        pages: Sequence[str],
        fetch: Callable[[str], FetchResult],
    ) -> None:
        """One run at that moment, over what the site's API lists; where it has none, over all its pages.

        What it holds for suspect is looked at by a second run an hour later, before the next round.
        """
        self._first = self._number + 1
        self._run(at, listed, pages, fetch)
        if self.reader.suspects():
            self._run(at + timedelta(hours=1), listed, pages, fetch)

    def _run(
        self,
        at: datetime,
        listed: Sequence[DiscoveredUrl],
        pages: Sequence[str],
        fetch: Callable[[str], FetchResult],
    ) -> None:
        with mock.patch("variorum.crawler.tracking.run_frontier.now", lambda: at):
            self._number = self.store.begin_run(self.site.name, iso(at))
            frontier = RunFrontier(self.store, self.site, self._number, at, full=True)
            tracker = Tracker(frontier)
            _read_sources(frontier, listed, pages, iso(at))
            while errands := frontier.next_requests():
                for errand in errands:
                    at += timedelta(seconds=1)
                    tracker.track(replace(fetch(errand.url), fetched_at=iso(at)))
            tracker.finish()
            finalize(frontier, iso(at))
            self.store.update_run(self._number, {"ended_at": iso(at), "reason": "finished", "complete": 1})

    def look(self, url: str) -> Sight:
        """What the last run has made of the page."""
        page = self.store.find(self.site.name, key(url, self.site))
        version = self.store.last_version(page.id) if page else None
        if page is None or version is None:
            return Sight(())
        lines = tuple(version.text.split("\n"))
        reported = [change for change in self._changes() if change.page == page.id]
        return _sight(lines, reported)

    def events(self) -> list[str]:
        """The kinds of changes of the site as a whole that the last run tells of."""
        return [change.kind for change in self._changes() if change.page is None]

    def arrivals(self) -> int:
        """How many pages the last run tells of as new."""
        return sum(change.kind == "new" for change in self._changes())

    def issues(self) -> list[str]:
        """The issues that are open now."""
        return [f"{issue.kind}: {issue.message}" for issue in self.reader.issues()]

    def _changes(self) -> list[ChangeRow]:
        return [change for change in self.reader.changes() if (change.run or 0) >= self._first]


def _read_sources(
    frontier: RunFrontier, listed: Sequence[DiscoveredUrl], pages: Sequence[str], at: str
) -> None:
    kind = "wordpress" if listed else "sitemap"
    frontier.add_discovered(listed or [DiscoveredUrl(url, kind) for url in pages])
    frontier.save_source(kind, kind, SourceState(read_at=at, enumerated_at=at))
    frontier.mark_enumerated(kind)


def _sight(lines: tuple[str, ...], reported: Sequence[ChangeRow]) -> Sight:
    """All that is told of one page, as one sight; that it is new is no edit."""
    reported = [change for change in reported if change.kind != "new"]
    if not reported:
        return Sight(lines)
    hunks = [hunk for change in reported for hunk in msgspec.json.decode(change.hunks, type=list[Hunk])]
    edits = [hunk for hunk in hunks if hunk.op != "move" or hunk.words]
    titles = [change for change in reported if change.old_title is not None]
    return Sight(
        lines,
        announced=True,
        kind=", ".join(change.kind for change in reported),
        gone=Counter([line for hunk in edits for line in hunk.old] + [str(one.old_title) for one in titles]),
        come=Counter([line for hunk in edits for line in hunk.new] + [str(one.title) for one in titles]),
        moved=any(hunk.op == "move" for hunk in hunks),
        silent=bool(reported[-1].silent) if reported[-1].silent is not None else None,
    )
