"""Describes the database to Datasette: labels of tables and columns, and queries that many people need.

The labels are the words of docs/database.md, so there is one explanation of each.
"""

from __future__ import annotations

import re
from typing import Any

Object = dict[str, Any]

_SECTION = re.compile(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", re.M | re.S)
_ROW = re.compile(r"^\| (`.+?`) \| (.+) \|$", re.M)
_NAME = re.compile(r"`(\w+)`")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")

PLUGIN = '''\
"""Lets queries read what is compressed: version_text(versions.id), change_hunks(changes.hunks)."""

from datasette import hookimpl

from variorum.storage.library import Database


@hookimpl
def prepare_connection(conn):
    Database(conn)
'''
"""The plugin with the SQL functions that the database needs."""

QUERIES: dict[str, tuple[str, str]] = {
    "latest_changes": (
        "The latest changes of a site",
        "SELECT id, found_at, kind, url, title, significance, explanation, words_added, words_removed,"
        " verdict FROM changes WHERE site = :site AND NOT typographic ORDER BY id DESC LIMIT 200",
    ),
    "significant_and_not_reviewed": (
        "Significant edits without a verdict, on all sites",
        "SELECT id, site, found_at, url, title, significance, explanation FROM changes"
        " WHERE kind = 'edited' AND significance >= 0.6 AND verdict IS NULL AND NOT typographic"
        " ORDER BY id DESC LIMIT 200",
    ),
    "history_of_a_page": (
        "All versions of a page, by its address",
        "SELECT number, captured_at, title, words, language, author, published, modified"
        " FROM page_versions WHERE url = :url ORDER BY number",
    ),
    "text_of_a_page": (
        "The latest text of a page, by its address",
        "SELECT number, captured_at, title, version_text(id) AS text"
        " FROM page_versions WHERE url = :url AND latest",
    ),
    "pages_that_are_gone": (
        "Pages that are gone or were not found at the last look",
        "SELECT site, url, title, state, missing_since, seen_at FROM pages"
        " WHERE state IN ('gone', 'missing') ORDER BY missing_since DESC LIMIT 1000",
    ),
    "runs_of_a_site": (
        "The latest runs of a site, with their counts",
        "SELECT started_at, ended_at, reason, requests, fetched, new, changed, gone, blocked, failed"
        " FROM runs WHERE site = :site ORDER BY id DESC LIMIT 100",
    ),
    "open_issues": (
        "Problems that an operator should act on",
        "SELECT site, kind, message, since, last_at, times FROM issues WHERE closed_at IS NULL"
        " ORDER BY last_at DESC",
    ),
}
"""The queries by name: the title and the SQL of each; `:site` and `:url` are asked for."""


def metadata(document: str, database: str) -> Object:
    """The metadata for Datasette of the database with that name; `document` is docs/database.md."""
    return {
        "title": "Variorum",
        "description": "Versions and changes of watched web sites. Times are UTC.",
        "databases": {
            database: {
                "tables": {name: _table(text) for name, text in _SECTION.findall(document)},
                "queries": {name: {"title": title, "sql": sql} for name, (title, sql) in QUERIES.items()},
            }
        },
    }


def _table(section: str) -> Object:
    described = section.strip().split("\n\n")[0]
    columns: dict[str, str] = {}
    for cell, meaning in _ROW.findall(section):
        names = _NAME.findall(cell)
        together = f"{', '.join(names)}: " if len(names) > 1 else ""
        columns |= dict.fromkeys(names, together + _plain(meaning))
    return {"description": _plain(described), "columns": columns}


def _plain(text: str) -> str:
    """Markdown of one line as plain text."""
    return _LINK.sub(r"\1", text).replace("`", "").strip()
