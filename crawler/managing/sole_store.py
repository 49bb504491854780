"""Opens the store of a site for a command that writes, while no other process writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.lock import held, run_lock
from variorum.storage.store import Store


@contextmanager
def sole_store(workspace: Workspace, site: Site) -> Iterator[Store]:
    """Open the store with the site's run lock held, so that no run or import writes its history.

    Raises VariorumError if another process holds the lock.
    """
    lock = run_lock(workspace.database, site.name)
    with held(lock, f"a run of {site.name}"), closing(Store.open(workspace.database)) as store:
        yield store
