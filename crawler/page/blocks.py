"""A tree, or a part of one, as blocks of text in reading order: one line for each paragraph, heading, list
item, quotation, caption and table row.

Every visible word under the element is in exactly one block, so that no edit inside it can pass unseen.
"""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from crawler.page.markup import folded, text_of

INVISIBLE = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "audio",
        "video",
        "select",
        "button",
        "input",
        "textarea",
        "datalist",
        "nav",
        "dialog",
        "head",
    }
)
"""Elements that show no text of the article: code, pictures, players, controls, navigation."""

INLINE = frozenset(
    {
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "map",
        "mark",
        "nobr",
        "picture",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    }
)
"""Elements that end no line. All others do, so that an unknown element never glues two blocks together."""


class Line(NamedTuple):
    """A block, and where it stands."""

    text: str
    element: HtmlElement
    """The innermost element around it that ends a line."""
    linked: float
    """What share of it is links."""
    links: tuple[tuple[str, str], ...] = ()
    """Words and `href` of each of these."""


def blocks(root: HtmlElement) -> list[str]:
    """The blocks under an element: white space folded, `- ` before a list item, ` | ` between table cells."""
    return [line.text for line in lines(root)]


def lines(root: HtmlElement) -> list[Line]:
    """The blocks under an element with their places."""
    found = _Lines(root)
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if found.open(element):
                walk.skip_subtree()
        else:
            found.close(element, is_root=element is root)
    found.end_line()
    return found.done


class _Lines:
    """The blocks read so far, and the one being read."""

    def __init__(self, root: HtmlElement) -> None:
        self.done: list[Line] = []
        self._around = [root]
        self._parts: list[str] = []
        self._mark = ""
        self._links = 0
        self._linked = 0
        self._hrefs: list[tuple[str, str]] = []

    def open(self, element: HtmlElement) -> bool:
        """Reads what an element begins with; True when nothing below it is to be read."""
        if element.tag in INVISIBLE:
            return True
        if element.tag not in INLINE:
            self.end_line()
            self._around.append(element)
        if element.tag == "li":
            self._mark = "- "
        if element.tag == "tr" and (row := _row(element)) is not None:
            self._add(row, links=text_linked(element))
            self._hrefs += [(text_of(link), link.get("href", "")) for link in element.iter("a")]
            return True
        if element.tag == "a":
            self._links += 1
            self._hrefs.append((text_of(element), element.get("href", "")))
        self._add(element.text or "")
        return False

    def close(self, element: HtmlElement, *, is_root: bool) -> None:
        if element.tag not in INLINE and element.tag not in INVISIBLE:
            self.end_line()
            self._around.pop()
        if element.tag == "li":
            self._mark = ""
        self._links -= element.tag == "a"
        if not is_root:
            self._add(element.tail or "")

    def _add(self, text: str, links: int = 0) -> None:
        self._parts.append(text)
        self._linked += len(folded(text)) if self._links else links

    def end_line(self) -> None:
        text = folded("".join(self._parts))
        if text:
            share = min(self._linked / len(text), 1.0)
            self.done.append(Line(self._mark + text, self._around[-1], share, tuple(self._hrefs)))
            self._mark = ""
        self._parts, self._linked, self._hrefs = [], 0, []


def text_linked(element: HtmlElement) -> int:
    """How many letters below an element are links."""
    return sum(len(text_of(link)) for link in element.iter("a"))


def _row(row: HtmlElement) -> str | None:
    """A table row as one line; None where cells hold blocks of their own, as in tables for layout."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if any(part.tag not in INLINE for cell in cells for part in cell.iterdescendants()):
        return None
    return " | ".join(folded("".join(cell.itertext())) for cell in cells)
