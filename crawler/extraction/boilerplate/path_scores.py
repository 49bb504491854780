"""Stores how probable text is at each block path of a site, from all its classified pages.

The tags and classes above a block say more than the block itself: a design has the same kind of content at
the same places on all its pages. So a path with enough evidence need not be classified again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from variorum.crawler.extraction.html.blocks import Block

ENOUGH = 20
"""The number of pages from which a path is known: another one would change its mean little."""
TEXT, NO_TEXT = 0.8, 0.1
"""From the first mean on, content at a known path is text; up to the second it is not. Between them the
path does not decide, and the classifier is used."""


@dataclass(frozen=True, slots=True)
class PathScore:
    """What was seen at one block path."""

    total: float
    """The sum of the probabilities of all blocks at the path."""
    blocks: int
    pages: int

    @property
    def mean(self) -> float:
        """The mean probability of text at the path, 0 to 1."""
        return self.total / self.blocks

    def __add__(self, other: PathScore) -> PathScore:
        return PathScore(self.total + other.total, self.blocks + other.blocks, self.pages + other.pages)


@dataclass(frozen=True, slots=True)
class PathScores:
    """The scores of block paths: plain data that can be stored as JSON and joined with those of more
    pages."""

    paths: Mapping[str, PathScore] = field(default_factory=dict)

    @classmethod
    def of(cls, blocks: Sequence[Block], probabilities: Iterable[float]) -> PathScores:
        """The scores of one classified page."""
        found: dict[str, PathScore] = {}
        for block, probability in zip(blocks, probabilities, strict=True):
            known = found.get(block.path, PathScore(0.0, 0, 1))
            found[block.path] = PathScore(known.total + float(probability), known.blocks + 1, 1)
        return cls(found)

    def joined(self, other: PathScores) -> PathScores:
        """The scores of both together."""
        found = dict(self.paths)
        for path, score in other.paths.items():
            found[path] = found[path] + score if path in found else score
        return PathScores(found)

    def mean(self, path: str) -> float:
        """The mean probability of text at a path; 0 if nothing was seen there."""
        known = self.paths.get(path)
        return known.mean if known else 0.0

    def is_text(self, path: str) -> bool | None:
        """Whether content at a path is text; None if too little was seen, or both text and none."""
        known = self.paths.get(path)
        if known is None or known.pages < ENOUGH or NO_TEXT < known.mean < TEXT:
            return None
        return known.mean >= TEXT

    @property
    def is_enough(self) -> bool:
        """Whether any path is known."""
        return any(score.pages >= ENOUGH for score in self.paths.values())

    def to_json(self) -> str:
        """The scores as JSON, by path: total, blocks, pages."""
        rows = {path: (round(s.total, 4), s.blocks, s.pages) for path, s in sorted(self.paths.items())}
        return msgspec.json.encode(rows).decode()

    @classmethod
    def from_json(cls, text: str) -> PathScores:
        """The scores that `to_json` wrote. Raises msgspec.DecodeError for anything else."""
        rows = msgspec.json.decode(text, type=dict[str, tuple[float, int, int]])
        return cls({path: PathScore(*row) for path, row in rows.items()})
