"""Arguments and options that several commands share: workspace, reader, site names, times, and --json."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from variorum.crawler.config.moment import FORMS, past_moment
from variorum.crawler.config.schema import refuse
from variorum.crawler.config.site import ConfiguredSites, Site, load_sites, site_files
from variorum.crawler.config.workspace import SETTINGS_FILE, Workspace, load_workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.output import terminal
from variorum.crawler.times import iso, now
from variorum.storage.reader import Reader
from variorum.storage.site_filter import SiteFilter

P = ParamSpec("P")
R = TypeVar("R")

TOLERANCE = timedelta(minutes=1)
"""By which a clock elsewhere may be ahead."""


class WholeNumber(click.IntRange):
    """A whole number from the first to the last of a range; any other value is a usage error that names
    both."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; fails as a usage error if it is none, or out of the range."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a whole number from {self.min} to {self.max}.", param, ctx)


whole_number = WholeNumber(1, 2**31)
"""A number that a row of the database can have."""
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")


def with_workspace(command: Callable[Concatenate[Workspace, P], R]) -> Callable[P, R]:
    """Return the command with the workspace as its first argument; raises Misuse if there is none."""

    @wraps(command)
    def with_it(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(load_workspace(_root()), *args, **kwargs)

    return with_it


def with_reader(command: Callable[Concatenate[Workspace, Reader, P], R]) -> Callable[P, R]:
    """Return the command with the workspace and a database reader as its first arguments."""

    @wraps(command)
    def with_it(*args: P.args, **kwargs: P.kwargs) -> R:
        workspace = load_workspace(_root())
        reader = Reader.open(workspace.database)
        click.get_current_context().call_on_close(reader.close)
        return command(workspace, reader, *args, **kwargs)

    return with_it


def workspace_if_any() -> Workspace | None:
    """Return the workspace, or None if the folder is not a workspace."""
    return load_workspace(_root()) if (_root() / SETTINGS_FILE).exists() else None


def _root() -> Path:
    return click.get_current_context().find_object(Path) or Path()


def sites_named(workspace: Workspace, names: Sequence[str], *, others: str = "left out") -> list[Site]:
    """Return the named sites, or all readable sites; report faulty site files on standard error.

    A name may be a tag, which stands for all sites that have it. `others` says what becomes of the sites
    whose files have faults. Raises Misuse for an unknown name, for faults in a file that is named, and where
    no file can be read.
    """
    names = names_of(workspace, names)
    sites = sites_and_faults(workspace, names)
    faults = [fault for name in sites.faults for fault in sites.faults[name]]
    if names or not sites:
        refuse(faults)
    for fault in faults:
        terminal.note(f"{others}: {fault}")
    return [sites[name] for name in dict.fromkeys(names)] if names else list(sites.values())


def sites_to_read(workspace: Workspace) -> list[Site]:
    """Return all sites whose files can be read, by which a page is found; there may be none."""
    return list(load_sites(workspace.sites_folder, workspace.defaults).values())


def site_named(workspace: Workspace, name: str) -> Site:
    """Return the named site. Raises Misuse as `sites_named` does, and for a tag of several sites."""
    found = sites_named(workspace, [name])
    if len(found) > 1:
        raise Misuse(f'"{name}" is the tag of {len(found)} sites: name one of {_listed(found)}.')
    return found[0]


def names_of(workspace: Workspace, words: Sequence[str]) -> list[str]:
    """Return the names of sites that these names and tags stand for; an unknown word stands for itself."""
    there = {path.stem for path in site_files(workspace.sites_folder)}
    if there.issuperset(words):
        return list(words)
    sites = load_sites(workspace.sites_folder, workspace.defaults).values()
    tagged = {word: [site.name for site in sites if word in site.tags] for word in words}
    return [name for word in words for name in ([] if word in there else tagged[word]) or [word]]


def sites_and_faults(workspace: Workspace, names: Sequence[str]) -> ConfiguredSites:
    """Return the named sites, or all sites, with the faults of their files; read no other file.

    Raises Misuse for an unknown name, and where there is no file at all.
    """
    there = [path.stem for path in site_files(workspace.sites_folder)]
    for name in names:
        if name not in there:
            known = ", ".join(there) or "none; `variorum add URL` adds one"
            raise Misuse(f'no site is named "{name}". There are: {known}.')
    if not there:
        raise Misuse(f"{workspace.sites_folder} has no sites: `variorum add URL` adds one.")
    return load_sites(workspace.sites_folder, workspace.defaults, names or None)


def some_sites(workspace: Workspace, names: Sequence[str] | None) -> ConfiguredSites:
    """Return the sites of these names that have a file, or all that have one, with the faults of their
    files."""
    return load_sites(workspace.sites_folder, workspace.defaults, names)


def site_filter(workspace: Workspace, reader: Reader, word: str | None) -> SiteFilter:
    """Return the sites with that name or tag; raises Misuse if there is and was no such site."""
    if word is None or reader.site(word) is not None:
        return word
    return tuple(site.name for site in sites_named(workspace, [word]))


def _listed(sites: Sequence[Site]) -> str:
    return ", ".join(site.name for site in sites)


class Moment(click.ParamType[str]):
    """A time in the past as UTC text: a time, a day, `yesterday`, or an age like 2d.

    A day is meant whole, in UTC: it begins a range at its first second, and with `end` ends it at its last.
    """

    name = "time"

    def __init__(self, *, end: bool = False) -> None:
        self.end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the time in the stored form; fails as a usage error if it is none, or in the future."""
        at = now()
        try:
            moment = past_moment(value, at, end=self.end)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time that can be read: give {FORMS}", param, ctx)
        if moment > at + TOLERANCE:
            self.fail(
                f"{value!r} is in the future, and now it is {iso(at)}: give a time before, as {FORMS}",
                param,
                ctx,
            )
        return iso(min(moment, at))
