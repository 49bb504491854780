"""Reads the capture lists of a web archive's CDX server, and builds its URLs.

A list is text: one line for each capture, `timestamp original mimetype statuscode digest`, in the order of
addresses and times. If it continues, an empty line follows and then the key of the next part.
https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from urllib.parse import urlencode, urlsplit

from variorum.crawler.dates import sound_date

FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest")
LINES = 10_000
"""The maximum number of captures in one response."""
UNTOLD = 0
"""The status of a capture that repeats an earlier one (`warc/revisit`), and has none in the list."""
MISSED = (404, 410)
FILTERS = (
    f"statuscode:(200|{'|'.join(map(str, MISSED))}|-)",
    "!mimetype:(image|video|audio|font)/.*",
)
"""The captures that are listed: those of pages, and those in which a page was not found."""


@dataclass(frozen=True, slots=True)
class Memento:
    """A capture in a web archive (a memento in RFC 7089)."""

    url: str
    """The address as the archive spells it."""
    at: str
    """The time in UTC, ISO 8601 with Z."""
    status: int
    digest: str
    """The digest of its bytes in the form of the archive: SHA-1, base 32."""


def list_address(endpoint: str, url: str, since: str | None, until: str | None, key: str = "") -> str:
    """The address of the list of captures of an address and of all that begin with it, from a key on."""
    parameters = [("url", url), ("matchType", "prefix"), ("fl", ",".join(FIELDS))]
    parameters += [("from", stamp(since))] if since else []
    parameters += [("to", stamp(until))] if until else []
    parameters += [("filter", one) for one in FILTERS]
    parameters += [("limit", str(LINES)), ("showResumeKey", "true")]
    parameters += [("resumeKey", key)] if key else []
    return f"{endpoint.rstrip('/')}/cdx/search/cdx?{urlencode(parameters)}"


def memento_address(endpoint: str, memento: Memento) -> str:
    """The address of a capture's bytes, as they were received (`id_`)."""
    return f"{endpoint.rstrip('/')}/web/{stamp(memento.at)}id_/{memento.url}"


def read_list(text: str) -> tuple[list[Memento], str]:
    """Return the captures of a list, and the key of its next page; empty on the last page.

    An invalid line is left out. Raises ValueError if the text is no list at all.
    """
    listing, _, key = text.replace("\r", "").partition("\n\n")
    lines = [line for line in listing.split("\n") if line.strip()]
    found = [memento for line in lines if (memento := _memento(line.split(" ")))]
    if lines and not found:
        raise ValueError(f"no list of captures: {lines[0][:100]!r}")
    return found, key.strip().partition("\n")[0]


def _memento(parts: list[str]) -> Memento | None:
    if len(parts) != len(FIELDS) or not parts[1].startswith(("http://", "https://")):
        return None
    timestamp, url, _, status, digest = parts
    at = sound_date(timestamp, UTC)
    if at is None or "T" not in at:
        return None
    number = int(status) if status.isascii() and status.isdecimal() else UNTOLD
    return Memento(url, at, number, digest)


def stamp(at: str) -> str:
    """The time `2019-05-01T00:00:00Z` in the form of archives: `20190501000000`."""
    return "".join(char for char in at if char.isdecimal())


def is_beneath(url: str, place: str) -> bool:
    """Whether an address is that of a place, or below it; by http or https, with or without www."""
    found, above = _plain(url), _plain(place)
    return found == above or found.startswith((f"{above.rstrip('/')}/", f"{above}?"))


def _plain(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # such as a port that is no number
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{port}{parts.path or '/'}{query}"


def collapsed(mementos: Iterable[Memento]) -> Iterator[Memento]:
    """The first and the last capture of each run of captures with the same bytes, of one page in order.

    Those between the two show nothing new.
    """
    for _, run in groupby(mementos, key=lambda one: (one.digest, one.status in MISSED)):
        first, *others = run
        yield first
        yield from others[-1:]
