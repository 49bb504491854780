"""Collects what the pages that a run classifies tell of their block paths, until these are known. Pure."""

from __future__ import annotations

from collections import deque

from variorum.crawler.extraction.boilerplate.path_scores import ENOUGH, PathScores

MOST_UNKNOWN = 0.1
"""A page is of a known design where no larger part of its blocks is at paths that do not tell, and"""
HALF = 0.5
"""a design is known where so large a part of its pages is."""


class ClassifiedPages:
    """The scores of the block paths of a site: those that are stored, and those of this run's pages."""

    def __init__(self, stored: PathScores) -> None:
        self.scores = stored
        self._pages: set[int] = set()
        self._latest: deque[PathScores] = deque(maxlen=ENOUGH)
        self._wanted = ENOUGH

    def add(self, page: int, scores: PathScores) -> None:
        """Add what one page tells; nothing where it was classified in this run before, or not at all."""
        if page in self._pages or not scores.paths:
            return
        self._pages.add(page)
        self._latest.append(scores)
        self.scores = self.scores.joined(scores)

    def is_enough(self) -> bool:
        """Whether the paths tell the text of most pages like the latest ones.

        Asked again of twice as many pages where they do not: on some sites no path tells.
        """
        if len(self._pages) < self._wanted:
            return False
        self._wanted = 2 * len(self._pages)
        return sum(self._is_known(page) for page in self._latest) >= HALF * len(self._latest)

    def _is_known(self, page: PathScores) -> bool:
        every = sum(score.blocks for score in page.paths.values())
        labels = [(self.scores.is_text(path), score.blocks) for path, score in page.paths.items()]
        unknown = sum(blocks for label, blocks in labels if label is None)
        return unknown <= MOST_UNKNOWN * every and any(label for label, _ in labels)
