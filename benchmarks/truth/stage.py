"""What a benchmark is played on: a site whose articles are known, edited and fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from benchmarks.truth.articles import Article
from benchmarks.truth.edits import Edit
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult


class Stage(Protocol):
    """A site on which everything but the articles differs at every fetch."""

    name: str
    url: str
    """Its address, with a final slash."""
    dated: bool
    """It says of its pages when they were last modified."""

    def articles(self) -> Mapping[str, Article]:
        """What each page says at present, by its address."""

    def listed(self) -> Sequence[DiscoveredUrl]:
        """What the site's own API says of its pages; nothing where it has none."""

    def fetch(self, url: str) -> FetchResult:
        """A page as it is served now, its time left open; other bytes at every fetch."""

    def edit(self, edits: Sequence[Edit], at: datetime) -> None:
        """Carry out the edits of a round, and what else happens on a living site."""

    def redesign(self) -> None:
        """Give the site its other design."""
