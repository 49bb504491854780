"""A tree, or a part of one, as blocks of text in reading order: one line for each paragraph, heading, list
item, quotation, caption and table row.

Every visible word under the element is in exactly one block, so that no edit inside it can pass unseen.
"""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlElement

from crawler.page.markup import folded

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


def blocks(root: HtmlElement) -> list[str]:
    """The blocks under an element: white space folded, `- ` before a list item, ` | ` between table cells."""
    lines = _Lines()
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if lines.open(element):
                walk.skip_subtree()
        else:
            lines.close(element, is_root=element is root)
    lines.end_line()
    return lines.done


class _Lines:
    """The blocks read so far, and the one being read."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._parts: list[str] = []
        self._mark = ""

    def open(self, element: HtmlElement) -> bool:
        """Reads what an element begins with; True when nothing below it is to be read."""
        if element.tag in INVISIBLE:
            return True
        if element.tag not in INLINE:
            self.end_line()
        if element.tag == "li":
            self._mark = "- "
        if element.tag == "tr" and (row := _row(element)) is not None:
            self._parts.append(row)
            return True
        self._parts.append(element.text or "")
        return False

    def close(self, element: HtmlElement, *, is_root: bool) -> None:
        if element.tag not in INLINE and element.tag not in INVISIBLE:
            self.end_line()
        if element.tag == "li":
            self._mark = ""
        if not is_root:
            self._parts.append(element.tail or "")

    def end_line(self) -> None:
        text = folded("".join(self._parts))
        self._parts = []
        if text:
            self.done.append(self._mark + text)
            self._mark = ""


def _row(row: HtmlElement) -> str | None:
    """A table row as one line; None where cells hold blocks of their own, as in tables for layout."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    if any(part.tag not in INLINE for cell in cells for part in cell.iterdescendants()):
        return None
    return " | ".join(folded("".join(cell.itertext())) for cell in cells)
