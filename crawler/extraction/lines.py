"""The lines of a text: one for each of its blocks; on a list of pages one for each of its entries."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from variorum.crawler.extraction.html.blocks import Block, Place
from variorum.crawler.extraction.html.counters import is_counter

MANY = 5
"""A place with so many of its kind, itself included, holds an entry of a list."""
LONGEST = 300
"""A longer entry keeps its lines: it is a text of its own."""
BETWEEN = " | "
"""Between the parts of an entry, as between the cells of a table row."""


def lines_of(taken: Sequence[Block], *, as_entries: bool = False, with_counters: bool = False) -> list[str]:
    """The lines of these blocks, without those that only count, unless they are asked for.

    With `as_entries` all that stands in one entry is one line, so that an entry that came is one line more.
    """
    if not as_entries:
        return [line for block in taken for line in _lines(block, with_counters=with_counters)]
    found: list[str] = []
    for _, some in groupby(taken, key=_entry):
        lines = [line for block in some for line in _lines(block, with_counters=with_counters)]
        entry = BETWEEN.join([*lines[:1], *(line.removeprefix("- ") for line in lines[1:])])
        found += [entry] if lines and len(entry) <= LONGEST else lines
    return found


def _lines(block: Block, *, with_counters: bool) -> list[str]:
    return [line for line in block.lines if with_counters or not is_counter(line)]


def _entry(block: Block) -> Place | Block:
    """The entry in which a block stands, the innermost one; the block itself where it is in none."""
    for place in block.place.around():
        if place.above is not None and place.above.alike.get(place.kind, 1) >= MANY:
            return place
    return block
