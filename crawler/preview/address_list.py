"""Reads the addresses of sites from a list: one on a line, or an OPML file of a feed reader. Pure."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml import etree

from variorum.crawler.errors import Misuse


def addresses_in(data: bytes, name: str) -> list[str]:
    """The addresses, each once, in their order. Raises Misuse, with the name of the list, if it has none."""
    try:
        found = _opml(data) if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else _lines(data)
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        raise Misuse(f"{name}: neither a list of addresses in UTF-8 nor OPML: {error}") from error
    if not found:
        raise Misuse(f"{name}: there is no address in it; write one on each line")
    return list(dict.fromkeys(found))


def _lines(data: bytes) -> list[str]:
    lines = (line.strip() for line in data.decode("utf-8-sig").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _opml(data: bytes) -> list[str]:
    """The site of each feed; where only the feed is named, the home page of its host."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    outlines = etree.fromstring(data.lstrip(), parser).iter("outline")
    found = (one.get("htmlUrl") or urljoin(one.get("xmlUrl", ""), "/") for one in outlines)
    return [url for url in found if "://" in url]
