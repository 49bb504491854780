"""Recognises crawler traps by URL pattern: many URLs of one pattern that lead to nothing new.

Calendars, filters and sorted lists have no end, but their URLs and their texts are alike; they link to each
other and to known pages. So links into a URL pattern are not followed when its last hundred URLs yielded
hardly anything: no text of their own, and no unknown URL of another pattern. An archive of a thousand list
pages links to new articles from each of them, and is read to its end.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

ENOUGH = 100
"""The number of fetched URLs of one pattern, the latest ones, from which it is judged."""
ENOUGH_WIDE = 500
"""The same for all addresses of one path, whatever their parameters: filters combine in a thousand ways."""
FRUIT = 0.1
"""The share of them that must have yielded something new."""
SUBSTANCE = 40
"""The number of words below which texts with the same number count as equal, such as “No events in May
2031”."""

_NUMBER = re.compile(r"\d+")


def shape(url: str) -> str:
    """The URL pattern of a URL: its numbers as `0`, and only the names of its parameters."""
    names = _names(url)
    return f"{_path(url)}?{'&'.join(sorted(names))}" if names else _path(url)


class UrlPatterns:
    """What the latest fetched URLs of a site have yielded, by URL pattern."""

    def __init__(self) -> None:
        self._fetched: dict[str, deque[tuple[str, str | int]]] = {}
        self._led_on: set[str] = set()

    def add(self, url: str, words: int | None, text_digest: str | None) -> None:
        """Record a fetched URL, with the words and digest of its article, if it has one."""
        text = text_digest or "" if words and words >= SUBSTANCE else words or 0
        for form, enough in _forms(url):
            self._fetched.setdefault(form, deque(maxlen=enough)).append((url, text))

    def led(self, url: str, to: str) -> None:
        """Record that the page at `url` was the first to link to `to`."""
        if _path(url) != _path(to) or not _names(url) <= _names(to):
            self._led_on.add(url)

    def is_barren(self, url: str) -> bool:
        """Whether enough URLs of this pattern were fetched, and nearly none yielded anything new."""
        return any(
            self._yield(form) < enough * FRUIT for form, enough in _forms(url) if self._tried(form, enough)
        )

    def _tried(self, form: str, enough: int) -> bool:
        return len(self._fetched.get(form, ())) == enough

    def _yield(self, form: str) -> int:
        latest = self._fetched[form]
        return len({text for _, text in latest if text}) + sum(url in self._led_on for url, _ in latest)


def _forms(url: str) -> Iterator[tuple[str, int]]:
    yield shape(url), ENOUGH
    if urlsplit(url).query:
        yield f"{_path(url)}?…", ENOUGH_WIDE


def _path(url: str) -> str:
    return _NUMBER.sub("0", urlsplit(url).path)


def _names(url: str) -> set[str]:
    return {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
