"""Compares a page's text with the one that the site's own API gives.

Only letters and digits are compared, so markup, white space and typography make no difference.
"""

from __future__ import annotations

import hashlib
import unicodedata

from variorum.crawler.extraction.html.blocks import blocks
from variorum.crawler.extraction.html.furniture import drop_furniture
from variorum.crawler.extraction.html.markup import ExtractionError, parse


def of_markup(title: str, content: str) -> str:
    """The comparable form of a title and a text in HTML, without what plugins add to it."""
    return _of(" ".join(_lines(title)), "\n".join(_lines(content)))


def agree(witness: str, text: str) -> bool:
    """Whether a text read from the page has the contents of the API's. Titles are left out, since themes
    decorate them."""
    return witness.partition(":")[2] == _digest(text)


def _of(title: str, text: str) -> str:
    return f"{_digest(title)[:16]}:{_digest(text)}"


def _lines(markup: str) -> list[str]:
    try:
        tree = parse(f"<html><body>{markup}</body></html>".encode(), "")
    except ExtractionError:
        return []
    drop_furniture(tree)
    return [block.text for block in blocks(tree)]


def _digest(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return hashlib.sha256("".join(char for char in plain if char.isalnum()).encode()).hexdigest()
