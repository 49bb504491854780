"""Computes the path of an element of a page: tags, with those ids and classes that identify places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.blocks import INLINE, UNSEEN
from variorum.crawler.extraction.html.markup import folded, tokens

VALUE = rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')"""
CLASSES = re.compile(rb"class(?<!\w.{5})" + VALUE, re.DOTALL)
IDS = re.compile(rb"id(?<!\w..)" + VALUE, re.DOTALL)
"""Both are for text in lower case, and begin with letters, which are searched fast."""
DRAWN = re.compile(r"(?=\w{5,}$)[A-Za-z]*[0-9]+[A-Za-z]\w*|(?=.*[0-9])[A-Za-z]?[0-9a-f]{6,}$|.*[0-9]{4}")
"""Names that a build tool invents or that number a page: `s3fa9c1`, `a0b1c2`, `post-20417`. Not `h2`,
`col-12`."""
OF_THE_PAGE = frozenset(["html", "body", "main", "article"])
"""Their classes identify pages (`single`, `type-post`), and not places on them."""
NUMBER = re.compile(r"\d(?:[\d.,:/٬٫]*\d)?")


def paths(tree: HtmlElement, names: frozenset[str]) -> dict[HtmlElement, str]:
    """The path of each visible element of a tree: `html>body>div#main>p`, with the names that count."""
    found: dict[HtmlElement, str] = {}
    steps: dict[tuple[str, str | None, str | None], str] = {}
    for element in tree.iter():
        parent = element.getparent()
        if element.tag in UNSEEN or (parent is not None and parent not in found):
            continue
        named = (element.tag, element.get("id"), element.get("class"))
        step = steps.get(named)
        if step is None:
            own = () if element.tag in OF_THE_PAGE else names_of(element)
            step = steps[named] = step_of(str(element.tag), own, names)
        found[element] = f"{found[parent]}>{step}" if parent is not None else step
    return found


def step_of(tag: str, own: Iterable[str], names: frozenset[str]) -> str:
    """One step of a path: a tag, with those of its own names that count."""
    return "".join([tag, *(name for name in own if name in names)])


def digests(some: Iterable[str]) -> frozenset[str]:
    """The short digests of paths, which serve as names."""
    return frozenset(f"{crc32(path.encode()):08x}" for path in some)


def above(path: str) -> Iterable[str]:
    """The paths of the elements around a place, the outermost first."""
    steps = path.split(">")
    return (">".join(steps[:n]) for n in range(1, len(steps)))


def last_step(path: str) -> str:
    """The last step of a path: the tag, ids and classes of the element itself."""
    return path.rpartition(">")[2]


def is_block(element: HtmlElement) -> bool:
    """True for an element without blocks inside it that is not itself inside a line of text."""
    return element.tag not in INLINE and all(child.tag in INLINE for child in element.iterdescendants())


def unnumbered(text: str) -> str:
    """The text with `#` for each of its numbers."""
    return NUMBER.sub("#", text)


def names_on(tree: HtmlElement) -> set[str]:
    """The ids (`#side`) and classes (`.menu`) on a page."""
    kinds: dict[tuple[str | None, str | None], HtmlElement] = {}
    for element in tree.iter():
        kinds.setdefault((element.get("id"), element.get("class")), element)
    return {name for element in kinds.values() for name in names_of(element)}


def names_in(body: bytes) -> frozenset[str]:
    """The same for a body that is not parsed, and so cheap; it includes what is later removed as
    boilerplate."""
    lower = body.lower()
    return frozenset(
        name
        for is_id, named in ((False, CLASSES), (True, IDS))
        for value in _values(named, body, lower)
        for name in _names(is_id, value.decode("utf-8", "replace"))
    )


def _values(named: re.Pattern[bytes], body: bytes, lower: bytes) -> set[bytes]:
    """The values of an attribute in a body; `lower` is the body in lower case."""
    found = named.findall(body)
    if len(found) == len(named.findall(lower)):
        return {quoted or single for quoted, single in set(found)}
    return {body[slice(*one.span(one.lastindex or 0))] for one in named.finditer(lower)}


def lasting(names: Iterable[str]) -> frozenset[str]:
    """The names that a person chose, which outlive the next build of a site."""
    return frozenset(name for name in names if not _is_drawn(name[1:]))


def names_of(element: HtmlElement) -> list[str]:
    """The id and the classes of an element."""
    own = folded(element.get("id") or "")
    return ([f"#{own}"] if own else []) + sorted(f".{name}" for name in tokens(element))


def _names(is_id: bool, value: str) -> list[str]:
    if is_id:
        return [f"#{own}"] if (own := folded(value)) else []
    return [f".{name}" for name in value.split()]


@lru_cache(maxsize=2**14)
def _is_drawn(name: str) -> bool:
    return any(DRAWN.match(part) for part in re.split(r"[-_]+", name))
