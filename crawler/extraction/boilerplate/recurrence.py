"""Finds what recurs on a site's pages, and what never stays the same: its boilerplate.

Four rules, each of which needs at least three pages; they matter most where no markup names the article.

* repeated: a block (same place, same words) on a third of the pages or more is boilerplate. Inside an element
  that a page marks as its article the block must be on more than half of them, so that a quotation in two
  articles, or a disclaimer under some, stays text.
* region: a place that occurs once on a page, is on half of the pages or more, and has nothing but repeated
  blocks, is boilerplate whatever its text: tomorrow's headlines in the side column are not in the article.
* volatile: what differs between two fetches made directly after each other, on a third of the pages fetched
  so or more, although the rest of the page stays the same, is boilerplate: counters, clocks, random teasers.
  A third, and not all: a random choice is sometimes the same twice. Such a piece is recognised by its place,
  if that occurs once on a page, or by its place and its words without their numbers (`# views`); inside a
  marked article whole sentences are not recognised so. If all contents of a place come from a stock that
  other pages show too, one page is enough. A box whose name occurs nowhere else on the pages is recognised
  by that name, wherever it is.
* A region or volatile place that is, or contains, a marked article is never boilerplate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple

from variorum.crawler.extraction.boilerplate.element_rows import NOTHING, ElementRows
from variorum.crawler.extraction.boilerplate.template import Design, Piece, Template, has_most, jaccard
from variorum.crawler.extraction.html.dom_paths import above, digests, last_step, lasting, unnumbered
from variorum.crawler.extraction.html.markup import parse

LEAST_PAGES = 3
SHARE = 1 / 3
SHARE_IN_ARTICLE = 1 / 2
SHARE_MOVING = 1 / 3
LEAST_MOVING = 1
"""The number of pages that must show a volatile place, if its contents are drawn from a common stock."""
RECURRING = 0.8
"""The share of a place's contents that other pages must show for them to be drawn from a common stock."""
STILL = 0.3
"""The share of equal blocks from which two fetches of a page can show a volatile place."""
HALF = 0.5
SENTENCE_ENDS = tuple('.!?…؟۔。！？」』）»”“":;؛།។')
LONG = 20
"""A place with more words than this is volatile only if it loses most of its words, not of its blocks."""
MOST_RESTS = 4
SAME_KIND = 0.6
"""The share of common names below which two pages are of different kinds."""

_Captures = Sequence[ElementRows]
"""The captures of one page."""


class _Block(NamedTuple):
    """A block of one page: an element with text of its own."""

    path: str
    text: str


_Place = _Block
"""A path with the words there, without their numbers; without words, everything at the path."""


@dataclass(frozen=True)
class _Page:
    """One capture, parsed for learning."""

    paths: frozenset[str]
    """The paths of all its visible elements."""
    blocks: frozenset[_Block]
    marked: frozenset[_Block]
    """The blocks inside the element that the page marks as its article."""
    places: Mapping[str, frozenset[_Block]]
    """The blocks under each path that occurs exactly once, except the article's own and those around it."""

    @cached_property
    def blocks_at(self) -> Mapping[_Place, frozenset[_Block]]:
        """The blocks of each place; and those of each path and wording that differ only in their numbers."""
        worded: defaultdict[_Place, set[_Block]] = defaultdict(set)
        for block in self.blocks:
            words = unnumbered(block.text)
            ends_sentence = block in self.marked and words.endswith(SENTENCE_ENDS)
            if words != block.text and len(words.split()) <= LONG and not ends_sentence:
                worded[_Block(block.path, words)].add(block)
        alone = {_Block(path, ""): blocks for path, blocks in self.places.items()}
        return alone | {place: frozenset(blocks) for place, blocks in worded.items()}


def learn(pages: Mapping[str, Sequence[bytes]], *, version: int = 1) -> Template:
    """Learn what a site's article pages have in common, and what changes at every fetch.

    `pages` has the bodies of each page by its canonical URL, from one fetch or from several made directly
    after each other; each article only once. Five to thirty pages are enough; fewer than three teach nothing.
    Raises ExtractionError if a capture can't be parsed.
    """
    every = [[ElementRows.of(parse(body, url)) for body in pages[url]] for url in sorted(pages) if pages[url]]
    most, *others = [_design(kind) for kind in _kinds(every)] or [Design()]
    kinds = [one for one in others if one.pieces]
    kinds += _rest([captures[-1] for captures in every], [most, *kinds])
    return Template(most.pieces, most.names, most.frame, version, tuple(kinds))


def _rest(latest: _Captures, known: Sequence[Design]) -> list[Design]:
    """Designs without pieces for the pages that show too little of the others, so that they are known."""
    found: list[Design] = []
    while len(found) < MOST_RESTS:
        unknown = [rows for rows in latest if not any(_is_of(rows, one) for one in (*known, *found))]
        if not unknown:
            break
        chosen = unknown if len(found) < MOST_RESTS / 2 else unknown[:1]
        seen = Counter(name for rows in chosen for name in rows.names)
        names = frozenset(name for name, count in seen.items() if count >= len(chosen) / 2)
        found.append(Design(names=names, frame=_frame(chosen, names)))
    return found


def _is_of(rows: ElementRows, design: Design) -> bool:
    """Whether a capture shows enough of a design."""
    return has_most(rows.names, design.names) and has_most(
        digests(rows.lasting_paths(design.names)), design.frame
    )


def _design(every: Sequence[_Captures]) -> Design:
    names = _names([captures[-1] for captures in every])
    read = [[_read(rows, names) for rows in captures] for captures in every]
    latest = [captures[-1] for captures in read]
    repeated = _repeated(latest)
    known = frozenset(_Block(piece.path, piece.text) for piece in repeated)
    moving = _volatile([captures for captures in read if len(captures) > 1], _stock(read))
    pieces = frozenset([*repeated, *_regions(latest, known), *_by_name(moving, latest)])
    if lasting(names) == names:
        frame = _common([digests(page.paths) for page in latest])
    else:
        frame = _frame([captures[-1] for captures in every], names)
    return Design(pieces, names, frame)


def _frame(latest: _Captures, names: frozenset[str]) -> frozenset[str]:
    return _common([digests(rows.lasting_paths(names)) for rows in latest])


def _common(frames: Sequence[frozenset[str]]) -> frozenset[str]:
    """The places on half of the pages or more."""
    seen = Counter(chain(*frames))
    return frozenset(place for place, count in seen.items() if count >= len(frames) / 2)


def _kinds(every: Sequence[_Captures]) -> list[Sequence[_Captures]]:
    """The pages by kind, the largest kind first: pages that share most of their names are of one kind."""
    names = [captures[-1].names for captures in every]
    common = {name for name, count in Counter(chain(*names)).items() if count >= LEAST_PAGES}
    shown = [own & common for own in names]
    kinds: list[set[int]] = []
    for page in range(len(every)):
        chosen = [
            kind for kind in kinds if any(jaccard(shown[page], shown[one]) >= SAME_KIND for one in kind)
        ]
        kinds = [kind for kind in kinds if kind not in chosen] + [{page}.union(*chosen)]
    by_size = sorted(kinds, key=lambda kind: (-len(kind), min(kind)))
    return [[every[page] for page in sorted(kind)] for kind in by_size]


def _repeated(pages: Sequence[_Page]) -> list[Piece]:
    seen = Counter(block for page in pages for block in page.blocks)
    marked = frozenset(block for page in pages for block in page.marked)
    return [
        Piece(block.path, block.text, "repeated", count)
        for block, count in seen.items()
        if count >= LEAST_PAGES
        and (count > len(pages) * SHARE_IN_ARTICLE if block in marked else count >= len(pages) * SHARE)
    ]


def _regions(pages: Sequence[_Page], known: frozenset[_Block]) -> list[Piece]:
    pages_with = Counter(path for page in pages for path in page.places)
    other = {path for page in pages for path, below in page.places.items() if not below <= known}
    found = {
        path
        for path, count in pages_with.items()
        if path not in other and count >= max(LEAST_PAGES, len(pages) / 2)
    }
    return [Piece(path, "", "region", pages_with[path]) for path in _topmost(found)]


def _volatile(pages: Sequence[Sequence[_Page]], stock: Mapping[_Place, Counter[str]]) -> list[Piece]:
    moved: Counter[_Place] = Counter()
    pages_with: Counter[_Place] = Counter()
    for captures in pages:
        pairs = [(old, new) for old, new in pairwise(captures) if _are_similar(old.blocks, new.blocks)]
        shared = [old.blocks_at.keys() & new.blocks_at.keys() for old, new in pairs]
        for place in set().union(*shared) if shared else ():
            pages_with[place] += 1
            moved[place] += any(
                _other(old.blocks_at.get(place), new.blocks_at.get(place)) for old, new in pairs
            )
    found = {
        place
        for place, count in moved.items()
        if count
        >= max(LEAST_MOVING if _is_drawn(stock[place]) else LEAST_PAGES, SHARE_MOVING * pages_with[place])
    }
    alone = _deepest({path for path, words in found if not words})
    worded = {place for place in found if place.text and alone.isdisjoint([*above(place.path), place.path])}
    chosen = [_Block(path, "") for path in alone] + sorted(worded)
    return [Piece(path, words, "volatile", moved[_Block(path, words)]) for path, words in chosen]


def _by_name(pieces: Sequence[Piece], pages: Sequence[_Page]) -> Iterable[Piece]:
    """The pieces; those whose own name occurs only at such places are named by it alone."""
    theirs = {piece.path for piece in pieces if not piece.text}
    others = {last_step(path) for page in pages for path in page.paths if path not in theirs}
    for piece in pieces:
        step = last_step(piece.path)
        named = not piece.text and step not in others and not {"#", "."}.isdisjoint(step)
        yield replace(piece, path=step) if named else piece


def _stock(pages: Sequence[Sequence[_Page]]) -> Mapping[_Place, Counter[str]]:
    """The number of pages on which each block seen at a place occurs."""
    stock: defaultdict[_Place, Counter[str]] = defaultdict(Counter)
    for captures in pages:
        for place in set().union(*(capture.blocks_at for capture in captures)):
            texts = set().union(*(capture.blocks_at.get(place, ()) for capture in captures))
            stock[place].update({block.text for block in texts})
    return stock


def _is_drawn(stock: Counter[str]) -> bool:
    """Whether other pages show the contents of a place, too."""
    recurring = sum(count for count in stock.values() if count > 1)
    return recurring >= RECURRING * stock.total()


def _are_similar(old: frozenset[_Block], new: frozenset[_Block]) -> bool:
    return len(old & new) >= STILL * max(len(old), len(new), 1)


def _other(old: frozenset[_Block] | None, new: frozenset[_Block] | None) -> bool:
    """True if a place lost most of its text: an article with one changing number is not volatile."""
    if old is None or new is None or len(old & new) >= HALF * max(len(old), len(new), 1):
        return False
    before, after = (Counter(word for block in some for word in block.text.split()) for some in (old, new))
    most = max(before.total(), after.total())
    return most <= LONG or (before & after).total() < HALF * most


def _topmost(found: set[str]) -> Iterable[str]:
    return (path for path in found if not any(one in found for one in above(path)))


def _deepest(found: set[str]) -> set[str]:
    return found - {one for path in found for one in above(path)}


def _names(latest: _Captures) -> frozenset[str]:
    seen = Counter(name for rows in latest for name in rows.names)
    return frozenset(name for name, count in seen.items() if count >= max(LEAST_PAGES, len(latest) / 2))


def _read(capture: ElementRows, names: frozenset[str]) -> _Page:
    paths = capture.paths(names)
    below: dict[int, set[_Block]] = defaultdict(set)
    blocks: dict[int, _Block] = {}
    for number, row in enumerate(capture.rows):
        if row.text:
            blocks[number] = block = _Block(paths[number], row.text)
            around = number
            while around != NOTHING:
                below[around].add(block)
                around = capture.rows[around].around
    often = Counter(paths)
    once = [number for number in below if often[paths[number]] == 1 and number not in capture.protected]
    return _Page(
        paths=frozenset(paths),
        blocks=frozenset(blocks.values()),
        marked=frozenset(block for number, block in blocks.items() if number in capture.marked),
        places={paths[number]: frozenset(below[number]) for number in once},
    )
