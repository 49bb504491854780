"""Lists the learned boilerplate of a site with its evidence, and lets a person override each piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from variorum.crawler.errors import Misuse
from variorum.crawler.extraction.boilerplate.path_scores import PathScore
from variorum.crawler.extraction.boilerplate.template import Design, Piece, Template
from variorum.crawler.times import iso, now
from variorum.crawler.tracking.template_learning import decisions
from variorum.storage.store import Store

Decided = Literal["pinned", "freed"]


@dataclass(frozen=True, slots=True)
class BoilerplatePiece:
    """A piece of boilerplate with the design that it belongs to, and its override, if any."""

    piece: Piece
    design: str
    """`most` for the design of most pages, `kind 1` … for other kinds of pages, `earlier 1` … for earlier
    designs."""
    decided: Decided | None


def pieces(store: Store, site: str) -> list[BoilerplatePiece]:
    """The pieces learned of a site or overridden, those of most pages first.

    Raises Misuse if nothing is learned yet.
    """
    saved = store.template(site)
    if saved is None:
        raise Misuse(
            f"nothing is learned of {site} yet: `variorum crawl {site}` does that with its first run"
        )
    template = Template.from_json(saved.pieces)
    made = {(d.path, d.text): d.boilerplate for d in decisions(store, site)}
    shown = [
        BoilerplatePiece(piece, name, _decided(made.get((piece.path, piece.text))))
        for name, design in _named(template)
        for piece in sorted(design.pieces)
    ]
    learned = {(one.piece.path, one.piece.text) for one in shown}
    others = [(Piece(*place, "pinned", 0), what) for place, what in made.items() if place not in learned]
    return shown + [BoilerplatePiece(piece, "most", _decided(what)) for piece, what in others]


def paths(store: Store, site: str) -> dict[str, PathScore]:
    """What was seen at each block path of the site, the places with most text first."""
    saved = store.template(site)
    found = Template.from_json(saved.pieces).paths.paths if saved else {}
    return dict(sorted(found.items(), key=lambda one: (-one[1].total, -one[1].blocks, one[0])))


def decide(store: Store, site: str, piece_id: str, boilerplate: bool | None) -> Piece:
    """Override a piece and return it; None withdraws an earlier override.

    Texts are extracted with it when they are next compared; it makes no change. Raises Misuse if the id is
    unknown.
    """
    found = next((one.piece for one in pieces(store, site) if one.piece.id == piece_id), None)
    if found is None:
        raise Misuse(f"{site} has no piece {piece_id}: `variorum template {site}` lists them")
    store.pin(site, found.path, found.text, boilerplate, iso(now()))
    return found


def _named(template: Template) -> Iterator[tuple[str, Design]]:
    yield "most", template
    yield from ((f"kind {number}", design) for number, design in enumerate(template.kinds, 1))
    yield from ((f"earlier {number}", design) for number, design in enumerate(template.before, 1))


def _decided(boilerplate: bool | None) -> Decided | None:
    return None if boilerplate is None else "pinned" if boilerplate else "freed"
