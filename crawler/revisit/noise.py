"""Pages that differ at each fetch: they are probed, and from then on their changes count no more.

A page that has changed at `probe_after` visits in a row is fetched again at once. What has changed again
within minutes, twice in a row, is noise.
"""

from __future__ import annotations

from dataclasses import replace

from variorum.crawler.revisit.records import NO_EVIDENCE, Page, Visit

PROBE_WITHIN = 15 / 1440
"""Days within which a second visit is a probe."""
HITS = 2
CALM = 5
"""Unchanged visits after which a page no longer counts as noise."""
MOST_DOUBLINGS = 1 << 10
SHORT = 1 / 3
"""An unchanged visit clears the suspicion after this share of the usual gap."""


def wants_probe(page: Page) -> bool:
    """Whether the page is to be fetched again at once, to see whether it differs at each fetch."""
    return not page.noise and page.suspicion >= page.probe_after


def is_probe(page: Page, visit: Visit) -> bool:
    """Whether the visit follows so closely on the last one that a page that is not noise can't differ."""
    return wants_probe(page) and visit.at - page.last <= PROBE_WITHIN


def after_visit(page: Page, visit: Visit) -> Page:
    """The page with its suspicion, or whether it is noise, after a visit."""
    if page.noise:
        return replace(page, noise=CALM if visit.changed else page.noise - 1)
    if is_probe(page, visit):
        return _probed(page, visit)
    if visit.changed:
        return replace(page, suspicion=min(page.suspicion + 1, MOST_DOUBLINGS))
    if visit.at - page.last > visit.usual_gap * SHORT:
        return replace(page, suspicion=0)
    return page


def _probed(page: Page, visit: Visit) -> Page:
    if not visit.changed:
        later = min(page.probe_after * 2, MOST_DOUBLINGS)
        return replace(page, suspicion=0, hits=0, probe_after=later)
    if page.hits + 1 < HITS:
        return replace(page, hits=page.hits + 1)
    return replace(page, suspicion=0, hits=0, noise=CALM, evidence=NO_EVIDENCE)
