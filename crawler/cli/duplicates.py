"""Families: the same text on several pages."""

from __future__ import annotations

import click

from crawler.cli.options import as_json, site_filter, whole_number, with_reader
from crawler.config.workspace import Workspace
from crawler.output import terminal
from crawler.output.near_duplicates import family_object, tell, tell_whole
from storage.errors import NotFound
from storage.reader import Reader
from storage.search.near_duplicates import LIKE
from storage.search.near_duplicates import families as all_families


@click.command()
@click.option("--site", metavar="SITE", help="Families with a page of this site.")
@click.option("--least", type=click.FloatRange(0.5, 1), default=LIKE, show_default=True, help="How alike.")
@click.option("--show", "number", type=whole_number, metavar="FAMILY", help="One, with all that differs.")
@as_json
@with_reader
def families(
    workspace: Workspace,
    reader: Reader,
    site: str | None,
    least: float,
    number: int | None,
    as_json: bool,
) -> None:
    """List the texts that stand on several pages, and who was first.

    The pages may be of one site or of many. Two texts are as alike as the share of the shorter one's runs of
    five words that the longer one has too.

    Example: variorum families --site nejatngo --show 1204
    """
    found = all_families(reader, site=site_filter(workspace, reader, site), least=least)
    if number is not None:
        found = [family for family in found if family.id == number]
        if not found:
            raise NotFound(f"there is no family {number}: `variorum families` lists them")
    if as_json:
        terminal.json_lines(family_object(reader, family, hunks=number is not None) for family in found)
        return
    for family in found:
        (tell if number is None else tell_whole)(reader, family)
    if number is None:
        terminal.note(f"Next: variorum families --show {found[0].id}" if found else "No families.")
