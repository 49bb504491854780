"""Makes a site file from what the first probe of a site found. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from variorum.crawler.config.site import SITE_KEYS, Site
from variorum.crawler.errors import Misuse
from variorum.crawler.urls.canonical import canonical, in_scope, loose_key

SECRET = re.compile(r"//[^/]*@")
"""The name and password of an address."""
LONGEST_WORD = 40
"""The maximum number of letters that the path of a page gives to a name."""


@dataclass(slots=True)
class SiteProbe:
    """The result of a probe. Its texts come from the site and are not trusted."""

    url: str = ""
    """The address that answered, after redirects; empty if none did."""
    trouble: str = ""
    """Why nothing of the site can be read; empty if it can."""
    generator: str = ""
    """The software that the page names as its generator: `WordPress 6.5`."""
    language: str = ""
    """The language that the page declares."""
    editions: dict[str, str] = field(default_factory=dict)
    """The addresses of other languages that the page names, by their code."""
    api: str = ""
    """The root of its WordPress API, if that lists the site's posts."""
    sitemaps: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    """Pages of the site to which the home page links, and which no sitemap lists, though all sitemaps were
    read; none if the site has an API."""


def addresses(text: str) -> list[str]:
    """The addresses of a site as a person names it: https first, then http, if no scheme is given.

    Raises Misuse if it is no web address.
    """
    text = text.strip()
    found = [text] if "://" in text else [f"https://{text}", f"http://{text}"]
    for url in found:
        try:
            SITE_KEYS["url"].check(url)  # type: ignore[misc]  # that key has a check
            canonical(url, Site(name="", url=url))
        except ValueError as error:
            shown = SECRET.sub("//…@", text)
            raise Misuse(f"{shown!r} is no web address: {error}; give {SITE_KEYS['url'].allowed}.") from error
    return found


def site_name(url: str) -> str:
    """The default name of a site: its host without www and without the last part."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    name, _, last = host.rpartition(".")
    return name if name and not last.isdigit() else host.replace(":", "-").strip("-")


def page_name(url: str) -> str:
    """The default name of a site that is one page: that of its host, and the last part of its path."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
    words = re.sub(r"[^a-z0-9]+", "-", unquote(last).lower()).strip("-")[:LONGEST_WORD]
    return f"{site_name(url)}-{words or 'page'}"


def watched(urls: list[str], sites: Mapping[str, Site]) -> Site | None:
    """The configured site that starts at one of these addresses, however they are spelled."""
    for site in sites.values():
        starts = {loose_key(seed, site) for seed in site.seeds}
        if any(loose_key(url, site) in starts for url in urls):
            return site
    return None


def site_values(finding: SiteProbe) -> dict[str, Any]:
    """The keys of the site's file: where it starts, its editions, and how its pages are found.

    Editions on other hosts are left out: a stranger's page must not widen what may be requested.
    """
    site = Site(name="", url=finding.url)
    named = [canonical(url, site) for url in finding.editions.values() if in_scope(url, site)]
    also = [url for url in dict.fromkeys(named) if loose_key(url, site) != loose_key(finding.url, site)]
    sources = {"wordpress": finding.api, "sitemap": finding.sitemaps, "feed": finding.feeds}
    discover = [source for source, found in sources.items() if found]
    if not finding.api and (finding.unlisted or not finding.sitemaps):
        discover.append("links")
    return {
        "url": canonical(finding.url, site),
        **({"also": also} if also else {}),
        "discover": discover,
    }


def page_values(finding: SiteProbe) -> dict[str, Any]:
    """The keys of the file of a site that is one page: no other is in its scope, and its text is kept
    whatever kind of page it is."""
    url = canonical(finding.url, Site(name="", url=finding.url))
    path, mark, query = url.split("/", 3)[3].partition("?")
    address = re.escape(unquote(f"/{path.rstrip('/')}"))
    end = re.escape(unquote(mark + query))
    return {
        "url": url,
        "scope": [f"^{address.rstrip('/')}/?{end}$"],
        "discover": ["links"],
        "watch": "all",
    }


def account(finding: SiteProbe, *, page: bool = False) -> list[str]:
    """What was found, a line for each thing; as comments for the site's file and as output for its owner.

    No source is named where none was looked for, since one `page` alone is watched.
    """
    editions = (f"{language} at {url}" for language, url in finding.editions.items())
    sources = {
        "WordPress API": finding.api or "none",
        "sitemaps": ", ".join(finding.sitemaps) or "none",
        "feeds": ", ".join(finding.feeds) or "none",
    }
    if finding.unlisted:
        first, count = finding.unlisted[0], len(finding.unlisted)
        sources["linked, but in no sitemap"] = f"{first}{f' and {count - 1} more' if count > 1 else ''}"
    lines = {
        "made by": finding.generator or "it does not say",
        "language": finding.language or "it does not say",
        "editions": ", ".join(editions) or "none named",
        **({} if page else sources),
    }
    return [_one_line(f"{what}: {found}") for what, found in lines.items()]


def _one_line(text: str) -> str:
    """The text without control characters: after a line break, it would no longer be a comment in a file."""
    return "".join(char if char.isprintable() else " " for char in text[:500])
