"""Saved pages: what would be stored of one, what would be announced of two. No workspace is needed."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands.options import as_json, workspace_if_any
from crawler.telling import show
from crawler.trying.saved import compared, comparison_object, extracted

saved_page = click.Path(exists=True, dir_okay=False, path_type=Path)
at_url = click.option("--url", required=True, help="The address that the page had.")


@click.command()
@click.argument("file", type=saved_page)
@at_url
@as_json
def extract(file: Path, url: str, as_json: bool) -> None:
    """Print what would be stored of a saved page.

    Where the address belongs to a site of the workspace, the rules of that site hold.

    Example: variorum extract page.html --url https://example.org/en/posts/17
    """
    found = extracted(file, url, workspace_if_any())
    if as_json:
        show.json_lines([found])
    else:
        show.line(f"{found['title']}\n\n{found['text']}")


@click.command()
@click.argument("old", type=saved_page)
@click.argument("new", type=saved_page)
@at_url
@as_json
def compare(old: Path, new: Path, url: str, as_json: bool) -> None:
    """Show what would be announced of two saved pages.

    They are taken as captured one after the other. With --json, `null` where that is nothing.

    Example: variorum compare monday.html tuesday.html --url https://example.org/en/posts/17
    """
    found = compared(old, new, url, workspace_if_any())
    if as_json:
        show.json_lines([comparison_object(found.change) if found.change else None])
    elif found.change:
        show.change(found.change, found.blocks)
    else:
        show.note("Nothing would be announced.")
    for file, tracked in ((old, found.old), (new, found.new)):
        if tracked.outcome != "ok":
            show.note(f"{file} is not taken for the page: {tracked.outcome.value}, {tracked.reason}")
