"""The boilerplate of one site, learned from several of its pages and from several captures of one page.

A site may show several kinds of pages, and it may have been redesigned: each design has its own pieces, and a
page is read with those of the design that it shows. So both sides of a comparison are read with one template,
also across a redesign.

What makes a piece is told in `crawler/extraction/boilerplate/recurrence.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeVar

import msgspec
from lxml.html import HtmlElement

from crawler.extraction.boilerplate.known_design import KnownDesign
from crawler.extraction.boilerplate.path_scores import PathScores
from crawler.extraction.html.dom_paths import (
    digests,
    is_block,
    last_step,
    lasting,
    names_in,
    names_on,
    paths,
    unnumbered,
)
from crawler.extraction.html.markup import KEPT, ExtractionError, drop, parse, text_of

SURELY = 0.95
"""A page that shows so many of a design's names is of that design."""
SAME_DESIGN = 0.6
"""One that shows fewer of its names or places than this is of another."""
MOST_DESIGNS = 5


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """One learned piece of boilerplate, with its evidence."""

    path: str
    """Where it stands: `body>div#sidebar>ul.menu>li`; a lone `div.views` stands anywhere."""
    text: str
    """What it says, of a volatile piece with `#` for each number; empty where the place alone counts."""
    why: Literal["repeated", "region", "volatile", "pinned"]
    pages: int
    """On so many of the pages looked at it was seen."""

    @property
    def id(self) -> str:
        """Names the piece, by its place and words, in every version of the template."""
        return hashlib.sha256(f"{self.path}\n{self.text}".encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """What a person has decided of a piece, whatever is learned."""

    path: str
    text: str
    boilerplate: bool
    """False: it is text, and freed."""


@dataclass(frozen=True)
class Design:
    """The boilerplate of one design, and how that is told."""

    pieces: frozenset[Piece] = frozenset()
    names: frozenset[str] = frozenset()
    """The ids (`#sidebar`) and classes (`.menu`) that tell places apart: those on half of the pages or more.
    The others tell pages apart (categories, post numbers), or are random."""
    frame: frozenset[str] = frozenset()
    """The places on half of the pages or more, as digests of their paths: what stands around the articles."""


@dataclass(frozen=True)
class Template(Design):
    """The boilerplate learned of one site. Equal pieces make equal templates, whatever the order of pages."""

    version: int = 0
    """Counted up by the keeper of templates; 0 is the empty one."""
    kinds: tuple[Design, ...] = ()
    """Those of other kinds of pages than most, as the site shows them now."""
    before: tuple[Design, ...] = ()
    """Earlier designs of the site, the latest first."""
    decisions: str = ""
    """Names what a person has decided of it; empty where nobody has."""
    paths: PathScores = field(default=PathScores(), hash=False)
    """How much of what stood at each block path was text, by the pages that were classified."""

    @cached_property
    def known(self) -> KnownDesign | None:
        """What its paths tell of a page; None where too little was seen."""
        return KnownDesign(self.paths) if self.paths.is_enough else None

    @property
    def name(self) -> str:
        """Names the template: two of one name cut the same."""
        return f"{self.version}{self.decisions}"

    @property
    def designs(self) -> tuple[Design, ...]:
        """All of them, that of most pages first."""
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
        }
        return msgspec.json.encode(ordered).decode()

    @classmethod
    def from_json(cls, text: str) -> Template:
        """The template that `to_json` wrote. Raises msgspec.DecodeError for anything else."""
        return msgspec.json.decode(text, type=cls)

    def redesigned(self, now: Template) -> Template:
        """What was learned of a new design, with the present one kept for the pages of its time."""
        earlier = (Design(self.pieces, self.names, self.frame), *self.kinds, *self.before)
        return replace(now, before=earlier[:MOST_DESIGNS])

    def decided(self, decisions: Iterable[Decision]) -> Template:
        """The template with what a person has decided of single pieces."""
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
    """Whether a page is of a design that the site has now, by its names and, in doubt, its frame.

    True for one that can't be parsed: it shows no other.
    """
    names, present = names_in(body), (template, *template.kinds)
    if any(_has(names, one.names, SURELY) for one in present):
        return True
    try:
        tree = parse(body, "")
    except ExtractionError:
        return True
    return any(is_of(tree, names, one) for one in present)


def is_of(tree: HtmlElement, names: Iterable[str], design: Design) -> bool:
    """Whether a page, on which these names are, shows enough of a design."""
    return _has(frozenset(names), design.names) and _has(frame_of(tree, design.names), design.frame)


def frame_of(tree: HtmlElement, names: Iterable[str]) -> frozenset[str]:
    """The places of a page, told apart by those names that outlive the next build."""
    return digests(paths(tree, lasting(names)).values())


def _has(some: frozenset[str], wanted: frozenset[str], share: float = SAME_DESIGN) -> bool:
    return len(some & wanted) >= share * len(wanted)


def cut(tree: HtmlElement, template: Template) -> None:
    """Takes the template's pieces out of a tree: those of the design that it shows."""
    cut_pieces(tree, design_of(tree, template))


def cut_pieces(tree: HtmlElement, design: Design) -> None:
    """Takes the pieces of one design out of a tree, in one walk."""
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
            drop(element)


def jaccard(some: Iterable[str], others: Iterable[str]) -> float:
    """What part of all their names two sets have in common."""
    left, right = set(some), set(others)
    return len(left & right) / len(left | right) if left or right else 1.0


def design_of(tree: HtmlElement, template: Template) -> Design:
    """The design that a page shows, of all that the site has had."""
    if len(template.designs) == 1:
        return template
    designs = [design for design in template.designs if design.pieces] or [template]
    known: set[str] = set().union(*(design.names for design in designs))
    names = names_on(tree) & known
    return max(designs, key=lambda design: jaccard(names, design.names))
