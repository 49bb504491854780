"""Saved pages: what would be stored of one, what would be announced of two. No workspace is needed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from crawler.cli.options import as_json, workspace_if_any
from crawler.output import terminal
from crawler.preview.bulk import worked_on
from crawler.preview.records import changes, documents
from crawler.preview.saved_pages import compared, comparison_object, extracted

saved_page = click.Path(exists=True, dir_okay=False, path_type=Path)
several = click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="With --jsonl: read in so many at once.",
)
at_url = click.option("--url", help="The address that the page had.")


@click.command()
@click.argument("file", type=saved_page, required=False)
@at_url
@click.option(
    "--jsonl", type=click.File("rb"), help="Records {id, url, html, group}, one a line; - for input."
)
@several
@as_json
def extract(
    file: Path | None, url: str | None, jsonl: BinaryIO | None, processes: int, as_json: bool
) -> None:
    """Print what would be stored of a saved page, or of many.

    Where the address belongs to a site of the workspace, the rules of that site hold. Of many pages, one a
    line of JSON, those with the same `group` are read as pages of one site; a page that can't be read is a
    line with its `error`.

    Example: variorum extract page.html --url https://example.org/en/posts/17
    Example: variorum extract --jsonl pages.jsonl --processes 4
    """
    if jsonl is not None:
        work = partial(documents, workspace=workspace_if_any())
        terminal.json_lines(worked_on(jsonl, work, processes))
        return
    if file is None or url is None:
        raise click.UsageError("a saved page and its --url are needed, or --jsonl with many")
    found = extracted(file, url, workspace_if_any())
    if as_json:
        terminal.json_lines([found])
    else:
        terminal.line(f"{found['title']}\n\n{found['text']}")


@click.command()
@click.argument("old", type=saved_page, required=False)
@click.argument("new", type=saved_page, required=False)
@at_url
@click.option(
    "--jsonl", type=click.File("rb"), help="Records {id, url, old, new, group}, one a line; - for input."
)
@several
@as_json
def compare(
    old: Path | None, new: Path | None, url: str | None, jsonl: BinaryIO | None, processes: int, as_json: bool
) -> None:
    """Show what would be announced of two saved pages, or of many such pairs.

    They are taken as captured one after the other. With --json, `null` where that is nothing. Of many pairs,
    one a line of JSON, those with the same `group` are captures of one page.

    Example: variorum compare monday.html tuesday.html --url https://example.org/en/posts/17
    Example: variorum compare --jsonl pairs.jsonl --processes 4
    """
    if jsonl is not None:
        terminal.json_lines(worked_on(jsonl, partial(changes, workspace=workspace_if_any()), processes))
        return
    if old is None or new is None or url is None:
        raise click.UsageError("two saved pages and their --url are needed, or --jsonl with many")
    found = compared(old, new, url, workspace_if_any())
    if as_json:
        terminal.json_lines([comparison_object(found.change) if found.change else None])
    elif found.change:
        terminal.change(found.change, found.blocks)
    else:
        terminal.note("Nothing would be announced.")
    for file, tracked in ((old, found.old), (new, found.new)):
        if tracked.outcome != "ok":
            terminal.note(f"{file} is not taken for the page: {tracked.outcome.value}, {tracked.reason}")
