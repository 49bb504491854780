"""Reads two captures of one page together: what is in both can't have changed, however a reading differs.

Only an added or removed block is checked for being text, and its block path decides: by the mean over all
blocks seen there in both captures. Links are scored apart from other content at a path, since a menu may
have the path of a list. Both sides of a comparison are decided by the same
scores, so a classifier that changes its mind about a place makes no change of the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from variorum.crawler.diffing.normalisation import CONCEALED, PLACEHOLDER, plain
from variorum.crawler.extraction.boilerplate.path_scores import PathScore, PathScores
from variorum.crawler.extraction.classifier.text_choice import inside, is_sentence
from variorum.crawler.extraction.html.blocks import Block

CUT, LINK = 0.4, 0.6
"""From this mean on, what stands at a block path is text; links need a higher one."""
INSIDE, SENTENCE = 0.15, 0.2
"""For a sentence or a row of a table a lower one is enough, so that nothing of the text is lost: the first
inside the place that holds nearly all of the text, the second elsewhere. All four were chosen on one set of
real captures and confirmed on the other, each site by weights that had not seen it; that rows count, with
the weights of the package."""
LINKED = 0.5
"""The share of links from which a block leads elsewhere."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The blocks of two captures that are text, in order, and which of them were added or removed."""

    old: list[Block]
    new: list[Block]
    gone: list[Block]
    come: list[Block]

    @property
    def differs(self) -> bool:
        """Whether a block of the text was added or removed."""
        return bool(self.gone or self.come)


def changed(old: Sequence[Block], new: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """The blocks visible in only one of two captures, wherever they are. Typography does not count."""
    match = _matched(old, new)
    return (
        [block for n, block in enumerate(old) if n not in match],
        [block for n, block in enumerate(new) if n not in set(match.values())],
    )


def paired(old: Sequence[Block], new: Sequence[Block], scores: PathScores, *, of_links: bool = False) -> Pair:
    """The text of both captures. A block that is visible in both is text of both or of none.

    `of_links` says that the text is links for its greater part, as that of a list of pages is.
    """
    match = _matched(old, new)
    link = CUT if of_links else LINK
    of_old, of_new = (_are_text(blocks, scores, link) for blocks in (old, new))
    for i, j in match.items():
        of_old[i] = of_new[j] = of_old[i] or of_new[j]
    matched = set(match.values())
    return Pair(
        old=[block for block, is_text in zip(old, of_old, strict=True) if is_text],
        new=[block for block, is_text in zip(new, of_new, strict=True) if is_text],
        gone=[block for n, block in enumerate(old) if of_old[n] and n not in match],
        come=[block for n, block in enumerate(new) if of_new[n] and n not in matched],
    )


def pair_scores(blocks: Sequence[Block], probabilities: Iterable[float]) -> PathScores:
    """The scores of the block paths of one page, for comparing pairs."""
    at: defaultdict[str, list[float]] = defaultdict(list)
    for block, probability in zip(blocks, probabilities, strict=True):
        at[_scored_at(block)].append(float(probability))
    return PathScores({path: PathScore(sum(some), len(some), pages=1) for path, some in at.items()})


def _scored_at(block: Block) -> str:
    return f"{block.path}/a" if block.linked >= LINKED else block.path


def _are_text(blocks: Sequence[Block], scores: PathScores, link: float) -> list[bool]:
    """For each block whether it is text, as far as its path says."""
    mean = np.array([scores.mean(_scored_at(block)) for block in blocks])
    linked = np.array([block.linked >= LINKED for block in blocks], bool)
    says = np.array([is_sentence(block) or block.tag == "tr" for block in blocks], bool) & ~linked
    sure = mean >= np.where(linked, link, CUT)
    words = np.array([len(block.words) for block in blocks], int)
    least = np.where(inside(blocks, words * (sure & ~linked)), INSIDE, SENTENCE)
    return [bool(one) for one in sure | (says & (mean >= least))]


def _matched(old: Sequence[Block], new: Sequence[Block]) -> dict[int, int]:
    """Match the blocks of the old capture with those of the new one, at the same path first."""
    match: dict[int, int] = {}
    _match(match, *([(block.path, block.text) for block in blocks] for blocks in (old, new)))
    _match(match, *([block.text for block in blocks] for blocks in (old, new)))
    _match(match, *_bare(match, old, new))
    return match


def _match(match: dict[int, int], old: Sequence[object], new: Sequence[object]) -> None:
    """Add the pairs of equal keys among unmatched blocks; None equals nothing."""
    taken = set(match.values())
    free: defaultdict[object, list[int]] = defaultdict(list)
    for j in range(len(new) - 1, -1, -1):
        if j not in taken and new[j] is not None:
            free[new[j]].append(j)
    for i, key in enumerate(old):
        if i not in match and free.get(key):
            match[i] = free[key].pop()


def _bare(match: dict[int, int], old: Sequence[Block], new: Sequence[Block]) -> tuple[list[str | None], ...]:
    """The words of unmatched blocks, without typography."""
    left = [[None if n in known else block.text for n, block in enumerate(blocks)]
            for known, blocks in ((match.keys(), old), (set(match.values()), new))]  # fmt: skip
    concealed = any(text and PLACEHOLDER.search(text) for side in left for text in side)
    return tuple([None if text is None else _words(text, concealed) for text in side] for side in left)


def _words(text: str, concealed: bool) -> str:
    bare = text.removeprefix("- ").replace("~~", "")
    return plain(CONCEALED.sub("@", bare) if concealed else bare)
