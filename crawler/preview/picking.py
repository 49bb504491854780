"""Lets a person pick a part of a stored page: the page with its texts as links, and selectors for an element.

The page that is shown is made anew from the tree: it has no script, no form, no link and no address of the
site, and only attributes that lay it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree, html
from lxml.html import HtmlElement

from variorum.crawler.extraction.extract import ExtractionError
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.html.blocks import INLINE, UNSEEN
from variorum.crawler.extraction.html.dom_paths import lasting
from variorum.crawler.extraction.html.markup import matching, parse, text_of, tokens

LAYING_OUT = frozenset(["id", "class", "lang", "dir", "colspan", "rowspan"])
"""The attributes that the shown page keeps."""
PLAIN = {"a": "span", "form": "div", "button": "span", "label": "span", "fieldset": "div"}
"""What elements become in it that lead somewhere, or send something."""
DROPPED = (
    frozenset(["base", "iframe", "frame", "frameset", "noscript", "xmp", "plaintext", "applet"]) | UNSEEN
)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
Numbers = dict[HtmlElement, int]
"""The place of each element in the order of the page."""
MOST_CHOICES = 12
BEGINNING = 160
"""The number of characters of a text by which an element is recognised."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An element around the picked text, by a selector."""

    selector: str
    matches: int
    """How many elements of the page the selector picks."""
    words: int
    beginning: str


def tree_of(body: bytes, url: str, encoding: str | None) -> HtmlElement:
    """The tree of a stored page, of its first part if it has several. Raises ExtractionError."""
    return parse(split(body)[0], url, encoding)


def pickable(tree: HtmlElement, address: Callable[[int], str], style: str) -> str:
    """The page as HTML in which each text is a link to the address of its element's number.

    Raises ExtractionError if it is nested too deep.
    """
    page = html.Element("html")
    head = etree.SubElement(page, "head")
    etree.SubElement(head, "meta", charset="utf-8")
    etree.SubElement(head, "style").text = style
    numbers = {element: number for number, element in enumerate(tree.iter())}
    body = tree.find("body")
    try:
        if body is not None:
            page.append(_shown(body, numbers, address))
    except RecursionError as error:
        raise ExtractionError("the page is nested too deep to be shown here: pick on another one") from error
    return str(html.tostring(page, encoding="unicode", doctype="<!doctype html>"))


def choices(tree: HtmlElement, number: int) -> list[Choice]:
    """Selectors of the element with that number and of those around it, the innermost first.

    Raises ExtractionError if the page has no such element.
    """
    picked = next((one for at, one in enumerate(tree.iter()) if at == number), None)
    if picked is None:
        raise ExtractionError(f"the page has no element {number}: pick again")
    found: dict[str, Choice] = {}
    for element in (picked, *picked.iterancestors()):
        if element.tag in ("html", "body"):
            break
        if selector := selector_of(tree, element):
            matches = matching(tree, selector)
            text = " ".join(text_of(one) for one in matches)
            found.setdefault(
                selector, Choice(selector, len(matches), len(text.split()), text_of(element)[:BEGINNING])
            )
    return list(found.values())[:MOST_CHOICES]


def selector_of(tree: HtmlElement, element: HtmlElement) -> str | None:
    """The shortest selector of names that last which picks the element alone; else the one that picks the
    fewest others; None if it has no name of its own."""
    own = list(_names(element))
    for selector in own:
        if matching(tree, selector) == [element]:
            return selector
    for around in element.iterancestors():
        for outer in _names(around):
            for selector in own:
                if matching(tree, f"{outer} {selector}") == [element]:
                    return f"{outer} {selector}"
    named = [selector for selector in own if selector[0] in "#." or "." in selector]
    return min(named, key=lambda one: len(matching(tree, one)), default=None)


def _names(element: HtmlElement) -> Iterator[str]:
    """Selectors of an element alone: its id, each of its classes, and its tag where there is mostly one."""
    own = element.get("id") or ""
    for name in sorted(lasting([f"#{own}"] if own else [])):
        if NAME.fullmatch(name[1:]):
            yield name
    classes = sorted(
        name for name in lasting(f".{one}" for one in tokens(element)) if NAME.fullmatch(name[1:])
    )
    yield from (f"{element.tag}{name}" for name in classes)
    if element.tag in ("main", "article"):
        yield str(element.tag)


def _shown(
    element: HtmlElement, numbers: dict[HtmlElement, int], address: Callable[[int], str]
) -> HtmlElement:
    """The element as it is shown, with all below it."""
    shown = html.Element(PLAIN.get(str(element.tag), str(element.tag)))
    for name in LAYING_OUT.intersection(element.keys()):
        shown.set(name, element.get(name) or "")
    block = next((one for one in (element, *element.iterancestors()) if one.tag not in INLINE), element)
    _add_text(shown, element.text, address(numbers[block]))
    for child in element:
        if isinstance(child.tag, str) and child.tag not in DROPPED:
            shown.append(_shown(child, numbers, address))
        _add_text(shown, child.tail, address(numbers[block]))
    return shown


def _add_text(shown: HtmlElement, text: str | None, to: str) -> None:
    """Add a text as a link; one without words stays as it is."""
    if not text:
        return
    if text.strip():
        link = etree.SubElement(shown, "a", href=to, target="_top")
        link.text = text
    elif len(shown):
        shown[-1].tail = (shown[-1].tail or "") + text
    else:
        shown.text = (shown.text or "") + text
