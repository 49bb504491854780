"""The commands `variorum history` and `variorum text`: the versions of a page and their texts."""

from __future__ import annotations

import click

from variorum.crawler.cli.options import Moment, as_json, sites_to_read, whole_number, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.output import terminal
from variorum.crawler.output.objects import document, version_object
from variorum.crawler.output.page_texts import find_page
from variorum.storage.reader import Reader


@click.command()
@click.argument("url")
@as_json
@with_reader
def history(workspace: Workspace, reader: Reader, url: str, as_json: bool) -> None:
    """List all versions of a page, the oldest first.

    Example: variorum history https://www.nejatngo.org/en/posts/1204
    """
    page = find_page(reader, sites_to_read(workspace), url)
    versions = [version_object(row) for row in reader.history(page.id)]
    if as_json:
        terminal.json_lines(versions)
    else:
        keys = ("version", "captured_at", "words", "title")
        terminal.table(
            [key.replace("_", " ") for key in keys], [[one[key] for key in keys] for one in versions]
        )


@click.command()
@click.argument("url")
@click.option("--version", "number", type=whole_number, help="The number of a version; default: the latest.")
@click.option("--as-of", type=Moment(end=True), help="The version that was current at that time.")
@as_json
@with_reader
def text(
    workspace: Workspace, reader: Reader, url: str, number: int | None, as_of: str | None, as_json: bool
) -> None:
    """Print the clean text of a page.

    Example: variorum text https://www.nejatngo.org/fa/posts/2104 --as-of 2026-05-31
    """
    if number is not None and as_of is not None:
        raise Misuse("--version and --as-of exclude each other: give one of them")
    page = find_page(reader, sites_to_read(workspace), url)
    version = reader.version(page.id, number, as_of)
    if as_json:
        terminal.json_lines([document(page, version, reader.site(page.site))])
    else:
        terminal.line(f"{version.title}\n\n{version.text}")
    if page.state == "gone" and number is None and as_of is None:
        terminal.note(f"This page is gone: this is its last text, last seen {page.seen_at}.")
