"""Restricts a query to one site, or to several."""

from __future__ import annotations

import json

SiteFilter = str | tuple[str, ...] | None
"""The name of a site, or several names; None or no name is no restriction."""


def names_json(sites: SiteFilter) -> str | None:
    """The names as the value of `:site` in an `of_sites` condition."""
    return json.dumps([sites] if isinstance(sites, str) else sites) if sites else None


def of_sites(column: str) -> str:
    """An SQL condition: the column has one of the names of `:site`, or `:site` is NULL."""
    return f"(:site IS NULL OR {column} IN (SELECT value FROM json_each(:site)))"  # noqa: S608 - words of ours only


def is_of(site: str, sites: SiteFilter) -> bool:
    """Whether the filter includes a site."""
    return not sites or site in ([sites] if isinstance(sites, str) else sites)
