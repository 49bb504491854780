"""Sitemaps as a source: the addresses of a site, some with the date they were last modified."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from lxml import etree
from scrapy.utils.sitemap import Sitemap
from w3lib.url import safe_url_string

from crawler.dates import sound_date
from crawler.fetched import Listed

# Where a sitemap is looked for when robots.txt names none: WordPress's own, the common ones.
USUAL_PLACES = ("wp-sitemap.xml", "sitemap.xml", "sitemap_index.xml")
MAX_BYTES = 50 << 20  # the protocol's own limit
MAX_ENTRIES = 50_000
_GZIP = b"\x1f\x8b\x08"
_END = re.compile(rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>|<(?:\w+:)?(?:urlset|sitemapindex)\b[^>]*/>")
_TAIL = 4096  # bytes: caches append remarks after the end

# Lists of lists (categories, tags, authors, pictures): their entries are no articles.
_LISTS = re.compile(
    r"wp-sitemap-(taxonomies|users)-|(category|post_tag|tag|author|archives?|image|attachment|format)-sitemap\d*\.xml"
)


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """What one sitemap file says: addresses of pages, or of further sitemaps."""

    pages: list[Listed] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    lacks: str = ""
    """Why there may be entries that are not here; empty where all are."""


def read_sitemap(body: bytes) -> SitemapPage:
    """The entries of a sitemap or a sitemap index, packed or not; at most `MAX_ENTRIES`.

    Of one that is cut off, those up to there; none of one that unpacks to more than `MAX_BYTES`. Raises
    ValueError for anything else.
    """
    try:
        body = _unpacked(body)
        if len(body) > MAX_BYTES:
            return SitemapPage(lacks=f"it is larger than {MAX_BYTES >> 20} MB, and is not read")
        sitemap = Sitemap(body)
        entries = [entry for entry, _ in zip(sitemap, range(MAX_ENTRIES + 1), strict=False)]
    except (etree.XMLSyntaxError, zlib.error, StopIteration) as error:
        raise ValueError(f"it is no sitemap: {str(error) or 'no XML'}") from error
    if sitemap.type not in ("urlset", "sitemapindex"):
        raise ValueError(f"it is no sitemap: its root is <{sitemap.type}>")
    named = [(url, entry) for entry in entries[:MAX_ENTRIES] if (url := _clean(entry["loc"]))]
    lacks = "" if _END.search(body[-_TAIL:]) else "it is cut off before its end"
    if len(entries) > MAX_ENTRIES:
        lacks = f"it has more than {MAX_ENTRIES} entries, and no more are read"
    if sitemap.type == "sitemapindex":
        return SitemapPage(sitemaps=[url for url, _ in named if not _LISTS.search(url)], lacks=lacks)
    pages = [Listed(url, "sitemap", modified=sound_date(entry.get("lastmod"))) for url, entry in named]
    return SitemapPage(pages, lacks=lacks)


def _unpacked(body: bytes) -> bytes:
    """The body without its packing, up to one byte more than `MAX_BYTES`."""
    if not body.startswith(_GZIP):
        return body
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, MAX_BYTES + 1)


def _clean(loc: str) -> str:
    """The address in ASCII; empty for one that is none."""
    try:
        url = safe_url_string(loc.strip())
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""
