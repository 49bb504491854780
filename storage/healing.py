"""Repairs dates that were stored before all dates were validated. Callers hold the transaction."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, date, datetime, timedelta

from variorum.storage import seals

_TEXT_COLUMNS = {
    "pages": ("published", "modified"),
    "versions": ("published", "modified"),
    "listings": ("modified",),
    "changes": ("modified", "old_modified"),
    "sources": ("cursor",),
}
"""Columns with dates that sites and their pages state."""
_SEEN = {
    "captures": ("fetched_at",),
    "versions": ("captured_at",),
    "pages": ("found_at", "seen_at", "checked_at", "changed_at", "missing_since"),
    "changes": ("seen_old", "seen_new", "found_at"),
    "mementos": ("at",),
}
"""Columns with times of captures; imported captures can be of any year."""
_NAMED_BY = {"pages": ("published",), "versions": ("published", "modified")}
"""Dates whose source is stored beside them, in a column that ends in `_by`."""
_FORM = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z?)?", re.ASCII)
_WIDTH = len("2026-05-31T12:00:00Z")


def heal_dates(conn: sqlite3.Connection) -> None:
    """Delete every invalid date, and write the years of captures with four digits."""
    conn.create_function("is_sound_date", 1, _is_sound, deterministic=True)
    for table, columns in _TEXT_COLUMNS.items():
        for column in columns:
            named = f", {column}_by = NULL" if column in _NAMED_BY.get(table, ()) else ""
            conn.execute(
                f"UPDATE {table} SET {column} = NULL{named}"  # noqa: S608 - words of ours only
                f" WHERE {column} IS NOT NULL AND NOT is_sound_date({column})"
            )
    resealed = conn.execute("SELECT id FROM versions WHERE instr(captured_at, '-') < 5").fetchall()
    for table, columns in _SEEN.items():
        for column in columns:
            conn.execute(
                f"UPDATE {table} SET {column} = substr('0000' || {column}, -{_WIDTH})"  # noqa: S608 - words of ours
                f" WHERE instr({column}, '-') BETWEEN 2 AND 4"
            )
    for (version,) in resealed:
        seals.seal(conn, version)


def _is_sound(text: str) -> bool:
    """Whether the text is a complete date between the beginning of the web and tomorrow."""
    if not _FORM.fullmatch(text):
        return False
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return False
    return date(1990, 1, 1) <= day <= datetime.now(UTC).date() + timedelta(days=1)
