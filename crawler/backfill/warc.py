"""Reads the pages in WARC and WACZ files as fetch results, without unpacking them to the disk."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from warcio.exceptions import ArchiveLoadFailed

from variorum.crawler.backfill.warc_records import (
    NOT_MODIFIED,
    REDIRECTS,
    Records,
    Revisit,
    each,
    fetched_of,
    names_of,
    revisit_of,
    status_of,
    trouble_of,
    trouble_of_fetch,
)
from variorum.crawler.errors import Misuse
from variorum.crawler.extraction.html.encoding import described
from variorum.crawler.fetch_result import FetchResult

HTTP = ("http://", "https://")
OK = 200
PAGES = frozenset(["response", "resource", "revisit"])
"""The types of records that show pages."""
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"


class Spot(NamedTuple):
    """The position of a record: its file, and the offset of its first byte."""

    path: Path
    member: str
    """The path within a WACZ; else empty."""
    offset: int


class WarcCapture(NamedTuple):
    """A captured page, and the file that contains it."""

    file: str
    fetched: FetchResult


@dataclass
class WarcFiles:
    """The wanted pages in some WARC and WACZ files."""

    paths: tuple[Path, ...]
    wanted: Callable[[str], bool]
    stored: Callable[[str, str], bytes | None]
    """Returns the stored body of the page at an address with this payload digest, if there is one."""
    lost: int = 0
    """The number of revisit records without an earlier record."""
    broken: list[str] = field(default_factory=list)
    """Files that are damaged or not WARC, each in words."""
    refused: list[str] = field(default_factory=list)
    """Records with incomplete pages, each in words with its position."""
    _spots: dict[str, Spot] = field(default_factory=dict)
    _sights: dict[str, list[tuple[str, Spot]]] = field(default_factory=lambda: defaultdict(list))
    """The complete captures of each wanted address: their times and positions."""
    _revisits: list[Revisit] = field(default_factory=list)

    def captures(self) -> Iterator[WarcCapture]:
        """Each capture of a wanted page: those with a body of their own, then those that refer to one.

        A damaged file is listed in `broken`; the records before the damage are still read. An incomplete
        record is listed in `refused`, and is no capture.
        """
        for path in self.paths:
            try:
                for member in _members(path):
                    yield from self._of_file(path, member)
            except Misuse as error:
                self.broken.append(str(error))
        yield from self._revisited()

    def _of_file(self, path: Path, member: str) -> Iterator[WarcCapture]:
        with _opened(path, member) as stream:
            records = Records(stream)
            for record in each(records):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type not in PAGES or not url.startswith(HTTP):
                    continue
                wanted = self.wanted(url)
                if record.rec_type == "revisit" or status_of(record) == NOT_MODIFIED:
                    self._revisits += [revisit_of(record, path.name, url)] if wanted else []
                    continue
                fetched = fetched_of(record, url) if wanted else None
                spot = Spot(path, member, records.get_record_offset())
                why = records.trouble or trouble_of(record)
                if not why:
                    self._remember(record, fetched, spot)
                if wanted and status_of(record) not in REDIRECTS:
                    self._refuse(f"{_place(spot)} ({url})", why or trouble_of_fetch(fetched))
                if fetched and not why:
                    yield WarcCapture(path.name, fetched)

    def _remember(self, record: Any, fetched: FetchResult | None, spot: Spot) -> None:
        """Remember the position of a record that others may refer to."""
        url, date = (record.rec_headers.get_header(name) for name in ("WARC-Target-URI", "WARC-Date"))
        for name in names_of(record, url, date):
            self._spots.setdefault(name, spot)
        if fetched and not fetched.error:
            self._sights[url].append((fetched.fetched_at, spot))

    def _refuse(self, place: str, why: str) -> None:
        if why:
            self.refused.append(f"{place} is left out: {why}")

    def _revisited(self) -> Iterator[WarcCapture]:
        """The captures of revisit records, in the order in which the bodies are read from the files."""
        placed = [(self._spot(revisit), revisit) for revisit in self._revisits]
        found = sorted((spot, revisit) for spot, revisit in placed if spot)
        for (path, member), of_file in groupby(found, key=lambda one: one[0][:2]):
            with _opened(path, member) as stream:
                for spot, same in groupby(of_file, key=lambda one: one[0]):
                    stream.seek(spot.offset)
                    first = fetched_of(next(each(Records(stream))), "")
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

    def _kept(self, revisit: Revisit) -> FetchResult | None:
        bodies = (self.stored(revisit.url, name) for name in revisit.names)
        body = next((body for body in bodies if body), None)
        return FetchResult("", "", "", body=body) if body else None

    def _again(self, revisit: Revisit, first: FetchResult | None) -> Iterator[WarcCapture]:
        if first is None:
            self.lost += 1
            return
        headers = {**first.headers, **revisit.headers}
        encoding = described(headers, first.body)
        fetched = FetchResult(
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
            yield WarcCapture(revisit.file, fetched)


def _place(spot: Spot) -> str:
    within = f", {spot.member}" if spot.member else ""
    return f"{spot.path}{within}: the record at byte {spot.offset}, unpacked"


# ---- files


def _members(path: Path) -> list[str]:
    """The WARC files within a WACZ, in the order of their names; any other file is itself."""
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
    """The unpacked bytes of a file; a file that breaks off is an error, and not its end."""

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
    """The unpacked bytes of a file, or of one within a WACZ. Raises Misuse, in words, if it can't be read."""
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
            reason = " ".join(str(error).split())[:200]
            raise Misuse(f"{path}: it can't be read to its end as a WARC file: {reason}") from error
