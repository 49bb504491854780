"""Writes captures as a WARC file that pywb and other tools can replay.

A body is as it is stored: without content encoding, and with all parts of an article. A body that was written
once is referred to after that (`revisit`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from variorum.crawler import __version__
from variorum.storage.export import Document

INFO = {
    "software": f"variorum {__version__}",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": "Captured pages. Bodies are freed of their content encoding; of the response headers,"
    " Content-Type is as it was sent, and Content-Length is of what is written.",
}


class First(NamedTuple):
    """The record that has a body in full."""

    digest: str
    url: str
    at: str


def write_warc(captures: Iterable[Document], file: BinaryIO, name: str, body: Callable[[str], bytes]) -> None:
    """Write a gzipped record for each capture; `body` returns the bytes for a digest."""
    writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
    writer.write_record(writer.create_warcinfo_record(name, INFO))
    written: dict[str, First] = {}
    for capture in captures:
        first = written.get(capture["body"])
        record = (
            _revisit(writer, capture, first) if first else _response(writer, capture, body(capture["body"]))
        )
        writer.write_record(record)
        if first is None:
            digest = record.rec_headers.get_header("WARC-Payload-Digest")
            written[capture["body"]] = First(digest, capture["url"], capture["fetched_at"])


def _response(writer: WARCWriter, capture: Document, body: bytes) -> Any:
    return writer.create_warc_record(
        capture["url"],
        "response",
        payload=BytesIO(body),
        length=len(body),
        http_headers=_headers(capture, len(body)),
        warc_headers_dict={"WARC-Date": capture["fetched_at"]},
    )


def _revisit(writer: WARCWriter, capture: Document, first: First) -> Any:
    return writer.create_revisit_record(
        capture["url"],
        first.digest,
        first.url,
        first.at,
        http_headers=_headers(capture, None),
        warc_headers_dict={"WARC-Date": capture["fetched_at"]},
    )


def _headers(capture: Document, length: int | None) -> StatusAndHeaders:
    headers = [("Content-Type", _one_line(capture["content_type"]))] if capture["content_type"] else []
    if length is not None:
        headers.append(("Content-Length", str(length)))
    return StatusAndHeaders(_status(capture["status"]), headers, protocol="HTTP/1.1")


def _status(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}" if status in list(HTTPStatus) else f"{status} Unknown"


def _one_line(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
