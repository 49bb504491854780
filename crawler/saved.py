"""Saved pages, read and compared by the rules that a crawl follows. Nothing is stored."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from crawler.archive import SiteArchive
from crawler.errors import Misuse, SiteTrouble
from crawler.fetched import Fetched
from crawler.objects import Object, change_with_hunks, extract_document
from crawler.reading import Reader
from crawler.settings import Workspace
from crawler.sight import sight
from crawler.site import Site, load_sites
from crawler.times import iso, now, parse
from crawler.track import Tracked, Tracker
from crawler.urls import canonical, in_scope, named_by_itself
from storage.reader import Reader as StoreReader
from storage.rows import ChangeRow
from storage.store import Store

IN_MEMORY = Path(":memory:")


def site_at(url: str, workspace: Workspace | None) -> Site:
    """The configured site that the address belongs to; else a nameless one with no rules of its own.

    Raises Misuse for what is no web address.
    """
    sites = load_sites(workspace.sites_folder, workspace.defaults) if workspace else {}
    try:
        nameless = Site(name="", url=canonical(url, Site(name="", url=url)))
    except ValueError as error:
        raise Misuse(f"--url: {error}") from error
    return next((site for site in sites.values() if in_scope(url, site)), nameless)


def extracted(path: Path, url: str, site: Site) -> Object:
    """The document that a saved page would become.

    Raises SiteTrouble where nothing of it would be stored: a block page, say, or a page cut off.
    """
    page = _fetch(path, url)
    seen = sight(Reader(site), page)
    if seen.extract is None:
        verdict = seen.verdict
        raise SiteTrouble(f"{path}: nothing of it would be stored: {verdict.outcome.value}, {verdict.reason}")
    return extract_document(named_by_itself(url, seen.extract.canonical, site), site.name, seen.extract)


def compared(old: Path, new: Path, url: str, site: Site) -> tuple[ChangeRow | None, list[Tracked]]:
    """The change that a crawl would announce, had it captured one after the other; and what each came to.

    This is a crawl's own tracking, in a database that is thrown away.
    """
    first, second = _fetch(old, url), _fetch(new, url)
    started = parse(first.fetched_at)
    with closing(Store.open(IN_MEMORY)) as store:
        store.enrol(site.name, site.url)
        archive = SiteArchive(store, site, store.begin_run(site.name, iso(started)), started, thorough=True)
        tracker = Tracker(archive, Reader(site))
        # The second page twice, for a text that has shrunk much is believed only when it is seen again.
        came_to = [tracker.track(page) for page in (first, second, second)]
        changes = StoreReader(store.db).changes()
    return (changes[0] if changes else None), came_to[:2]


def comparison(row: ChangeRow) -> Object:
    """The change as an object; null where only a stored page has an answer."""
    unknown = {"id": None, "seen_old": None, "seen_new": None, "version": None, "old_version": None}
    return {**change_with_hunks(row), "site": row.site or None, **unknown}


def _fetch(path: Path, url: str) -> Fetched:
    """The file as if the address had just answered with it."""
    page = Fetched(url=url, final_url=url, fetched_at=iso(now()), status=200)
    return replace(page, headers={"content-type": "text/html"}, body=path.read_bytes())
