"""The patterns of addresses, by which a crawler trap is known.

Calendars, filters and sorted lists have no end, but all their addresses are alike, and so is what they show;
they lead to more of their kind and to what is known already. So links are not followed further into a shape
of addresses of which the last hundred brought hardly anything: no texts of their own, and no address of
another shape that was not known before. An archive of a thousand sheets leads to new articles from each of
them, and is read to its end.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

ENOUGH = 100
"""Fetched addresses of one pattern, before it is judged; so many of the latest are looked at."""
ENOUGH_WIDE = 500
"""The same for all addresses of one path, whatever their parameters: filters combine in a thousand ways."""
FRUIT = 0.1
"""The part of them that must have brought something."""
SUBSTANCE = 40
"""Words: shorter texts count as alike where they have as many words, such as “No events in May 2031”."""

_NUMBER = re.compile(r"\d+")


def shape(url: str) -> str:
    """The address with its numbers as `0`, and the names of its parameters."""
    names = _names(url)
    return f"{_path(url)}?{'&'.join(sorted(names))}" if names else _path(url)


class UrlPatterns:
    """What the latest addresses of a site have brought, by shape."""

    def __init__(self) -> None:
        self._fetched: dict[str, deque[tuple[str, str | int]]] = {}
        self._led_on: set[str] = set()

    def add(self, url: str, words: int | None, text_digest: str | None) -> None:
        """An address was fetched; words and digest are those of its article, where it has one."""
        text = text_digest or "" if words and words >= SUBSTANCE else words or 0
        for form, enough in _forms(url):
            self._fetched.setdefault(form, deque(maxlen=enough)).append((url, text))

    def led(self, url: str, to: str) -> None:
        """An address was the first to lead to another one."""
        if _path(url) != _path(to) or not _names(url) <= _names(to):
            self._led_on.add(url)

    def is_barren(self, url: str) -> bool:
        """Whether addresses of this shape have been tried often enough, and for nearly nothing."""
        return any(
            self._brought(form) < enough * FRUIT for form, enough in _forms(url) if self._tried(form, enough)
        )

    def _tried(self, form: str, enough: int) -> bool:
        return len(self._fetched.get(form, ())) == enough

    def _brought(self, form: str) -> int:
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
