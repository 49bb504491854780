"""RSS and Atom feeds as a source: the newest articles, with dates. They tell nothing of deletions."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from io import BytesIO

import feedparser
from scrapy.http import Response, TextResponse

from crawler.fetched import Listed
from crawler.times import iso
from spiders.references import addresses_of

_TYPES = ("application/rss+xml", "application/atom+xml")


def feed_addresses(response: Response) -> list[str]:
    """The feeds of articles that a page names in its head; comment feeds are left out."""
    if not isinstance(response, TextResponse):
        return []
    links = response.xpath("//link[contains(@rel, 'alternate')][@href]")
    hrefs = [link.attrib["href"] for link in links if link.attrib.get("type", "").lower() in _TYPES]
    return addresses_of(response, [href for href in hrefs if "comments" not in href])


def listed(body: bytes) -> list[Listed]:
    """The entries of a feed. Raises ValueError for what is no feed."""
    feed = feedparser.parse(BytesIO(body))  # bare bytes would be tried as a file name
    if not feed.get("version"):  # of nothing at all feedparser does not even say that
        raise ValueError(f"it is no feed: {feed.get('bozo_exception', 'neither RSS nor Atom')}")
    return [
        Listed(
            entry.link,
            "feed",
            published=_time(entry.get("published_parsed")),
            modified=_time(entry.get("updated_parsed")) if feed.version.startswith("atom") else None,
        )
        for entry in feed.entries
        if entry.get("link")
    ]


def _time(parsed: time.struct_time | None) -> str | None:
    """feedparser gives UTC."""
    return iso(datetime(*parsed[:6], tzinfo=UTC)) if parsed else None
