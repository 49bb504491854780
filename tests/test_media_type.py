"""What kind of data a body is, whatever its header says of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.extraction.media_type import media_type

PAGE = b"<!doctype html><html><title>Ormhead Post</title><body><p>The pier is open.</p></body></html>"
XHTML = (
    b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body>x</body></html>"
)
PDF = b"%PDF-1.7\nx"
ZIP = b"PK\x03\x04\x14\x00\x06\x00"
SAY_NOTHING = (
    *("", "  ", "html", "none", "application/octet-stream", "binary/octet-stream", "application/octetstream"),
    *("application/force-download", "application/x-force-download", "application/x-download", "*/*"),
    *("application/download", "application/unknown", "unknown/unknown", "application/binary", "text/*"),
    *("application/octet-stream; charset=binary", "BINARY/OCTET-STREAM", "httpd/unix-directory"),
)


@pytest.mark.parametrize("declared", SAY_NOTHING)
def test_a_type_that_says_nothing_leaves_the_word_to_the_bytes(declared: str) -> None:
    assert media_type(declared, PAGE) == "text/html"
    assert media_type(declared, XHTML) == "application/xhtml+xml"
    assert media_type(declared, PDF) == "application/pdf"
    assert media_type(declared, "An open letter, of 1998. نامه‌ای سرگشاده".encode()) == "text/plain"
    assert media_type(declared, b'{"error": "gone"}') == "application/json"
    assert media_type(declared, b"<?xml version='1.0'?><rss></rss>") == "text/xml"
    assert media_type(declared, b"\x89PNG\r\n\x1a\n\x00\x00") == ""
    assert media_type(declared, b"") == ""


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ZIP + b"[Content_Types].xml word/document.xml", "officedocument.wordprocessingml.document"),
        (ZIP + b"xl/workbook.xml", "officedocument.spreadsheetml.sheet"),
        (ZIP + b"mimetypeapplication/vnd.oasis.opendocument.textPK", "oasis.opendocument.text"),
        (ZIP + b"mimetypeapplication/epub+zipPK", "application/epub+zip"),
        (ZIP + b"photographs/1.jpg", ""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "application/msword"),
        (b"{\\rtf1\\ansi Ormhead}", "application/rtf"),
    ],
)
def test_a_document_that_is_sent_as_a_download_is_known_by_its_bytes(body: bytes, kind: str) -> None:
    assert media_type("application/force-download", body).endswith(kind)
    assert bool(media_type("application/force-download", body)) == bool(kind)


@pytest.mark.parametrize(
    "declared",
    [
        *(
            "text/html, text/html",
            "text/html; charset=utf-8, text/html; charset=utf-8",
            "TEXT/HTML,text/html",
        ),
        *("text/html,", ", text/html", "application/octet-stream, text/html", "text/html;charset=utf-8;x=y"),
    ],
)
def test_a_type_that_is_sent_twice_is_that_type(declared: str) -> None:
    assert media_type(declared, PAGE) == "text/html"
    assert media_type(declared, b"The pier is open.") == "text/html"


def test_of_two_types_that_differ_neither_is_believed() -> None:
    assert media_type("text/html, application/pdf", PDF) == "application/pdf"
    assert media_type("text/html, application/pdf", PAGE) == "text/html"


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "not found"}',
        b'\xef\xbb\xbf  {"error": {"code": 500, "message": "Internal"}}\n',
        b'[{"message": "Rate limit"}]',
        json.dumps({"errors": ["x" * 2000]}).encode(),
        b'{"posts": [' + b",".join([b'{"title": "A boat"}'] * 60_000) + b"]}",
    ],
    ids=["error", "with a mark before it", "list", "longer than the part that is looked at", "megabyte"],
)
@pytest.mark.parametrize("declared", ["text/html; charset=utf-8", "text/plain", "application/xhtml+xml"])
def test_json_is_json_also_where_it_is_sent_as_a_page(declared: str, body: bytes) -> None:
    assert media_type(declared, body) == "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>",
        b"<!-- edge 7 --><response status='error'>no</response>",
        b"<rss version='2.0'><channel></channel></rss>",
        b"<soap:Fault>x</soap:Fault>",
    ],
)
def test_xml_is_xml_also_where_it_is_sent_as_a_page(body: bytes) -> None:
    assert media_type("text/html", body) == "text/xml"


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        XHTML,
        b"<p>A page without a head.",
        b"<article><h1>The pier</h1></article>",
        b"<main>The pier</main>",
        b"<ormhead-page><p>Of parts of its own</p></ormhead-page>",
        b"<svg></svg><div>The pier</div>",
        b"<!-- saved --><!doctype html><title>x</title>",
        b"Words without any markup.",
        b"[1] A note that begins with a bracket.",
        b"{ a curly beginning } of a page <p>that goes on</p>",
        b'{"@type": "NewsArticle"} <p>a script whose tag was lost</p>',
        b"[deep" + b"[" * 100_000,
        b"[" * 100_000,
        PAGE.decode().encode("utf-16"),
        PAGE.decode().encode("utf-16-le"),
    ],
)
def test_what_looks_like_a_page_stays_one(body: bytes) -> None:
    assert media_type("text/html", body) == "text/html" or b"xhtml" in body


def test_bytes_that_are_no_text_are_no_page_whatever_they_are_called() -> None:
    assert media_type("text/html", b"\x89PNG\r\n\x1a\n\x00\x00") == "application/octet-stream"
    assert media_type("text/html", PDF + b"\x00\x01") == "application/pdf"


@given(st.text(max_size=60), st.binary(max_size=300))
def test_whatever_comes_has_some_type(declared: str, body: bytes) -> None:
    assert media_type(declared, body) == media_type(declared, body).lower()
