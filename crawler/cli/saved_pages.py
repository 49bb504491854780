"""The commands `variorum extract` and `variorum compare`, which read saved pages without a workspace."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from variorum.crawler.cli.options import WholeNumber, as_json, workspace_if_any
from variorum.crawler.output import terminal
from variorum.crawler.preview.bulk import worked_on
from variorum.crawler.preview.records import changes, documents
from variorum.crawler.preview.saved_pages import compared, comparison_object, extracted

saved_page = click.Path(exists=True, dir_okay=False, path_type=Path)
several = click.option(
    "--processes",
    type=WholeNumber(1, 64),
    default=1,
    show_default=True,
    help="With --jsonl: the number of processes.",
)
at_url = click.option("--url", help="The URL of the page.")


@click.command()
@click.argument("file", type=saved_page, required=False)
@at_url
@click.option(
    "--jsonl", type=click.File("rb"), help="Records {id, url, html, group}, one a line; - for standard input."
)
@several
@as_json
def extract(
    file: Path | None, url: str | None, jsonl: BinaryIO | None, processes: int, as_json: bool
) -> None:
    """Print the text of a saved page as it would be stored.

    If the URL belongs to a site of the workspace, the rules of that site apply. With --jsonl, reads many
    pages, one JSON record a line, and prints a line for each, with an `error` and its `line` if the page
    can't be read.
    Records with the same `group` are read as pages of one site.

    Example: variorum extract page.html --url https://example.org/en/posts/17
    Example: variorum extract --jsonl pages.jsonl --processes 4
    """
    if jsonl is not None:
        _refuse_beside_records(file, url)
        work = partial(documents, workspace=workspace_if_any())
        terminal.json_lines(worked_on(jsonl, work, processes))
        return
    if file is None or url is None:
        raise click.UsageError("give a saved page and its --url, or many pages with --jsonl")
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
    "--jsonl",
    type=click.File("rb"),
    help="Records {id, url, old, new, group}, one a line; - for standard input.",
)
@several
@as_json
def compare(
    old: Path | None, new: Path | None, url: str | None, jsonl: BinaryIO | None, processes: int, as_json: bool
) -> None:
    """Show the change between two saved captures of a page.

    The first file is the earlier capture. With --json, prints `null` if no change would be announced. With
    --jsonl, reads many pairs, one JSON record a line; records with the same `group` are captures of one page.

    Example: variorum compare monday.html tuesday.html --url https://example.org/en/posts/17
    Example: variorum compare --jsonl pairs.jsonl --processes 4
    """
    if jsonl is not None:
        _refuse_beside_records(old, url)
        terminal.json_lines(worked_on(jsonl, partial(changes, workspace=workspace_if_any()), processes))
        return
    if old is None or new is None or url is None:
        raise click.UsageError("give two saved pages and their --url, or many pairs with --jsonl")
    found = compared(old, new, url, workspace_if_any())
    if as_json:
        terminal.json_lines([comparison_object(found.change) if found.change else None])
    elif found.change:
        terminal.change(found.change, found.blocks)
    else:
        terminal.note("Nothing would be announced.")
    for file, tracked in ((old, found.old), (new, found.new)):
        if tracked.outcome != "ok":
            terminal.note(f"{file} was not accepted as the page: {tracked.outcome.value}, {tracked.reason}")


def _refuse_beside_records(file: Path | None, url: str | None) -> None:
    """Raise UsageError where a file or an address is given with --jsonl, whose records have their own."""
    if file is not None or url is not None:
        given = str(file) if file is not None else "--url"
        raise click.UsageError(
            f"{given} would not be read: with --jsonl, each record has its page and its url"
        )
