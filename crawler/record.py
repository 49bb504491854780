"""What a tracked fetch leaves in the store, as the values of its rows. Callers hold the transaction."""

from __future__ import annotations

import msgspec

from crawler.diff import Diff
from crawler.extract import Extract
from crawler.fetched import Fetched
from crawler.outcome import Verdict
from storage.bodies import digest_of
from storage.rows import PageRow, Values, VersionRow
from storage.store import Store


def capture(
    store: Store, run: int, page: PageRow, fetched: Fetched, verdict: Verdict, *, keep: bool = False
) -> int:
    """The number of the capture of a fetch; with `keep`, its body is kept too."""
    values: Values = {
        "page": page.id,
        "run": run,
        "fetched_at": fetched.fetched_at,
        "url": fetched.final_url,
        "status": fetched.status,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "content_type": fetched.headers.get("content-type"),
        "encoding": fetched.encoding,
        "digest": digest_of(fetched.body) if fetched.body else None,
        "length": len(fetched.body),
    }
    return store.add_capture(
        values, fetched.body if keep else None, store.last_body(page.id) if keep else None
    )


def version(
    store: Store, page: PageRow, number: int, made_of: int, fetched: Fetched, extract: Extract, by: str
) -> None:
    """A new version: the extraction `extract` of the capture `made_of`, read by `by`."""
    values: Values = {
        "page": page.id,
        "number": number,
        "capture": made_of,
        "captured_at": fetched.fetched_at,
        "author": extract.author,
        "published": page.published or extract.published,
        "modified": modified(page, extract),
    }
    store.add_version(values | reading(extract, by))


def reading(extract: Extract, by: str) -> Values:
    """The columns of a version that depend on who read the capture."""
    return {
        "title": extract.title,
        "text": extract.text,
        "digest": extract.digest,
        "words": extract.words,
        "language": extract.language,
        "extractor": by,
    }


def change(
    store: Store,
    run: int,
    page: PageRow,
    kind: str,
    seen_new: str,
    *,
    old: VersionRow | None = None,
    extract: Extract | None = None,
    number: int | None = None,
    diff: Diff | None = None,
    old_url: str = "",
    leaves: bool = False,
    found_at: str | None = None,
) -> None:
    """The fact that the page changed, in the interval since it was last seen as it was.

    `leaves` says that after it the page is there no more; `found_at` is when we were sure of it, where that
    is later than `seen_new`.
    """
    values: Values = {
        "site": page.site,
        "page": page.id,
        "run": run,
        "kind": kind,
        "url": page.url,
        "old_url": old_url or None,
        "title": extract.title if extract else page.title,
        "version": number,
        "old_version": old.number if old else None,
        "seen_old": page.seen_at,
        "seen_new": seen_new,
        "checks_between": store.checks_since(page.id, page.seen_at, seen_new) if page.seen_at else 0,
        "silent": silent(old, page, extract) if diff and old else None,
        "leaves": int(leaves),
        "found_at": found_at or seen_new,
    }
    store.add_change(values | _weight(kind, extract, diff))


def _weight(kind: str, extract: Extract | None, diff: Diff | None) -> Values:
    """How much the change matters, and what it consists of."""
    if diff is None or kind == "moved":
        significance, explanation = {
            "new": (0.6, "a new page"),
            "gone": (0.8, "the page is no longer there"),
            "returned": (0.6, "the page is there again, as it was"),
            "moved": (0.2, "the same text at another address"),
        }[kind]
        return {
            "significance": significance,
            "explanation": explanation,
            "words_added": extract.words if kind == "new" and extract else 0,
        }
    return {
        "old_title": diff.title[0] if diff.title else None,
        "significance": diff.significance,
        "explanation": diff.explanation,
        "typographic": int(diff.typographic and kind != "returned"),
        "words_added": diff.words_added,
        "words_removed": diff.words_removed,
        "hunks": msgspec.json.encode(diff.hunks).decode(),
    }


def seen(
    store: Store,
    page: PageRow,
    fetched: Fetched,
    extract: Extract | None = None,
    *,
    number: int | None = None,
) -> None:
    """The page's row after it was seen; `number` where a new version was made of it."""
    values = _checked(page, fetched) | {
        "state": "live",
        "seen_at": fetched.fetched_at,
        "told_at": None,
        "missing_since": None,
        "missing_run": None,
        "etag": fetched.headers.get("etag") or page.etag,
        "last_modified": fetched.headers.get("last-modified") or page.last_modified,
    }
    if fetched.body:
        values["body_digest"] = digest_of(fetched.body)
    if extract:
        values |= {"title": extract.title, "kind": extract.kind, "text_digest": extract.digest}
        values |= {"language": extract.language, "published": page.published or extract.published}
    if number is not None:
        values["version"] = number
        if page.version is not None:
            values["changed_at"] = fetched.fetched_at
    store.update_page(page.id, values)


def missing(store: Store, run: int, page: PageRow, fetched: Fetched) -> None:
    """The page's row after a "not found": the first of them is remembered, and the run that met it."""
    values = _checked(page, fetched) | {"told_at": None}
    if page.state == "live":
        values |= {"state": "missing", "missing_since": fetched.fetched_at, "missing_run": run}
    store.update_page(page.id, values)


def checked(store: Store, page: PageRow, fetched: Fetched) -> None:
    """The page's row after a fetch that showed neither the page nor its absence."""
    store.update_page(page.id, _checked(page, fetched))


def modified(page: PageRow, extract: Extract) -> str | None:
    """The site's own word for when the page was last modified: its sources before its markup."""
    return page.modified or extract.modified


def silent(old: VersionRow, page: PageRow, extract: Extract | None) -> int | None:
    """1 where the text changed and the site's own modified date stood still, 0 where it moved.

    None where the site gives no such date, or only the day, and the edit may have been on that day.
    """
    now = modified(page, extract) if extract else page.modified
    if not now or not old.modified:
        return None
    if now != old.modified:
        return 0
    only_a_day = "T" not in now
    return None if only_a_day and page.seen_at and now >= page.seen_at[:10] else 1


def _checked(page: PageRow, fetched: Fetched) -> Values:
    return {"checked_at": fetched.fetched_at, "checks": page.checks + 1}
