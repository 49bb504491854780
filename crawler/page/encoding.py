"""Bytes of a page to its characters, whatever its declaration says.

Text in an older code is hardly ever valid UTF-8 by chance. So what is valid UTF-8 is read as that, also where
a header says otherwise: one page must not read in two ways because two servers of a site name two codes.
"""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import html_body_declared_encoding

UTF_8 = frozenset(["utf-8", "utf8"])
BROKEN = 0.1
"""With more of its other characters than this illegible, a page is no UTF-8 with a fault in it."""
ESCAPE = b"\x1b"
"""ISO-2022 codes are ASCII bytes with escapes."""
HEAD = 1024
WIDE = 0.3
"""With so many of every other byte zero, a page is UTF-16: its markup is Latin."""
LEAST_ZEROS = 8
HIGH = re.compile(rb"[\x80-\xff]+")
LEAST_RUN = 3
ARABIC, LATIN = "cp1256", "cp1252"
"""Undeclared codes: Arabic and Persian letters stand in runs, accented Latin ones mostly alone."""


def decode(body: bytes, encoding: str | None) -> str:
    """The characters of a page; `encoding` is what its response said, where that is known."""
    wide = _wide(body[:HEAD])
    if wide:
        return body.decode(wide, "replace")
    if _is_utf_8(body):
        return body.decode("utf-8-sig", "replace")
    for named in (encoding, html_body_declared_encoding(body)):
        if named and named.lower() not in UTF_8 and (text := _decoded(body, named)) is not None:
            return text
    text = body.decode("utf-8", "replace")
    other = sum(not char.isascii() for char in text)
    return text if text.count("\ufffd") <= BROKEN * other else body.decode(_older(body), "replace")


def _wide(head: bytes) -> str:
    """UTF-16 by its mark, or by the zeros in its markup; else nothing."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[start::2].count(0) > max(WIDE * len(head) / 2, LEAST_ZEROS):
            return name
    return ""


def _is_utf_8(body: bytes) -> bool:
    """Whether a body is UTF-8; its last character may be cut."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    return not text.isascii() or ESCAPE not in body


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding, "replace")
    except LookupError:  # a name that Python does not know
        return None


def _older(body: bytes) -> str:
    runs = [len(run) for run in HIGH.findall(body)]
    return ARABIC if 2 * sum(run for run in runs if run >= LEAST_RUN) > sum(runs) else LATIN
