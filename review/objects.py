"""Builds the JSON twins of the pages: the objects of `variorum changes --json`, and what a page adds to
them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from variorum.crawler.diffing.blame import Former, Sentence
from variorum.storage.queries.change_list import Item
from variorum.storage.queries.page_timeline import CopyOf, Event, PageCheck, VersionSummary
from variorum.storage.queries.site_overview import RunSummary
from variorum.storage.queries.verdicts import VerdictRow
from variorum.storage.rows import (
    RUN_COUNTS,
    CaptureRow,
    ChangeRow,
    IssueRow,
    PageRow,
    RunRow,
    SiteRow,
    VersionRow,
)
from variorum.storage.search.full_text import Hit

Object = dict[str, Any]


def item_object(item: Item) -> Object:
    """The JSON object of a change in the list."""
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


def change_object(item: Item, row: ChangeRow, verdicts: list[VerdictRow]) -> Object:
    """The JSON object of a change with its hunks and all its verdicts."""
    return {
        **item_object(item),
        "title": row.title,
        "old_url": row.old_url,
        "old_title": row.old_title,
        "announced": not row.typographic,
        "date_only": bool(row.date_only),
        "hollow": bool(row.date_only),  # the name until 0.1
        "modified": row.modified,
        "old_modified": row.old_modified,
        "suspected_since": row.suspected_since,
        "hunks": json.loads(row.hunks),
        "links": json.loads(row.links),
        "verdicts": [
            {"id": one.id, "verdict": one.verdict, "note": one.note, "reviewer": one.reviewer, "at": one.at}
            for one in verdicts
        ],
    }


def version_object(row: VersionRow) -> Object:
    """The JSON object of a version with its text."""
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


def page_object(row: PageRow) -> Object:
    """The JSON object of the current state of a page."""
    return {
        "page": row.id,
        "site": row.site,
        "url": row.url,
        "title": row.title,
        "kind": row.kind,
        "state": row.state,
        "language": row.language,
        "found_at": row.found_at,
        "published": row.published,
        "modified": row.modified,
        "checked_at": row.checked_at,
        "seen_at": row.seen_at,
        "missing_since": row.missing_since,
        "version": row.version,
    }


def version_summary_object(one: VersionSummary, drifted: set[int]) -> Object:
    """The JSON object of a version without its text."""
    return {
        "version": one.number,
        "captured_at": one.captured_at,
        "title": one.title,
        "words": one.words,
        "capture": one.capture,
        "extractor": one.extractor,
        "drift": one.number in drifted,
    }


def event_object(one: Event) -> Object:
    """The JSON object of a change of a page, without its words."""
    return {
        "id": one.id,
        "kind": one.kind,
        "url": one.url,
        "old_url": one.old_url,
        "seen_old": one.seen_old,
        "seen_new": one.seen_new,
        "checks_between": one.checks_between,
        "version": one.version,
        "old_version": one.old_version,
        "significance": one.significance,
        "explanation": one.explanation,
        "words_added": one.words_added,
        "words_removed": one.words_removed,
        "silent": _flag(one.silent),
        "date_only": bool(one.date_only),
        "hollow": bool(one.date_only),  # the name until 0.1
        "announced": not one.typographic,
        "backfilled": bool(one.backfilled),
        "found_later": bool(one.backfilled),  # the name until 0.1
        "verdict": one.verdict,
    }


def check_object(one: PageCheck) -> Object:
    """The JSON object of a check of a page, with its outcome."""
    return {
        "capture": one.id,
        "fetched_at": one.fetched_at,
        "status": one.status,
        "outcome": one.outcome,
        "reason": one.reason,
        "origin": one.origin,
    }


def copy_object(one: CopyOf) -> Object:
    """The JSON object of another page with the same text."""
    return {
        "page": one.page,
        "site": one.site,
        "url": one.url,
        "title": one.title,
        "state": one.state,
        "first_seen": one.first_seen,
    }


def capture_object(row: CaptureRow) -> Object:
    """The JSON object of a capture."""
    return {
        "capture": row.id,
        "page": row.page,
        "url": row.url,
        "fetched_at": row.fetched_at,
        "status": row.status,
        "outcome": row.outcome,
        "reason": row.reason,
        "content_type": row.content_type,
        "encoding": row.encoding,
        "encoding_by": row.encoding_by,
        "digest": row.digest,
        "length": row.length,
        "origin": row.origin,
        "kept": row.body is not None,
    }


def sentence_object(one: Sentence) -> Object:
    """The JSON object of a sentence, and since when it has been on the page."""
    return {"text": one.text, "version": one.version, "since": one.at, "ours": one.ours}


def former_object(one: Former) -> Object:
    """The JSON object of a sentence that the site removed."""
    return {
        "text": one.text,
        "version": one.since.version,
        "since": one.since.at,
        "until_version": one.until_version,
        "until": one.until,
    }


def hit_object(hit: Hit) -> Object:
    """The JSON object of a search hit; each piece of its snippet says whether it matched."""
    return {**asdict(hit), "snippet": [list(piece) for piece in hit.snippet]}


def site_object(row: SiteRow, well: RunRow | None) -> Object:
    """The JSON object of a site, with the time of its last successful crawl."""
    return {
        "site": row.name,
        "url": row.url,
        "watched_since": row.watched_since,
        "next_due": row.next_due,
        "rest_until": row.rest_until,
        "failures": row.failures,
        "last_success": well.started_at if well else None,
    }


def run_object(one: RunSummary) -> Object:
    """The JSON object of a run of a site, with whether it succeeded."""
    return {
        "run": one.id,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "reason": one.reason,
        "well": bool(one.well),
        **{name: getattr(one, name) for name in ("requests", *RUN_COUNTS, "baseline")},
    }


def issue_object(row: IssueRow) -> Object:
    """The JSON object of an issue, open or closed."""
    return {
        "kind": row.kind,
        "message": row.message,
        "since": row.since,
        "last_at": row.last_at,
        "times": row.times,
        "closed_at": row.closed_at,
    }


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
