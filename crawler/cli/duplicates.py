"""The command `variorum duplicates`: pages with the same or nearly the same text."""

from __future__ import annotations

import click

from variorum.crawler.cli.options import as_json, site_filter, whole_number, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.output import terminal
from variorum.crawler.output.near_duplicates import group_object, print_group, print_group_with_diffs
from variorum.storage.errors import NotFound
from variorum.storage.reader import Reader
from variorum.storage.search.near_duplicates import LIKE
from variorum.storage.search.near_duplicates import groups as all_groups


@click.command()
@click.option("--site", metavar="SITE", help="Only groups with a page of this site.")
@click.option(
    "--least",
    type=click.FloatRange(0.5, 1),
    default=LIKE,
    show_default=True,
    help="The least containment, 0.5 to 1.",
)
@click.option(
    "--show", "number", type=whole_number, metavar="GROUP", help="Show one group and how its pages differ."
)
@as_json
@with_reader
def duplicates(
    workspace: Workspace,
    reader: Reader,
    site: str | None,
    least: float,
    number: int | None,
    as_json: bool,
) -> None:
    """List pages with the same or nearly the same text.

    Names the page that had the text first. The pages may belong to one site or to several. Containment
    compares two texts: the share of the shorter text's five-word sequences that also occur in the longer one.

    Example: variorum duplicates --site nejatngo --show 1204
    """
    found = all_groups(reader, site=site_filter(workspace, reader, site), least=least)
    if number is not None:
        found = [group for group in found if group.id == number]
        if not found:
            raise NotFound(f"there is no group {number}: `variorum duplicates` lists them")
    if as_json:
        terminal.json_lines(group_object(reader, group, hunks=number is not None) for group in found)
        return
    for group in found:
        (print_group if number is None else print_group_with_diffs)(reader, group)
    if number is None:
        terminal.note(f"Next: variorum duplicates --show {found[0].id}" if found else "No duplicates.")
