"""Reads some stored pages of a site by other rules than those of its file. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.output.objects import Object
from variorum.crawler.preview.double_fetch import FIRST_LINES, LONGEST_LINE
from variorum.crawler.preview.first_read import reader_of
from variorum.crawler.tracking.reextraction import reextract
from variorum.storage.database import open_for_reading
from variorum.storage.rows import VersionRow
from variorum.storage.store import Store

MOST_TRIED = 30


def stored_preview(workspace: Workspace, site: Site, pages: int) -> list[Object]:
    """What the rules of the site read on its latest pages, as `check_site` says it; empty if none is
    stored."""
    if not workspace.database.exists():
        return []
    reader = reader_of(workspace, site)
    with closing(Store(open_for_reading(workspace.database))) as store:
        found: list[Object] = []
        for version in _with_bodies(store, site.name):
            url = store.capture(version.capture).url
            try:
                found.append(_page(url, version, reextract(store, reader, version)))
            except ExtractionError as error:
                found.append(_failed(url, version, str(error)))
            if len(found) == pages:
                break
    return found


def _with_bodies(store: Store, site: str) -> Iterator[VersionRow]:
    rows = store.latest_versions(site, MOST_TRIED)
    return (row for row in rows if store.capture(row.capture).body is not None)


def _page(url: str, version: VersionRow, extract: Extract) -> Object:
    lines = [line[:LONGEST_LINE] for line in extract.blocks[:FIRST_LINES]]
    read = {"kind": extract.kind, "title": extract.title, "words": extract.words, "lines": lines}
    return {"url": url, "outcome": "ok", "reason": "", **read, "stored_words": version.words, "differs": []}


def _failed(url: str, version: VersionRow, reason: str) -> Object:
    read: Object = {"kind": None, "title": version.title, "words": 0, "lines": []}
    return {"url": url, "outcome": "failed", "reason": reason, **read, "differs": []}
