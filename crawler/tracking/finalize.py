"""Decides at the end of a run which pages are gone, and what the run shows about the site as a whole.

A page is gone when two runs have not found it. A site that loses many pages at once is more likely broken:
that is one issue, and its pages stay missing until a run finds the site working.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.classification.outcome_words import in_words
from variorum.crawler.diffing.diff import compare
from variorum.crawler.times import iso, parse
from variorum.crawler.tracking.edited_moves import moved_to
from variorum.crawler.tracking.identity import has_identifying_text
from variorum.crawler.tracking.records import Change, add_change
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.storage.rows import PageRow

MANY = 10
MANY_SHARE = 0.3
"""The share of missing pages above which the site counts as broken."""
MANY_MISSED = 3
"""Articles that a run missed, having found none, or more than half of the site's articles if the last fetch
of each was blocked or failed: from so many on that is a problem of the site."""
UNREAD = frozenset(
    {
        Outcome.blocked,
        Outcome.soft_404,
        Outcome.maintenance,
        Outcome.truncated,
        Outcome.timeout,
        Outcome.failed,
    }
)
"""Outcomes of a page that is still there, of which the site does not show the text."""
STEADY = 5
LEAST_SILENCE = timedelta(days=7)
SILENT_TIMES = 5
"""A site is silent after five times its usual pause, and at least a week."""


def too_many(missing: int, live: int) -> bool:
    """Whether the share of missing pages is so large that the site must be at fault, and not its pages."""
    return missing > MANY and missing > MANY_SHARE * (live + missing)


def finalize(frontier: RunFrontier, at: str) -> list[str]:
    """Record the pages that this run has confirmed as gone, or found elsewhere; return the kinds of
    changes made."""
    store, site, run = frontier.store, frontier.site, frontier.run
    frontier.revisits.save()
    missing = [page for page in store.missing(site.name) if (page.checked_at or "") >= iso(frontier.started)]
    trouble = _storm(frontier, missing)
    frontier.raise_issue("many missing", trouble)
    twice = [] if trouble else [page for page in missing if page.missing_run != run]
    kinds = [_confirmed(frontier, page, at) for page in twice]
    frontier.revisits.save_outlook()  # after that: a page that is gone falls no longer due
    return kinds


def _storm(frontier: RunFrontier, missing: Sequence[PageRow]) -> str:
    """The message about a site that loses many pages at once; empty for any other site.

    It is measured by all pages of the site, and by those that this run fetched: a run may fetch only a small
    part of a large site. Pages that their source no longer lists do not count.
    """
    store, name = frontier.store, frontier.site.name
    unexplained = [page for page in missing if not frontier.is_no_longer_listed(page)]
    all_live, seen = store.count_pages(name, "live"), store.count_seen(name, iso(frontier.started))
    for lost, others in ((missing, all_live), (unexplained, seen)):
        if too_many(len(lost), others):
            of = f"{len(lost)} of {others + len(lost)} pages"
            return f"{of} answer “not found” at once; none counts as gone. Look at the site."
    return ""


def many_blocked(frontier: RunFrontier) -> str:
    """The message about a site that no longer shows the text of many pages; empty for any other site.

    It is measured as the share of missing pages is: by the pages that this run fetched, and by all pages, so
    that a run of a few pages that are shown does not make the others count as found. On a small site it is
    most of the articles.
    """
    store, name, since = frontier.store, frontier.site.name, iso(frontier.started)
    unread = store.unread_articles(name, UNREAD)
    fetched = [one for one in unread if one.checked_at >= since]
    others, seen = store.count_pages(name, "live") - len(unread), store.count_seen(name, since)
    read = store.count_articles(name) - len(unread)
    measures = (
        (fetched, seen, too_many(len(fetched), seen)),
        (unread, others, too_many(len(unread), others)),
        (unread, read, len(unread) >= MANY_MISSED and len(unread) > read),
    )
    for lost, shown, is_many in measures:
        if is_many:
            first = f"{lost[0].url}: {in_words(lost[0].outcome, lost[0].reason)}"
            of = f"{len(lost)} of {shown + len(lost)} pages"
            return f"{of} had text before and are now blocked or fail; first error: {first}"
    return ""


def _confirmed(frontier: RunFrontier, page: PageRow, at: str) -> str:
    """Record a page that was not found twice: it is gone, or its text has turned up at a later address."""
    store = frontier.store
    last = store.last_version(page.id)
    twins = store.twins(page, page.text_digest or "", ["live"])
    if not has_identifying_text(last.words if last else 0, page.kind):
        twins = []
    later = [twin for twin in twins if twin.found_at > (page.seen_at or "")]
    edited = None if later or page.kind != "article" else moved_to(store, page)
    there = later[0] if later else edited
    kind = "moved" if there else "gone"
    reported = replace(page, url=there.url) if there else page
    there_last = store.last_version(edited.id) if edited else None
    change = Change(
        page=reported,
        kind=kind,
        seen_new=page.missing_since or at,
        run=frontier.run,
        old=last,
        number=last.number if last and not edited else None,
        old_url=page.url if there else "",
        diff=compare(last, there_last) if last and there_last else None,
        page_removed=True,
        found_at=page.checked_at,
    )
    with store.writing():
        store.update_page(page.id, {"state": "gone", "changed_at": page.checked_at})
        add_change(store, change)
    return kind


def silence(news: Sequence[str], at: str) -> str:
    """The message about a site that published steadily and has stopped; empty for any other site.

    `news` are the times at which its new pages were seen, the oldest first; with fewer than `STEADY` of them,
    no pause is usual.
    """
    moments = [parse(moment) for moment in news]
    if len(moments) < STEADY:
        return ""
    usual = (moments[-1] - moments[0]) / (len(moments) - 1)
    if parse(at) - moments[-1] <= max(LEAST_SILENCE, SILENT_TIMES * usual):
        return ""
    days = max(1, round(usual / timedelta(days=1)))
    often = "every day" if days == 1 else f"every {days} days"
    return f"no new page since {news[-1]}, where one used to appear {often}: are new pages still found?"


def no_article(frontier: RunFrontier, last_trouble: str) -> str:
    """The message about a run in which no page was an article; empty if one was, or if none was due.

    A run that fetches a few pages of a large site may happen to fetch lists only, and one or two articles
    that failed: that is no problem of the site.
    """
    store, name = frontier.store, frontier.site.name
    looked_at, articles, missed = store.count_sights(frontier.run)
    if articles or not looked_at or missed < min(MANY_MISSED, store.count_articles(name)):
        return ""
    message = f"none of the {looked_at} pages fetched is an article"
    message += f"; {missed} of them were articles before" if missed else ""
    return (
        f"{message}; last error: {last_trouble}"
        if last_trouble
        else f"{message}. Is `url` the right address?"
    )


def unmet(frontier: RunFrontier) -> str:
    """What the site file expects (`expect`) and the site does not show, in words; empty for none."""
    expected, store, name = frontier.site.expect, frontier.store, frontier.site.name
    pages = store.count_articles(name)
    counted = "1 page" if pages == 1 else f"{pages} pages"
    faults = []
    if expected.pages.min is not None and pages < expected.pages.min:
        faults.append(f"{counted}, where at least {expected.pages.min} are expected")
    if expected.pages.max is not None and pages > expected.pages.max:
        faults.append(f"{counted}, where at most {expected.pages.max} are expected")
    faults += [f"no page in {one}" for one in expected.languages if one not in store.languages(name)]
    return "; ".join(faults)
