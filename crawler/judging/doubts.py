"""What a run does not believe at first sight: a text that has shrunk, many pages that say the same."""

from __future__ import annotations

from collections import defaultdict

from crawler.extract import Extract
from crawler.running.archive import SiteArchive
from storage.rows import PageRow, VersionRow

SAME_TEXT = 3
"""So many pages may change into the same text in one run; more of them are one notice in their place."""


class Doubts:
    """The doubts of one run."""

    def __init__(self, archive: SiteArchive) -> None:
        self._archive = archive
        self._said: dict[int, str] = {}  # of pages that looked wrong
        self._became: defaultdict[str, set[int]] = defaultdict(set)  # which pages changed into a text

    def holds(self, page: PageRow, said: str) -> bool:
        """Whether this run has not seen twice what looks wrong; the first time, it is asked for again."""
        before = self._said.get(page.id)
        if before is None:
            self._archive.again(page)
        self._said[page.id] = said
        return before != said

    def is_everywhere(self, page: PageRow, extract: Extract) -> bool:
        """Whether several pages have changed into this same one in this run: a notice in place of pages."""
        self._became[extract.digest].add(page.id)
        return len(self._became[extract.digest]) > SAME_TEXT


def left_of(last: VersionRow, extract: Extract) -> str:
    """What is left of a version in a text that has shrunk; all of the text where nothing is.

    What else it says may be a counter, and another at every look.
    """
    known = set(last.text.split("\n"))
    return "\n".join(block for block in extract.blocks if block in known) or extract.text
