"""The command `variorum import wayback`: adds pages from the Internet Archive's Wayback Machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import click

from variorum.crawler.cli.options import Moment, as_json, site_named, whole_number, with_workspace
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse, SiteTrouble
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import counter
from variorum.crawler.runtime.handover import packed
from variorum.crawler.runtime.run import events_of
from variorum.crawler.urls.canonical import in_scope
from variorum.spiders.spiders.wayback import ArchiveRequest

ENDPOINT = "https://web.archive.org"
LEAST_DELAY = 1.0
"""Seconds: sixty requests a minute."""


@click.command()
@click.argument("url")
@click.option("--site", "name", required=True, metavar="SITE", help="The site of the pages.")
@click.option("--from", "since", type=Moment(), help="Only captures since then.")
@click.option("--until", type=Moment(end=True), help="Only captures until then.")
@click.option("--limit", type=whole_number, help="The most captures to fetch; repeat to continue.")
@click.option("--endpoint", default=ENDPOINT, metavar="URL", help="Another archive with the same API.")
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
    """Import a site or page from the Wayback Machine.

    Imports the page at the URL, and all pages below it. Sends at most sixty requests a minute. After an
    interruption, repeat the command to continue.

    Example: variorum import wayback https://www.nejatngo.org/en/ --site nejatngo --until 2020-01-01
    """
    site = site_named(workspace, name)
    request = ArchiveRequest(url, endpoint, since, until, limit, delay)
    _check(request, site)
    with counter("captures") as count:
        events = events_of(workspace, site, "wayback", packed(request), on_event=lambda _: count())
    ended = events[-1]
    if as_json:
        terminal.json_lines([ended["counts"]])
    else:
        terminal.line(terminal.counts(ended["counts"]))
    if ended["trouble"]:
        raise SiteTrouble(f"{endpoint}: {ended['trouble']}. Repeat the command to continue.")


def _check(request: ArchiveRequest, site: Site) -> None:
    """Check the request; raises Misuse for a bad address, one outside the site, or too short a delay."""
    for address in (request.url, request.endpoint):
        if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
            raise Misuse(f"{address!r} is not a web address like https://example.org/")
    if not in_scope(request.url, site):
        raise Misuse(
            f"{request.url} does not belong to {site.name}; add old addresses of the site to `also`"
            " in its file"
        )
    if request.delay < (0 if _is_own(request.endpoint) else LEAST_DELAY):
        raise Misuse(f"an archive gets one request a second at most: --delay {LEAST_DELAY:g} or more")


def _is_own(endpoint: str) -> bool:
    """Return whether the endpoint is an address of this machine."""
    try:
        return ip_address(urlsplit(endpoint).hostname or "").is_loopback
    except ValueError:
        return False
