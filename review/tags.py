"""The tags of sites, as their files have them, by which the list of changes is filtered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, lru_cache, partial
from pathlib import Path

from variorum.crawler.config.site import load_sites, site_files
from variorum.crawler.config.workspace import Workspace
from variorum.storage.library import Database

Stamp = tuple[tuple[Path, int], ...]


def tags_of(workspace: Workspace | None) -> Mapping[str, frozenset[str]]:
    """The names of the sites that have each tag, by tag; none without site files."""
    if workspace is None:
        return {}
    of_all = workspace.defaults.get("tags", ())
    of_all = (of_all,) if isinstance(of_all, str) else tuple(of_all)
    return _tags(workspace.sites_folder, of_all, _stamp(workspace.sites_folder))


def know_tags(db: Database, workspace: Workspace | None) -> None:
    """Let queries on this connection ask for the tags of sites, as `Filters.tag` does.

    The site files are looked at when a query first asks, and not again for each of its rows.
    """
    tags = cache(partial(tags_of, workspace))
    db.conn.create_function("has_tag", 2, lambda site, tag: site in tags().get(tag, ()))


def _stamp(folder: Path) -> Stamp:
    """What differs after a site file was added, changed or removed."""
    found = []
    for path in site_files(folder):
        with suppress(OSError):  # removed meanwhile, or a link that leads nowhere
            found.append((path, path.stat().st_mtime_ns))
    return tuple(found)


@lru_cache(maxsize=4)
def _tags(folder: Path, of_all: tuple[str, ...], stamp: Stamp) -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for site in load_sites(folder, {"tags": list(of_all)} if of_all else {}).values():
        for tag in site.tags:
            found[tag].add(site.name)
    return {tag: frozenset(found[tag]) for tag in sorted(found)}
