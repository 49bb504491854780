"""The command `variorum pages`: every page of a site, with the outcome of its last fetch."""

from __future__ import annotations

import click

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.cli.options import as_json, names_of, sites_named, some_sites, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.health.page_list import page_objects
from variorum.crawler.output import listing, terminal
from variorum.crawler.output.stored_site import as_stored
from variorum.crawler.times import now
from variorum.storage.errors import NotFound
from variorum.storage.queries.page_list import STATES, PageFilter
from variorum.storage.reader import Reader

OUTCOMES = (*(outcome.value for outcome in Outcome), "none")


@click.command()
@click.argument("name", metavar="SITE")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Only pages whose last fetch had this outcome.")
@click.option("--state", type=click.Choice(STATES), help="Only pages in this state.")
@click.option("--not-kept", is_flag=True, help="Only pages that were fetched and have no version.")
@as_json
@with_reader
def pages(
    workspace: Workspace,
    reader: Reader,
    name: str,
    outcome: str | None,
    state: str | None,
    not_kept: bool,
    as_json: bool,
) -> None:
    """List the pages of a site, with the outcome of the last fetch of each.

    Says why a fetch brought nothing, and when each page is fetched next.

    Example: variorum pages nejatngo --outcome blocked
    """
    wanted = PageFilter(outcome, state, kept=not not_kept)
    names = names_of(workspace, [name])
    configured = some_sites(workspace, names)
    sites = [configured.get(name) or as_stored(reader, name) for name in names]
    if not any(reader.site(site.name) for site in sites):
        sites_named(workspace, [name])  # which refuses a name that no site has
        raise NotFound(f"{name}: nothing is stored of it; `variorum sites` lists the sites")
    found = (one for site in sites for one in page_objects(reader, site, now(), wanted))
    if as_json:
        terminal.json_lines(found)
        return
    listing.pages(list(found))
