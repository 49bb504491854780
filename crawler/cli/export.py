"""The command `variorum export`: the text of pages, in formats that other tools read."""

from __future__ import annotations

from pathlib import Path

import click

from variorum.crawler.cli.options import Moment, site_filter, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.export.export import FORMATS, ExportRequest, export_to, format_of
from variorum.crawler.health.status import no_file, without_file
from variorum.crawler.output import terminal
from variorum.storage.export import UNITS, Unit
from variorum.storage.reader import Reader
from variorum.storage.site_filter import is_of


@click.command()
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="The file format; default: what the name of the file ends with, or JSON Lines.",
)
@click.option("--unit", type=click.Choice(UNITS), default="page", help="What one document is; default: page.")
@click.option("--site", metavar="SITE", help="Only pages of this site.")
@click.option("--since", metavar="CURSOR", help="Only what is new since the export that printed it.")
@click.option("--as-of", type=Moment(end=True), help="The texts that were current at that time.")
@click.option("--outline", is_flag=True, help="Add headings, links and other editions.")
@click.option("--families", "groups", is_flag=True, help="Add the group of near-duplicates of each page.")
@click.option("--one-per-family", "one_per_group", is_flag=True, help="Only the first of near-duplicates.")
@click.option(
    "-o",
    "path",
    type=click.Path(path_type=Path),
    help="The file or folder to write; default: standard output.",
)
@with_reader
def export(
    workspace: Workspace,
    reader: Reader,
    kind: str | None,
    unit: Unit,
    site: str | None,
    since: str | None,
    as_of: str | None,
    outline: bool,
    groups: bool,
    one_per_group: bool,
    path: Path | None,
) -> None:
    """Export the current text of every page.

    Prints JSON Lines, one document a line, if neither an option nor the name of the file chooses another
    format. Prints a cursor on standard error at the end; a later export with `--since CURSOR` contains only
    new and changed pages, and each page that is gone as {"id": …, "gone": true}.

    Example: variorum export --site nejatngo -o nejatngo.jsonl
    """
    sites = site_filter(workspace, reader, site)
    request = ExportRequest(
        kind or format_of(path),
        unit,
        sites,
        since,
        as_of,
        outline=outline,
        groups=groups,
        one_per_group=one_per_group,
    )
    count, cursor = export_to(path, reader, request)
    for name in without_file(reader, workspace):
        if is_of(name, sites):
            terminal.note(f"{name}: exported as it was last seen; {no_file(name)}")
    terminal.note(
        f"{terminal.quantity(count, 'document')}. To export what is new next time: --since {cursor}"
    )
