"""Texts: the versions of a page, one of them, and all documents for other tools."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.commands.options import Moment, as_json, site_filter, sites_named, whole_number, with_reader
from crawler.settings import Workspace
from crawler.telling import show
from crawler.telling.objects import document, version_object
from crawler.telling.texts import find_page
from storage import export as exports
from storage.reader import Reader


@click.command()
@click.argument("url")
@as_json
@with_reader
def history(workspace: Workspace, reader: Reader, url: str, as_json: bool) -> None:
    """List all versions of a page, the oldest first.

    Example: variorum history https://www.nejatngo.org/en/posts/1204
    """
    page = find_page(reader, sites_named(workspace, []), url)
    versions = [version_object(row) for row in reader.history(page.id)]
    if as_json:
        show.json_lines(versions)
    else:
        keys = ("version", "captured_at", "words", "title")
        show.table([key.replace("_", " ") for key in keys], [[one[key] for key in keys] for one in versions])


@click.command()
@click.argument("url")
@click.option("--version", "number", type=whole_number, help="That version; otherwise the latest.")
@click.option("--as-of", type=Moment(), help="The version that stood at that moment.")
@as_json
@with_reader
def text(
    workspace: Workspace, reader: Reader, url: str, number: int | None, as_of: str | None, as_json: bool
) -> None:
    """Print the clean text of a page.

    Example: variorum text https://www.nejatngo.org/fa/posts/2104 --as-of 2026-05-31
    """
    page = find_page(reader, sites_named(workspace, []), url)
    version = reader.version(page.id, number, as_of)
    if as_json:
        show.json_lines([document(page, version)])
    else:
        show.line(f"{version.title}\n\n{version.text}")


@click.command()
@click.option("--format", "kind", type=click.Choice(["jsonl"]), default="jsonl", help="JSON Lines.")
@click.option("--site", metavar="SITE", help="Of this site only.")
@click.option("--since", metavar="CURSOR", help="Only what is new since the export that told this cursor.")
@click.option("--as-of", type=Moment(), help="As the sites stood at that moment.")
@click.option("-o", "path", type=click.Path(path_type=Path, dir_okay=False), help="Into this file, whole.")
@with_reader
def export(
    workspace: Workspace,
    reader: Reader,
    kind: str,
    site: str | None,
    since: str | None,
    as_of: str | None,
    path: Path | None,
) -> None:
    """Hand out the clean text of every page that stands, one document a line.

    Ends by telling a cursor, on standard error; `--since` with it brings only what is new, and pages that
    are gone as {"id": …, "gone": true}.

    Example: variorum export --site nejatngo -o nejatngo.jsonl
    """
    cursor = exports.cursor(reader)  # before the documents: what is stored meanwhile comes again next time
    found = exports.documents(reader, site=site_filter(workspace, reader, site), since=since, as_of=as_of)
    count = exports.write_jsonl(found, path, sys.stdout)
    show.note(f"{count} documents. The next time, for what is new: --since {cursor}")
