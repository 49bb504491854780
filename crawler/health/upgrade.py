"""Says what this release reads differently from the one that has filled a workspace; writes nothing there.

It works on a copy of the database in a temporary folder, so it also tries the migrations of this release.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from variorum.crawler import __version__
from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.extraction.extract import EXTRACTOR, ExtractionError
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.tracking.reextraction import Reextraction, reextract
from variorum.crawler.tracking.template_learning import known
from variorum.storage.errors import StoreError
from variorum.storage.library import Database
from variorum.storage.maintenance.backup import copy
from variorum.storage.migrations import migrations
from variorum.storage.reader import Reader
from variorum.storage.recognition import connect_quietly, refuse_foreign
from variorum.storage.rows import VersionRow
from variorum.storage.store import Store

Object = dict[str, Any]


@dataclass(frozen=True)
class CopiedStore:
    """A copy of the store that this release may write to."""

    store: Store
    migrations: list[str]
    """The migrations that the copy needed."""


def upgrade_check(workspace: Workspace, most: int, step: Callable[[], None]) -> Object:
    """What this release would do with a workspace; reads up to `most` pages of each site again.

    Calls `step` for each page. Raises StoreError if nothing is stored yet, a newer release wrote the
    database, or it can't be copied.
    """
    sites = load_sites(workspace.sites_folder, workspace.defaults)
    with _copied(workspace.database) as copied:
        found = [_site(copied.store, site, most, step) for site in sites.values()]
    return {
        "release": __version__,
        "extractor": EXTRACTOR,
        "migrations": copied.migrations,
        "faults": [fault for faults in sites.faults.values() for fault in faults],
        "sites": found,
    }


@contextmanager
def _copied(database: Path) -> Iterator[CopiedStore]:
    """A migrated copy of the database; the database itself and its folder stay as they are."""
    refuse_foreign(database)
    if not database.exists():
        raise StoreError(f"{database}: nothing is stored here yet, so every release reads it alike.")
    with tempfile.TemporaryDirectory(prefix="variorum-upgrade-") as folder:
        path = Path(folder) / "variorum.db"
        path.touch()
        with closing(Reader(Database(connect_quietly(database)))) as reader:
            pending = migrations.pending(reader.db)
            copy(reader, path, lambda: None)
        with closing(Store.open(path)) as store:
            yield CopiedStore(store, pending)


def _site(store: Store, site: Site, most: int, step: Callable[[], None]) -> Object:
    """How the latest texts of some pages of a site are read, compared with the stored ones."""
    reader = PageReader(site, known(store, site.name))
    read = []
    for version in _some_versions(store, site.name, most):
        read.append(_read(store, reader, version))
        step()
    differing = [one for one in read if one.differs]
    return {
        "site": site.name,
        "pages": len(read),
        "same": sum(one.now is not None and not one.differs for one in read),
        "differ": len(differing),
        "by_release": sum(_only_by_release(one, reader) for one in differing),
        "unread": sum(one.now is None for one in read),
        "read_with": sorted({_extractor(one.version.extractor) for one in read}),
        "differing": [_object(one, reader) for one in differing],
        "troubles": [one.trouble for one in read if one.trouble],
    }


def _some_versions(store: Store, site: str, most: int) -> Iterator[VersionRow]:
    """The latest versions of some live pages, taken evenly from the first to the last that was found."""
    pages = store.live_pages(site)
    for page in pages[:: max(1, math.ceil(len(pages) / most))]:
        if version := store.last_version(page):
            yield version


def _read(store: Store, reader: PageReader, version: VersionRow) -> Reextraction:
    url = store.page(version.page).url
    try:
        return Reextraction(url, version, reextract(store, reader, version))
    except ExtractionError as error:
        return Reextraction(url, version, None, str(error))


def _object(one: Reextraction, reader: PageReader) -> Object:
    return {
        "url": one.url,
        "version": one.version.number,
        "words_before": one.version.words,
        "words_after": one.now.words if one.now else None,
        "lost": one.lost,
        "gained": one.gained,
        "by_release": _only_by_release(one, reader),
    }


def _only_by_release(one: Reextraction, reader: PageReader) -> bool:
    """Whether nothing but the release differs; else the site's rules or its template have changed, too."""
    return (one.version.extractor or "").partition("; ")[2] == reader.label.partition("; ")[2]


def _extractor(label: str | None) -> str:
    return (label or "unknown").partition("; ")[0]
