"""The elements of a capture as plain rows, from which its boilerplate is learned. Pure.

The tree of a page takes ten times as much memory, and learning looks at many captures at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.blocks import UNSEEN
from variorum.crawler.extraction.html.dom_paths import OF_THE_PAGE, is_block, lasting, names_of, step_of
from variorum.crawler.extraction.html.hints import marked_element
from variorum.crawler.extraction.html.markup import text_of

NOTHING = -1
"""The row around the outermost element."""


class Row(NamedTuple):
    """What learning keeps of one visible element."""

    around: int
    """The row of the element around it; `NOTHING` for the outermost one."""
    tag: str
    names: tuple[str, ...]
    """Its id and classes, if these identify places."""
    text: str
    """The text of a block; empty for any other element."""


@dataclass(frozen=True)
class ElementRows:
    """The visible elements of one capture, in the order of the page."""

    rows: list[Row]
    names: frozenset[str]
    """The ids (`#side`) and classes (`.menu`) of all its elements."""
    marked: frozenset[int]
    """The rows inside the element that the page marks as its article."""
    protected: frozenset[int]
    """The rows of that element and of those around it."""

    @classmethod
    def of(cls, tree: HtmlElement) -> Self:
        """The rows of a parsed page."""
        known: dict[tuple[str | None, str | None], tuple[str, ...]] = {}
        places: dict[HtmlElement, int] = {}
        rows: list[Row] = []
        for element in tree.iter():
            kind = (element.get("id"), element.get("class"))
            if (own := known.get(kind)) is None:
                own = known[kind] = tuple(names_of(element))
            parent = element.getparent()
            if element.tag in UNSEEN or (parent is not None and parent not in places):
                continue
            around = NOTHING if parent is None else places[parent]
            places[element] = len(rows)
            text = text_of(element) if is_block(element) else ""
            rows.append(Row(around, str(element.tag), () if element.tag in OF_THE_PAGE else own, text))
        marked = marked_element(tree)
        inside = () if marked is None else marked.iter()
        protected = () if marked is None else (marked, *marked.iterancestors())
        return cls(
            rows,
            frozenset(name for own in known.values() for name in own),
            frozenset(places[element] for element in inside if element in places),
            frozenset(places[element] for element in protected if element in places),
        )

    def paths(self, names: frozenset[str]) -> list[str]:
        """The path of each row, as `variorum.crawler.extraction.html.dom_paths.paths` has it."""
        found: list[str] = []
        steps: dict[tuple[str, tuple[str, ...]], str] = {}
        for around, tag, own, _ in self.rows:
            step = steps.get((tag, own))
            if step is None:
                step = steps[tag, own] = step_of(tag, own, names)
            found.append(step if around == NOTHING else f"{found[around]}>{step}")
        return found

    def lasting_paths(self, names: Iterable[str]) -> list[str]:
        """The paths with those of the names that outlive the next build of the site."""
        return self.paths(lasting(names))
