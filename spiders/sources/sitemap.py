"""Reads sitemaps as a source: the URLs of a site, some with their modified date.

A sitemap is XML, a list of addresses a line each, or a feed (sitemaps.org allows all three). Handmade ones
are often not quite well-formed: they are read where the meaning is clear, and refused otherwise.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap
from w3lib.encoding import html_body_declared_encoding, read_bom, to_unicode
from w3lib.url import safe_url_string

from variorum.crawler.config.site import Site
from variorum.crawler.dates import sound_date
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.urls.references import resolve
from variorum.spiders.sources import feed

# Where a sitemap is looked for when robots.txt names none: WordPress's own, the common ones.
USUAL_PLACES = ("wp-sitemap.xml", "sitemap.xml", "sitemap_index.xml")
MAX_BYTES = 50 << 20  # the protocol's own limit
MAX_ENTRIES = 50_000
_GZIP = b"\x1f\x8b\x08"
_ROOT = re.compile(r"<(?:[\w.-]+:)?(urlset|sitemapindex|rss|feed|RDF)(?=[\s/>])")
_HTML = re.compile(r"<(?:html|!doctype\s+html)\b", re.IGNORECASE)
_END = re.compile(
    r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>|<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b[^>]*/>"
)
_TAIL = 4096  # characters: caches append remarks after the end
_BARE = re.compile(
    r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)",
    re.DOTALL,
)
"""An & that begins no entity of XML; passages where it is literal match as group 1."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LINES = 0.5
"""The share of lines that must be addresses for a text to be a list of them."""

# Lists of lists (categories, tags, authors, pictures): their entries are no articles.
_LISTS = re.compile(
    r"wp-sitemap-(taxonomies|users)-|(category|post_tag|tag|author|archives?|image|attachment|format)-sitemap\d*\.xml"
)


class TooBig(ValueError):
    """A source is larger, after decompression, than the limit for any source."""


@dataclass(frozen=True, slots=True)
class SitemapPage:
    """The content of one sitemap file: URLs of pages, or of further sitemaps."""

    pages: list[DiscoveredUrl] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    lacks: str = ""
    """Why entries may be missing here; empty if all are complete."""
    newest_only: bool = False
    """It is a feed, which never lists a whole site."""


def read_sitemap(body: bytes, url: str, site: Site) -> SitemapPage:
    """The entries of the sitemap or sitemap index at `url`, compressed or not; at most `MAX_ENTRIES`.

    Of one that is cut off, those up to there; none of one that unpacks to more than `MAX_BYTES`. Raises
    ValueError for anything else.
    """
    try:
        text = decoded(unpacked(body))
    except TooBig as error:
        return SitemapPage(lacks=str(error))
    root = _ROOT.search(text)
    if root is None or _HTML.search(text, 0, root.start()):
        return _of_lines(text, url)
    if root[1] in ("urlset", "sitemapindex"):
        return _of_xml(text, root.start(), url)
    return SitemapPage(feed.listed(text[root.start() :].encode(), url, site), newest_only=True)


def unpacked(body: bytes) -> bytes:
    """The body decompressed, even twice, whatever its name and type.

    Of a stream that breaks off, what came before. Raises TooBig for more than `MAX_BYTES`, ValueError if it
    can't be decompressed at all.
    """
    try:
        for _ in range(2):
            if body.startswith(_GZIP):
                body = gunzip(body, max_size=MAX_BYTES)
    except ValueError as error:
        raise TooBig(f"it is larger than {MAX_BYTES >> 20} MB, and is not read") from error
    except (zlib.error, OSError, EOFError) as error:
        raise ValueError(f"it can't be unpacked: {error}") from error
    return body


def decoded(body: bytes) -> str:
    """The text of an XML or plain document: decoded by its BOM, else its bytes, else its declaration, else
    UTF-8."""
    encoding, bom = read_bom(body)
    if encoding is None and b"\0" in body[:2]:
        encoding = "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    if encoding is None:
        encoding = html_body_declared_encoding(body)
        if encoding is None or encoding.startswith(("utf-16", "utf-32")):  # then the declaration had zeros
            encoding = "utf-8"
    body = body[len(bom or b"") :]
    try:
        text = to_unicode(body, encoding)
    except (LookupError, ValueError):  # a codec that decodes no text, like `rot13`
        text = to_unicode(body, "utf-8")
    return text.lstrip("\ufeff")


def _of_xml(text: str, start: int, url: str) -> SitemapPage:
    sound = _NO_XML.sub("", _BARE.sub(lambda found: found[1] or "&amp;", text[start:]))
    try:
        sitemap = Sitemap(sound.encode("utf-8", "replace"))
        entries = list(islice(sitemap, MAX_ENTRIES + 1))
    except (etree.XMLSyntaxError, StopIteration) as error:
        raise ValueError(f"it is no sitemap: {str(error) or 'no XML'}") from error
    lacks = "" if _END.search(text[-_TAIL:]) else "it is cut off before its end"
    if len(entries) > MAX_ENTRIES:
        lacks = _too_many()
    named = [(address, entry) for entry in entries[:MAX_ENTRIES] if (address := _address(entry["loc"], url))]
    if sitemap.type == "sitemapindex":
        return SitemapPage(sitemaps=[one for one, _ in named if not _LISTS.search(one)], lacks=lacks)
    pages = {
        one: DiscoveredUrl(one, "sitemap", modified=sound_date(entry.get("lastmod"))) for one, entry in named
    }
    others = (_address(href, url) for _, entry in named for href in entry.get("alternate", ()))
    for other in islice(others, MAX_ENTRIES):
        if other:
            pages.setdefault(other, DiscoveredUrl(other, "sitemap"))
    return SitemapPage(list(pages.values()), lacks=lacks)


def _of_lines(text: str, url: str) -> SitemapPage:
    """Read a list of addresses, one a line. Raises ValueError if the text is none."""
    lines = [line for line in islice(text.splitlines(), MAX_ENTRIES + 1) if line.strip()]
    found = [line.strip() for line in lines if line.lstrip().startswith(("http://", "https://"))]
    addresses = [address for line in found if " " not in line and (address := _address(line, url))]
    if not addresses or len(addresses) < _LINES * len(lines):
        raise ValueError(f"it is no sitemap: it begins with {_beginning(text)}")
    pages = [DiscoveredUrl(one, "sitemap") for one in dict.fromkeys(addresses[:MAX_ENTRIES])]
    return SitemapPage(pages, lacks=_too_many() if len(lines) > MAX_ENTRIES else "")


def _too_many() -> str:
    return f"it has more than {MAX_ENTRIES} entries, and no more are read"


def _beginning(text: str) -> str:
    return repr(" ".join(text[:60].split())) if text.strip() else "nothing"


def _address(loc: str, url: str) -> str:
    """The address in ASCII; empty if it is none."""
    loc = loc.strip().replace("&amp;", "&")  # escaped twice by many a plugin; no parameter is called `amp;id`
    address = resolve(url, loc) if loc.startswith(("/", "http://", "https://")) else None
    return safe_url_string(address) if address else ""
