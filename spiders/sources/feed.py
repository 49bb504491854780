"""Reads RSS and Atom feeds as a source: the newest articles, with dates. They don't show deletions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from scrapy.http import Response, TextResponse

from variorum.crawler.config.site import Site
from variorum.crawler.dates import sound_date
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.urls.canonical import in_scope
from variorum.crawler.urls.references import resolve
from variorum.spiders.fetching.references import addresses_of, attribute

_TYPES = ("application/rss+xml", "application/atom+xml")
_ORIGINALS = ("feedburner_origlink", "pheedo_origlink")
"""The fields in which click-counting services keep the article's own address."""


def feed_addresses(response: Response) -> list[str]:
    """Return the feeds that a page names in its head, without comment feeds."""
    if not isinstance(response, TextResponse):
        return []
    links = response.xpath("//link[contains(@rel, 'alternate')][@href]")
    hrefs = [attribute(link, "href") for link in links if attribute(link, "type").lower() in _TYPES]
    return addresses_of(response, [href for href in hrefs if "comments" not in href])


def listed(body: bytes, url: str, site: Site) -> list[DiscoveredUrl]:
    """Return the entries of the feed at `url`, each with its URL on the site.

    An entry that names no address of the site gets the first that it names; one that names none is left out.
    Raises ValueError if it is no feed.
    """
    feed = _parsed(body, url)
    is_atom = feed.version.startswith("atom")
    named = ((entry, address) for entry in feed.entries if (address := _address(entry, url, site)))
    return [
        DiscoveredUrl(
            address,
            "feed",
            published=_date(entry, "published"),
            modified=_date(entry, "updated") if is_atom else None,
        )
        for entry, address in named
    ]


def _parsed(body: bytes, url: str) -> Any:
    import feedparser  # noqa: PLC0415 - many runs read no feed

    try:
        feed = feedparser.parse(
            BytesIO(body),  # bare bytes would be tried as a file name
            response_headers={"content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # whatever its parsers stumble over
        raise ValueError(f"it is no feed that can be read: {type(error).__name__}, {error}") from error
    if not feed.get("version"):  # of nothing at all feedparser does not even say that
        raise ValueError(f"it is no feed: {feed.get('bozo_exception', 'neither RSS nor Atom')}")
    return feed


def _address(entry: Any, url: str, site: Site) -> str | None:
    found = [address for one in _named(entry) if one and (address := resolve(url, one))]
    return next((address for address in found if in_scope(address, site)), found[0] if found else None)


def _named(entry: Any) -> Iterator[str]:
    """All addresses that may be the article's, the most reliable first."""
    yield from (entry.get(name, "") for name in _ORIGINALS)
    yield entry.get("link", "")
    yield from (link.get("href", "") for link in entry.get("links", ()) if link.get("rel") == "alternate")
    if (guid := entry.get("id", "")).startswith(("http://", "https://")):
        yield guid


def _date(entry: Any, name: str) -> str | None:
    """A date as the feed writes it; if that can't be parsed, as feedparser reads it, in UTC."""
    parsed: time.struct_time | None = entry.get(f"{name}_parsed")
    return sound_date(entry.get(name)) or (sound_date(_text(parsed)) if parsed else None)


def _text(parsed: time.struct_time) -> str:
    try:
        return datetime(*parsed[:6], tzinfo=UTC).isoformat()
    except (ValueError, OverflowError):
        return ""
