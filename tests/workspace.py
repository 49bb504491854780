"""A workspace in which one site is watched, crawled for real, and asked what it holds.

watched = Watched.make(tmp_path, site.url, delay=0)
watched.crawl()
...                                 # the site changes
watched.crawl()
assert watched.news() == [("edited", "/a/")]
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import unquote

import tomlkit

from variorum.crawler.config.site import load_site
from variorum.crawler.config.workspace import SETTINGS_FILE, load_workspace
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.run import Hearer, run_child
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow, IssueRow, PageRow, VersionRow

Found = TypeVar("Found")
NAME = "watched"


@dataclass(frozen=True)
class Watched:
    """The workspace in the folder `root`, with one site."""

    root: Path
    url: str
    """The site's address, without a final slash; news are told by the paths below it."""

    @classmethod
    def make(cls, root: Path, url: str, **keys: Any) -> Self:
        """A new workspace; `keys` go into the site's file."""
        (root / "sites").mkdir(parents=True)
        (root / SETTINGS_FILE).touch()
        return cls(root, url).set(**keys)

    def copy(self, root: Path) -> Self:
        """The same workspace with all that it holds once more, in a folder of its own."""
        shutil.copytree(self.root, root)
        return replace(self, root=root)

    def set(self, **keys: Any) -> Self:
        """This workspace, its site's file written anew with these keys."""
        quick = {"url": f"{self.url}/", "delay": 0, "concurrency": 4}
        file = self.root / "sites" / f"{NAME}.toml"
        file.write_text(tomlkit.dumps(quick | keys), encoding="utf-8")
        return self

    def crawl(self, *, full: bool = True, on_event: Hearer | None = None) -> RunReport:
        """One run now, in a child process as always."""
        workspace = load_workspace(self.root)
        site = load_site(workspace.sites_folder / f"{NAME}.toml", workspace.defaults)

        async def run() -> RunReport:
            return await run_child(workspace, site, full=full, stop=asyncio.Event(), on_event=on_event)

        return asyncio.run(run())

    # ---- what it holds

    def changes(self) -> list[ChangeRow]:
        """All changes, the oldest first."""
        return self._read(lambda reader: reader.changes()[::-1])

    def news(self) -> list[tuple[str, str]]:
        """Kind and path of each change, sorted."""
        return sorted((change.kind, self.path(change.url)) for change in self.changes())

    def issues(self) -> list[IssueRow]:
        """The issues that are open now."""
        return self._read(lambda reader: reader.issues())

    def pages(self) -> dict[str, PageRow]:
        """Every known page by its path; rows that were merged into another page are left out."""
        asked = "SELECT * FROM pages WHERE state <> 'absorbed'"
        rows = self._read(lambda reader: list(reader.rows(asked, {})))
        return {self.path(row["url"]): PageRow(**row) for row in rows}

    def versions(self, path: str) -> list[VersionRow]:
        """All versions of the page at that path, the oldest first."""
        page = self.pages()[path].id
        return self._read(lambda reader: reader.history(page))

    def path(self, url: str) -> str:
        """The address within the site, with its percent-encoding read."""
        return unquote(url.removeprefix(self.url))

    def _read(self, ask: Callable[[Reader], Found]) -> Found:
        with self._reader() as reader:
            return ask(reader)

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        reader = Reader.open(load_workspace(self.root).database)
        try:
            yield reader
        finally:
            reader.close()
