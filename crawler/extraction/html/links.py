"""Lists the targets of the links of a text. An address also has parts for visitors, times and buttons;
only what names a page is kept, so that the same link is the same at each fetch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from variorum.crawler.extraction.html.blocks import Block
from variorum.crawler.extraction.html.markup import text_of

NUMBER = re.compile(r"[0-9]{1,8}")
"""What names a page in a query; a longer number is a time."""
TOKEN = re.compile(r"(?<![A-Za-z0-9_=])(?=[A-Za-z0-9_=]{20})(?=[^/]*[0-9])[A-Za-z0-9_=]+")
"""A piece of a path that is random for each visitor; a slug has hyphens."""
ABSOLUTE = re.compile(r"https?://[^/?#\s]")
MOST = 2_000
LONGEST = 8_000
"""The maximum length of an address: servers refuse a longer one."""


def links(blocks: Iterable[Block], url: str) -> str:
    """The links in these blocks, in their order: a line each, its words, a tab, its address."""
    return "\n".join(f"{words}\t{where}" for words, where in islice(_taken(blocks, url), MOST))


def _taken(blocks: Iterable[Block], url: str) -> Iterator[tuple[str, str]]:
    for link in chain.from_iterable(block.anchors for block in blocks):
        words = text_of(link)
        if words and (where := address(link.get("href", ""), url)):
            yield words, where


@lru_cache(maxsize=2**12)
def address(href: str, url: str) -> str:
    """Host and path of a link on the page `url`; empty if it leads to no other page.

    Scheme, `www.`, fragment and final slash don't count; of a query only plain numbers do. A link within the
    page's own host has no host, since the whole site may move.
    """
    if len(href) > LONGEST:
        return ""
    href = href.strip()
    try:
        parts = urlsplit(href if ABSOLUTE.match(href) else urljoin(url, href))
        own = _host(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "/cdn-cgi/" in parts.path:
        return ""
    host = parts.hostname.removeprefix("www.")
    path = TOKEN.sub("…", unquote(parts.path)).rstrip("/")
    named = [(name, value) for name, value in parse_qsl(parts.query) if NUMBER.fullmatch(value)]
    query = f"?{urlencode(sorted(named))}" if named else ""
    found = f"{'' if host == own else host}{path}{query}"
    return found if found.isprintable() else ""


@lru_cache(maxsize=16)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
