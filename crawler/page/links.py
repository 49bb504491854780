"""Where the links of a text lead. An address says more than where it leads: who came, when, by which
button. Only what names a page is kept, so that the same link is the same at each fetch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.page.blocks import Line, lines

NUMBER = re.compile(r"[0-9]{1,8}")
"""What names a page in a query; a longer one is a moment."""
TOKEN = re.compile(r"(?=[^/]*[0-9])[A-Za-z0-9_=]{20,}")
"""A piece of a path that is drawn anew for each visitor; a slug has hyphens."""
MOST = 2_000


def links(tree: HtmlElement, url: str, blocks: Sequence[str]) -> str:
    """The links in these blocks of a tree, in their order: a line each, its words, a tab, its address.

    A block that the tree has more often than the text is passed over: which of them is the text's?
    """
    found = lines(tree)
    wanted, there = Counter(blocks), Counter(line.text for line in found)
    own = (line for line in found if 0 < there[line.text] <= wanted[line.text])
    return "\n".join(f"{words}\t{address}" for words, address in _taken(own, url))


def _taken(found: Iterable[Line], url: str) -> Iterator[tuple[str, str]]:
    taken = ((words, address(href, url)) for line in found for words, href in line.links if words)
    kept = ((words, where) for words, where in taken if where)
    return (one for _, one in zip(range(MOST), kept, strict=False))


def address(href: str, url: str) -> str:
    """Host and path to which a link on the page `url` leads; empty where it leads to no other page.

    Scheme, `www.`, fragment and final slash name nothing; of a query only plain numbers do. A link within
    the page's own host has no host: the whole site may move.
    """
    try:
        parts, own = urlsplit(urljoin(url, href.strip())), urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "/cdn-cgi/" in parts.path:
        return ""
    host = parts.hostname.removeprefix("www.")
    path = TOKEN.sub("…", unquote(parts.path)).rstrip("/")
    named = [(name, value) for name, value in parse_qsl(parts.query) if NUMBER.fullmatch(value)]
    query = f"?{urlencode(sorted(named))}" if named else ""
    found = f"{'' if host == (own.hostname or '').removeprefix('www.') else host}{path}{query}"
    return found if found.isprintable() else ""
