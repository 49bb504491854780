"""Trying a site file on the site itself. Nothing is stored."""

from __future__ import annotations

from crawler.errors import SiteTrouble
from crawler.run import events_of
from crawler.settings import Workspace
from crawler.site import Site
from crawler.telling.objects import Object


def check_site(workspace: Workspace, site: Site, pages: int) -> list[Object]:
    """One object a page: what would be stored of it, and `differs`, the lines that two fetches do not share.

    Raises SiteTrouble where no page could be fetched.
    """
    *events, last = events_of(workspace, site, "check", str(pages))
    if last["trouble"]:
        raise SiteTrouble(f"{site.name}: no page could be fetched: {last['trouble']}")
    return [event["page"] for event in events]
