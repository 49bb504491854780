"""The hunks of a change, small: long ones are compressed.

`changes.hunks` then holds zstd in place of JSON: by itself, as a text that it could be compressed against may
be extracted again. SQL gets either form as JSON from `change_hunks(changes.hunks)`, which every connection of
the store knows.
"""

from __future__ import annotations

from variorum.storage.compression import compress, decompress

LEAST = 500
"""Bytes: shorter hunks are stored as JSON, which any program can read."""
_LEVEL = 10
"""Of zstd: a run stores few changes."""


def pack(hunks: str) -> str | bytes:
    """The value of the column for these hunks, which are JSON."""
    data = hunks.encode()
    return hunks if len(data) < LEAST else compress(data, _LEVEL)


def unpack(stored: str | bytes | None) -> str | None:
    """The hunks as JSON, from the value of the column."""
    return decompress(stored).decode() if isinstance(stored, bytes) else stored
