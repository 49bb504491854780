"""The articles and the remaining lines that a dump is split into. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a dump, or the excerpt of it that a list of articles shows."""

    title: str
    paragraphs: tuple[str, ...]
    """The paragraphs as in the dump; lines of one paragraph are separated by line ends."""
    first: int
    """The index of its first line."""
    last: int
    """The index of its last line."""
    recognised_by: str
    """The evidence for its beginning and end."""
    published: date | None = None
    category: str | None = None
    author: str | None = None
    url: str | None = None
    is_excerpt: bool = False
    """It is only a beginning or a passage, with which a list leads to the article."""

    @property
    def text(self) -> str:
        """Return the text of the article, one block a line."""
        return "\n".join(" ".join(line.split()) for one in self.paragraphs for line in one.split("\n"))


@dataclass(frozen=True, slots=True)
class Unsplit:
    """Lines with text of which the article is not known."""

    first: int
    last: int
    why: str


@dataclass(frozen=True, slots=True)
class Split:
    """The result of splitting one dump: its articles, and the lines that belong to none."""

    articles: tuple[Article, ...]
    headlines: tuple[str, ...]
    """The headlines of its ticker; without one, the titles of its articles."""
    unsplit: tuple[Unsplit, ...]
    left: frozenset[str]
    """The lines that are in no article."""
    url: str | None
    """The address of the page itself, if the dump begins with it."""
    is_list: bool
    """Whether it shows an archive or another list of articles, and not one article."""
    latest: date | None
    """The latest day of all its date lines: the dump is not older."""
