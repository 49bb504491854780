"""Reads the capture lists of a web archive's CDX server, and builds its URLs.

A list is text: a line a capture, `timestamp original mimetype statuscode digest`, in the order of addresses
and times. Where it goes on, an empty line follows and then the key by which the rest is asked for.
https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from urllib.parse import urlencode, urlsplit

from crawler.dates import sound_date

FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest")
LINES = 10_000
"""So many captures are listed in one answer at most."""
UNTOLD = 0
"""The status of a capture of which the list does not tell it: it repeats an earlier one (`warc/revisit`)."""
MISSED = (404, 410)
FILTERS = (
    f"statuscode:(200|{'|'.join(map(str, MISSED))}|-)",
    "!mimetype:(image|video|audio|font)/.*",
)
"""What is listed: captures of pages, and those in which a page was not found."""


@dataclass(frozen=True, slots=True)
class Memento:
    """A capture that an archive has (RFC 7089 calls it so)."""

    url: str
    """As the archive spells it."""
    at: str
    """UTC, ISO 8601 with Z."""
    status: int
    digest: str
    """Of its bytes, as the archive writes it: SHA-1, base 32."""


def list_address(endpoint: str, url: str, since: str | None, until: str | None, key: str = "") -> str:
    """Where the captures of an address, and of all that begins with it, are listed; on from a key."""
    parameters = [("url", url), ("matchType", "prefix"), ("fl", ",".join(FIELDS))]
    parameters += [("from", stamp(since))] if since else []
    parameters += [("to", stamp(until))] if until else []
    parameters += [("filter", one) for one in FILTERS]
    parameters += [("limit", str(LINES)), ("showResumeKey", "true")]
    parameters += [("resumeKey", key)] if key else []
    return f"{endpoint.rstrip('/')}/cdx/search/cdx?{urlencode(parameters)}"


def memento_address(endpoint: str, memento: Memento) -> str:
    """Where the bytes of a capture are, as they were received (`id_`)."""
    return f"{endpoint.rstrip('/')}/web/{stamp(memento.at)}id_/{memento.url}"


def read_list(text: str) -> tuple[list[Memento], str]:
    """Return the captures of a list, and the key of its next page; empty on the last page.

    A line that is none of these is left out. Raises ValueError for a text that is no list at all.
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
    """`2019-05-01T00:00:00Z` as archives write it: `20190501000000`."""
    return "".join(char for char in at if char.isdecimal())


def is_beneath(url: str, place: str) -> bool:
    """Whether an address is that of a place, or lies below it; by http or https, with or without www."""
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
    """Of captures of one page, in their order, the first and the last of each run with the same bytes.

    Those between the two show nothing that these don't.
    """
    for _, run in groupby(mementos, key=lambda one: (one.digest, one.status in MISSED)):
        first, *others = run
        yield first
        yield from others[-1:]
