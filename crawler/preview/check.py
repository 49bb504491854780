"""Tests a site file on the site itself, and stores nothing."""

from __future__ import annotations

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import SiteTrouble
from variorum.crawler.output.objects import Object
from variorum.crawler.runtime.run import events_of


def check_site(workspace: Workspace, site: Site, pages: int) -> list[Object]:
    """One object for each page: what would be stored, and `differs`, the lines that differ between two
    fetches.

    Raises SiteTrouble if no page could be fetched.
    """
    *events, last = events_of(workspace, site, "check", str(pages))
    if last["trouble"]:
        raise SiteTrouble(f"{site.name}: no page could be fetched: {last['trouble']}")
    return [event["page"] for event in events]
