"""Shows what the server sent, byte for byte and as text, to explain why a text was extracted so."""

from __future__ import annotations

import re

from variorum.crawler.diffing.diff import TitledText, compare
from variorum.crawler.extraction.html.encoding import decode
from variorum.review.layout import DiffLayout, plain_text
from variorum.review.layout import laid_out as lay_out
from variorum.storage import bodies
from variorum.storage.errors import NotFound
from variorum.storage.reader import Reader
from variorum.storage.rows import CaptureRow, VersionRow, read

MOST = 300_000
"""The maximum number of characters of a source that are compared and shown."""
BETWEEN_TAGS = re.compile(r">[ \t]*<(?!/)")


def laid_out(reader: Reader, old: VersionRow | None, new: VersionRow | None) -> DiffLayout | None:
    """The sources of two versions, line by line; of one, if there is only one."""
    before, after = (_lines(reader, side) if side else None for side in (old, new))
    if before is not None and after is not None:
        diff = compare(TitledText("", before), TitledText("", after))
        return lay_out(diff.hunks if diff else (), before, after)
    if (only := before if after is None else after) is None:
        return None
    return plain_text(only)


def capture(reader: Reader, number: int) -> CaptureRow:
    """The record of a fetch. Raises NotFound."""
    found = read(CaptureRow, reader.db.conn.execute("SELECT * FROM captures WHERE id = ?", [number]))
    if not found:
        raise NotFound(f"there is no capture {number}")
    return found[0]


def body(reader: Reader, row: CaptureRow) -> bytes:
    """The bytes of a capture. Raises NotFound if they are not stored."""
    if row.body is None:
        raise NotFound(f"the bytes of capture {row.id} were not kept: nothing was new in them")
    return bodies.get(reader.db.conn, row.body)


def is_html(row: CaptureRow) -> bool:
    """Whether the server declared it as HTML."""
    kind = (row.content_type or "").partition(";")[0].strip().casefold()
    return kind in ("", "text/html", "application/xhtml+xml")


def _lines(reader: Reader, version: VersionRow) -> str | None:
    """The source of a version, with its own line breaks and one before each tag that opens."""
    row = capture(reader, version.capture)
    if row.body is None or not is_html(row):
        return None
    text = decode(body(reader, row), row.declared)[:MOST].replace("\r", "")
    return "\n".join(line.rstrip() for line in BETWEEN_TAGS.sub(">\n<", text).split("\n"))
