"""Resolves the references of a response: links, frames and feeds, against the base URL of its page."""

from __future__ import annotations

from collections.abc import Iterable

from parsel import Selector
from scrapy.http import HtmlResponse, Response, TextResponse

# Scrapy's own name for what it has found: each of its selectors asks there, and raises for a bad <base>.
from scrapy.utils.response import _baseurl_cache
from w3lib.html import get_base_url

from variorum.crawler.urls.references import resolve

HEAD = 4096
"""The number of characters in which a `<base>` is looked for, as in Scrapy."""
WIDEST = 4
"""The most bytes of a character."""


def base_of(response: Response) -> str:
    """The base URL of a page's references; an invalid `<base>` is ignored.

    From then on Scrapy's selectors and `response.urljoin` use the same URL.
    """
    if response not in _baseurl_cache:
        _baseurl_cache[response] = _base(response)
    return _baseurl_cache[response]


def decodable(response: Response) -> Response:
    """The response; as UTF-8 if its declared encoding is no text encoding, like `rot13`."""
    if not isinstance(response, TextResponse):
        return response
    try:
        _ = response.text
    except (LookupError, ValueError):
        return response.replace(encoding="utf-8")
    return response


def may_have(response: Response, word: bytes) -> bool:
    """Whether the beginning of a response may hold a word of lower case; of most pages without decoding them.

    A page with zeros is in UTF-16. All other encodings that our HTML responses have write ASCII as ASCII.
    """
    head = response.body[: HEAD * WIDEST].lower()
    return not isinstance(response, HtmlResponse) or word in head or b"\0" in head


def addresses_of(response: Response, references: Iterable[str]) -> list[str]:
    """Return the absolute URLs of these references, each once; invalid ones are left out."""
    base = base_of(response)
    found = (resolve(base, reference) for reference in references)
    return list(dict.fromkeys(address for address in found if address))


def attribute(link: Selector, name: str) -> str:
    """Return the value of an attribute; empty if the element has none.

    Not by `link.attrib`, which raises if another attribute's name has a character that XML forbids.
    """
    return link.xpath(f"@{name}").get("")


def _base(response: Response) -> str:
    if not isinstance(response, TextResponse):
        return response.url
    try:
        head = response.text[:HEAD] if may_have(response, b"<base") else ""
        named = get_base_url(head, response.url, response.encoding)
    except ValueError:
        return response.url
    return resolve(response.url, named) or response.url
