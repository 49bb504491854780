"""Reads a workspace from Python: what changed, the versions of a page, and rows for pandas.

    from variorum import open_workspace

    with open_workspace("watched") as workspace:
        for change in workspace.changes(since="2026-03-01"):
            print(change["kind"], change["url"])

It writes nothing, and a crawl may go on meanwhile. docs/python.md says what stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from variorum.crawler.config.site import load_sites
from variorum.crawler.config.workspace import Workspace, find_workspace, load_workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.output.objects import change_with_hunks, document, version_object
from variorum.crawler.output.page_texts import find_page
from variorum.crawler.times import iso, parse
from variorum.storage.errors import NotFound, StoreError
from variorum.storage.export import UNITS, Unit, cursor
from variorum.storage.queries.change_list import KINDS
from variorum.storage.reader import Reader
from variorum.storage.rows import PageRow
from variorum.storage.search.full_text import SearchFilters, find
from variorum.storage.search.query import parse as parse_query

__all__ = ["Misuse", "NotFound", "OpenWorkspace", "StoreError", "VariorumError", "open_workspace"]

Time = str | datetime
"""A time: ISO 8601 text, in UTC if it names no zone, or an aware datetime."""
Row = dict[str, Any]


def open_workspace(folder: str | Path | None = None) -> OpenWorkspace:
    """Return the workspace in a folder, open for reading; else that of VARIORUM_HOME, or the present folder.

    Raises Misuse if the folder is no workspace, StoreError if nothing is stored in it yet.
    """
    workspace = load_workspace(find_workspace(None if folder is None else Path(folder), os.environ))
    return OpenWorkspace(workspace, Reader.open(workspace.database))


class OpenWorkspace:
    """A workspace that is open for reading, to be used in one thread, and closed at the end."""

    def __init__(self, workspace: Workspace, reader: Reader) -> None:
        self._workspace = workspace
        self._reader = reader

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection to the database."""
        self._reader.close()

    def changes(
        self,
        *,
        site: str | None = None,
        kind: str | None = None,
        since: Time | None = None,
        limit: int | None = None,
    ) -> Iterator[Row]:
        """Yield the changes, newest first, each as `variorum show --json` prints it, with its hunks.

        `since` is the earliest time at which they were found. Raises NotFound for an unknown
        site, Misuse for an unknown kind.
        """
        if kind is not None and kind not in KINDS:
            raise Misuse(f"kind: {kind!r} is none of {', '.join(KINDS)}")
        rows = self._reader.changes(site=self._site(site), kind=kind, since=_moment(since), limit=limit)
        return map(change_with_hunks, rows)

    def change(self, number: int) -> Row:
        """Return the change with that `id`, as `variorum show --json` prints it. Raises NotFound."""
        return change_with_hunks(self._reader.change(number))

    def sites(self) -> list[Row]:
        """Return the sites, each as `variorum sites --json` prints it."""
        from variorum.crawler.health.status import overview  # noqa: PLC0415 - few callers need it

        return overview(self._workspace, load_sites(self._workspace.sites_folder, self._workspace.defaults))

    def search(
        self,
        words: str,
        *,
        site: str | None = None,
        since: Time | None = None,
        until: Time | None = None,
        removed: bool | None = None,
        limit: int = 20,
    ) -> list[Row]:
        """Return the pages with these words in any version, each as `variorum search --json` prints it.

        `removed` is True for removed text alone, False for present text. Raises Misuse if `words` has no word
        that must occur, NotFound for an unknown site.
        """
        from variorum.crawler.output.search_hits import hit_object  # noqa: PLC0415 - loads rich

        if not parse_query(words):
            raise Misuse(f"{words!r} has no word to search for: give one that must occur")
        filters = SearchFilters(
            site=self._site(site), since=_moment(since), until=_moment(until), removed=removed
        )
        return [hit_object(hit) for hit in find(self._reader, words, filters, limit=limit)]

    def versions(self, url: str) -> list[Row]:
        """Return the versions of a page, the oldest first, each as `variorum history --json` prints it.

        Raises NotFound if no site has the page.
        """
        return [version_object(row) for row in self._reader.history(self._page(url).id)]

    def text(self, url: str, *, version: int | None = None, as_of: Time | None = None) -> str:
        """Return the clean text of a page: of its latest version, of one by number, or as of a time.

        Raises NotFound if no site has the page, or the page no such version.
        """
        return str(self.document(url, version=version, as_of=as_of)["text"])

    def document(self, url: str, *, version: int | None = None, as_of: Time | None = None) -> Row:
        """Return what `text` returns with its metadata, as `variorum text --json` prints it, and `gone`.

        Raises as `text` does.
        """
        if version is not None and as_of is not None:
            raise Misuse("version and as_of exclude each other: give one of them")
        page = self._page(url)
        found = self._reader.version(page.id, version, _moment(as_of))
        return {**document(page, found, self._reader.site(page.site)), "gone": page.state == "gone"}

    def rows(
        self,
        unit: Unit = "page",
        *,
        site: str | None = None,
        since: str | None = None,
        as_of: Time | None = None,
    ) -> Iterator[Row]:
        """Yield the documents of an export one by one: `pandas.DataFrame(workspace.rows())`.

        `since` is a cursor of an earlier export, or of `cursor()`. Raises Misuse for an unknown unit,
        NotFound for an unknown site.
        """
        from variorum.crawler.export.export import ExportRequest, documents_of  # noqa: PLC0415 - loads the reader

        if unit not in UNITS:
            raise Misuse(f"{unit!r} is no unit of an export: use one of {', '.join(UNITS)}")
        request = ExportRequest("jsonl", unit, self._site(site), since, _moment(as_of))
        return documents_of(self._reader, request)

    def cursor(self) -> str:
        """Return the cursor for the next `rows(since=…)`: take it before the rows, and none is missed."""
        return str(cursor(self._reader))

    def _page(self, url: str) -> PageRow:
        sites = load_sites(self._workspace.sites_folder, self._workspace.defaults)
        return find_page(self._reader, sites.values(), url)

    def _site(self, name: str | None) -> str | None:
        if name is not None and self._reader.site(name) is None:
            raise NotFound(f'nothing is stored of a site named "{name}"')
        return name


def _moment(time: Time | None) -> str | None:
    """Return a time as it is stored. Raises Misuse if it is none."""
    try:
        return None if time is None else iso(parse(time) if isinstance(time, str) else time)
    except (ValueError, OverflowError) as error:
        raise Misuse(f"{time!r} is not a date or time like 2026-05-31 or 2026-05-31T14:00Z") from error
