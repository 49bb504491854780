"""The commands that pause, resume, rename and remove sites."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta

import click

from variorum.crawler.cli.options import names_of, sites_and_faults, sites_named, with_workspace
from variorum.crawler.cli.sole_store import sole_store
from variorum.crawler.config.edits import set_key
from variorum.crawler.config.site import NAME, NAME_RULE, Site
from variorum.crawler.config.timing import duration
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import counted
from variorum.crawler.times import iso, now
from variorum.storage.maintenance.removal import SiteHistory, SiteRemoval, stored_history
from variorum.storage.reader import Reader


class FirstDay(click.ParamType[date]):
    """A day after today, or a length of time from now on, like 7d."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; fails as a usage error if it is none, or not after today."""
        if isinstance(value, date):
            return value
        today = now().date()
        try:
            day = date.fromisoformat(value) if "-" in value else today + _days(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a day like 2026-12-24 nor a length like 7d", param, ctx)
        if day <= today:
            self.fail(f"{value!r} is not after today, {today}", param, ctx)
        return day


def _days(text: str) -> timedelta:
    """The length of time in whole days. Raises ValueError for less than a day."""
    length = timedelta(days=duration(text).days)
    if not length:
        raise ValueError("less than a day")
    return length


@click.command()
@click.argument("names", metavar="SITE...", nargs=-1, required=True)
@click.option("--until", type=FirstDay(), help="The day on which runs start again, or a length like 7d.")
@with_workspace
def pause(workspace: Workspace, names: tuple[str, ...], until: date | None) -> None:
    """Start no more runs of these sites, until they are resumed.

    Sets `paused` in each site's file. A run that is in progress goes on. `variorum crawl SITE` still crawls a
    paused site that it names.

    Example: variorum pause nejatngo --until 2027-01-07
    """
    for site in sites_named(workspace, names):
        set_key(workspace.sites_folder / f"{site.name}.toml", "paused", until or True)
        terminal.line(f"{site.name}: paused {f'until {until}' if until else 'until `variorum resume`'}")


@click.command()
@click.argument("names", metavar="SITE...", nargs=-1, required=True)
@with_workspace
def resume(workspace: Workspace, names: tuple[str, ...]) -> None:
    """Start runs of paused sites again.

    Removes `paused` from each site's file. `variorum watch` makes up at once for a run that was missed.

    Example: variorum resume nejatngo
    """
    for site in sites_named(workspace, names):
        set_key(workspace.sites_folder / f"{site.name}.toml", "paused", None)
        terminal.line(f"{site.name}: {'resumed' if site.paused else 'was not paused'}")


@click.command()
@click.argument("old", metavar="SITE")
@click.argument("new", metavar="NAME")
@with_workspace
def rename(workspace: Workspace, old: str, new: str) -> None:
    """Give a site another name; its history is kept.

    Exports name documents by site: export whole once after renaming.

    Example: variorum rename example.org example
    """
    sites_and_faults(workspace, [old])
    path = workspace.sites_folder / f"{old}.toml"
    target = workspace.sites_folder / f"{new}.toml"
    if not NAME.fullmatch(new):
        raise Misuse(f"\"{new}\" can't be a site's name: {NAME_RULE}.")
    if target.exists() or new in _with_history(workspace):
        raise Misuse(f'there is a site named "{new}", or its history: choose another name.')
    if workspace.database.exists():
        with sole_store(workspace, Site(name=old, url="")) as store, store.writing():
            store.rename_site(old, new)
            path.rename(target)
    else:
        path.rename(target)
    terminal.line(f"{old} is now {new}: {target}")
    if any(old in notice.sites for notice in workspace.notify):
        terminal.note(f'`notify` in variorum.toml still names "{old}": write "{new}" there')


@click.command()
@click.argument("names", metavar="SITE...", nargs=-1, required=True)
@click.option("--keep-history", is_flag=True, help="Delete only the file; what is stored can still be read.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_workspace
def remove(workspace: Workspace, names: tuple[str, ...], keep_history: bool, yes: bool) -> None:
    """Remove sites, with all that is stored of them.

    Says what goes, and asks. Deletes each site's file, and its pages, versions, changes and raw pages; their
    digests stay in the chain that `variorum verify` checks. It cannot be undone: see `variorum backup`.

    Example: variorum remove example --keep-history
    """
    chosen = names_of(workspace, names)
    stored = _with_history(workspace)
    for name in chosen:
        if name not in stored:
            sites_and_faults(workspace, [name])
    for name in chosen:
        terminal.note(f"{name}: {_what_goes(workspace, name, keep_history or name not in stored)}")
    if not yes:
        click.confirm("Remove?", abort=True, err=True)
    for name in chosen:
        (workspace.sites_folder / f"{name}.toml").unlink(missing_ok=True)
        if not keep_history and name in stored:
            with sole_store(workspace, Site(name=name, url="")) as store:
                SiteRemoval(store.db).remove(name, iso(now()), counted)
        terminal.line(f"{name}: removed{', and its history is kept' if keep_history else ''}")


def _with_history(workspace: Workspace) -> list[str]:
    if not workspace.database.exists():
        return []
    with closing(Reader.open(workspace.database)) as reader:
        return reader.sites_with_history()


def _what_goes(workspace: Workspace, name: str, only_file: bool) -> str:
    path = workspace.sites_folder / f"{name}.toml"
    file = [f"the file {path}"] if path.exists() else []
    if only_file:
        return f"{', '.join(file) or 'nothing'} will be deleted"
    with closing(Reader.open(workspace.database)) as reader:
        history = stored_history(reader, name)
    return f"{', '.join([*file, *_counted(history)])} will be deleted"


def _counted(history: SiteHistory) -> list[str]:
    counts = {"page": history.pages, "version": history.versions}
    counts |= {"change": history.changes, "capture": history.captures}
    return [terminal.quantity(count, noun) for noun, count in counts.items()]
