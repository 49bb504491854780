"""Parses the bytes of a page to a bounded tree, with a few functions for such trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from cssselect import HTMLTranslator
from lxml import etree, html
from lxml.cssselect import CSSSelector, SelectorError
from lxml.html import HtmlElement

from variorum.crawler.errors import Misuse, SiteTrouble
from variorum.crawler.extraction.html.encoding import as_utf_8

MOST_ELEMENTS = 50_000
"""The maximum number of elements: a page of 100,000 paragraphs keeps an extractor busy for minutes; real
articles have some thousands."""

MOST_ATTRIBUTES = 2_000
"""The maximum number of attributes of one tag. The parser compares each with all before it: 100,000 keep
it busy for a minute."""

WITHIN_A_TAG = rb"""[^>=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+'|)[^>=]*+)*+"""
TAG = re.compile(rb"<[a-zA-Z]" + WITHIN_A_TAG)
MARKUP = re.compile(
    rb"(?P<raw><(script|style)(?=[\s/>])"
    + WITHIN_A_TAG
    + rb")>.*?(?:</\2|\Z)|(?P<tag><[a-zA-Z]"
    + WITHIN_A_TAG
    + rb")",
    re.DOTALL | re.IGNORECASE,
)
"""A tag; with one of a program or a style sheet, all that is in it, where `a<b` begins no tag."""
VALUE = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+')""")
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
CONTROLS = [bytes([n]) for n in (*range(9), 0x0B, *range(0x0E, 0x20), 0x7F)]
"""The same as bytes, but for the last two."""
LAST = (b"\xef", b"\xef\xbf")
"""With these bytes they begin; the first alone is found much faster, and most pages lack it."""
REFERENCE = re.compile(
    rb"&#(?:0*(?:[1-8]|1[124-9]|2\d|3[01]|127|6553[45])(?!\d)"
    rb"|x0*(?:[1-8bcef]|1[\da-f]|7f|fff[ef])(?![\da-f]));?",
    re.IGNORECASE,
)
"""References to such characters, which the parser reads and can't write."""
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
COUNT = etree.XPath("count(descendant-or-self::*)")
STYLED = etree.XPath("descendant-or-self::*/@hidden/.. | descendant-or-self::*/@style/..")
"""Several times as fast as a walk over all elements."""
WITHIN_LINES = frozenset(["span", "b", "i", "em", "strong", "small", "font", "sub", "sup", "code", "bdo"])
OBFUSCATED = re.compile(r"/cdn-cgi/l/email-protection#([0-9a-fA-F]+)$")
OBFUSCATION = (b"data-cfemail", b"/cdn-cgi/l/email-protection")
PLACEHOLDER = re.compile(r"\[\s*email\s+protected\s*\]")


ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement, comment=html.HtmlComment)
"""lxml.html looks up each element's class by its tag, in Python, at each walk: a third of the time of an
extraction."""

KEPT = frozenset(["html", "head", "body", "main", "article"])
"""Never removed by a template, whatever their classes: the whole text would be lost."""


class ExtractionError(SiteTrouble):
    """No text could be read from a page; the message names the page and the likely cause."""


def parse(body: bytes, url: str, encoding: str | None = None) -> HtmlElement:
    """The page as a tree with its e-mail addresses legible, without comments.

    `encoding` is that of the response; see `variorum.crawler.extraction.html.encoding`. Raises
    ExtractionError if a
    page is empty, too large or too deep.
    """
    text = _without_controls(as_utf_8(body, encoding).replace(b"\f", b" "))
    if not text.strip():
        raise ExtractionError(f"{url}: the page is empty; the server may have cut it, fetch it again")
    if _has_too_many_attributes(text):
        raise ExtractionError(f"{url}: more than {MOST_ATTRIBUTES} attributes in a tag; exclude it as a trap")
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False
    )
    parser.set_element_class_lookup(ONE_CLASS)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except etree.ParserError as error:
        raise ExtractionError(f"{url}: no HTML in the page ({error}); is it a picture or a PDF?") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ExtractionError(f"{url}: nested too deep to be read whole; exclude it if it is a trap")
    _open_frames(tree, parser)
    if size_of(tree) > MOST_ELEMENTS:
        raise ExtractionError(f"{url}: more than {MOST_ELEMENTS} elements; exclude it if it is no article")
    _drop_unseen(tree)
    if any(mark in text for mark in OBFUSCATION):
        _reveal_addresses(tree)
    return tree


def _without_controls(text: bytes) -> bytes:
    """The page without control characters; most pages have none, which is seen fast in its bytes."""
    if any(one in text for one in CONTROLS) or all(one in text for one in LAST):
        text = CONTROL.sub("", text.decode("utf-8", "replace")).encode()
    return REFERENCE.sub(b" ", text) if b"&#" in text else text


def _open_frames(tree: HtmlElement, parser: html.HTMLParser) -> None:
    """Replace frames by the documents that the page has in their `iframe srcdoc`."""
    for frame in [one for one in tree.iter("iframe") if (one.get("srcdoc") or "").strip()]:
        inside = html.document_fromstring(
            frame.attrib.pop("srcdoc").encode("utf-8", "replace"), parser=parser
        )
        body = inside.find("body")
        frame.clear(keep_tail=True)
        frame.tag = "div"
        frame.extend(list(body) if body is not None else [])
        frame.text = body.text if body is not None else None


def _has_too_many_attributes(text: bytes) -> bool:
    """Whether any tag has; programs are left aside only if one is in doubt, since that takes a while."""
    tags = TAG.findall(text)
    if max(map(len, tags), default=0) <= MOST_ATTRIBUTES:
        return False
    if not any(_is_overfull(tag) for tag in tags if len(tag) > MOST_ATTRIBUTES):
        return False
    return any(_is_overfull(found["raw"] or found["tag"]) for found in MARKUP.finditer(text))


def _is_overfull(tag: bytes) -> bool:
    return len(re.split(rb"[\s/]+", VALUE.sub(b"= ", tag))) > MOST_ATTRIBUTES


def size_of(tree: HtmlElement) -> int:
    """The number of elements of a tree."""
    return int(cast("float", COUNT(tree)))


def tokens(element: HtmlElement) -> set[str]:
    """The classes of an element."""
    return set((element.get("class") or "").split())


def values(tree: HtmlElement, *names: str) -> set[str]:
    """The values that attributes of these names have anywhere in a tree, without a walk in Python."""
    return {value for name in names for value in cast("list[str]", _values_of(name)(tree))}


@lru_cache(maxsize=16)
def _values_of(name: str) -> etree.XPath:
    return etree.XPath(f"descendant-or-self::*/@{name}", smart_strings=False)


def with_value(tree: HtmlElement, name: str, value: str) -> list[HtmlElement]:
    """The elements of a tree of which the attribute of this name has exactly this value, in order."""
    return cast("list[HtmlElement]", _with_value(name)(tree, value=value))


@lru_cache(maxsize=16)
def _with_value(name: str) -> etree.XPath:
    return etree.XPath(f"descendant-or-self::*/@{name}[. = $value]/..")


def matching(tree: HtmlElement, css: str) -> list[HtmlElement]:
    """The elements of a tree that a CSS selector picks, in order. Raises Misuse if the selector is
    invalid."""
    return list(_selector(css)(tree))  # type: ignore[arg-type]  # a selector of elements finds elements


@lru_cache(maxsize=256)
def _selector(css: str) -> CSSSelector:
    try:
        return CSSSelector(css, translator=HTMLTranslator())  # type: ignore[arg-type]  # lxml's own needs functions
    except SelectorError as error:
        raise Misuse(
            f"{css!r} is no CSS selector ({error}); one is like .entry-content or div#main"
        ) from error


def folded(text: str) -> str:
    """The text with each run of white space as one space, none at the ends."""
    return " ".join(text.split())


def text_of(element: HtmlElement) -> str:
    """All text below an element, folded."""
    return folded("".join(element.itertext()) if len(element) else element.text or "")


def drop(element: HtmlElement) -> None:
    """Remove an element with all below it from its tree; the text after it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    """Those elements that are in no other of them, in order."""
    known = set(elements)
    return [e for e in elements if not any(a in known for a in e.iterancestors())]


def hidden(tree: HtmlElement) -> list[HtmlElement]:
    """The elements of a tree of which an attribute says that they are not shown, in order."""
    return list(filter(_is_hidden, cast("list[HtmlElement]", STYLED(tree))))


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or _hides(element.get("style") or "")


@lru_cache(maxsize=2**12)
def _hides(style: str) -> bool:
    return HIDDEN.search(style) is not None


def _drop_unseen(tree: HtmlElement) -> None:
    """Remove what nobody sees within a line: junk that hides an address from robots, for example."""
    for element in cast("list[HtmlElement]", STYLED(tree)):
        if element.tag in WITHIN_LINES and _is_hidden(element):
            drop(element)


def _reveal_addresses(tree: HtmlElement) -> None:
    """Undo Cloudflare's e-mail obfuscation, whose key, and so the page, differs at each fetch."""
    for element in list(_obfuscated(tree)):
        code = element.get("data-cfemail")
        link = OBFUSCATED.search(element.get("href") or "")
        address = _address(code or (link[1] if link else ""))
        if address is None:
            continue
        if link:
            element.set("href", f"mailto:{address}")
        if code or PLACEHOLDER.fullmatch(text_of(element)):
            for child in element:
                child.drop_tree()
            element.text = address


def _obfuscated(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter("a", "span"):
        if element.get("data-cfemail") or "/cdn-cgi/l/email-protection" in (element.get("href") or ""):
            yield element


def _address(code: str) -> str | None:
    """The address in a hexadecimal code: its first byte is the key with which every other byte is XORed."""
    try:
        key, *hidden = bytes.fromhex(code)
        address = bytes(byte ^ key for byte in hidden).decode()
    except ValueError:
        return None
    return address if "@" in address and address.isprintable() else None
