"""Adds a site: probes it once and writes a site file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from variorum.crawler.config.new_files import site_text, write_new
from variorum.crawler.config.schema import refuse
from variorum.crawler.config.site import NAME, NAME_RULE, Site, load_sites, site_of
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse, SiteTrouble
from variorum.crawler.runtime.run import events_of
from variorum.crawler.times import iso, now
from variorum.spiders.spiders.site_probe import (
    SiteProbe,
    account,
    addresses,
    page_name,
    page_values,
    site_name,
    site_values,
    watched,
)

MANNERS = ("delay", "robots")
"""The keys of the workspace's defaults that apply before a site has a file."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A site that can be added: its file, and what the probe detected."""

    site: Site
    path: Path
    text: str
    """The text of the file."""
    finding: SiteProbe
    led: bool
    """Whether the given address redirects to another host."""

    @property
    def takes(self) -> str:
        """What belongs to the site, where that is more than a deep address may have meant; else empty."""
        parts = urlsplit(self.site.url)
        if self.site.scope or parts.path in {"", "/"}:
            return ""
        return (
            f"takes all pages of {parts.netloc}. For those below this address alone, add"
            f' scope = ["{unquote(parts.path)}"] to {self.path.name};'
            f" for this page alone: variorum add {self.site.url} --page"
        )


def add_site(
    workspace: Workspace, url: str, name: str | None = None, *, page: bool = False, render: bool = False
) -> Proposal:
    """Probe the site at an address, and write its site file; return what was found and written.

    Parameters and errors as of `propose_site`.
    """
    found = propose_site(workspace, url, name, page=page, render=render)
    write_new(workspace.sites_folder, found.site.name, found.text)
    return found


def propose_site(
    workspace: Workspace, url: str, name: str | None = None, *, page: bool = False, render: bool = False
) -> Proposal:
    """Probe the site at an address; return what was found and the file that it would have.

    With `page`, the file names that page alone; with `render`, a browser renders the pages.

    Raises Misuse if the address is invalid or watched already, or if the name is invalid or taken; raises
    SiteTrouble if the site can't be fetched.
    """
    urls = addresses(url)
    sites = load_sites(workspace.sites_folder, workspace.defaults)
    name = name or (page_name(urls[0]) if page else site_name(urls[0]))
    _refuse_watched(urls, sites)
    if not NAME.fullmatch(name):
        raise Misuse(f"\"{name}\" can't be a site's name: {NAME_RULE}; choose another with --name.")
    if name in sites or name in sites.faults:
        raise Misuse(f'a site named "{name}" is watched already: choose another name with --name.')
    finding = probe(workspace, name, urls, page=page, render=render)
    if not finding.url:
        hint = "; `variorum add` does so with --render" if "render = true" in finding.trouble else ""
        raise SiteTrouble(f"{url} can't be read, and nothing was written. {finding.trouble}{hint}")
    _refuse_watched([finding.url], sites)
    values = page_values(finding) if page else site_values(finding)
    comments = [
        f"{finding.url} as `variorum add` found it on {iso(now())[:10]}:",
        *(f"  {line}" for line in account(finding, page=page)),
        "example.toml.sample lists all keys; this shows what is stored with these:",
        f"variorum check {name}",
    ]
    text = site_text(values | ({"render": True} if render else {}), comments)
    path = workspace.sites_folder / f"{name}.toml"
    site, faults = site_of(text, path, workspace.defaults)
    refuse(faults)
    assert site is not None
    led = urlsplit(finding.url).netloc not in {urlsplit(one).netloc for one in urls}
    return Proposal(site, path, text, finding, led)


def probe(
    workspace: Workspace, name: str, urls: list[str], *, page: bool = False, render: bool = False
) -> SiteProbe:
    """Return what the first address that answers shows of a site, fetched as politely as by a crawl.

    With `page`, nothing else is fetched: no source of the site is looked for.
    """
    manners = {key: workspace.defaults[key] for key in MANNERS if key in workspace.defaults}
    site = msgspec.convert(
        {**manners, "name": name, "url": urls[0], "also": urls[1:], "render": render}, Site
    )
    events = events_of(workspace, site, "probe", *(["page"] if page else []))
    return msgspec.convert(events[-1]["finding"], SiteProbe)


def _refuse_watched(urls: list[str], sites: dict[str, Site]) -> None:
    site = watched(urls, sites)
    if site:
        raise Misuse(f'{urls[0]} is watched already, as "{site.name}": edit its file {site.name}.toml.')
