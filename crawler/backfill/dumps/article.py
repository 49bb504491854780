"""The articles and the remaining lines that a dump is split into. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a dump, or the excerpt of it that a list of articles shows."""

    title: str
    paragraphs: tuple[str, ...]
    """As they stand in the dump; the lines of one are kept apart by line ends."""
    first: int
    """Index of its first line ..."""
    last: int
    """... and of its last."""
    recognised_by: str
    """What tells that it begins and ends there."""
    published: date | None = None
    category: str | None = None
    author: str | None = None
    url: str | None = None
    is_excerpt: bool = False
    """Its beginning, or a passage, with which a list leads to the whole."""

    @property
    def text(self) -> str:
        """Return the text of the article, one block a line."""
        return "\n".join(" ".join(line.split()) for one in self.paragraphs for line in one.split("\n"))


@dataclass(frozen=True, slots=True)
class Unsplit:
    """Lines that say something and of which it can't be told what article they are of."""

    first: int
    last: int
    why: str


@dataclass(frozen=True, slots=True)
class Split:
    """The result of splitting one dump: its articles, and the lines that belong to none."""

    articles: tuple[Article, ...]
    headlines: tuple[str, ...]
    """Of its ticker; or else the titles of its articles."""
    unsplit: tuple[Unsplit, ...]
    left: frozenset[str]
    """The lines that are in no article."""
    url: str | None
    """The address of the page itself, where the dump begins with it."""
    is_list: bool
    """Whether it is of an archive or another list of articles, and not of one article."""
    latest: date | None
    """The latest day that any of its date lines names: the dump is not older."""
