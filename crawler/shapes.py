"""Shapes of addresses, to tell a crawler trap by its fruits.

Calendars, filters and sorted lists have no end, but all their addresses are alike, and they bring no text of
their own. So links are not followed further into a shape of addresses of which many were fetched and hardly
any was an article that is not elsewhere, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

ENOUGH = 100
"""Fetched addresses of one shape, before it is judged."""
FRUIT = 0.1
"""The part of them that must be articles of their own."""

_NUMBER = re.compile(r"\d+")


def shape(url: str) -> str:
    """The address with its numbers as `0` and its parameters without their values."""
    parts = urlsplit(url)
    names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return f"{_NUMBER.sub('0', parts.path)}?{'&'.join(names)}"


class Shapes:
    """What the addresses of a site have brought, by shape."""

    def __init__(self, fetched: Iterable[tuple[str, str | None]] = ()) -> None:
        self._fetched: Counter[str] = Counter()
        self._texts: dict[str, set[str]] = {}
        for url, text in fetched:
            self.add(url, text)

    def add(self, url: str, text: str | None) -> None:
        """An address was fetched; `text` is the digest of its article, where it has one."""
        form = shape(url)
        self._fetched[form] += 1
        if text:
            self._texts.setdefault(form, set()).add(text)

    def is_barren(self, url: str) -> bool:
        """Whether addresses of this shape have been tried often enough, and for nearly nothing."""
        form = shape(url)
        tried = self._fetched[form]
        return tried >= ENOUGH and len(self._texts.get(form, ())) < tried * FRUIT
