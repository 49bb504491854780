"""WARC and WACZ files to the pages that they hold, as fetches. Nothing is unpacked to the disk."""

from __future__ import annotations

import gzip
import logging
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from io import BufferedIOBase
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.dates import sound_date
from crawler.errors import Misuse
from crawler.fetched import Fetched
from crawler.importing.coding import LARGEST, Undecodable, decoded
from crawler.page.encoding import described

logging.getLogger("warcio").setLevel(logging.ERROR)  # it mends addresses, and says so

HTTP = ("http://", "https://")
NOT_MODIFIED = 304
REDIRECTS = range(300, 400)
OK = 200
PAGES = frozenset(["response", "resource", "revisit"])
"""Types of records that are sights of pages."""
BEGINNING = re.compile(rb"WARC/[01]\.\d|(?:https?|dns|filedesc):\S* \S+ \d{14} ")
"""Of a record, in WARC and in ARC files."""
BLANK = b" \t\r\n\0"
TROUBLES = {"cut": "the page in it is cut off", "too large": "the page in it is too large"}
OF_NOTHING = ("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709")
"""Digests of an empty body, which many answers have in common."""
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Spot(NamedTuple):
    """Where a record begins."""

    path: Path
    member: str
    """Within a WACZ; else empty."""
    offset: int


class Capture(NamedTuple):
    """A page, and the file that it was captured in."""

    file: str
    fetched: Fetched


class Revisit(NamedTuple):
    """A capture whose body is that of an earlier one."""

    file: str
    url: str
    at: str
    status: int
    headers: Mapping[str, str]
    names: tuple[str, ...]
    """By which the earlier one can be known: payload digest; address and time."""


@dataclass
class WarcFiles:
    """The pages in some WARC and WACZ files whose addresses are wanted."""

    paths: tuple[Path, ...]
    wanted: Callable[[str], bool]
    stored: Callable[[str, str], bytes | None]
    """The body kept of the page of an address that has this payload digest, where there is one."""
    lost: int = 0
    """Revisits of which no earlier record was found."""
    broken: list[str] = field(default_factory=list)
    """Files that are no archives or break off, in words."""
    refused: list[str] = field(default_factory=list)
    """Records that hold half a page, each with its place, in words."""
    _spots: dict[str, Spot] = field(default_factory=dict)
    _sights: dict[str, list[tuple[str, Spot]]] = field(default_factory=lambda: defaultdict(list))
    """When each wanted address was captured whole, and where."""
    _revisits: list[Revisit] = field(default_factory=list)

    def captures(self) -> Iterator[Capture]:
        """Each capture of a wanted page: those with a body of their own, then those that refer to one.

        What is wrong with a file is told in `broken`; what came before that in it is right. A record that is
        not whole is told in `refused`, and is no capture.
        """
        for path in self.paths:
            try:
                for member in _members(path):
                    yield from self._of_file(path, member)
            except Misuse as error:
                self.broken.append(str(error))
        yield from self._revisited()

    def _of_file(self, path: Path, member: str) -> Iterator[Capture]:
        with _opened(path, member) as stream:
            records = Records(stream, arc2warc=True)
            for record in _each(records):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type not in PAGES or not url.startswith(HTTP):
                    continue
                wanted = self.wanted(url)
                if record.rec_type == "revisit" or _status(record) == NOT_MODIFIED:
                    self._revisits += [_revisit(record, path.name, url)] if wanted else []
                    continue
                fetched = _fetched(record, url) if wanted else None
                spot = Spot(path, member, records.get_record_offset())
                why = records.trouble or _trouble(record)
                if not why:
                    self._remember(record, fetched, spot)
                if wanted and _status(record) not in REDIRECTS:
                    self._refuse(f"{_place(spot)} ({url})", why or _trouble_of(fetched))
                if fetched and not why:
                    yield Capture(path.name, fetched)

    def _remember(self, record: Any, fetched: Fetched | None, spot: Spot) -> None:
        """Where a record stands, for what refers to it."""
        url, date = (record.rec_headers.get_header(name) for name in ("WARC-Target-URI", "WARC-Date"))
        for name in _names(record, url, date):
            self._spots.setdefault(name, spot)
        if fetched and not fetched.error:
            self._sights[url].append((fetched.fetched_at, spot))

    def _refuse(self, place: str, why: str) -> None:
        if why:
            self.refused.append(f"{place} is left out: {why}")

    def _revisited(self) -> Iterator[Capture]:
        """The revisits, in the order in which what they refer to is read from the files."""
        placed = [(self._spot(revisit), revisit) for revisit in self._revisits]
        found = sorted((spot, revisit) for spot, revisit in placed if spot)
        for (path, member), of_file in groupby(found, key=lambda one: one[0][:2]):
            with _opened(path, member) as stream:
                for spot, same in groupby(of_file, key=lambda one: one[0]):
                    stream.seek(spot.offset)
                    first = _fetched(next(_each(Records(stream, arc2warc=True))), "")
                    for _, revisit in same:
                        yield from self._again(revisit, first)
        for spot, revisit in placed:
            if spot is None:
                yield from self._again(revisit, self._kept(revisit))

    def _spot(self, revisit: Revisit) -> Spot | None:
        named = next((self._spots[name] for name in revisit.names if name in self._spots), None)
        if named or revisit.status != NOT_MODIFIED:
            return named
        before = [one for one in self._sights.get(revisit.url, ()) if one[0] <= revisit.at]
        return max(before)[1] if before else None

    def _kept(self, revisit: Revisit) -> Fetched | None:
        bodies = (self.stored(revisit.url, name) for name in revisit.names)
        body = next((body for body in bodies if body), None)
        return Fetched("", "", "", body=body) if body else None

    def _again(self, revisit: Revisit, first: Fetched | None) -> Iterator[Capture]:
        if first is None:
            self.lost += 1
            return
        headers = {**first.headers, **revisit.headers}
        encoding = described(headers, first.body)
        fetched = Fetched(
            revisit.url,
            revisit.url,
            revisit.at,
            first.status or OK if revisit.status == NOT_MODIFIED else revisit.status,
            headers,
            first.body,
            encoding.name if encoding else None,
            error=first.error,
            detail=first.detail,
            encoding_by=encoding.by if encoding else None,
        )
        if revisit.at and fetched.status not in REDIRECTS:
            yield Capture(revisit.file, fetched)


# ---- records


class Records(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
    """The records of a stream, also where nothing parts them; and what is wrong with the one just read."""

    trouble = ""

    def _consume_blanklines(self) -> tuple[bytes | None, int]:
        """What follows a record: blank lines, then the first line of the next one and the length of those.

        warcio takes a first line that is not blank for a part of the record before it. It may be the next
        record; else the length that the record gives is wrong, and what follows is skipped up to the next.
        """
        self.trouble, passed = "", 0
        while line := self.reader.readline():
            if BEGINNING.match(line):
                return line, passed
            if line.strip(BLANK):
                self.trouble = "the length that it gives is wrong"
            passed += len(line)
        return None, passed


def _trouble(record: Any) -> str:
    """Why a record can be no capture of a page; empty where it can."""
    date = record.rec_headers.get_header("WARC-Date")
    if not _moment(date):
        return f"its time is {date!r}"
    return "it is one of several segments" if record.rec_headers.get_header("WARC-Segment-Number") else ""


def _trouble_of(fetched: Fetched | None) -> str:
    return TROUBLES[fetched.error] if fetched and fetched.error else ""


def _place(spot: Spot) -> str:
    within = f", {spot.member}" if spot.member else ""
    return f"{spot.path}{within}: the record at byte {spot.offset}, unpacked"


def _each(records: Records) -> Iterator[Any]:
    """The records. Raises ArchiveLoadFailed for a broken one."""
    try:
        yield from records
    except (AttributeError, ValueError) as error:  # as of a response without an address
        raise ArchiveLoadFailed(f"a record can't be understood: {error}") from error


def _fetched(record: Any, url: str) -> Fetched | None:
    """A record of a page as a fetch; None for a redirect, or where it says not when or what it is."""
    at = _moment(record.rec_headers.get_header("WARC-Date"))
    is_response = record.rec_type == "response"
    status = _status(record) if is_response else OK
    if not at or (is_response and record.http_headers is None) or status in REDIRECTS:
        return None
    headers = _headers(record) if is_response else {"content-type": record.content_type or ""}
    body, error = _body(record, headers)
    encoding = described(headers, body)
    return Fetched(
        url=url,
        final_url=url,
        fetched_at=at,
        status=status,
        headers=headers,
        body=body,
        encoding=encoding.name if encoding else None,
        encoding_by=encoding.by if encoding else None,
        error=error,
        detail="as the archive has it" if error else "",
    )


def _revisit(record: Any, file: str, url: str) -> Revisit:
    headers = record.rec_headers
    refers = (
        headers.get_header("WARC-Refers-To-Target-URI") or url,
        headers.get_header("WARC-Refers-To-Date"),
    )
    return Revisit(
        file=file,
        url=url,
        at=_moment(headers.get_header("WARC-Date")),
        status=_status(record) if record.http_headers else 200,
        headers=_headers(record) if record.http_headers else {},
        names=_names(record, *refers),
    )


def _names(record: Any, url: str, date: str | None) -> tuple[str, ...]:
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    digest = None if digest in OF_NOTHING or _status(record) == NOT_MODIFIED else digest
    at = _moment(date)
    return (*([digest] if digest else []), *([f"{url} {at}"] if at else []))


def _body(record: Any, headers: Mapping[str, str]) -> tuple[bytes, str | None]:
    """The body, and a key of `Fetched.error` where it could not be had whole."""
    body = b""
    while chunk := record.raw_stream.read(LARGEST + 1 - len(body)):
        body += chunk
    if len(body) > LARGEST:
        return b"", "too large"
    if getattr(record.raw_stream, "limit", 0) > 0 or record.rec_headers.get_header("WARC-Truncated"):
        return body, "cut"
    if _is_short(body, headers):
        return body, "cut"
    try:
        return decoded(body, headers.get("transfer-encoding", ""), headers.get("content-encoding", "")), None
    except Undecodable as error:
        return b"", str(error)


def _is_short(body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether its server announced more bytes; a packed or chunked body shows by itself that it is cut."""
    length = headers.get("content-length", "")
    if headers.get("content-encoding") or headers.get("transfer-encoding") or not length.isascii():
        return False
    return length.isdecimal() and len(body) < int(length)


def _headers(record: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in record.http_headers.headers:
        known = headers.get(name.lower())
        headers[name.lower()] = f"{known}, {value}" if known else value
    return headers


def _status(record: Any) -> int:
    said = record.http_headers.get_statuscode() if record.http_headers else ""
    return int(said) if said.isdecimal() and len(said) == len("200") else 0


def _moment(date: str | None) -> str:
    """The time in our form; empty where it is none. Archives may say no more than the day."""
    found = sound_date(date, UTC) or ""
    return found if "T" in found or not found else f"{found}T00:00:00Z"


# ---- files


def _members(path: Path) -> list[str]:
    """The WARC files within a WACZ, in the order of their names; of any other file, itself."""
    with path.open("rb") as file:
        if file.read(len(ZIP)) != ZIP:
            return [""]
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith((".warc.gz", ".warc")))
    except zipfile.BadZipFile as error:
        raise Misuse(f"{path}: this WACZ can't be read: {error}") from error
    if not names:
        raise Misuse(f"{path}: there is no WARC file in this archive; is it a WACZ?")
    return names


class _Stream:
    """A file's bytes, unpacked; that it breaks off is said, and not taken for its end."""

    def __init__(self, file: BufferedIOBase) -> None:
        self.file = file
        self.tell, self.seek = file.tell, file.seek

    def read(self, size: int = -1) -> bytes:
        try:
            return self.file.read1(size)  # not read: what comes before a break is to be had
        except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile) as error:
            raise ArchiveLoadFailed(f"{error}; after byte {self.tell()}, unpacked") from error


@contextmanager
def _opened(path: Path, member: str) -> Iterator[_Stream]:
    """The unpacked bytes of a file, or of one within a WACZ; what is wrong with it is said in words."""
    with ExitStack() as stack:
        try:
            file: Any = stack.enter_context(
                stack.enter_context(zipfile.ZipFile(path)).open(member) if member else path.open("rb")
            )
            packed = file.read(len(GZIP)) == GZIP
            file.seek(0)
            # As one stream, also where each record is packed by itself: some archives are not made so.
            yield _Stream(stack.enter_context(gzip.GzipFile(fileobj=file)) if packed else file)
        except (ArchiveLoadFailed, zipfile.BadZipFile) as error:
            said = " ".join(str(error).split())[:200]
            raise Misuse(f"{path}: it can't be read to its end as a WARC file: {said}") from error
