"""What was posted, which is the truth about a page: a title and paragraphs, and the lines that these show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

ENDS_LINE = frozenset(
    {"p", "h2", "h3", "li", "ul", "ol", "blockquote", "table", "tr", "figure", "figcaption"}
)
TAG = re.compile(r"<[^>]*>")
CELLS = frozenset({"td", "th"})


@dataclass(frozen=True, slots=True)
class Article:
    """A post as its author wrote it."""

    title: str
    paragraphs: tuple[str, ...]
    """Plain text, or HTML where one begins with `<`."""

    @property
    def headline(self) -> str:
        """The title as a reader sees it: WordPress lets markup in it through."""
        return folded(TAG.sub("", self.title))

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that a reader sees, their white space folded."""
        return tuple(line for paragraph in self.paragraphs for line in shown(paragraph))

    @property
    def text(self) -> str:
        """All words of the lines, one space between any two."""
        return " ".join(self.lines)


def shown(paragraph: str) -> list[str]:
    """The lines of one paragraph."""
    if not paragraph.startswith("<"):
        return [line for raw in paragraph.splitlines() if (line := folded(raw))]
    reader = _Shown()
    reader.feed(paragraph)
    reader.close()
    return reader.lines


def folded(text: str) -> str:
    """The text with each run of white space as one space, none at the ends."""
    return " ".join(text.split())


class _Shown(HTMLParser):
    """Reads the little HTML that the posts hold: `- ` before list items, ` | ` between the cells of a row."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._parts: list[str] = []
        self._mark = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in CELLS and self._parts:
            self._parts.append(" | ")
        if tag in ENDS_LINE:
            self._end_line()
            self._mark = "- " if tag == "li" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ENDS_LINE:
            self._end_line()

    def handle_data(self, data: str) -> None:
        self._parts.append(data)

    def close(self) -> None:
        super().close()
        self._end_line()

    def _end_line(self) -> None:
        if text := folded("".join(self._parts)):
            self.lines.append(self._mark + text)
        self._parts, self._mark = [], ""
