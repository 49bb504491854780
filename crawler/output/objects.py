"""The JSON objects that other programs rely on. Keys may be added, never removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from variorum.crawler.diffing.hunks import Hunk, Relink
from variorum.storage.rows import (
    OTHER_COUNTS,
    RUN_COUNTS,
    ChangeRow,
    PageRow,
    SiteRow,
    SuspectRow,
    VersionRow,
)

if TYPE_CHECKING:
    from variorum.crawler.extraction.extract import Extract
    from variorum.crawler.run_report import RunReport

Object = dict[str, Any]
REKEYED = ("rekeyed", "merged", "put_aside", "taken_back")
"""The counts of stored pages that were keyed again because the site file has other rules."""


def run_object(report: RunReport) -> Object:
    """A run; `run` is null if it never began, `trouble` is null unless the site as a whole failed.

    `waited` names the hosts that sent Retry-After, and how the run waited for them; null where none did.
    `left` are the pages that the run was to fetch and did not. `forbidden` are the URLs not requested because
    of robots.txt, with one example, null for none.
    """
    counts = report.counts if "run" in report.counts else {}
    return {
        "site": report.site,
        "run": counts.get("run"),
        **{name: counts.get(name, 0) for name in RUN_COUNTS},
        "seconds": counts.get("seconds", 0.0),
        "baseline": counts.get("baseline", 0),
        **{name: counts.get(name, 0) for name in OTHER_COUNTS},
        "forbidden": counts.get("forbidden", 0),
        "forbidden_example": counts.get("forbidden_example"),
        "requests": counts.get("requests", 0),
        "bytes": counts.get("bytes", 0),
        **{name: counts.get(name, 0) for name in REKEYED},
        "reason": report.reason,
        "trouble": report.trouble or None,
        "waited": counts.get("waited") or None,
        "left": counts.get("left", 0),
    }


def change_object(row: ChangeRow) -> Object:
    """A change without its hunks; `silent` is null if the site gives no date to compare."""
    return {
        "id": row.id,
        "site": row.site,
        "url": row.url,
        "title": row.title,
        "kind": row.kind,
        "seen_old": row.seen_old,
        "seen_new": row.seen_new,
        "significance": row.significance,
        "words_added": row.words_added,
        "words_removed": row.words_removed,
        "silent": None if row.silent is None else bool(row.silent),
        "version": row.version,
        "old_version": row.old_version,
        "old_url": row.old_url,
        "old_title": row.old_title,
        "checks_between": row.checks_between,
        "explanation": row.explanation,
        "verdict": row.verdict,
        "note": row.note,
        "announced": not row.typographic,
        "date_only": bool(row.date_only),
        "hollow": bool(row.date_only),  # the name until 0.1
        "modified": row.modified,
        "old_modified": row.old_modified,
        "suspected_since": row.suspected_since,
    }


def suspect_object(row: SuspectRow) -> Object:
    """Return a suspect, which awaits confirmation by a later run, in the form of a change."""
    return {
        "id": None,
        "suspect": row.kind,
        "site": row.site,
        "url": row.url,
        "title": row.title,
        "kind": "suspect",
        "seen_old": row.seen_old,
        "seen_new": row.since,
        "suspected_since": row.since,
        "last_at": row.last_at,
        "runs": row.times,
        "words_added": row.words_added,
        "words_removed": row.words_removed,
        "version": None,
        "old_version": row.old_version,
        "capture": row.capture,
        "explanation": row.why,
        "announced": False,
        "hunks": json.loads(row.hunks),
    }


def change_with_hunks(row: ChangeRow) -> Object:
    """Return a change as a JSON object with its hunks."""
    return {**change_object(row), "hunks": json.loads(row.hunks), "links": json.loads(row.links)}


def hunks_of(row: ChangeRow) -> list[Hunk]:
    """Return the hunks of a change as they were stored."""
    return msgspec.json.decode(row.hunks, type=list[Hunk])


def links_of(row: ChangeRow) -> list[Relink]:
    """Return the links of a change whose targets differ."""
    return msgspec.json.decode(row.links, type=list[Relink])


def version_object(row: VersionRow) -> Object:
    """Return a version as a JSON object without its text."""
    return {
        "version": row.number,
        "captured_at": row.captured_at,
        "digest": row.digest,
        "title": row.title,
        "words": row.words,
        "modified": row.modified,
    }


def document(page: PageRow, version: VersionRow, site: SiteRow | None) -> Object:
    """Return a version with its text, in the form of an export; `site` is the stored row of its site."""
    first_name = (site and site.first_name) or page.site
    return {
        "id": f"{first_name}:{page.id}",
        "url": page.url,
        "site": page.site,
        "kind": page.kind or "article",
        "title": version.title,
        "text": version.text,
        "language": version.language,
        "author": version.author,
        "published": version.published,
        "modified": version.modified,
        "version": version.number,
        "captured_at": version.captured_at,
        "digest": version.digest,
    }


def extract_document(url: str, site: str, extract: Extract) -> Object:
    """Return the document of a page that is not stored; fields that only the store knows are null."""
    return {
        "id": None,
        "url": url,
        "site": site or None,
        "kind": extract.kind,
        "title": extract.title,
        "text": extract.text,
        "language": extract.language,
        "author": extract.author,
        "published": extract.published,
        "modified": extract.modified,
        "version": None,
        "captured_at": None,
        "digest": extract.digest,
    }
