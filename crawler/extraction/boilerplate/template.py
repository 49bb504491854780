"""Stores the boilerplate of one site, learned from several of its pages and several captures of one page.

A site may show several kinds of pages, and it may have been redesigned: each design has its own pieces, and a
page is read with those of the design that it shows. So both sides of a comparison are read with one template,
also across a redesign.

`crawler/extraction/boilerplate/recurrence.py` explains what makes a piece.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeVar

import msgspec
from lxml.html import HtmlElement

from variorum.crawler.extraction.boilerplate.known_design import KnownDesign
from variorum.crawler.extraction.boilerplate.path_scores import PathScores
from variorum.crawler.extraction.html.dom_paths import (
    digests,
    is_block,
    last_step,
    lasting,
    names_in,
    names_on,
    paths,
    unnumbered,
)
from variorum.crawler.extraction.html.markup import KEPT, ExtractionError, drop, parse, text_of

SURELY = 0.95
"""The share of a design's names from which a page is certainly of that design."""
SAME_DESIGN = 0.6
"""The share of a design's names or places below which a page is of another design."""
MOST_DESIGNS = 5


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """One learned piece of boilerplate, with its evidence."""

    path: str
    """The path of the element: `body>div#sidebar>ul.menu>li`; a lone `div.views` is anywhere."""
    text: str
    """Its text, with `#` for each number if it is volatile; empty if the path alone counts."""
    why: Literal["repeated", "region", "volatile", "pinned"]
    pages: int
    """The number of examined pages that have it."""

    @property
    def id(self) -> str:
        """The id of the piece, from its path and text; the same in every version of the template."""
        return hashlib.sha256(f"{self.path}\n{self.text}".encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, order=True)
class TemplateOverride:
    """A person's decision on a piece, which overrides what is learned."""

    path: str
    text: str
    boilerplate: bool
    """False if the piece is text and must not be removed."""


@dataclass(frozen=True)
class Design:
    """The boilerplate of one design, and how the design is recognised."""

    pieces: frozenset[Piece] = frozenset()
    names: frozenset[str] = frozenset()
    """The ids (`#sidebar`) and classes (`.menu`) that identify places: those on half of the pages or more.
    The others identify pages (categories, post numbers), or are random."""
    frame: frozenset[str] = frozenset()
    """The places on half of the pages or more, as digests of their paths: what is around the articles."""


@dataclass(frozen=True)
class Template(Design):
    """The boilerplate learned of one site. Equal pieces make equal templates, whatever the order of pages."""

    version: int = 0
    """The version, counted by the store; 0 is the empty template."""
    kinds: tuple[Design, ...] = ()
    """The designs of other kinds of pages, as the site shows them now."""
    before: tuple[Design, ...] = ()
    """Earlier designs of the site, the latest first."""
    decisions: str = ""
    """Identifies the decisions of people; empty if there are none."""
    paths: PathScores = field(default=PathScores(), hash=False)
    """How much of the content at each block path was text, on the classified pages."""
    gone_places: frozenset[str] = frozenset()
    new_places: frozenset[str] = frozenset()
    """Block paths that went and came with the last redesign, and held no text that the pages have in both
    designs."""

    @cached_property
    def known(self) -> KnownDesign | None:
        """What the block paths say about a page; None if too little was seen."""
        return KnownDesign(self.paths) if self.paths.is_enough else None

    @cached_property
    def cuts(self) -> tuple[object, ...]:
        """Everything about its designs that decides what is removed from a page, without the evidence."""
        return tuple(
            (one.names, frozenset((piece.path, piece.text, piece.why == "volatile") for piece in one.pieces))
            for one in self.designs
        )

    @property
    def name(self) -> str:
        """The name of the template: templates of one name remove the same."""
        return f"{self.version}{self.decisions}"

    @property
    def designs(self) -> tuple[Design, ...]:
        """All designs, that of most pages first."""
        return (self, *self.kinds, *self.before)

    def to_json(self) -> str:
        """The template as JSON, sorted, so that equal templates give equal text."""
        kinds, before = ([_sorted(design) for design in some] for some in (self.kinds, self.before))
        ordered = {
            "version": self.version,
            **_sorted(self),
            "kinds": kinds,
            "before": before,
            "paths": self.paths,
            "gone_places": sorted(self.gone_places),
            "new_places": sorted(self.new_places),
        }
        return msgspec.json.encode(ordered).decode()

    @classmethod
    def from_json(cls, text: str) -> Template:
        """The template that `to_json` wrote. Raises msgspec.DecodeError for anything else."""
        return msgspec.json.decode(text, type=cls)

    def redesigned(self, now: Template) -> Template:
        """The template with a new design; the present one is kept for the pages of its time."""
        earlier = (Design(self.pieces, self.names, self.frame), *self.kinds, *self.before)
        return replace(now, before=earlier[:MOST_DESIGNS])

    def learned_again(self, now: Template) -> Template:
        """The template with the same design, learned from other pages."""
        return replace(
            self,
            pieces=now.pieces,
            names=now.names,
            frame=now.frame,
            version=now.version,
            kinds=now.kinds,
        )

    def decided(self, decisions: Iterable[TemplateOverride]) -> Template:
        """The template with the decisions of people on single pieces."""
        made = sorted(decisions)
        if not made:
            return self
        known = {(piece.path, piece.text) for design in self.designs for piece in design.pieces}
        pinned = {(d.path, d.text) for d in made if d.boilerplate} - known
        freed = {(d.path, d.text) for d in made if not d.boilerplate}
        whole = replace(
            self,
            pieces=self.pieces | {Piece(*place, "pinned", 0) for place in pinned},
            decisions=f"+{hashlib.sha256(repr(made).encode()).hexdigest()[:8]}",
        )
        return replace(
            _without(whole, freed),
            kinds=tuple(_without(design, freed) for design in self.kinds),
            before=tuple(_without(design, freed) for design in self.before),
        )


_Some = TypeVar("_Some", bound=Design)


def _without(design: _Some, freed: set[tuple[str, str]]) -> _Some:
    left = frozenset(piece for piece in design.pieces if (piece.path, piece.text) not in freed)
    return replace(design, pieces=left)


def _sorted(design: Design) -> dict[str, object]:
    return {
        "pieces": sorted(design.pieces),
        "names": sorted(design.names),
        "frame": sorted(design.frame),
    }


EMPTY = Template()


def shows(body: bytes, template: Template) -> bool:
    """Whether a page has a present design of the site, by its names and, in doubt, its layout.

    True if it can't be parsed, since it shows no other.
    """
    names, present = names_in(body), (template, *template.kinds)
    if any(has_most(names, one.names, SURELY) for one in present):
        return True
    try:
        tree = parse(body, "")
    except ExtractionError:
        return True
    return any(is_of(tree, names, one) for one in present)


def is_of(tree: HtmlElement, names: Iterable[str], design: Design) -> bool:
    """Whether a page with these names shows enough of a design."""
    return has_most(frozenset(names), design.names) and has_most(frame_of(tree, design.names), design.frame)


def frame_of(tree: HtmlElement, names: Iterable[str]) -> frozenset[str]:
    """The places of a page, identified by those names that outlive the next build."""
    return digests(paths(tree, lasting(names)).values())


def has_most(some: frozenset[str], wanted: frozenset[str], share: float = SAME_DESIGN) -> bool:
    """Whether the wanted names or places, or this share of them, are among some."""
    return len(some & wanted) >= share * len(wanted)


def cut(tree: HtmlElement, template: Template) -> None:
    """Remove the template's pieces from a tree: those of the design that it shows."""
    cut_pieces(tree, design_of(tree, template))


def cut_alike(body: bytes, url: str, encoding: str | None, one: Template, other: Template) -> bool:
    """Whether two templates remove the same from a page and know the same paths: then its text is the same.

    False for a page that can't be parsed.
    """
    if one.paths != other.paths and (one.known or other.known):
        return False
    if one.cuts == other.cuts:
        return True
    try:
        tree = parse(body, url, encoding)
    except ExtractionError:
        return False
    first, second = (set(pieces_on(tree, design_of(tree, template))) for template in (one, other))
    return first == second


def cut_pieces(tree: HtmlElement, design: Design) -> None:
    """Remove the pieces of one design from a tree."""
    for element in list(pieces_on(tree, design)):
        drop(element)


def pieces_on(tree: HtmlElement, design: Design) -> Iterator[HtmlElement]:
    """The elements of a tree that are pieces of a design, found in one walk."""
    if not design.pieces:
        return
    places = {piece.path for piece in design.pieces if not piece.text}
    texts = {(piece.path, piece.text) for piece in design.pieces if piece.text and piece.why != "volatile"}
    forms = {(piece.path, piece.text) for piece in design.pieces if piece.text and piece.why == "volatile"}
    checked = {path for path, _ in texts | forms}
    for element, path in paths(tree, design.names).items():
        known = path in places or last_step(path) in places
        if not known and path in checked and is_block(element):
            text = text_of(element)
            known = (path, text) in texts or (path, unnumbered(text)) in forms
        if known and element.tag not in KEPT:
            yield element


def jaccard(some: Iterable[str], others: Iterable[str]) -> float:
    """The share of all their names that two sets have in common."""
    left, right = set(some), set(others)
    return len(left & right) / len(left | right) if left or right else 1.0


def design_of(tree: HtmlElement, template: Template) -> Design:
    """The design that a page shows, among all designs that the site has had."""
    if len(template.designs) == 1:
        return template
    designs = [design for design in template.designs if design.pieces] or [template]
    known: set[str] = set().union(*(design.names for design in designs))
    names = names_on(tree) & known
    return max(designs, key=lambda design: jaccard(names, design.names))
