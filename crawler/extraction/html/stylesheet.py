"""Finds what a page hides and what it strikes out, by inline styles and its own style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml.html import HtmlElement

NOT_DISPLAYED = re.compile(r"display\s*:\s*none", re.IGNORECASE)
HIDES = re.compile(
    r"visibility\s*:\s*(hidden|collapse)|(?<![\w-])(left|right|top|text-indent)\s*:\s*-\d{3,}(\.\d+)?(px|em|rem|%)?"
    r"|clip\s*:\s*rect\(\s*(0|1px)|clip-path\s*:\s*inset\(\s*(50|100)%|font-size\s*:\s*0(px)?\s*(;|!|$)",
    re.IGNORECASE,
)
LIKELY = ("none", "hidden", "clip", "-9", "-1", "collapse")
"""A rule without any of these hides nothing; looked for first, since style sheets are long."""
STRIKES = re.compile(r"text-decoration(-line)?\s*:[^;]*line-through", re.IGNORECASE)
SHOWS = re.compile(
    r"display\s*:\s*(?!none)[a-z]|visibility\s*:\s*visible|\b(left|position)\s*:\s*(auto|static)", re.I
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?[.#]([\w-]+)", re.IGNORECASE)
NAME = re.compile(r"([.#])([\w-]+)")
LARGEST = 400_000
"""The length of a style sheet beyond which it is not read."""

ALOUD = frozenset(
    [
        "sr-only",
        "sr_only",
        "screen-reader-text",
        "screen-reader-only",
        "visually-hidden",
        "visuallyhidden",
        "u-visually-hidden",
    ]
)
"""Classes of text that is read aloud and never shown."""
SHOWN_WIDE = re.compile(
    r"(d-(sm|md|lg|xl|xxl)|(sm|md|lg|xl|2xl)):?-?(block|flex|inline|inline-block|grid|table|table-cell)"
)


class StyleSheet:
    """The names that the rules of a page's own `<style>` elements hide or strike out."""

    def __init__(self, text: str) -> None:
        hidden, shown, struck = _names(text)
        self.hides = frozenset(hidden - shown)
        self.strikes = frozenset(struck)

    def without(self, element: HtmlElement) -> StyleSheet:
        """The same without rules by which this element would be hidden."""
        names = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
        found = StyleSheet("")
        found.hides, found.strikes = self.hides - names, self.strikes
        return found

    @classmethod
    def of(cls, tree: HtmlElement) -> StyleSheet:
        """The style sheet of a page; an empty one if it has none."""
        return _sheet("\n".join(style.text or "" for style in tree.iter("style"))[:LARGEST])


@lru_cache(maxsize=64)
def _sheet(text: str) -> StyleSheet:
    return StyleSheet(text)


def _names(text: str) -> tuple[set[str], set[str], set[str]]:
    """Names hidden by a rule, names shown by another (as when a class is added), names struck out."""
    hidden: set[str] = set()
    shown: set[str] = set()
    struck: set[str] = set()
    rules = list(_rules(COMMENT.sub("", text)))
    for selectors, declarations, always in rules:
        if always and any(word in declarations for word in LIKELY) and _hides(declarations):
            hidden.update(_whole(selectors))
        if "line-through" in declarations and STRIKES.search(declarations):
            struck.update(_whole(selectors))
    for selectors, declarations, _ in rules if hidden else ():
        if any(word in declarations for word in ("display", "visib", "left")) and SHOWS.search(declarations):
            shown.update(_mentioned(selectors))
    return hidden, shown, struck


def _hides(declarations: str) -> bool:
    return bool(NOT_DISPLAYED.search(declarations) or HIDES.search(declarations))


def _rules(text: str) -> Iterator[tuple[str, str, bool]]:
    """Selectors and declarations of each rule, and whether it always applies: not in `@media` or the like."""
    depth = 0
    for part in text.split("}"):
        *opened, declarations = part.split("{")
        if opened:
            yield opened[-1], declarations, depth == 0 and len(opened) == 1
        depth = max(depth + len(opened) - 1, 0)


def _whole(selectors: str) -> Iterable[str]:
    """The names of those selectors that are one class or id, with a tag or without."""
    for selector in selectors.split(","):
        if SIMPLE.fullmatch(selector.strip()):
            yield "".join(NAME.findall(selector)[0])


def _mentioned(selectors: str) -> Iterable[str]:
    """All names in the last step of each selector."""
    for selector in selectors.split(","):
        steps = re.split(r"[\s>+~]+", selector.strip())
        yield from ("".join(name) for name in NAME.findall(steps[-1]))


@lru_cache(maxsize=2**14)
def never_shown(classes: str) -> bool:
    """Whether classes of an element mean that it is read aloud only, or not shown at any width."""
    names = classes.split()
    if not ALOUD.isdisjoint(names):
        return "focusable" not in classes
    return "d-none" in names and not shown_wide(classes)


@lru_cache(maxsize=2**14)
def shown_wide(classes: str) -> bool:
    """Whether classes mean that what is hidden in a narrow window is shown in a wide one."""
    return any(SHOWN_WIDE.fullmatch(name) for name in classes.split())


@lru_cache(maxsize=2**12)
def hides(style: str) -> str:
    """How an inline style hides its element: for `ever`, or at `first`, until a click; else empty."""
    if HIDES.search(style):
        return "ever"
    return "first" if NOT_DISPLAYED.search(style) else ""


@lru_cache(maxsize=2**12)
def strikes(style: str) -> bool:
    """Whether an inline style strikes its text out."""
    return STRIKES.search(style) is not None
