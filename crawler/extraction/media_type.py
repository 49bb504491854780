"""Decides the media type of a body: by its declared type if that has a meaning, else by its bytes."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

import msgspec
from lxml.html import defs

HTML = frozenset({"text/html", "application/xhtml+xml"})
"""Media types of pages."""
UNNAMED = "application/octet-stream"
"""The type of bytes of which nothing is known."""
JSON, XML, TEXT, PDF = "application/json", "text/xml", "text/plain", "application/pdf"

_SAYS_NOTHING = re.compile(
    r"[^/]*"  # empty, or no type at all
    r"|(?:application|binary|multipart|content|unknown|\*)/(?:octet-?stream|octet|x-octet-stream|binary|unknown"
    r"|x-unknown|\*|(?:x-)?(?:force-)?download|x-httpd-php|x-msdownload|save)"
    r"|text/\*|httpd/unix-directory"
)
_START = 1024
_LARGEST_JSON = 1 << 20
_ROOT = re.compile(rb"(?:<\?[^>]{0,300}>|<!--[^>]{0,300}-->|<![^>]{0,300}>|\s){0,9}<([a-zA-Z][\w:.-]{0,60})")
_MARKUP = re.compile(rb"<(?:html|head|body|title|meta|p|div|h1|main|article|section)\b", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MIMETYPE = re.compile(rb"mimetype(application/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z-]{1,40}))")


def media_type(content_type: str, body: bytes) -> str:
    """The media type of a body, in lower case; empty if neither header nor bytes show it.

    A header may repeat itself ("text/html, text/html"), have no meaning ("binary/octet-stream") or be false:
    bytes that are no text are no page, and JSON or XML data sent as a page is data.
    """
    declared = _declared(content_type)
    if declared in HTML or declared == TEXT:
        if "utf-16" not in content_type.lower() and _is_binary(body[:_START]):
            return _sniffed_binary(body) or UNNAMED
        return _data_type(body) or declared
    return declared or _sniffed(body)


def _declared(content_type: str) -> str:
    """The one type that the header names; empty if it names none, or several that differ."""
    named = [one.partition(";")[0].strip().lower() for one in content_type.split(",")]
    specific = {one for one in named if not _SAYS_NOTHING.fullmatch(one)}
    return specific.pop() if len(specific) == 1 else ""


def _sniffed(body: bytes) -> str:
    if binary := _sniffed_binary(body):
        return binary
    start = body.removeprefix(BOM_UTF8).lstrip()
    if _is_binary(body[:_START]):
        return ""
    if start.startswith(b"<"):
        return _data_type(body) or ("application/xhtml+xml" if start.startswith(b"<?xml") else "text/html")
    return _data_type(body) or (TEXT if _is_text(body[:_START]) else "")


def _sniffed_binary(body: bytes) -> str:
    """The type of a document that is recognised by its first bytes."""
    start = body[:_START].lstrip()
    if start.startswith(b"%PDF-"):
        return PDF
    if start.startswith(b"{\\rtf"):
        return "application/rtf"
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return "application/msword"
    if not body.startswith(b"PK\x03\x04"):
        return ""
    if opened := _MIMETYPE.search(body[:200]):
        return opened[1].decode()
    return next((kind for folder, kind in _OFFICE.items() if folder in body), "")


def _data_type(body: bytes) -> str:
    """JSON or XML if the body is such data, and no page; else empty."""
    start = body[:_START].removeprefix(BOM_UTF8).lstrip()
    if start.startswith((b"{", b"[")):
        return JSON if is_json(body) else ""
    root = _ROOT.match(start)
    if root is None:
        return ""
    name = root[1].decode().lower()
    is_page = name in defs.tags or "-" in name or _MARKUP.search(body[: 64 * 1024])
    return "" if is_page else XML


def is_json(body: bytes) -> bool:
    """Whether the whole body is one JSON value; a body larger than a megabyte is judged by its two ends."""
    text = body.removeprefix(BOM_UTF8).strip()
    if len(text) > _LARGEST_JSON:
        return (text[:1] + text[-1:]) in (b"{}", b"[]") and text[1:].lstrip()[:1] in (b'"', b"{", b"[")
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def _is_binary(start: bytes) -> bool:
    """Whether the bytes are no text: there is a zero among them, and they are neither markup nor UTF-16."""
    wide = start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or start.lstrip().startswith(b"\0<")
    return b"\0" in start and not wide and not start.removeprefix(BOM_UTF8).lstrip().startswith(b"<")


def _is_text(start: bytes) -> bool:
    """Whether bytes without a header may be read as text: there are some, and none is a control character."""
    return bool(start.strip()) and not _CONTROLS.search(start)
