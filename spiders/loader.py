"""Scrapy's spider loader: one spider for each site file, so that `scrapy list` shows the sites."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.settings import BaseSettings

from crawler.site import Site, load_sites
from crawler.urls import in_scope
from spiders.settings import for_site
from spiders.site_spider import SiteSpider

Names = list[str]
"""Spelled so because the loader's own method `list` hides the builtin."""

LISTED_SITES = Path(__file__).parent / "sites"


class SiteLoader:
    """Finds the site files and makes their spiders."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self.sites = sites

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """The loader of the workspace's sites; where there is no workspace, of the listed ones."""
        return cls(load_sites(_folder(settings), settings.getdict("SITE_DEFAULTS")))

    def load(self, spider_name: str) -> type[SiteSpider]:
        """The spider class of a site. Raises KeyError for a name without a file."""
        site = self.sites.get(spider_name)
        if site is None:
            raise KeyError(f"no site {spider_name}; there are: {', '.join(self.sites) or 'none'}")
        return spider_of(site)

    def list(self) -> Names:
        """The names of all sites."""
        return sorted(self.sites)

    def find_by_request(self, request: Request) -> Names:
        """The names of the sites that the request's address belongs to."""
        return [name for name, site in self.sites.items() if in_scope(request.url, site)]


def spider_of(site: Site) -> type[SiteSpider]:
    """A spider class for one site."""
    return type(
        "SiteSpider", (SiteSpider,), {"name": site.name, "site": site, "custom_settings": for_site(site)}
    )


def _folder(settings: BaseSettings) -> Path:
    if folder := settings.get("SITES_FOLDER"):
        return Path(folder)
    workspace = Path(os.environ.get("VARIORUM_HOME") or ".")
    return workspace / "sites" if (workspace / "variorum.toml").exists() else LISTED_SITES
