"""The command `variorum import dumps`: adds articles from text dumps of pages."""

from __future__ import annotations

from pathlib import Path

import click

from variorum.crawler.backfill import dump_report
from variorum.crawler.backfill.text_dumps import import_dumps, read_dumps
from variorum.crawler.cli.options import Moment, as_json, site_named, with_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.managing.sole_store import sole_store
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import counted

dump = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=dump)
@click.option("--site", "name", required=True, metavar="SITE", help="The site of the dumped pages.")
@click.option(
    "--captured-at",
    "moments",
    multiple=True,
    type=Moment(),
    help="When the dumps were made, once for all or once for each file; default: from the file names.",
)
@as_json
@with_workspace
def dumps(
    workspace: Workspace, files: tuple[Path, ...], name: str, moments: tuple[str, ...], as_json: bool
) -> None:
    """Import articles from text dumps of a site's pages.

    Each article becomes a version at the time of its dump. Parts that can't be split into articles with
    confidence are reported and left out. A dump that was imported before is skipped. Import the dumps of a
    site together: text that they repeat is then recognized as boilerplate.

    Example: variorum import dumps home-2018-02.txt home-2021-04.txt --site nejatngo
    """
    site = site_named(workspace, name)
    found = read_dumps(files, moments)
    with sole_store(workspace, site) as store:
        reports = list(counted(import_dumps(store, site, found), "dumps", total=len(found)))
    if as_json:
        terminal.json_lines(map(dump_report.report_object, reports))
    else:
        dump_report.show_reports(reports)
