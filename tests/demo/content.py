"""What a demo site holds, as its file in texts/ says, and what happens to it overnight."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

TEXTS = Path(__file__).with_name("texts")


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that truly happens overnight: of `old` words, each at its one place, `new` ones are made."""

    kind: str
    """`edited`, `new`, `gone` or `moved`, as `variorum changes` calls them."""
    path: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    to: str = ""
    """The new path of a page that moved."""
    site: str = ""


class Article(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One article as its author wrote it, paragraphs parted by blank lines."""

    path: str
    title: str
    author: str
    text: str
    original: str = ""
    """The same in the language it was translated from."""
    source: str = ""
    date: datetime = datetime.max.replace(tzinfo=UTC)
    """When it is published."""
    lang: str = ""
    """Its language where that is not the edition's."""
    category: str = ""
    tags: list[str] = []
    comments: int = 0

    @property
    def paragraphs(self) -> list[str]:
        """What a reader would call the article: its paragraphs, those of the original last."""
        return [part for text in (self.text, self.original) if text for part in text.strip().split("\n\n")]


class Content(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The articles of one site, and the words of the pages around them."""

    name: str = ""
    base: str = ""
    has: list[str]
    """Of `sitemap`, `lastmod`, `feed`, `amp`, `also-read`."""
    editions: dict[str, dict[str, Any]]
    email: str
    robots: str = ""
    page_size: int = 20
    front: str = ""
    """The path of the article that stands in full on the home page."""
    authors: dict[str, int] = {}
    articles: list[Article]
    changes: list[Change] = []
    moved: dict[str, str] = {}
    nights: int = 0

    def find(self, path: str) -> Article | None:
        """The published article at this path, if there is one."""
        return next((a for a in self.articles if a.path == path and a.date <= datetime.now(UTC)), None)

    def edition(self, path: str) -> str:
        """The edition to which a path belongs; English where it belongs to none."""
        return next((key for key, its in self.editions.items() if path.startswith(its["home"])), "en")

    def newest(self, edition: str = "") -> list[Article]:
        """The published articles, of one edition or of all, newest first."""
        inside = [a for a in self.articles if edition in ("", self.edition(a.path)) and self.find(a.path)]
        return sorted(inside, key=lambda article: article.date, reverse=True)

    def overnight(self) -> None:
        """Make the changes, and the noise that is none: other sidebars, another ticker."""
        self.nights += 1
        for change in self.changes:
            article = next(a for a in self.articles if a.path == change.path)
            for old, new in zip(change.old, change.new, strict=True):
                article.text = article.text.replace(old, new)
            if change.kind == "new":
                article.date = datetime.now(UTC)
            elif change.kind == "gone":
                self.articles.remove(article)
            elif change.kind == "moved":
                self.moved[change.path] = article.path = change.to


def read(name: str, base: str) -> Content:
    """The content of a demo site before the night."""
    content = msgspec.toml.decode((TEXTS / f"{name}.toml").read_bytes(), type=Content)
    changes = [msgspec.structs.replace(change, site=name) for change in content.changes]
    return msgspec.structs.replace(content, name=name, base=base, changes=changes)
