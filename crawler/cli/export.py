"""The command `variorum export`: clean text for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.cli.options import Moment, site_filter, with_reader
from crawler.config.workspace import Workspace
from crawler.export.export import FORMATS, Asked, export_to
from crawler.output import terminal
from storage.export import UNITS, Unit
from storage.reader import Reader


@click.command()
@click.option(
    "--format", "kind", type=click.Choice(FORMATS), default="jsonl", help="JSON Lines, if not said."
)
@click.option("--unit", type=click.Choice(UNITS), default="page", help="What is one document; else the page.")
@click.option("--site", metavar="SITE", help="Of this site only.")
@click.option("--since", metavar="CURSOR", help="Only what is new since the export that told this cursor.")
@click.option("--as-of", type=Moment(), help="As the sites stood at that moment.")
@click.option("--outline", is_flag=True, help="With headings, links and other editions.")
@click.option("--families", is_flag=True, help="With the family of copies that each page is of.")
@click.option("--one-per-family", is_flag=True, help="Of copies only the first, by `variorum families`.")
@click.option("-o", "path", type=click.Path(path_type=Path), help="Into this file or folder, whole.")
@with_reader
def export(
    workspace: Workspace,
    reader: Reader,
    kind: str,
    unit: Unit,
    site: str | None,
    since: str | None,
    as_of: str | None,
    outline: bool,
    families: bool,
    one_per_family: bool,
    path: Path | None,
) -> None:
    """Hand out the clean text of every page that stands.

    In JSON Lines, one document a line. Ends by telling a cursor, on standard error; `--since` with it brings
    only what is new, and pages that are gone as {"id": …, "gone": true}.

    Example: variorum export --site nejatngo -o nejatngo.jsonl
    """
    site = site_filter(workspace, reader, site)
    asked = Asked(
        kind, unit, site, since, as_of, outline=outline, families=families, one_per_family=one_per_family
    )
    count, cursor = export_to(path, reader, asked)
    terminal.note(f"{count} documents. The next time, for what is new: --since {cursor}")
