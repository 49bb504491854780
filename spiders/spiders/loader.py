"""Scrapy's spider loader: one spider for each site file, so that `scrapy list` shows the sites."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from scrapy import Request
from scrapy.settings import BaseSettings

from variorum.crawler.config.site import Site, load_site, load_sites, site_files
from variorum.crawler.urls.canonical import in_scope
from variorum.spiders.settings import for_site
from variorum.spiders.spiders.site import SiteSpider

Names = list[str]
"""A name for `list[str]`, because the loader's own method `list` hides the builtin."""

LISTED_SITES = Path(__file__).parents[1] / "sites"


class SiteLoader:
    """Finds the site files and makes their spiders; a file is read when its spider is requested."""

    def __init__(self, folder: Path, defaults: Mapping[str, Any]) -> None:
        self.folder, self.defaults = folder, defaults

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """The loader of the workspace's sites; without a workspace, of the listed ones."""
        return cls(_folder(settings), settings.getdict("SITE_DEFAULTS"))

    def load(self, spider_name: str) -> type[SiteSpider]:
        """The spider class of a site. Raises KeyError for a name without a file, Misuse for a bad file."""
        if spider_name not in self.list():
            raise KeyError(f"no site {spider_name}; there are: {', '.join(self.list()) or 'none'}")
        return spider_of(load_site(self.folder / f"{spider_name}.toml", self.defaults))

    def list(self) -> Names:
        """Return the names of all sites."""
        return [path.stem for path in site_files(self.folder)]

    def find_by_request(self, request: Request) -> Names:
        """The names of the sites that the request's address belongs to."""
        sites = load_sites(self.folder, self.defaults)
        return [name for name, site in sites.items() if in_scope(request.url, site)]


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
