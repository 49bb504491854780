"""The commands `variorum plan` and `variorum why`: when pages are fetched again."""

from __future__ import annotations

import click

from variorum.crawler.cli.options import WholeNumber, as_json, site_named, sites_to_read, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.health.visits import plan_object, why_object
from variorum.crawler.output import terminal
from variorum.crawler.output.objects import Object
from variorum.crawler.output.page_texts import find_page
from variorum.crawler.output.stored_site import as_stored
from variorum.crawler.times import every, now, span
from variorum.storage.reader import Reader

BUDGETS = ("budget", "visits a day", "a change after", "half of the pages", "each page")


@click.command()
@click.argument("name", metavar="SITE")
@click.option("--days", type=WholeNumber(1, 366), default=7, help="For how many days; default: 7.")
@as_json
@with_reader
def plan(workspace: Workspace, reader: Reader, name: str, days: int, as_json: bool) -> None:
    """Show how often a site's pages are fetched, and what other budgets would bring.

    Example: variorum plan nejatngo --days 7
    """
    site = site_named(workspace, name)
    found = plan_object(reader, site, now(), days)
    if as_json:
        terminal.json_lines([found])
        return
    visits = found["visits"]
    terminal.line(f"{name}: {found['pages']} pages fetched so far, {found['waiting']} waiting to be")
    sources = found["source_requests_a_day"]
    terminal.line(f"  budget {found['budget']} requests a day; sources took {sources} in the last day")
    terminal.line(f"  visits in the next {days} days: {', '.join(map(str, visits))}; {sum(visits)} in all")
    terminal.line(
        f"  half of the pages {every(found['every_days'])} or sooner, each {every(found['longest_days'])};"
        f" a change is seen after {span(found['delay_hours'] / 24)} on average"
    )
    if found["beyond_budget"]:
        terminal.line(f"  ! {found['beyond_budget']}")
    terminal.table(BUDGETS, [_budget_row(one) for one in found["budgets"]])


def _budget_row(one: Object) -> list[object]:
    often = (every(one["every_days"]), every(one["longest_days"]))
    return [one["budget"], one["visits_a_day"], span(one["delay_hours"] / 24), *often]


@click.command()
@click.argument("url")
@as_json
@with_reader
def why(workspace: Workspace, reader: Reader, url: str, as_json: bool) -> None:
    """Say when a page is fetched next, and why then.

    Example: variorum why https://www.nejatngo.org/en/posts/1204
    """
    sites = sites_to_read(workspace)
    page = find_page(reader, sites, url)
    site = next((site for site in sites if site.name == page.site), as_stored(reader, page.site))
    found = why_object(reader, site, page, now())
    if as_json:
        terminal.json_lines([found])
        return
    often = f", about {every(found['every_days'])}" if found["every_days"] else ""
    when = f"next fetched {found['due_at']}" if found["due_at"] else "fetched ever more rarely"
    terminal.line(f"{found['url']}: {when}{often}")
    for reason in found["evidence"]:
        terminal.line(f"  {reason}")
