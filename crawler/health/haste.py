"""Which sites are crawled too fast to be polite."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from variorum.crawler.config.site import Site

LEAST_DELAY = 0.5
"""Seconds between two requests that are polite to anybody else's server."""

logger = logging.getLogger(__name__)


def hasty(site: Site) -> bool:
    """Whether the site is not on this machine and its delay is too short to be polite."""
    return needs_delay(site) and site.delay < LEAST_DELAY


def needs_delay(site: Site) -> bool:
    """Whether any of the site is on another machine."""
    return not all(_is_loopback(seed) for seed in site.seeds)


def warn_of_haste(sites: Iterable[Site]) -> None:
    """Log a warning for each site that is crawled too fast to be polite."""
    for site in sites:
        if hasty(site):
            logger.warning(
                "%s: delay = %g is hard on a server that is not yours; 1 is polite", site.name, site.delay
            )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
