"""The JSON twins of the pages: the objects of `variorum changes --json`, and what a page adds to them."""

from __future__ import annotations

import json
from typing import Any

from storage.reviewing import Item
from storage.rows import ChangeRow, VersionRow
from storage.verdicts import VerdictRow

Object = dict[str, Any]


def item_object(item: Item) -> Object:
    """A change as the list has it."""
    return {
        "id": item.id,
        "site": item.site,
        "page": item.page,
        "url": item.url,
        "title": item.title,
        "language": item.language,
        "kind": item.kind,
        "seen_old": item.seen_old,
        "seen_new": item.seen_new,
        "found_at": item.found_at,
        "significance": item.significance,
        "explanation": item.explanation,
        "words_added": item.words_added,
        "words_removed": item.words_removed,
        "silent": _flag(item.silent),
        "version": item.version,
        "old_version": item.old_version,
        "checks_between": item.checks_between,
        "verdict": item.verdict,
        "note": item.note,
    }


def change_object(item: Item, row: ChangeRow, said: list[VerdictRow]) -> Object:
    """A change with its words, and with all that reviewers have said of it."""
    return {
        **item_object(item),
        "title": row.title,
        "old_url": row.old_url,
        "old_title": row.old_title,
        "announced": not row.typographic,
        "hollow": bool(row.hollow),
        "modified": row.modified,
        "old_modified": row.old_modified,
        "hunks": json.loads(row.hunks),
        "verdicts": [
            {"id": one.id, "verdict": one.verdict, "note": one.note, "reviewer": one.reviewer, "at": one.at}
            for one in said
        ],
    }


def version_object(row: VersionRow) -> Object:
    """A version with its text."""
    return {
        "version": row.number,
        "captured_at": row.captured_at,
        "title": row.title,
        "text": row.text,
        "digest": row.digest,
        "words": row.words,
        "language": row.language,
        "modified": row.modified,
        "capture": row.capture,
    }


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
