"""Recognises a page at another address although its text was edited meanwhile. Pure.

Nearly the same text alone shows no move: the bulletins and forms of a site share theirs, and one of them goes
as the next one comes. So the title and the date of publication, the last part of the address, or all numbers,
dates and names in the text have to agree, too. In doubt, one page is gone and another one is new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from variorum.crawler.diffing.signals import dates, names, numbers
from variorum.crawler.diffing.tokens import similarity

LEAST_WORDS = 40
"""A shorter text with an edit may be that of two different pages."""
NEARLY, VERY_NEARLY = 0.8, 0.85
"""The least similarity of the texts before and after the move; and where only the title agrees otherwise."""
SLUG = re.compile(r"(?=(?:.*[^\W\d_]){6})(?!index\b|default\b).*")
"""The last part of an address that names a page: with six letters at least."""
ENDING = re.compile(r"\.(?:x?html?|php|aspx?|jsp)$")
"""What another publishing system leaves out, or writes otherwise."""
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a page looks like at one address."""

    url: str
    title: str
    text: str
    words: int
    published: str | None
    """The site's date of publication."""
    is_dated: bool
    """Whether the site itself gives that date, so that it was not read from text or address."""

    @property
    def day(self) -> str | None:
        """The day on which it was published."""
        return self.published[:10] if self.published else None

    @property
    def slug(self) -> str | None:
        """The last part of the address, if it names the page; before a query, it names a program."""
        address = urlsplit(self.url)
        last = ENDING.sub("", unquote(address.path).rstrip("/").rpartition("/")[2].casefold())
        return last if SLUG.fullmatch(last) and not address.query else None


def are_alike(one: Appearance, other: Appearance) -> bool:
    """Whether two pages have nearly the same text, long enough to compare."""
    if min(one.words, other.words) < LEAST_WORDS:
        return False
    return similarity(one.text, other.text) >= NEARLY


def has_moved(before: Appearance, now: Appearance) -> bool:
    """Whether a page that is no longer found is the one at another address, slightly edited."""
    if (before.day and now.day and before.day != now.day) or not are_alike(before, now):
        return False
    same_day = before.is_dated and now.is_dated and before.day is not None and before.day == now.day
    same_slug = before.slug is not None and before.slug == now.slug and not _are_numbered(before, now)
    if " ".join(before.title.split()).casefold() != " ".join(now.title.split()).casefold():
        return same_day and same_slug
    return same_day or same_slug or _tell_the_same(before.text, now.text)


def _are_numbered(before: Appearance, now: Appearance) -> bool:
    """Whether only numbers differ in the addresses, which are those of two issues: /47/prices, /48/prices."""
    return DIGITS.sub("0", before.url) == DIGITS.sub("0", now.url)


def _tell_the_same(before: str, now: str) -> bool:
    """Whether hardly a word differs, and no number, date or name: of two issues of a bulletin, some do."""
    same = all(facts(before) == facts(now) for facts in (numbers, dates, names))
    return same and similarity(before, now) >= VERY_NEARLY
