"""The commands that pause, resume, rename and remove sites."""

from __future__ import annotations

from datetime import date

import click

from variorum.crawler.cli.options import names_of, sites_and_faults, sites_named, with_workspace
from variorum.crawler.config.edits import set_key
from variorum.crawler.config.timing import first_day
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.managing.removing import remove_site, sites_with_history, what_goes
from variorum.crawler.managing.renaming import left_by_renaming, rename_site
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import counted
from variorum.crawler.times import now


class FirstDay(click.ParamType[date]):
    """A day after today, or a length of time from now on, like 7d."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; fails as a usage error if it is none, or not after today."""
        if isinstance(value, date):
            return value
        try:
            return first_day(value, now().date())
        except ValueError as error:
            self.fail(str(error), param, ctx)


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
    terminal.line(f"{old} is now {new}: {rename_site(workspace, old, new)}")
    if left := left_by_renaming(workspace, old, new):
        terminal.note(left)


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
    stored = sites_with_history(workspace)
    for name in chosen:
        if name not in stored:
            sites_and_faults(workspace, [name])
    for name in chosen:
        terminal.note(f"{name}: {what_goes(workspace, name, keep_history=keep_history)}")
    if not yes:
        click.confirm("Remove?", abort=True, err=True)
    for name in chosen:
        remove_site(workspace, name, keep_history=keep_history, shown=counted)
        terminal.line(f"{name}: removed{', and its history is kept' if keep_history else ''}")
