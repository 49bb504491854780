"""What a tracked fetch leaves in the store, as the values of its rows. Callers hold the transaction."""

from __future__ import annotations

import msgspec

from crawler.classification.outcome import Verdict
from crawler.dates import moved, moved_on
from crawler.diffing.diff import Diff
from crawler.extract import Extract
from crawler.fetched import Fetched
from crawler.judging.witness import agree
from crawler.site import Site
from storage.bodies import digest_of
from storage.rows import PageRow, Values, VersionRow
from storage.store import Store
from storage.words.alike import alike

OF_REDESIGN = 0.3
"""The significance of a new design: worth a look, below any edit that turns a sentence round."""


def capture(
    store: Store,
    run: int | None,
    page: PageRow,
    fetched: Fetched,
    verdict: Verdict,
    *,
    keep: bool = False,
    origin: str = "crawl",
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
        "origin": origin,
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
        **published(page, extract),
        "modified": modified(page, extract),
        "modified_by": "listed" if page.modified else "marked" if extract.modified else None,
    }
    store.add_version(values | reading(extract, by))


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


def change(
    store: Store,
    run: int | None,
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
    found_later: bool = False,
) -> None:
    """The fact that the page changed, in the interval since it was last seen as it was.

    `leaves` says that after it the page is there no more; `found_at` is when we were sure of it, where that
    is later than `seen_new`. A page that has returned was last as it was when it was last not found. What a
    page that no crawl has seen before was like is known from elsewhere: that it is otherwise now is no news.
    """
    is_back = kind == "returned" and not found_later
    since = max(store.misses(page.id), default=page.seen_at) if is_back else page.seen_at
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
        "seen_old": since,
        "seen_new": seen_new,
        "checks_between": store.checks_since(page.id, since, seen_new) if since else 0,
        "leaves": int(leaves),
        "found_at": found_at or seen_new,
        "found_later": int(found_later or (old is not None and page.checked_at is None)),
    }
    values |= _weight(kind, extract, diff)
    if diff and old:
        values |= _dated(old_date(store, old), modified(page, extract), page.seen_at, diff)
    if values.get("silent"):
        values["explanation"] += "; modified date not updated"
    values["alike"] = alike(
        kind, values.get("old_title"), values["title"], values.get("hunks", "[]"), values.get("links", "[]")
    )
    store.add_change(values)


def hollow(store: Store, run: int, page: PageRow, fetched: Fetched, extract: Extract | None) -> None:
    """The fact that the site has dated its page anew, with no word changed; where it has."""
    now = modified(page, extract)
    old = store.last_version(page.id) if now else None
    if now is None or old is None:
        return
    before = old_date(store, old)
    if not before or not moved_on(before, now):
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
        "seen_new": fetched.fetched_at,
        "found_at": fetched.fetched_at,
        "explanation": "the modified date moved, and no word with it",
        "typographic": 1,
        "modified": now,
        "old_modified": before,
        "hollow": 1,
    }
    store.add_change(values)


def drift(store: Store, run: int | None, page: PageRow, at: str, number: int, diff: Diff) -> None:
    """A text that moved on a page that stood still."""
    store.add_drift({"page": page.id, "run": run, "at": at, "version": number, "hunks": hunks_json(diff)})


def redesign(store: Store, site: Site, run: int, at: str, seen_old: str | None, explanation: str) -> None:
    """The fact that the site as a whole has another design; history where it was seen before the watch."""
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
            "found_later": int(bool(seen_old and watched and seen_old < watched)),
        }
    )


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
        "hunks": hunks_json(diff),
        "links": msgspec.json.encode(diff.links).decode(),
    }


def hunks_json(diff: Diff) -> str:
    """The hunks of a diff as the store keeps them."""
    return msgspec.json.encode(diff.hunks).decode()


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
        **_agreement(store, page, extract),
        "etag": fetched.headers.get("etag") or page.etag,
        "last_modified": fetched.headers.get("last-modified") or page.last_modified,
    }
    if fetched.body:
        values["body_digest"] = digest_of(fetched.body)
    if extract:
        values |= {"title": extract.title, "kind": extract.kind, "text_digest": extract.digest}
        values |= {"language": extract.language, **published(page, extract)}
    if number is not None:
        values["version"] = number
        if page.version is not None:
            values["changed_at"] = fetched.fetched_at
    store.update_page(page.id, values)


def _agreement(store: Store, page: PageRow, extract: Extract | None) -> Values:
    """Whether the page says what the site's API says of it.

    A page that did so far and does not now may come from a cache: it is looked at once more in the next run.
    """
    if not page.witness or page.kind == "listing":
        return {}
    last = None if extract else store.last_version(page.id)
    text = extract.text if extract else last.text if last else None
    if text is None:
        return {}
    agrees = int(agree(page.witness, text))
    return {"agrees": agrees} | ({"told_at": page.told_at} if page.agrees and not agrees else {})


def missing(store: Store, run: int, page: PageRow, fetched: Fetched) -> None:
    """The page's row after a "not found": the first of them is remembered, and the run that met it."""
    values = _checked(page, fetched) | {"told_at": None}
    if page.state == "live":
        values |= {"state": "missing", "missing_since": fetched.fetched_at, "missing_run": run}
    elif page.state == "frontier" and page.version is not None:
        values |= _missing_import(store, run, page, fetched)
    store.update_page(page.id, values)


def _missing_import(store: Store, run: int, page: PageRow, fetched: Fetched) -> Values:
    """Of a page that is known from elsewhere only: two runs that have not found it tell that it is gone."""
    since = page.missing_since or fetched.fetched_at
    if page.missing_run in (None, run):
        return {"missing_since": since, "missing_run": run}
    last = store.last_version(page.id)
    number = last.number if last else None
    change(
        store, run, page, "gone", since,
        old=last, number=number, leaves=True, found_at=fetched.fetched_at, found_later=True,
    )  # fmt: skip
    return {"state": "gone", "changed_at": fetched.fetched_at}


def checked(store: Store, page: PageRow, fetched: Fetched) -> None:
    """The page's row after a fetch that showed neither the page nor its absence."""
    store.update_page(page.id, _checked(page, fetched))


def published(page: PageRow, extract: Extract) -> Values:
    """When the page was published, and who says so: what was known before this extraction comes first.

    A date that was merely found, and not marked as such, gives way to any other.
    """
    if page.published and not (page.published_by == "found" and extract.published):
        return {"published": page.published, "published_by": page.published_by}
    return {"published": extract.published, "published_by": extract.published_by}


def modified(page: PageRow, extract: Extract | None) -> str | None:
    """The site's own word for when the page was last modified: its sources before its markup."""
    return page.modified or (extract.modified if extract else None)


def old_date(store: Store, old: VersionRow) -> str | None:
    """The site's own modified date of a version, as it was last seen to give it."""
    return store.hollow_date(old.page, old.number) or old.modified


def _dated(before: str | None, now: str | None, seen_old: str | None, diff: Diff) -> Values:
    """What the site's own modified date did while the text changed.

    `silent` is 1 where it stood still, 0 where it moved; None where the site gives no such date, or only the
    day, and the edit may have been on that day, or the same date more exactly than before.
    """
    values: Values = {"modified": now, "old_modified": before, "silent": None}
    if not now or not before:
        return values
    if has_moved := moved(before, now):
        return values | {"silent": 0, "hollow": int(diff.typographic)}
    if has_moved is None:
        return values
    only_a_day = "T" not in now
    return values | {"silent": None if only_a_day and seen_old and now >= seen_old[:10] else 1}


def _checked(page: PageRow, fetched: Fetched) -> Values:
    return {"checked_at": fetched.fetched_at, "checks": page.checks + 1}
