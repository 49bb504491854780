"""Saved pages, read and compared by the rules that a crawl follows. Nothing is stored."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.diffing.diff import compare
from variorum.crawler.errors import Misuse, SiteTrouble
from variorum.crawler.extraction.reader import Body
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.output.change_text import blocks_after
from variorum.crawler.output.objects import Object, change_with_hunks, extract_document
from variorum.crawler.preview.first_read import known_template, reader_of, sight
from variorum.crawler.times import iso, now, parse
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.crawler.tracking.template_learning import template_row
from variorum.crawler.tracking.tracked import Tracked
from variorum.crawler.tracking.tracker import Tracker
from variorum.crawler.urls.canonical import canonical, in_scope, named_by_itself
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow
from variorum.storage.store import Store

IN_MEMORY = Path(":memory:")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The results of reading two captures, and the change between them."""

    change: ChangeRow | None
    """The change that would be announced."""
    blocks: list[str]
    """The blocks of the text after the change."""
    old: Tracked
    new: Tracked


def site_at(url: str, workspace: Workspace | None) -> Site:
    """The configured site that the address belongs to; else a nameless one without rules.

    Raises Misuse if it is no web address.
    """
    sites = load_sites(workspace.sites_folder, workspace.defaults) if workspace else {}
    try:
        nameless = Site(name="", url=canonical(url, Site(name="", url=url)))
    except ValueError as error:
        raise Misuse(f"--url: {error}") from error
    return next((site for site in sites.values() if in_scope(url, site)), nameless)


def extracted(path: Path, url: str, workspace: Workspace | None) -> Object:
    """Return the document that would be stored for a saved page.

    Raises SiteTrouble if nothing would be stored, for a block page for example.
    """
    site = site_at(url, workspace)
    seen = sight(reader_of(workspace, site), _fetch(path.read_bytes(), url))
    if seen.extract is None:
        verdict = seen.verdict
        raise SiteTrouble(f"{path}: nothing of it would be stored: {verdict.outcome.value}, {verdict.reason}")
    return extract_document(named_by_itself(url, seen.extract.canonical, site), site.name, seen.extract)


def compared(old: Path, new: Path, url: str, workspace: Workspace | None) -> Comparison:
    """Return the change that a crawl would announce between two saved captures."""
    return compared_fetches(_fetch(old.read_bytes(), url), _fetch(new.read_bytes(), url), workspace)


def compared_bodies(old: str, new: str, url: str, workspace: Workspace | None) -> ChangeRow | None:
    """The change between two decoded pages.

    A pair that shows the same, or differs in nothing that is text, is not tracked.
    """
    first, second = (_fetch(body.encode("utf-8", "replace"), url, encoding="utf-8") for body in (old, new))
    before, after = (Body(one.body, url, one.fetched_at, one.encoding) for one in (first, second))
    reader = reader_of(workspace, site_at(url, workspace))
    if reader.shows_the_same(before, after):
        return None
    read = reader.read_together(before, after)
    if read is not None and compare(read.old, read.new) is None:
        return None
    return compared_fetches(first, second, workspace).change


def compared_fetches(old: FetchResult, new: FetchResult, workspace: Workspace | None) -> Comparison:
    """Return the change between the results of two fetches.

    It runs the tracking of a crawl, for two runs, in a temporary database.
    """
    site = site_at(old.url, workspace)
    template = known_template(workspace, site)
    with closing(Store.open(IN_MEMORY)) as store:
        store.enrol(site.name, site.url)
        if template.version:
            store.add_template(template_row(site.name, template, pages=0))
        tracked = []
        for fetched in (old, new, new):  # what is not believed at first is told if a later run shows it too
            tracker = _tracker(store, site, fetched)
            tracker.track(fetched)
            tracked.append(tracker.track(fetched))  # as is done where something looks wrong
        reader = Reader(store.db)
        changes = reader.changes()
        change = changes[0] if changes else None
        after = blocks_after(reader, change) if change else []
        return Comparison(change, after, tracked[0], tracked[2])


def comparison_object(change: ChangeRow) -> Object:
    """The change as an object; keys that only a stored page has are null."""
    unknown = {"id": None, "seen_old": None, "seen_new": None, "version": None, "old_version": None}
    return {**change_with_hunks(change), "site": change.site or None, **unknown}


def _tracker(store: Store, site: Site, page: FetchResult) -> Tracker:
    """The tracker of one run that fetches the page."""
    run = store.begin_run(site.name, page.fetched_at)
    tracker = Tracker(RunFrontier(store, site, run, parse(page.fetched_at), full=True))
    tracker.keeps_listings = True
    return tracker


def _fetch(body: bytes, url: str, encoding: str | None = None) -> FetchResult:
    """Return a fetch result as if the URL had just returned this body."""
    return FetchResult(
        url=url,
        final_url=url,
        fetched_at=iso(now()),
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        encoding=encoding,
    )
