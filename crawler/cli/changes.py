"""The commands `variorum changes` and `variorum show`: the list of changes, and the diff of one."""

from __future__ import annotations

from collections.abc import Sequence

import click

from variorum.crawler.cli.options import Moment, as_json, site_filter, whole_number, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.output import listing
from variorum.crawler.output import terminal as shown
from variorum.crawler.output.change_text import blocks_after
from variorum.crawler.output.objects import change_object, change_with_hunks, suspect_object
from variorum.storage.reader import Reader
from variorum.storage.rows import SuspectRow

KINDS = ("new", "edited", "retitled", "gone", "returned", "moved", "template")


@click.command()
@click.option("--site", metavar="SITE", help="Only changes of this site.")
@click.option("--kind", type=click.Choice(KINDS), help="Only changes of this kind.")
@click.option("--since", type=Moment(), help="Found since then: a day, a time, yesterday, or an age like 2d.")
@click.option("--unreviewed", is_flag=True, help="Only changes without a verdict.")
@click.option(
    "--all", "quiet", is_flag=True, help="Also changes that are not announced: typography, dates only."
)
@click.option(
    "--suspect", is_flag=True, help="List suspects instead: possible changes that await confirmation."
)
@click.option("--limit", type=whole_number, help="The most changes to list.")
@as_json
@with_reader
def changes(
    workspace: Workspace,
    reader: Reader,
    site: str | None,
    kind: str | None,
    since: str | None,
    unreviewed: bool,
    quiet: bool,
    suspect: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """List changes, the newest first.

    Example: variorum changes --site nejatngo --since 2d
    """
    sites = site_filter(workspace, reader, site)
    if suspect:
        _suspects(reader.suspects(sites, limit), as_json=as_json)
        return
    rows = reader.changes(site=sites, kind=kind, since=since, unreviewed=unreviewed, quiet=quiet, limit=limit)
    if as_json:
        shown.json_lines(map(change_object, rows))
    elif rows:
        listing.changes(rows)
        shown.note(f"Next: variorum show {rows[0].id}")
    else:
        shown.note("No changes.")


def _suspects(rows: Sequence[SuspectRow], *, as_json: bool) -> None:
    if as_json:
        shown.json_lines(map(suspect_object, rows))
    elif rows:
        shown.suspects(rows)
    else:
        shown.note("No suspects.")


@click.command()
@click.argument("number", metavar="CHANGE", type=whole_number)
@as_json
@with_reader
def show(workspace: Workspace, reader: Reader, number: int, as_json: bool) -> None:
    """Show the word diff of one change.

    `variorum changes` lists the numbers. In a pipe, words are marked as [-removed-] and {+added+}.

    Example: variorum show 17
    """
    row = reader.change(number)
    if as_json:
        shown.json_lines([change_with_hunks(row)])
    else:
        shown.change(row, blocks_after(reader, row))
