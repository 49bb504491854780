"""Stores captures small: most fetches find nothing new, and a crawl stores one for each page.

`captures` is a view, with a row in words for each fetch. Its data is in two tables: `capture_rows` has what
differs from fetch to fetch, `capture_kinds` what many have in common (outcome, reason, headers), once each.
An address is stored only where it is not that of the page today; two triggers keep the old one when a page
gets another. Times are seconds, digests are bytes; what has another form is stored as it came.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from variorum.storage.rows import Values

_SECONDS = "CAST(strftime('%s', {0}) AS INTEGER)"
SHOWN_TIME = "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, 'unixepoch')"
"""Seconds since 1970 as text, in SQL."""
SECONDS = f"CASE WHEN {SHOWN_TIME.format(_SECONDS)} = {{0}} THEN {_SECONDS} ELSE {{0}} END"
"""A time as seconds since 1970, as SQL, where that gives the same text again."""
KIND = ("status", "outcome", "reason", "content_type", "encoding", "encoding_by", "origin")
"""What captures have in common."""
USUAL_REASON = "'HTTP ' || {0}status || ', ' || {0}length || ' bytes'"
"""The reason that a kind does not store, since it has the length."""

_REASON = "nullif(:reason, " + USUAL_REASON.format(":") + ")"
_FIND = f"""
    SELECT id FROM capture_kinds
    WHERE outcome = :outcome AND reason IS {_REASON} AND origin = :origin AND status = :status
      AND content_type IS :content_type AND encoding IS :encoding AND encoding_by IS :encoding_by
"""  # noqa: S608 - words of ours only
_ADD_KIND = f"""
    INSERT INTO capture_kinds(outcome, reason, origin, status, content_type, encoding, encoding_by)
    VALUES (:outcome, {_REASON}, :origin, :status, :content_type, :encoding, :encoding_by)
"""  # noqa: S608 - words of ours only
_ADD = f"""
    INSERT INTO capture_rows(page, run, fetched_at, kind, url, digest, length, body)
    VALUES (:page, :run, {SECONDS.format(":fetched_at")}, :kind,
            nullif(:url, (SELECT url FROM pages WHERE id = :page)), :digest, :length, :body)
"""  # noqa: S608 - words of ours only
_UNUSED_KINDS = "DELETE FROM capture_kinds WHERE id NOT IN (SELECT kind FROM capture_rows)"
_ABSENT = dict.fromkeys(("run", *KIND, "digest", "length", "body")) | {"origin": "crawl"}


def insert(conn: sqlite3.Connection, values: Values) -> int:
    """Store a capture, given by the columns of the view, and return its id.

    Must run inside a transaction of the caller.
    """
    values = _ABSENT | values
    row = conn.execute(_FIND, values).fetchone()
    kind = row[0] if row else conn.execute(_ADD_KIND, values).lastrowid
    added = conn.execute(_ADD, {**values, "kind": kind, "digest": packed_digest(values["digest"])})
    return int(added.lastrowid or 0)


def packed_digest(digest: Any) -> Any:
    """A digest in hexadecimal as bytes; anything else as it is."""
    if isinstance(digest, str):
        with suppress(ValueError):
            data = bytes.fromhex(digest)
            return data if data.hex() == digest else digest
    return digest


def remove_unused_kinds(conn: sqlite3.Connection) -> None:
    """Delete what no capture has any longer."""
    conn.execute(_UNUSED_KINDS)
