"""The identity of a response: its page, the URL of that page from now on, and pages to merge with it.

Pure. crawler/tracking/knowledge.py looks up the pages, crawler/tracking/recording.py stores the result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from variorum.storage.rows import PageRow

LEAST_WORDS = 8
"""A shorter text may be that of two different pages: it does not show that one moved to the other."""


def has_identifying_text(words: int, kind: str | None) -> bool:
    """Whether a text of that length identifies one page; the text of a file does, by the digest in it."""
    return kind == "file" or words >= LEAST_WORDS


@dataclass(frozen=True, slots=True)
class Identity:
    """A stored page, and what a response shows about its URL."""

    page: PageRow
    """The page as it is stored."""
    url: str | None = None
    """Its canonical URL from now on; None if it stays."""
    keys: tuple[str, ...] = ()
    """Keys (variorum.crawler.urls.canonical.key) that lead to it from now on."""
    absorbs: tuple[PageRow, ...] = ()
    """Pages that turned out to be other spellings of it."""
    moved_from: str = ""
    """Its former URL, if the page has moved."""

    @property
    def now(self) -> PageRow:
        """The page with its URL from now on."""
        return replace(self.page, url=self.url, listed_url=None) if self.url else self.page

    @property
    def stored(self) -> tuple[PageRow, ...]:
        """All stored pages that are involved."""
        return (self.page, *self.absorbs)

    def at(self, url: str, key: str, there: PageRow | None) -> Identity:
        """The identity after a response named `url`, at which the page `there` is known.

        Of two pages that turn out to be one, the one with versions remains; if both have versions, both stay
        as they are.
        """
        page, other = self.page, there if there and there not in self.stored else None
        if other and other.version is not None:
            if page.version is not None:
                return self
            page, other = other, page
        absorbs = (*self.absorbs, other) if other else self.absorbs
        return Identity(page, url, (*self.keys, key), absorbs, self.moved_from)

    def found_again(self, missing: PageRow, key: str) -> Identity:
        """The identity if the page is one that was missing at its old address: that one has moved here."""
        url = self.now.url
        return Identity(missing, url, (*self.keys, key), (*self.absorbs, self.page), missing.url)

    def moved(self) -> Identity:
        """The same identity, recorded as a move from the present URL."""
        return replace(self, moved_from=self.page.url) if self.url else self
