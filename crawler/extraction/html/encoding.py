"""Decides the encoding of a page, by the same evidence wherever the bytes come from.

The evidence, in this order: a byte order mark; whether the bytes are UTF-8, which text in another encoding
hardly ever is; the declaration of the response's header; the declaration of the page; then a guess by its
letters. So a guess never overrules a declaration, and a declaration is ignored only if the bytes can't be in
that encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from w3lib.encoding import resolve_encoding

from variorum.crawler.extraction.html.charsets import guessed

Evidence = Literal["bom", "utf-8", "header", "page", "guess"]
"""`utf-8`: the bytes are valid UTF-8, whatever is declared. `header` also means an earlier decision."""

UTF_8 = "utf-8"
BROKEN = 0.1
"""The share of illegible characters above which a page is no UTF-8 with errors."""
ESCAPE = b"\x1b"
"""ISO-2022 codes are ASCII bytes with escapes."""
ISO_2022_JP = re.compile(rb"\x1b\$[@B]")
HEAD = 1024
DECLARING = 4096
"""The number of bytes at the beginning of a page in which it may declare its encoding."""
COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
DECLARATION = re.compile(
    rb"<meta\s(?:[^>]*[\s;\"'])?charset\s*=\s*[\"']?\s*([\w:.+-]+)"
    rb"|<\?xml\s[^>]*encoding\s*=\s*[\"']\s*([\w:.+-]+)",
    re.IGNORECASE,
)
CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;\"',]+)", re.IGNORECASE)
WIDE = 0.3
"""The share of zeros among every other byte from which a page is UTF-16: its markup is Latin."""
LEAST_ZEROS = 8

UNSAFE = frozenset({"utf-7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined"})
"""Encodings that no browser knows; text in them can hide markup from a check of the bytes."""
NAMES = {
    UTF_8: ["unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"],
    "utf-16-be": ["unicodefffe"],
    "utf-16-le": ["csunicode", "iso-10646-ucs-2", "ucs-2", "unicode", "unicodefeff"],
    "iso8859-6": ["iso-8859-6-i", "iso-8859-6-e", "csiso88596i", "csiso88596e", "iso88596"],
    "iso8859-7": ["sun-eu-greek", "iso88597"],
    "iso8859-8": [
        "iso-8859-8-i",
        "iso-8859-8-e",
        "csiso88598i",
        "csiso88598e",
        "logical",
        "visual",
        "iso88598",
    ],
    "iso8859-15": ["csisolatin9", "iso885915"],
    "koi8-r": ["koi", "koi8"],
    "koi8-u": ["koi8-ru"],
    "mac-roman": ["csmacintosh", "mac", "x-mac-roman"],
    "mac-cyrillic": ["x-mac-cyrillic", "x-mac-ukrainian"],
    "cp874": ["dos-874", "iso885911"],
    "cp1252": ["iso88591", "x-cp1252"],
    "cp1254": ["iso88599", "x-cp1254"],
    "gb18030": ["csgb2312", "gb-2312", "x-gbk"],
    "big5hkscs": ["cn-big5", "x-x-big5"],
    "euc_jp": ["cseucpkdfmtjapanese", "x-euc-jp"],
    "cp949": ["cseuckr", "csksc56011987", "iso-ir-149", "ks-c-5601-1989", "ksc-5601", "windows-949"],
    **{f"cp{page}": [f"x-cp{page}"] for page in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"iso8859-{part}": [f"iso8859{part}"] for part in (2, 3, 4, 5, 10, 13, 14)},
}
LABELS = {label: name for name, labels in NAMES.items() for label in labels}
"""Labels of the WHATWG's Encoding Standard that Python and w3lib do not know, and Python's names for them."""


class Encoding(NamedTuple):
    """An encoding by Python's name, and the evidence for it."""

    name: str
    by: Evidence


def encoding_of(body: bytes, declared: str | None = None) -> Encoding:
    """The encoding of a page; `declared` is the Content-Type of its response, or a name of an encoding."""
    if mark := _marked(body[:HEAD]):
        return Encoding(mark, "bom")
    if _is_utf_8(body):
        return Encoding(UTF_8, "utf-8")
    by_header, by_page = _in_header(declared), _in_page(body)
    if by_header and _can_be(body, by_header):
        return Encoding(by_header, "header")
    if by_page and _can_be(body, by_page):
        return Encoding(by_page, "page")
    if body.isascii() and ISO_2022_JP.search(body):
        return Encoding("iso2022_jp", "guess")
    return Encoding(UTF_8 if _can_be(body, UTF_8) else guessed(body), "guess")


def described(headers: Mapping[str, str], body: bytes) -> Encoding | None:
    """The encoding of a response, its header names in lower case; None if its body is no text."""
    kind = headers.get("content-type", "")
    is_text = "html" in kind or "xml" in kind or kind.startswith("text/") or body.lstrip()[:1] == b"<"
    return encoding_of(body, kind) if body and is_text else None


def decode(body: bytes, declared: str | None = None) -> str:
    """The characters of a page, without its byte order mark; `declared` as in `encoding_of`."""
    return _decoded(body, encoding_of(body, declared))


def as_utf_8(body: bytes, declared: str | None = None) -> bytes:
    """The same characters as UTF-8; nearly all pages are already, and then these are its own bytes."""
    encoding = encoding_of(body, declared)
    if encoding.by == UTF_8 and body[-1:].isascii():  # its last character is not cut
        return body
    return _decoded(body, encoding).encode("utf-8", "replace")


def codec(label: str | None) -> str | None:
    """Python's name of the encoding that a label means to a browser; None for a label of no text encoding."""
    if not label:
        return None
    bare = label.strip().strip("\"'").lower()
    name = LABELS.get(bare.replace("_", "-")) or resolve_encoding(bare)
    try:
        info = codecs.lookup(name or bare)
    except (LookupError, ValueError):
        return None
    return info.name if info._is_text_encoding and info.name not in UNSAFE else None


def _decoded(body: bytes, encoding: Encoding) -> str:
    return body.decode(encoding.name, "replace").removeprefix("\ufeff")


def _in_header(declared: str | None) -> str | None:
    found = CHARSET.search(declared or "")
    is_type = declared is not None and "/" in declared
    return codec(found[1] if found else None if is_type else declared)


def _in_page(body: bytes) -> str | None:
    found = DECLARATION.search(COMMENT.sub(b"", body[:DECLARING]))
    return codec((found[1] or found[2]).decode("ascii", "replace")) if found else None


def _can_be(body: bytes, name: str) -> bool:
    """Whether the bytes can be text in an encoding, except for a few characters.

    Nearly all bytes are valid in a single-byte encoding. UTF-16 was recognised before by its zeros.
    """
    if name.startswith(("utf-16", "utf-32")):
        return False
    text = body.decode(name, "replace")
    other = sum(not char.isascii() for char in text)
    return text.count("\ufffd") <= BROKEN * other


def _marked(head: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, or UTF-16 by the zeros in its markup; else empty."""
    if head.startswith(codecs.BOM_UTF8):
        return UTF_8
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[start::2].count(0) > max(WIDE * len(head) / 2, LEAST_ZEROS):
            return name
    return ""


def _is_utf_8(body: bytes) -> bool:
    """Whether a body is UTF-8; its last character may be cut."""
    try:
        text = codecs.getincrementaldecoder(UTF_8)().decode(body)
    except UnicodeDecodeError:
        return False
    return not text.isascii() or (body.isascii() and ESCAPE not in body)
