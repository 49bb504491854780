"""The command `variorum import warc`: adds pages from WARC files and WACZ archives."""

from __future__ import annotations

from pathlib import Path

import click

from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.backfill.warc import WarcFiles
from variorum.crawler.cli.options import as_json, site_named, with_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.managing.sole_store import sole_store
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import counted

archive = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=archive)
@click.option("--site", "name", required=True, metavar="SITE", help="The site of the pages.")
@as_json
@with_workspace
def warc(workspace: Workspace, files: tuple[Path, ...], name: str, as_json: bool) -> None:
    """Import a site's pages from WARC files and WACZ archives.

    WARC files may be plain or gzipped. Captures that are already stored are skipped, so the command can be
    repeated, also after an interruption.

    Example: variorum import warc old-site.warc.gz --site nejatngo
    """
    site = site_named(workspace, name)
    with sole_store(workspace, site) as store:
        backfill = Backfill(store, site, f"warc:{files[0].name}")
        if backfill.wants_to_learn():
            sample = WarcFiles(files, backfill.is_wanted, backfill.stored).captures()
            backfill.learn(capture.fetched for capture in sample)
        archives = WarcFiles(files, backfill.is_wanted, backfill.stored)
        for capture in counted(archives.captures(), "captures"):
            backfill.origin = f"warc:{capture.file}"
            backfill.add(capture.fetched)
        backfill.finish()
    found = backfill.counts() | ({"lost": archives.lost} if archives.lost else {})
    if as_json:
        terminal.json_lines([found])
    else:
        terminal.line(terminal.counts(found) or "no pages of this site")
    for message in archives.refused:
        terminal.note(message)
    if archives.broken:
        raise Misuse("\n".join(archives.broken))
