"""Reads records of WARC and ARC files as fetch results, with the reason for each unusable record."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader

from variorum.crawler.backfill.content_coding import LARGEST, Undecodable, decoded
from variorum.crawler.dates import sound_date
from variorum.crawler.extraction.html.encoding import described
from variorum.crawler.fetch_result import FetchResult

logging.getLogger("warcio").setLevel(logging.ERROR)  # it mends addresses, and says so

NOT_MODIFIED = 304
REDIRECTS = range(300, 400)
OK = 200
BEGINNING = re.compile(rb"WARC/[01]\.\d|(?:https?|dns|filedesc):\S* \S+ \d{14} ")
"""The beginning of a record, in WARC and in ARC files."""
BLANK = b" \t\r\n\0"
BETWEEN = 2
"""The number of blank lines between two records; what follows them is no part of the record."""
TROUBLES = {"cut": "the page in it is cut off", "too large": "the page in it is too large"}
OF_NOTHING = ("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709")
"""The digests of an empty body, which many responses have in common."""


class Revisit(NamedTuple):
    """A revisit record: a capture whose body is stored in an earlier record."""

    file: str
    url: str
    at: str
    status: int
    headers: Mapping[str, str]
    names: tuple[str, ...]
    """The names of the earlier record: its payload digest; its address and time."""


class Loader(ArcWarcRecordLoader):  # type: ignore[misc]  # warcio has no types
    """warcio's loader, which by itself fails on a record without an address."""

    def _ensure_target_uri_format(self, headers: Any) -> str:
        return super()._ensure_target_uri_format(headers) or ""


class Records(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
    """The records of a stream, even without blank lines between them; and the fault of the current one."""

    trouble = ""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream, arc2warc=True)
        self.loader = Loader(verify_http=False, arc2warc=True)

    def _consume_blanklines(self) -> tuple[bytes | None, int]:
        """Read what follows a record: blank lines, then the first line of the next one, with the length of
        both.

        warcio takes a first line that is not blank as a part of the record before it. It may be the next
        record; else the length of the record is wrong, and everything up to the next record is skipped.
        """
        self.trouble, passed, blank = "", 0, 0
        while line := self.reader.readline():
            if BEGINNING.match(line):
                return line, passed
            if not line.strip(BLANK):
                blank += 1
            elif blank < BETWEEN:
                self.trouble = "its length is wrong"
            passed += len(line)
        return None, passed


def trouble_of(record: Any) -> str:
    """Return why a record is not a capture of a page; empty if it is one."""
    date = record.rec_headers.get_header("WARC-Date")
    if not _moment(date):
        return f"its time is {date!r}"
    if record.length is None:
        return "it has no length"
    return "it is one of several segments" if record.rec_headers.get_header("WARC-Segment-Number") else ""


def trouble_of_fetch(fetched: FetchResult | None) -> str:
    """Why a record is no complete page; empty if it is one, or no page at all."""
    if fetched and not fetched.status:
        return "it has no response of a server"
    return TROUBLES[fetched.error] if fetched and fetched.error else ""


def each(records: Records) -> Iterator[Any]:
    """Yield the records of the stream. Raises ArchiveLoadFailed for a broken one."""
    try:
        yield from records
    except (AttributeError, OverflowError, ValueError) as error:  # as of a response without an address
        place = f"the record at byte {records.offset}, unpacked"
        raise ArchiveLoadFailed(f"{place}, can't be understood: {error}") from error


def fetched_of(record: Any, url: str) -> FetchResult | None:
    """A page record as a fetch result; None for a redirect, or if its time or type is missing."""
    at = _moment(record.rec_headers.get_header("WARC-Date"))
    is_response = record.rec_type == "response"
    status = status_of(record) if is_response else OK
    if not at or (is_response and record.http_headers is None) or status in REDIRECTS:
        return None
    headers = _headers(record) if is_response else _of_resource(record)
    body, error = _body(record, headers)
    encoding = described(headers, body)
    return FetchResult(
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


def _of_resource(record: Any) -> dict[str, str]:
    """The headers that describe a resource record; some tools store pages as compressed files."""
    kind = record.content_type or ""
    return {"content-type": kind} | ({"content-encoding": "gzip"} if "html" in kind else {})


def revisit_of(record: Any, file: str, url: str) -> Revisit:
    """Return the revisit in a record that refers to an earlier record."""
    headers = record.rec_headers
    refers = (
        headers.get_header("WARC-Refers-To-Target-URI") or url,
        headers.get_header("WARC-Refers-To-Date"),
    )
    return Revisit(
        file=file,
        url=url,
        at=_moment(headers.get_header("WARC-Date")),
        status=status_of(record) if record.http_headers else 200,
        headers=_headers(record) if record.http_headers else {},
        names=names_of(record, *refers),
    )


def names_of(record: Any, url: str, date: str | None) -> tuple[str, ...]:
    """The names by which other records refer to a record: its digest, and its address and time."""
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    digest = None if digest in OF_NOTHING or status_of(record) == NOT_MODIFIED else digest
    at = _moment(date)
    return (*([digest] if digest else []), *([f"{url} {at}"] if at else []))


def _body(record: Any, headers: Mapping[str, str]) -> tuple[bytes, str | None]:
    """The body, and a key of `FetchResult.error` if it is not complete."""
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
    """Whether its server announced more bytes; a compressed or chunked body shows by itself that it is
    cut."""
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


def status_of(record: Any) -> int:
    """Return the HTTP status of the recorded response; 0 if there is none."""
    status = record.http_headers.get_statuscode() if record.http_headers else ""
    return int(status) if status.isdecimal() and len(status) == len("200") else 0


def _moment(date: str | None) -> str:
    """The time as ISO 8601; empty if it is none. Archives may give only the day."""
    found = sound_date(date, UTC) or ""
    return found if "T" in found or not found else f"{found}T00:00:00Z"
