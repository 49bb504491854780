"""Lists the pages of a site: what came of the last fetch of each, and when it is fetched next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from variorum.crawler.classification.outcome_words import in_words
from variorum.crawler.config.site import Site
from variorum.crawler.output.objects import Object
from variorum.crawler.times import iso
from variorum.storage.queries.page_list import ALL, ListedPage, PageFilter, listed_pages, trouble_of_run
from variorum.storage.reader import Reader

Dues = dict[int, float]
"""Seconds since 1970 by the number of the page."""

FINE = frozenset({"ok", "not modified", "moved", "gone"})
"""Outcomes that need no attention."""
LAST = 4e9
"""Seconds since 1970: a page that is due later, or never, has no date."""
MOST_NAMED = 20
"""The most pages of each kind that `status` names."""


def page_objects(
    reader: Reader, site: Site, at: datetime, wanted: PageFilter = ALL, dues: Dues | None = None, **part: Any
) -> Iterator[Object]:
    """The pages of a site as objects, by address; `part` is `after` and `limit` of `listed_pages`.

    `dues` are those of `due_times`, where they are known.
    """
    found = listed_pages(reader, site.name, wanted, **part)
    known = due_times(reader, site, at) if dues is None and found else dues or {}
    for page in found:
        due = _due(page, known, at)
        yield {
            "page": page.id,
            "url": page.url,
            "site": site.name,
            "state": page.state,
            "kind": page.kind,
            "title": page.title,
            "version": page.version,
            "outcome": page.outcome,
            "status": page.status,
            "reason": page.reason,
            "not_kept": why_not_kept(page, site),
            "suspect": bool(page.suspect),
            "checked_at": page.checked_at,
            "seen_at": page.seen_at,
            "checks": page.checks,
            "due_at": due,
            "due_since": due if due and due <= iso(at) else None,
        }


def why_not_kept(page: ListedPage, site: Site) -> str | None:
    """Why a page that was fetched has no version; None if it has one, or was never fetched."""
    if page.version is not None or page.outcome is None:
        return None
    if page.kind == "listing" and site.watch == "articles":
        return 'a list of pages, which is only followed; watch = "all" keeps such pages'
    return in_words(page.outcome, page.reason or "")


def pages_in_trouble(reader: Reader, run: int | None) -> Object:
    """The pages that were blocked in a run, and those of which the fetch failed in any other way."""
    found: Object = {"blocked_pages": [], "failed_pages": []}
    for page in trouble_of_run(reader, run, FINE) if run else ():
        if page.outcome and page.outcome not in FINE | {"suspect", "robots"}:
            found["blocked_pages" if page.outcome == "blocked" else "failed_pages"].append(page)
    return {
        kind: [
            {"url": page.url, "outcome": page.outcome, "reason": page.reason} for page in pages[:MOST_NAMED]
        ]
        for kind, pages in found.items()
    }


def _due(page: ListedPage, dues: Dues, at: datetime) -> str | None:
    if page.state == "gone":
        return None
    if page.checked_at is None:
        return page.found_at
    if page.id not in dues:
        return None
    moment = iso(datetime.fromtimestamp(dues[page.id], UTC))
    if page.stale_since or page.state == "missing":
        return min(moment, page.stale_since or page.checked_at or moment)
    return moment


def due_times(reader: Reader, site: Site, at: datetime) -> Dues:
    """When each page that was fetched before is due again. It takes half a second for 20,000 pages."""
    from variorum.crawler.tracking.revisits import DAY, stored_plan  # noqa: PLC0415 - numpy

    row = reader.site(site.name)
    plan = stored_plan(reader.db.conn, site, row.rates if row else None, at)
    last = (float(record.last) * DAY for record in plan.records)
    due = {page: seen + float(gap) * DAY for page, seen, gap in zip(plan.ids, last, plan.gaps, strict=True)}
    return {page: moment for page, moment in due.items() if moment < LAST}
