"""Clean text for other tools: one document for each page that stands, or stood at a moment.

Documents are as they are read, in the order of pages. An id names a page for ever, also after it has moved.
A cursor stands for all that was stored when it was given; an export since then has each page of which there
is something new, whole, and a tombstone (`"gone": true`, no text) for each that is no longer there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from storage.errors import NotFound
from storage.reader import Reader

Document = dict[str, Any]

_COLUMNS = """
    pages.site || ':' || pages.id AS id, pages.url, pages.site, coalesce(pages.kind, 'article') AS kind,
    v.title, v.text, v.language, v.author, v.published, v.modified,
    v.number AS version, v.captured_at, v.digest
"""

_DOCUMENTS = f"""
    SELECT {_COLUMNS}, coalesce((
        SELECT leaves FROM changes WHERE changes.page = pages.id AND kind IN ('gone', 'returned', 'moved')
        AND (:as_of IS NULL OR seen_new <= :as_of) ORDER BY changes.id DESC LIMIT 1
    ), 0) AS gone
    FROM pages JOIN versions AS v ON v.page = pages.id
    WHERE (:site IS NULL OR pages.site = :site)
      AND v.number = (
        SELECT max(number) FROM versions WHERE page = pages.id AND (:as_of IS NULL OR captured_at <= :as_of)
      )
      AND (v.id > :versions OR EXISTS (
        SELECT 1 FROM changes WHERE page = pages.id AND id > :changes
      ))
    ORDER BY pages.id
"""  # noqa: S608 - columns of ours only


def documents(
    reader: Reader, *, site: str | None = None, since: str | None = None, as_of: str | None = None
) -> Iterator[Document]:
    """The documents of one site, or of all; as they stood at the moment `as_of`, or those new since a cursor.

    Raises NotFound for a cursor that this store never gave.
    """
    versions, changes = _positions(since)
    asked = {"site": site, "as_of": as_of, "versions": versions, "changes": changes}
    for row in reader.rows(_DOCUMENTS, asked):
        if not row.pop("gone"):
            yield row
        elif since:
            yield {"id": row["id"], "url": row["url"], "site": row["site"], "gone": True}


def cursor(reader: Reader) -> str:
    """Where the next export goes on from: all that is stored by now."""
    row = next(
        reader.rows(
            "SELECT (SELECT coalesce(max(id), 0) FROM versions) AS v,"
            " (SELECT coalesce(max(id), 0) FROM changes) AS c",
            {},
        )
    )
    return f"{row['v']}.{row['c']}"


def write_jsonl(found: Iterable[Document], path: Path | None, out: TextIO) -> int:
    """How many documents were written, one a line: to `out`, or to the file `path`, whole or not at all."""
    if path is None:
        return _lines(found, out)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8") as file:  # not tempfile: what it makes nobody else may read
            count = _lines(found, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return count


def _lines(found: Iterable[Document], out: TextIO) -> int:
    count = 0
    for count, document in enumerate(found, start=1):  # noqa: B007 - the last count is the result
        out.write(json.dumps(document, ensure_ascii=False) + "\n")
    return count


def _positions(since: str | None) -> tuple[int, int]:
    if since is None:
        return -1, -1
    versions, _, changes = since.partition(".")
    if not (versions.isdecimal() and changes.isdecimal()):
        raise NotFound(f"{since!r} is no cursor: use the one that the last export printed, like 1200.34")
    return int(versions), int(changes)
