"""The command `variorum import dumps`."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.backfill import dump_report
from crawler.backfill.text_dumps import import_dumps, read_dumps
from crawler.cli.options import Moment, as_json, sites_named, sole_store, with_workspace
from crawler.config.workspace import Workspace
from crawler.output import terminal
from crawler.output.progress import counted

dump = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=dump)
@click.option("--site", "name", required=True, metavar="SITE", help="The site that the dumps are of.")
@click.option(
    "--captured-at",
    "moments",
    multiple=True,
    type=Moment(),
    help="When the dumps were made; or when each was, once for each file. Else their names say it.",
)
@as_json
@with_workspace
def dumps(
    workspace: Workspace, files: tuple[Path, ...], name: str, moments: tuple[str, ...], as_json: bool
) -> None:
    """Take in the articles in text dumps of a site's pages.

    They stood so when the dumps were made. What can't be split into articles with confidence is told and left
    out. A dump that is stored already is left as it is. Dumps of one site are split best together: what comes
    again is told from what is text.

    Example: variorum import dumps home-2018-02.txt home-2021-04.txt --site nejatngo
    """
    [site] = sites_named(workspace, [name])
    found = read_dumps(files, moments)
    with sole_store(workspace, site) as store:
        reports = list(counted(import_dumps(store, site, found), "dumps", total=len(found)))
    if as_json:
        terminal.json_lines(map(dump_report.report_object, reports))
    else:
        dump_report.show_reports(reports)
