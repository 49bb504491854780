"""Combines several pages of one site: how probable text is at a block path, and what recurs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from variorum.crawler.extraction.classifier.classifier import Judged

LEAST_PAGES = 3
SHARE = 0.3
"""A block with the same path and words on this share of the pages, and on three, is boilerplate."""
WEIGHT = 1.0
"""The weight of the mean at a block's path, relative to the block's own probability."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """What is known of the pages of a site."""

    mean: Mapping[str, float]
    """For each block path the mean probability of text, over the pages."""
    recurring: frozenset[tuple[str, str]]
    """Path and words of blocks that are on many pages."""


ALONE = Siblings({}, frozenset())
"""For a page whose siblings are not known."""


def siblings(pages: Sequence[Judged]) -> Siblings:
    """The evidence of several pages together; empty for fewer than three."""
    if len(pages) < LEAST_PAGES:
        return ALONE
    means: defaultdict[str, list[float]] = defaultdict(list)
    seen: Counter[tuple[str, str]] = Counter()
    for judged in pages:
        at: defaultdict[str, list[float]] = defaultdict(list)
        for block, probability in zip(judged.page.blocks, judged.probability, strict=True):
            at[block.path].append(float(probability))
        for path, some in at.items():
            means[path].append(sum(some) / len(some))
        seen.update({(block.path, block.text) for block in judged.page.blocks})
    often = max(LEAST_PAGES, SHARE * len(pages))
    return Siblings(
        {path: sum(some) / len(some) for path, some in means.items() if len(some) >= LEAST_PAGES},
        frozenset(block for block, count in seen.items() if count >= often),
    )


def seen_with(judged: Judged, known: Siblings) -> Judged:
    """The page with the evidence of its siblings for its blocks."""
    if not known.mean:
        return judged
    found = np.array(judged.probability)
    for n, block in enumerate(judged.page.blocks):
        if (block.path, block.text) in known.recurring:
            found[n] = 0
        elif (mean := known.mean.get(block.path)) is not None:
            found[n] = (found[n] + WEIGHT * mean) / (1 + WEIGHT)
    return replace(judged, probability=found)
