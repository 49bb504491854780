"""The command `variorum import wayback`."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import click

from crawler.cli.options import Moment, as_json, sites_named, whole_number, with_workspace
from crawler.config.site import Site
from crawler.config.workspace import Workspace
from crawler.errors import Misuse, SiteTrouble
from crawler.output import terminal
from crawler.output.progress import counter
from crawler.runtime.handover import packed
from crawler.runtime.run import events_of
from crawler.urls.canonical import in_scope
from spiders.spiders.wayback import Asked

ENDPOINT = "https://web.archive.org"
LEAST_DELAY = 1.0
"""Seconds: sixty requests a minute."""


@click.command()
@click.argument("url")
@click.option("--site", "name", required=True, metavar="SITE", help="The site that the pages belong to.")
@click.option("--from", "since", type=Moment(), help="Captures since then only.")
@click.option("--until", type=Moment(), help="Captures until then only.")
@click.option("--limit", type=whole_number, help="Fetch so many captures at most; the next time, go on.")
@click.option("--endpoint", default=ENDPOINT, metavar="URL", help="An archive that answers in the same way.")
@click.option("--delay", type=float, default=LEAST_DELAY, help="Seconds between two requests; 1 at least.")
@as_json
@with_workspace
def wayback(
    workspace: Workspace,
    url: str,
    name: str,
    since: str | None,
    until: str | None,
    limit: int | None,
    endpoint: str,
    delay: float,
    as_json: bool,
) -> None:
    """Take in what the Wayback Machine has of a site or page.

    Of the page at the address, and of all pages below it. Asks at most sixty times a minute. After an
    interruption, the same command goes on where it was.

    Example: variorum import wayback https://www.nejatngo.org/en/ --site nejatngo --until 2020-01-01
    """
    [site] = sites_named(workspace, [name])
    asked = Asked(url, endpoint, since, until, limit, delay)
    _check(asked, site)
    with counter("captures") as count:
        events = events_of(workspace, site, "wayback", packed(asked), on_event=lambda _: count())
    ended = events[-1]
    if as_json:
        terminal.json_lines([ended["counts"]])
    else:
        terminal.line(terminal.counts(ended["counts"]))
    if ended["trouble"]:
        raise SiteTrouble(f"{endpoint}: {ended['trouble']}. The same command goes on where this one ended.")


def _check(asked: Asked, site: Site) -> None:
    """Raises Misuse for what can't be asked for."""
    for address in (asked.url, asked.endpoint):
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            raise Misuse(f"{address!r} is no web address, like https://example.org/")
    if not in_scope(asked.url, site):
        raise Misuse(
            f"{asked.url} does not belong to {site.name}; an old address of the site can stand in its file"
            " under `also`"
        )
    if asked.delay < (0 if _is_own(asked.endpoint) else LEAST_DELAY):
        raise Misuse(f"an archive is asked once a second at most: --delay {LEAST_DELAY:g} or more")


def _is_own(endpoint: str) -> bool:
    """Whether it is on this machine."""
    try:
        return ip_address(urlsplit(endpoint).hostname or "").is_loopback
    except ValueError:
        return False
