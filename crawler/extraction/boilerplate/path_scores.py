"""How probable text is at each block path of a site, by all the pages of it that were classified.

The tags and classes above a block say more than the block itself: a design puts what it is for at the same
places on all of its pages. So a path of which enough is known need not be classified again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from crawler.extraction.html.blocks import Block

ENOUGH = 20
"""A path seen on so many pages is known: another one would change its mean little."""
TEXT, NO_TEXT = 0.8, 0.1
"""What stands at a known path is text from the one mean on, and none up to the other. Between them the path
does not tell, and the classifier is asked."""


@dataclass(frozen=True, slots=True)
class PathScore:
    """What stood at one block path."""

    total: float
    """The sum of the probabilities of all blocks there."""
    blocks: int
    pages: int

    @property
    def mean(self) -> float:
        """How probable text is there, 0 to 1."""
        return self.total / self.blocks

    def __add__(self, other: PathScore) -> PathScore:
        return PathScore(self.total + other.total, self.blocks + other.blocks, self.pages + other.pages)


@dataclass(frozen=True, slots=True)
class PathScores:
    """The scores of block paths: plain data that can be stored as JSON and joined with that of more pages."""

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
        """What both tell together."""
        found = dict(self.paths)
        for path, score in other.paths.items():
            found[path] = found[path] + score if path in found else score
        return PathScores(found)

    def mean(self, path: str) -> float:
        """How probable text is at a path; 0 where nothing was seen there."""
        known = self.paths.get(path)
        return known.mean if known else 0.0

    def is_text(self, path: str) -> bool | None:
        """Whether what stands at a path is text; None where too little was seen there, or text and none."""
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
