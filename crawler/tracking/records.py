"""Builds the rows of captures, versions and changes and stores them. Callers hold the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from variorum.crawler.classification.outcome import Verdict
from variorum.crawler.config.site import Site
from variorum.crawler.dates import moved, moved_on
from variorum.crawler.diffing.correction_notes import adds_note
from variorum.crawler.diffing.diff import Diff
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.fetch_result import FetchResult
from variorum.storage.bodies import Packed, digest_of
from variorum.storage.rows import PageRow, Values, VersionRow
from variorum.storage.store import Store
from variorum.storage.text_index.similar_edits import similar_edit

LEARNING_FETCH = "second fetch, to learn what changes at every fetch"
"""The reason of a capture that is compared with none but those of its own run: it learns what is noise."""
OF_MOVE = 0.2
OF_REDESIGN = 0.3
"""The significance of a redesign: worth reading, below any edit that reverses a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The record of one fetch of a page."""

    page: PageRow
    fetched: FetchResult
    verdict: Verdict
    run: int | None = None
    """None for a capture from elsewhere."""
    body: Packed | None = None
    """The body, if it is to be stored."""
    digest: str | None = None
    """The digest of the bytes received, if it is known already."""
    origin: str = "crawl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text that differs from the one before it."""

    page: PageRow
    number: int
    capture: int
    fetched: FetchResult
    extract: Extract
    label: str
    """Names who read the text (variorum.crawler.extraction.reader.PageReader.label)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The fact that a page changed, in the interval since it was last seen unchanged.

    For a page that returned, the interval begins when it was last not found. A page that no crawl has seen
    before is known from elsewhere: a difference from that is not announced.
    """

    page: PageRow
    """The page as it was last seen before, with its URL of now."""
    kind: str
    seen_new: str
    run: int | None = None
    old: VersionRow | None = None
    extract: Extract | None = None
    number: int | None = None
    """The number of the version that it led to."""
    diff: Diff | None = None
    old_url: str = ""
    page_removed: bool = False
    """The page is not there after it."""
    found_at: str | None = None
    """When it was confirmed, if that is later than `seen_new`."""
    backfilled: bool = False
    """It was found long after it happened, and is not announced."""
    suspected_since: str | None = None
    """When it was first shown, if it was a suspect then."""
    remark: str = ""
    """A text to be added to its explanation."""


def add_capture(store: Store, capture: Capture) -> int:
    """The id of a new capture, after storing it."""
    fetched = capture.fetched
    values: Values = {
        "page": capture.page.id,
        "run": capture.run,
        "fetched_at": fetched.fetched_at,
        "url": fetched.final_url,
        "status": fetched.status,
        "outcome": capture.verdict.outcome.value,
        "reason": capture.verdict.reason,
        "content_type": fetched.headers.get("content-type"),
        "encoding": fetched.encoding,
        "encoding_by": fetched.encoding_by,
        "digest": capture.digest or (digest_of(fetched.body) if fetched.body else None),
        "length": len(fetched.body),
        "origin": capture.origin,
    }
    return store.add_capture(values, capture.body)


def add_version(store: Store, version: Version) -> None:
    """Store a new version of a page, with its text and word counts."""
    page, extract = version.page, version.extract
    values: Values = {
        "page": page.id,
        "number": version.number,
        "capture": version.capture,
        "captured_at": version.fetched.fetched_at,
        "author": extract.author,
        **published(page, extract),
        "modified": modified(page, extract),
        "modified_by": "listed" if page.modified else "marked" if extract.modified else None,
    }
    store.add_version(values | reading(extract, version.label))


def reading(extract: Extract, by: str) -> Values:
    """The columns of a version that depend on who read the capture."""
    return {
        "title": extract.title,
        "text": extract.text,
        "links": extract.links,
        "digest": extract.digest,
        "words": extract.words,
        "language": extract.language,
        "extractor": by,
    }


def add_change(store: Store, change: Change) -> None:
    """Store a change, with its significance and what the site's own date did meanwhile."""
    page, old, extract, diff = change.page, change.old, change.extract, change.diff
    values = _facts(store, change)
    values |= _weight(change, extract, diff)
    if diff and old and not change.page_removed:
        now = modified(page, extract, old.modified_by)
        values |= _dated(old_date(store, old), now, page.seen_at, diff)
    if change.suspected_since:
        values |= {"suspected_since": change.suspected_since}
    undated, noted = bool(values.get("silent")), bool(diff and adds_note(diff.hunks))
    if undated and noted:
        values["silent"] = 0
    values["explanation"] += "".join(f"; {one}" for one in _remarks(change, undated=undated, noted=noted))
    hunks, links = values.get("hunks", "[]"), values.get("links", "[]")
    values["similar_edit"] = similar_edit(change.kind, values.get("old_title"), values["title"], hunks, links)
    store.add_change(values)


def _facts(store: Store, change: Change) -> Values:
    """The columns of a change that say what happened, where and when."""
    page, old, extract = change.page, change.old, change.extract
    is_back = change.kind == "returned" and not change.backfilled
    since = max(store.misses(page.id), default=page.seen_at) if is_back else page.seen_at
    return {
        "site": page.site,
        "page": page.id,
        "run": change.run,
        "kind": change.kind,
        "url": page.url,
        "old_url": change.old_url or None,
        "title": extract.title if extract else page.title,
        "version": change.number,
        "old_version": old.number if old else None,
        "seen_old": since,
        "seen_new": change.seen_new,
        "checks_between": _checks_between(store, page.id, since, change.seen_new),
        "page_removed": int(change.page_removed),
        "found_at": change.found_at or change.seen_new,
        "backfilled": int(change.backfilled or (old is not None and page.checked_at is None)),
    }


def _checks_between(store: Store, page: int, since: str | None, until: str) -> int:
    """The number of fetches between two times, without those that only learn what is noise."""
    return store.checks_between(page, since, until, leaving_out=LEARNING_FETCH) if since else 0


def _remarks(change: Change, *, undated: bool, noted: bool) -> Iterator[str]:
    """What is added to the explanation of a change."""
    if undated:
        yield "modified date not updated"
    if noted:
        yield "the site noted a correction"
    if change.suspected_since:
        yield f"suspected since {change.suspected_since}"
    if change.remark:
        yield change.remark


def add_date_only_update(
    store: Store, run: int, page: PageRow, at: str, old: VersionRow | None, extract: Extract | None
) -> None:
    """Store a date-only update, if the site's modified date changed and no word did. `old` is the last
    version of the page."""
    now, before = (modified(page, extract, old.modified_by), old_date(store, old)) if old else (None, None)
    if old is None or not now or not before or not moved_on(before, now):
        return
    values: Values = {
        "site": page.site,
        "page": page.id,
        "run": run,
        "kind": "edited",
        "url": page.url,
        "title": page.title,
        "version": old.number,
        "old_version": old.number,
        "seen_old": page.seen_at,
        "seen_new": at,
        "found_at": at,
        "explanation": "the modified date changed, and no word",
        "typographic": 1,
        "modified": now,
        "old_modified": before,
        "date_only": 1,
    }
    store.add_change(values)


def add_drift(store: Store, page: PageRow, at: str, number: int, diff: Diff, run: int | None = None) -> None:
    """Store an extraction drift: our text of the page changed to this version, and the page did not."""
    store.add_drift({"page": page.id, "run": run, "at": at, "version": number, "hunks": hunks_json(diff)})


def add_redesign(store: Store, site: Site, run: int, at: str, seen_old: str | None, explanation: str) -> None:
    """Store the change that the whole site has another design; it is not announced if it happened before
    the watch."""
    watched = store.site(site.name).watched_since
    store.add_change(
        {
            "site": site.name,
            "run": run,
            "kind": "template",
            "url": site.url,
            "title": site.name,
            "seen_old": seen_old,
            "seen_new": at,
            "found_at": at,
            "significance": OF_REDESIGN,
            "explanation": explanation,
            "backfilled": int(bool(seen_old and watched and seen_old < watched)),
        }
    )


def _weight(change: Change, extract: Extract | None, diff: Diff | None) -> Values:
    """The significance of the change, and its parts."""
    kind = change.kind
    if kind == "moved" and change.page_removed and diff:
        return {
            "significance": max(OF_MOVE, diff.significance),
            "explanation": f"nearly the same text at another address; {diff.explanation}",
            "words_added": diff.words_added,
            "words_removed": diff.words_removed,
            "hunks": hunks_json(diff),
        }
    if diff is None or kind == "moved":
        significance, explanation = {
            "new": (0.6, "a new page"),
            "gone": (0.8, "the page is no longer there"),
            "returned": (0.6, "the page is there again, as it was"),
            "moved": (OF_MOVE, f"{'nearly ' if diff else ''}the same text at another address"),
        }[kind]
        return {
            "significance": significance,
            "explanation": explanation,
            "words_added": extract.words if kind == "new" and extract else 0,
            "words_removed": change.old.words if kind == "gone" and change.old else 0,
        }
    return {
        "old_title": diff.title[0] if diff.title else None,
        "significance": diff.significance,
        "explanation": diff.explanation,
        "typographic": int(diff.typographic and kind != "returned"),
        "words_added": diff.words_added,
        "words_removed": diff.words_removed,
        "hunks": hunks_json(diff),
        "links": msgspec.json.encode(diff.links).decode(),
    }


def hunks_json(diff: Diff) -> str:
    """The hunks of a diff as the store keeps them."""
    return msgspec.json.encode(diff.hunks).decode()


def published(page: PageRow, extract: Extract) -> Values:
    """When the page was published, and the source of that date: what was known before this extraction comes
    first.

    A date that was only found on the page gives way to any other.
    """
    if page.published and not (page.published_by == "found" and extract.published):
        return {"published": page.published, "published_by": page.published_by}
    return {"published": extract.published, "published_by": extract.published_by}


def modified(page: PageRow, extract: Extract | None, by: str | None = None) -> str | None:
    """The date that the site gives for the last modification: its sources come before its markup.

    `by` restricts it to one source, as in `versions.modified_by`: dates of two sources can't be compared.
    """
    marked = extract.modified if extract else None
    if by is not None:
        return page.modified if by == "listed" else marked
    return page.modified or marked


def old_date(store: Store, old: VersionRow) -> str | None:
    """The site's own modified date of a version, as last seen."""
    return store.hollow_date(old.page, old.number) or old.modified


def _dated(before: str | None, now: str | None, seen_old: str | None, diff: Diff) -> Values:
    """Whether the site's own modified date moved when the text changed.

    `silent` is 1 if it did not move, 0 if it did; None if the site gives no such date, or only the day of the
    edit, or the same date more exactly than before.
    """
    values: Values = {"modified": now, "old_modified": before, "silent": None}
    if not now or not before:
        return values
    if has_moved := moved(before, now):
        return values | {"silent": 0, "date_only": int(diff.typographic)}
    if has_moved is None:
        return values
    only_a_day = "T" not in now
    return values | {"silent": None if only_a_day and seen_old and now >= seen_old[:10] else 1}
