"""The end of a run: what its sights, taken together, mean for the pages that were not found.

A page is gone when two runs have not found it. A site that loses many pages at once has more likely broken:
that is one issue, and its pages stay missing until a run finds the site well.
"""

from __future__ import annotations

from dataclasses import replace

from crawler import record
from crawler.archive import SiteArchive
from crawler.times import iso
from storage.rows import PageRow

MANY = 10
MANY_SHARE = 0.3
"""More pages than these, in number and as a part of all, don't vanish in one night."""


def settle(archive: SiteArchive, at: str) -> list[str]:
    """Record the pages that this run has confirmed as gone, or found elsewhere; the kinds of changes made."""
    store, site, run = archive.store, archive.site, archive.run
    missing = [page for page in store.missing(site.name) if (page.checked_at or "") >= iso(archive.started)]
    live = store.count_pages(site.name, "live")
    with store.writing():
        if len(missing) > MANY and len(missing) > MANY_SHARE * (live + len(missing)):
            of = f"{len(missing)} of {live + len(missing)} pages"
            message = f"{of} answer “not found” at once; none is taken as gone. Look at the site."
            store.raise_issue(site.name, "many missing", message, at)
            return []
        store.close_issue(site.name, "many missing", at)
        return [_confirmed(archive, page, at) for page in missing if page.missing_run != run]


def _confirmed(archive: SiteArchive, page: PageRow, at: str) -> str:
    """The page has not been found twice: it is gone, or its text has turned up at a later address."""
    store = archive.store
    last = store.last_version(page.id)
    later = [
        t for t in store.twins(page, page.text_digest or "", ["live"]) if t.found_at > (page.seen_at or "")
    ]
    store.update_page(page.id, {"state": "gone", "changed_at": page.checked_at})
    kind = "moved" if later else "gone"
    told = replace(page, url=later[0].url) if later else page
    record.change(
        store, archive.run, told, kind, page.checked_at or at,
        old=last, number=last.number if last else None, old_url=page.url if later else "", leaves=True,
    )  # fmt: skip
    return kind
