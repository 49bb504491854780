"""What a visit teaches of the page and of its site."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import msgspec

from variorum.crawler.revisit import noise, trust
from variorum.crawler.revisit.rates import (
    LEAST_TYPICAL,
    LONGEST,
    SITE_HALF_LIFE,
    beliefs,
    days_by_age,
    factors,
    learned,
    rate_at,
    rates_by_age,
)
from variorum.crawler.revisit.records import Page, SiteRates, SourceTrust, Visit
from variorum.crawler.revisit.scores import Pages

HUB_HALF_LIFE = 30.0
LATEST = 40
"""Visits over which the share of changed pages is averaged."""
REDESIGN_SHARE = 0.75
"""A redesign is when more of the latest visits showed a change, and twice as many as expected."""
LEAST_FADING = 1 / 24
"""Days: the site's numbers are faded no more often."""


def after_visit(site: SiteRates, page: Page, visit: Visit) -> tuple[SiteRates, Page]:
    """What is known of the site and of the page after a fetch that showed the page.

    A visit before the last one (the clock was set back) teaches nothing, nor does one that follows a redesign
    as the first, or one that shows the noise of a noisy page.
    """
    seen = replace(page, last=visit.at, announced_by="", covered_by="")
    days = min(visit.at - page.last, LONGEST)
    if not (isfinite(days) and days > 0):
        return site, seen
    if page.is_hub:
        return site, hub_after(seen, visit.found, days)
    site = _faded(site, visit.at)
    if page.last < site.redesigned_at <= visit.at:
        return site, seen
    probe = noise.is_probe(page, visit)
    judged = noise.after_visit(page, visit)
    judged = replace(judged, last=visit.at, announced_by="", covered_by="")
    if page.noise or judged.noise or probe:
        return site, judged
    return _learned(site, page, judged, visit)


def _learned(site: SiteRates, page: Page, judged: Page, visit: Visit) -> tuple[SiteRates, Page]:
    days = days_by_age(page.born, page.last, visit.at)
    typical = days * rates_by_age(site)
    lesson = learned(site, page.evidence, float(typical.sum()), visit.at - page.last, changed=visit.changed)
    after = _with_trust(site, page, lesson.expected, visit)
    after = _with_recent(after, lesson.expected, visit)
    by_age = lesson.changes * typical / max(float(typical.sum()), LEAST_TYPICAL)
    return msgspec.structs.replace(
        after,
        changes=tuple(map(float, site.changes + by_age)),
        days=tuple(map(float, site.days + days)),
        switches=site.switches + lesson.switched,
        switch_days=site.switch_days + float(days.sum()),
    ), replace(judged, evidence=lesson.evidence)


def with_pages(site: SiteRates, pages: Pages) -> SiteRates:
    """The site with how common each factor is among these pages."""
    counted = pages.evidence[~(pages.is_hub | pages.noise)]
    return msgspec.structs.replace(site, pages=tuple(map(float, beliefs(site, counted).sum(axis=0))))


def _faded(site: SiteRates, now: float) -> SiteRates:
    days = now - site.faded_at
    if days < LEAST_FADING:
        return site
    left = 0.5 ** (min(days, LONGEST) / SITE_HALF_LIFE) if site.faded_at else 1.0
    return msgspec.structs.replace(
        site,
        changes=tuple(number * left for number in site.changes),
        days=tuple(number * left for number in site.days),
        switches=site.switches * left,
        switch_days=site.switch_days * left,
        trust={kind: trust.fade(one, left) for kind, one in site.trust.items()},
        faded_at=now,
    )


def _with_trust(site: SiteRates, page: Page, expected: float, visit: Visit) -> SiteRates:
    """The site with what the visit says of the source that announced the change, or kept silent."""
    kind = page.announced_by or page.covered_by
    if not kind:
        return site
    known = site.trust.get(kind, SourceTrust())
    rate = float(rate_at(rates_by_age(site), page.born, visit.at) * factors(site, page.evidence))
    recall, alarms, precision = trust.recall(known, kind), trust.false_alarms(known), trust.precision(known)
    after = trust.after_visit(
        known,
        days=visit.at - page.last,
        changed=visit.changed,
        announced=bool(page.announced_by),
        certain=float(trust.certainty(recall, alarms, precision, rate)),
        unchanged=1 - expected,
    )
    return msgspec.structs.replace(site, trust={**site.trust, kind: after})


def _with_recent(site: SiteRates, expected: float, visit: Visit) -> SiteRates:
    """The site with its running means; with the moment of a redesign, where nearly all changes at once."""
    changed = site.recent_changed + (visit.changed - site.recent_changed) / LATEST
    usual = site.recent_expected + (expected - site.recent_expected) / LATEST
    redesigned = changed > REDESIGN_SHARE and changed > 2 * usual
    return msgspec.structs.replace(
        site,
        recent_changed=usual if redesigned else changed,
        recent_expected=usual,
        redesigned_at=visit.at if redesigned else site.redesigned_at,
    )


def hub_after(page: Page, found: int, days: float) -> Page:
    """A list of pages after a visit that brought so many new ones, that many days after the last."""
    left = 0.5 ** (days / HUB_HALF_LIFE)
    return replace(page, found=page.found * left + max(found, 0), found_days=page.found_days * left + days)
