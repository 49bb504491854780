"""The places of a page as arrays, and what stands in, around and beside each: facts of containers.

Sums go up from the innermost places, and what is inherited goes down from the root, one depth at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from variorum.crawler.extraction.classifier.trees import Numbers
from variorum.crawler.extraction.html.blocks import Block, Place
from variorum.crawler.extraction.html.hints import is_beside, is_marked

Indices = NDArray[np.int32]

NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
SHORTEST, LONGEST = 3, 19
"""The number of letters of a word in a class that is used."""
TAGS = """p div li td tr th h1 h2 h3 h4 h5 h6 pre blockquote figcaption dd dt button section article main
    summary""".split()  # noqa: SIM905 - legible
AROUND = """article main section aside nav footer header form ul ol table figure blockquote dl details li p
    noscript dialog button""".split()  # noqa: SIM905 - legible
REPEATABLE = frozenset(["div", "li", "article", "section", "tr", "a"])
FAR = 20
"""So many steps away is as good as nowhere."""
MOST_OF = 0.7
"""The place that holds so much of something is where it is."""


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """Of each block what its containers are described by."""

    sizes: Numbers
    linked: Numbers
    paragraph: NDArray[np.bool_]
    marks: Numbers
    """How many punctuation marks it has."""
    ends: Numbers
    """Whether it ends as a sentence does."""
    peer: Numbers
    """What share of it another program takes for text."""


class Layout:
    """The places of a page as arrays, each with the one above it; outer ones come before inner ones."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        at: dict[Place, int] = {}
        for block in blocks:
            for place in block.place.around_but(at):
                at[place] = len(at)
        self.places = list(at)
        self.up = np.array([at[place.above] if place.above else 0 for place in self.places], np.int32)
        self.of = np.array([at[block.place] for block in blocks], np.int32)
        self.best_score = 0.0
        """What share of the page's text the place holds that has most prose for its links."""

    @cached_property
    def depth(self) -> Indices:
        """How many places are above each."""
        return np.array([place.depth for place in self.places], np.int32)

    @cached_property
    def levels(self) -> list[Indices]:
        """The places of each depth, the root's first."""
        order = np.argsort(self.depth, kind="stable").astype(np.int32)
        ends = np.cumsum(np.bincount(self.depth - self.depth[0]))
        return [level for level in np.split(order, ends[:-1]) if len(level)]

    def sums(self, rows: Numbers) -> Numbers:
        """For each place the sum of the rows of its blocks."""
        sums = np.zeros((len(self.places), rows.shape[1]), np.float64)
        np.add.at(sums, self.of, rows)
        for level in reversed(self.levels[1:]):
            np.add.at(sums, self.up[level], sums[level])
        return np.asarray(sums, np.float32)

    def _down(self, rows: Numbers, step: Callable[[Indices, Numbers], Numbers]) -> Numbers:
        """The rows filled from the root down: each level from the rows of the places above it."""
        rows[self.levels[0]] = step(self.levels[0], rows[self.levels[0]])
        for level in self.levels[1:]:
            rows[level] = step(level, rows[self.up[level]])
        return rows

    def containers(self, facts: BlockFacts) -> Numbers:
        """The contents of the four places around a block, and where the places with most prose are."""
        sizes, taken = facts.sizes, np.maximum(facts.peer, 0)
        some = [
            sizes, facts.linked * sizes, np.ones_like(sizes), facts.paragraph, facts.marks, facts.ends,
            taken * sizes, facts.paragraph * sizes,
        ]  # fmt: skip
        sums = self.sums(np.stack(some, axis=1).astype(np.float32))
        chars, links, count, paragraphs, _, _, held, prose = sums.T
        total = max(chars[0], 1)
        score = np.where(
            paragraphs > 0,
            (chars - 2 * links) * (1 - links / np.maximum(chars, 1)) / (1 + 0.02 * count),
            0,
        )
        self.best_score = float(score.max(initial=0)) / total
        holders = [
            int(np.argmax(score)),
            self._smallest(held >= MOST_OF * max(held[0], 1)),
            self._smallest(prose >= MOST_OF * max(prose[0], 1)),
        ]
        about, of = _about(sums), self.of
        steps = [of]
        for _ in range(3):
            steps.append(self.up[steps[-1]])
        columns = [about[step] for step in steps]
        columns.append(self._distances(holders)[of])
        columns.append(self._repeated(chars)[of])
        most = max(score.max(initial=0), 1)
        columns += [(score[of] / most)[:, None], (score[self.up[of]] / most)[:, None]]
        return np.hstack(columns).astype(np.float32, copy=False)

    def _smallest(self, holds: NDArray[np.bool_]) -> int:
        """The deepest place of those that hold so much, the first of several."""
        found = np.flatnonzero(holds)
        return int(found[np.argmax(self.depth[found])]) if len(found) else 0

    def _distances(self, holders: Sequence[int]) -> Numbers:
        """The number of steps of each place below each of these; negative outside: from their common
        place."""
        start = np.full((len(self.places), len(holders)), np.nan, np.float32)
        for column, holder in enumerate(holders):
            start[0, column], start[holder, column] = -FAR, 0
            at, out = holder, 0
            while at:
                at, out = int(self.up[at]), out + 1
                start[at, column] = -out

        def step(level: Indices, above: Numbers) -> Numbers:
            inside = (above >= 0) & (level != 0)[:, None]
            return np.where(np.isnan(start[level]), above + inside, start[level])

        return self._down(np.zeros_like(start), step)

    def _repeated(self, chars: Numbers) -> Numbers:
        """How often a place, or one around it, is repeated beside itself; and how long these are."""
        alike = np.array([p.above.alike.get(p.kind, 1) if p.above else 0 for p in self.places], np.float32)
        named = np.array([p.tag in REPEATABLE and bool(p.kind[1]) for p in self.places], bool)

        def step(level: Indices, above: Numbers) -> Numbers:
            count = alike[level]
            more = count > above[:, 0]
            above[:, 0] = np.where(more, count, above[:, 0])
            above[:, 1] = np.where(more, chars[level], above[:, 1])
            above[:, 2] = np.maximum(above[:, 2], np.where(named[level], count, 0))
            return above

        return np.log1p(self._down(np.zeros((len(self.places), 3), np.float32), step))

    def headings(self) -> list[str]:
        """For each block the tag of the headline around it, `h1` or `h2`; empty if there is none."""
        found: list[str] = []
        for place, up in zip(self.places, self.up.tolist(), strict=True):
            found.append(place.tag if place.tag in ("h1", "h2") or not found else found[up])
        return [tag if (tag := found[place]) in ("h1", "h2") else "" for place in self.of.tolist()]

    def tags(self) -> Numbers:
        """The tags of a block's place and of those around it."""
        around = np.zeros((len(self.places), len(AROUND)), np.float32)
        known = {tag: n for n, tag in enumerate(AROUND)}
        tag = np.array([known.get(place.tag, -1) for place in self.places])

        def step(level: Indices, above: Numbers) -> Numbers:
            here = np.flatnonzero(tag[level] >= 0)
            above[here, tag[level][here]] += 1
            return above

        self._down(around, step)
        index = {tag: n for n, tag in enumerate(TAGS)}
        kinds = np.zeros((len(self.of), len(TAGS) + 1), np.float32)
        kinds[np.arange(len(self.of)), [index.get(self.places[p].tag, len(TAGS)) for p in self.of]] = 1
        return np.hstack([kinds, around[self.of]])

    def hints(self, sizes: Numbers) -> Numbers:
        """What the names of places claim: the text, or something beside it; how far up, and how much."""
        share = self.sums(sizes[:, None])[:, 0] / max(float(sizes.sum()), 1)
        marked = self._nearest([is_marked(place) for place in self.places])
        far, most = self._claimed(marked, share)
        is_within = marked >= 0
        is_first = (marked == np.arange(len(marked))) & ~np.append(False, is_within[self.up[1:]])
        rows = [is_within, np.where(is_within, most, 0), far, most]
        rows += self._claimed(self._nearest([is_beside(place) for place in self.places]), share)
        rows.append(np.full(len(marked), is_first.sum()))
        return np.stack(rows, axis=1).astype(np.float32)[self.of]

    def _nearest(self, chosen: Sequence[bool]) -> Indices:
        """For each place the innermost of the chosen ones that is, or is around, it; -1 if there is none."""
        found: list[int] = []
        for place, (up, is_chosen) in enumerate(zip(self.up.tolist(), chosen, strict=True)):
            found.append(place if is_chosen else found[up] if place else -1)
        return np.array(found, np.int32)

    def _claimed(self, nearest: Indices, share: Numbers) -> tuple[NDArray[np.generic], Numbers]:
        """How far up these are from each place, and what share of the text each holds."""
        far = np.minimum(self.depth - self.depth[nearest], FAR)
        return np.where(nearest >= 0, far, FAR), np.where(nearest >= 0, share[nearest], 1)

    def words(self) -> list[tuple[str, ...]]:
        """The words of each place's classes, id and roles."""
        return [names_of(place) for place in self.places]


def _about(sums: Numbers) -> Numbers:
    """What each place holds, in shares."""
    chars, links, count, paragraphs, marks, ends, held, _ = sums.T
    room, blocks = np.maximum(chars, 1), np.maximum(count, 1)
    return np.stack(
        [
            np.log1p(chars), chars / max(chars[0], 1), links / room, paragraphs / blocks, np.log1p(count),
            marks / room, ends / blocks, held / room, held / max(held[0], 1),
        ],
        axis=1,
    )  # fmt: skip


@lru_cache(maxsize=2**15)
def name_words(names: str) -> tuple[str, ...]:
    """The words of classes, ids and roles, in lower case and in their order: `entryContent-2` is `entry` and
    `content`. The order of a set would differ in each process, and so would sums over the words."""
    words = (word.lower() for word in NAME.findall(names) if SHORTEST <= len(word) <= LONGEST)
    return tuple(dict.fromkeys(words))


def names_of(place: Place) -> tuple[str, ...]:
    """The words of a place's own classes, id and roles."""
    get = place.element.get
    whole = " ".join(filter(None, (get("class"), get("id"), get("itemprop"), get("role"))))
    return name_words(whole) if whole else ()


def levels_of(up: Indices) -> Iterable[Indices]:
    """The places of each depth below the root, where `up` is the place above each, those above first."""
    depth = [0] * len(up)
    for place, above in enumerate(up.tolist()[1:], 1):
        depth[place] = depth[above] + 1
    order = np.argsort(depth, kind="stable").astype(np.int32)
    return np.split(order, np.cumsum(np.bincount(depth))[:-1])[1:]
