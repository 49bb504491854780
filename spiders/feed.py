"""RSS and Atom feeds as a source: the newest articles, with dates. They tell nothing of deletions."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser
from scrapy.http import Response, TextResponse

from crawler.dates import sound_date
from crawler.fetched import Listed
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
            published=_date(entry, "published"),
            modified=_date(entry, "updated") if feed.version.startswith("atom") else None,
        )
        for entry in feed.entries
        if entry.get("link")
    ]


def _date(entry: Any, name: str) -> str | None:
    """A date as the feed writes it; where we can't read that, as feedparser does, which gives UTC."""
    parsed: time.struct_time | None = entry.get(f"{name}_parsed")
    return sound_date(entry.get(name)) or (sound_date(_text(parsed)) if parsed else None)


def _text(parsed: time.struct_time) -> str:
    try:
        return datetime(*parsed[:6], tzinfo=UTC).isoformat()
    except (ValueError, OverflowError):
        return ""
