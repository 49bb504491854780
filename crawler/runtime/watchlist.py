"""The sites that the daemon watches, read again when a site file changes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from variorum.crawler.config.site import load_sites, site_files
from variorum.crawler.config.workspace import Workspace

AT_A_TIME = 50
"""The most site files that one refresh looks at."""

Stamp = tuple[int, int]
"""When a file was last written, in nanoseconds, and its size."""

logger = logging.getLogger(__name__)


class Watchlist:
    """The sites of a workspace as their files describe them.

    A refresh looks at a few files, and at all of them in turn. It lists the folder when that has changed, as
    it does when a file is added, removed or replaced, and once a round.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._folder = workspace.sites_folder
        self._defaults = workspace.defaults
        self._listed = _stamp(self._folder)
        self._stamps = {path: _stamp(path) for path in site_files(self._folder)}
        self._to_check: list[Path] = []
        self.sites = load_sites(self._folder, self._defaults)
        self._log_faults(self.sites.faults)

    def refresh(self) -> bool:
        """Read changed site files again; whether any was found that was added, removed or changed."""
        changed = False
        folder = _stamp(self._folder)
        if folder != self._listed or not self._to_check:
            self._listed = folder
            changed = self._list()
        checked, self._to_check = self._to_check[:AT_A_TIME], self._to_check[AT_A_TIME:]
        for path in checked:
            changed |= self._check(path)
        return changed

    def _list(self) -> bool:
        """List the folder; whether a file is gone. The files that are new to it are checked first."""
        there = site_files(self._folder)
        gone = self._stamps.keys() - set(there)
        for path in gone:
            logger.info("%s: its file was removed; the site is no longer crawled", path.stem)
            del self._stamps[path]
            self.sites.pop(path.stem, None)
            self.sites.faults.pop(path.stem, None)
        new = [path for path in there if path not in self._stamps]
        waiting = [path for path in self._to_check if path in self._stamps]
        self._to_check = new + (waiting or [path for path in there if path in self._stamps])
        return bool(gone)

    def _check(self, path: Path) -> bool:
        """Read the file again if it has changed; whether it has."""
        stamp = _stamp(path)
        if stamp is None or stamp == self._stamps.get(path):
            return False  # a file that was removed is missed when the folder is listed
        self._stamps[path] = stamp
        self._read(path)
        return True

    def _read(self, path: Path) -> None:
        read = load_sites(self._folder, self._defaults, [path.stem])
        self.sites.update(read)
        self.sites.faults.pop(path.stem, None)
        self.sites.faults.update(read.faults)
        if path.stem in read:
            logger.info("%s: read %s", path.stem, path)
        self._log_faults([path.stem])

    def _log_faults(self, names: Iterable[str]) -> None:
        for name in names:
            if faults := self.sites.faults.get(name):
                kept = "its earlier contents still apply" if name in self.sites else "the site is left out"
                logger.error("%s: %s; %s", name, "; ".join(faults), kept)


def _stamp(path: Path) -> Stamp | None:
    """The stamp of a file or folder; None where it is gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size
