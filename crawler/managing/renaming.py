"""Gives a site another name, in its file and wherever its history is stored."""

from __future__ import annotations

from pathlib import Path

from variorum.crawler.config.site import NAME, NAME_RULE, Site, site_files
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.managing.removing import sites_with_history
from variorum.crawler.managing.sole_store import sole_store


def rename_site(workspace: Workspace, old: str, new: str) -> Path:
    """Rename the site; return the path of its file.

    Raises Misuse if the new name is invalid or taken, VariorumError while a run of the site is in progress.
    """
    path = workspace.sites_folder / f"{old}.toml"
    target = workspace.sites_folder / f"{new}.toml"
    if path not in site_files(workspace.sites_folder):
        raise Misuse(f'no site is named "{old}", or its file is gone.')
    if not NAME.fullmatch(new):
        raise Misuse(f"\"{new}\" can't be a site's name: {NAME_RULE}.")
    if target.exists() or new in sites_with_history(workspace):
        raise Misuse(f'there is a site named "{new}", or its history: choose another name.')
    if workspace.database.exists():
        with sole_store(workspace, Site(name=old, url="")) as store, store.writing():
            store.rename_site(old, new)
            path.rename(target)
    else:
        path.rename(target)
    return target


def left_by_renaming(workspace: Workspace, old: str, new: str) -> str:
    """What a person must still change after a site was renamed; empty if nothing."""
    if not any(old in notice.sites for notice in workspace.notify):
        return ""
    return f'`notify` in variorum.toml still names "{old}": write "{new}" there'
