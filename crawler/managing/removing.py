"""Removes a site: its file, and all that is stored of it unless that is to be kept."""

from __future__ import annotations

from contextlib import closing

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.managing.sole_store import sole_store
from variorum.crawler.output.terminal import quantity
from variorum.crawler.times import iso, now
from variorum.storage.maintenance.removal import SiteHistory, SiteRemoval, stored_history
from variorum.storage.maintenance.verification import Progress, unseen
from variorum.storage.reader import Reader


def sites_with_history(workspace: Workspace) -> list[str]:
    """The names of the sites of which something is stored."""
    if not workspace.database.exists():
        return []
    with closing(Reader.open(workspace.database)) as reader:
        return reader.sites_with_history()


def what_goes(workspace: Workspace, name: str, *, keep_history: bool) -> str:
    """What a removal of the site deletes, in words."""
    path = workspace.sites_folder / f"{name}.toml"
    file = [f"the file {path}"] if path.exists() else []
    if keep_history or name not in sites_with_history(workspace):
        return f"{', '.join(file) or 'nothing'} will be deleted"
    with closing(Reader.open(workspace.database)) as reader:
        history = stored_history(reader, name)
    return f"{', '.join([*file, *_counted(history)])} will be deleted"


def remove_site(workspace: Workspace, name: str, *, keep_history: bool, shown: Progress = unseen) -> None:
    """Delete the site's file, and its history unless that is kept.

    Raises VariorumError, and deletes nothing, while a run of the site is in progress.
    """
    path = workspace.sites_folder / f"{name}.toml"
    if keep_history or not _is_stored(workspace, name):
        path.unlink(missing_ok=True)
        return
    with sole_store(workspace, Site(name=name, url="")) as store:
        path.unlink(missing_ok=True)
        SiteRemoval(store.db).remove(name, iso(now()), shown)


def _is_stored(workspace: Workspace, name: str) -> bool:
    """Whether anything is stored of the site, if only when its first run is due."""
    if not workspace.database.exists():
        return False
    with closing(Reader.open(workspace.database)) as reader:
        return reader.site(name) is not None


def _counted(history: SiteHistory) -> list[str]:
    counts = {"page": history.pages, "version": history.versions}
    counts |= {"change": history.changes, "capture": history.captures}
    return [quantity(count, noun) for noun, count in counts.items()]
