"""When pages are fetched again and why, in words and numbers: what `variorum plan` and `why` print."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from math import isnan

from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.output.objects import Object
from variorum.crawler.revisit import trust
from variorum.crawler.revisit.outlook import Outlook, outlook, visits_by_day
from variorum.crawler.revisit.rates import factors, rate_at, rates_by_age
from variorum.crawler.revisit.records import Page, SiteRates, SourceTrust
from variorum.crawler.revisit.scores import columns, new_pages_a_day
from variorum.crawler.times import every, iso, now, span
from variorum.crawler.tracking.revisits import beyond_budget, stored_plan
from variorum.storage.queries.revisits import changes_since, sources
from variorum.storage.reader import Reader
from variorum.storage.rows import PageRow

BUDGETS = (0.25, 0.5, 1, 2, 4)
"""Multiples of the site's budget that are compared."""
MONTH = timedelta(days=30)
AS_OFTEN = 0.2
"""Up to this difference from the average, a page changes about as often."""


def plan_object(reader: Reader, site: Site, at: datetime, days: int) -> Object:
    """The visits of the next days, and what to expect of this budget and of others."""
    row = reader.site(site.name)
    rates = row.rates if row else None
    plan = stored_plan(reader.db.conn, site, rates, at)
    known = sources(reader.db.conn, site.name, iso(at - timedelta(days=1)))
    return {
        "site": site.name,
        "pages": len(plan.records),
        "waiting": reader.status(site.name)["waiting"],
        "budget": site.budget,
        "source_requests_a_day": known.overhead,
        "visits": visits_by_day(plan.gaps, plan.waited, days, plan.limits.budget),
        **_expected(_at_budget(reader, site, rates, at, 1)),
        "beyond_budget": beyond_budget(site, known, len(plan.records)) or None,
        "budgets": [
            {"budget": round(site.budget * times), **_expected(_at_budget(reader, site, rates, at, times))}
            for times in BUDGETS
        ],
    }


def stored_plan_object(workspace: Workspace, name: str) -> Object | None:
    """The plan of the next week of a site; None where the site's file can't be read."""
    site = load_sites(workspace.sites_folder, workspace.defaults, [name]).get(name)
    with closing(Reader.open(workspace.database)) as reader:
        return plan_object(reader, site, now(), 7) if site else None


def stored_why_object(workspace: Workspace, number: int) -> Object | None:
    """When the page of that number is fetched next and why; None where the site's file can't be read."""
    with closing(Reader.open(workspace.database)) as reader:
        page = reader.page(number)
        site = load_sites(workspace.sites_folder, workspace.defaults, [page.site]).get(page.site)
        return why_object(reader, site, page, now()) if site else None


def why_object(reader: Reader, site: Site, page: PageRow, at: datetime) -> Object:
    """When a page is fetched next, and from what evidence."""
    row = reader.site(site.name)
    plan = stored_plan(reader.db.conn, site, row.rates if row else None, at)
    place = plan.ids.index(page.id) if page.id in plan.ids else None
    found: Object = {"url": page.url, "site": site.name, "state": page.state, "checked_at": page.checked_at}
    if page.state == "gone":
        gone = "it is gone: it is fetched again after a week, then after two, four and so on"
        return {**found, "due_at": None, "every_days": None, "evidence": [gone]}
    if place is None:
        unfetched = "it was never fetched: it is fetched in the next run, before pages that are known"
        return {**found, "due_at": iso(at), "every_days": None, "evidence": [unfetched]}
    record = plan.records[place]
    changes = changes_since(reader.db.conn, page.id, iso(at - MONTH))
    gap = float(plan.gaps[place])
    is_due = place in plan.due or page.stale_since is not None or page.state == "missing"
    due = at if is_due else max(at, _moment(record.last + gap))
    return {
        **found,
        "due_at": iso(due),
        "every_days": round(gap, 4),
        "worth_days": round(float(plan.worth[place]), 3),
        "price_days": round(plan.price, 3),
        "changes_in_30_days": changes,
        "evidence": evidence(plan.rates, record, plan.now, changes, page),
    }


def evidence(rates: SiteRates, page: Page, now: float, changes: int, row: PageRow) -> list[str]:
    """The reasons for the time of the next visit, a sentence each without its full stop."""
    if page.is_hub:
        a_day = float(new_pages_a_day(columns([page]))[0])
        return [f"it is a list of pages, and brings a new one {every(1 / a_day)}"]
    times = "once" if changes == 1 else f"{changes} times"
    reasons = [f"changed {times} in 30 days, fetched {row.checks} times in all"]
    reasons.append(_of_age(rates, page, now))
    if page.noise:
        reasons.append("it differs at each fetch, so that its changes do not count")
    else:
        reasons.append(_of_factor(float(factors(rates, page.evidence))))
    return reasons + _of_source(rates, page, row)


def _of_age(rates: SiteRates, page: Page, now: float) -> str:
    usual = every(1 / float(rate_at(rates_by_age(rates), page.born, now)))
    if isnan(page.born):
        return f"its date of publication is not known: such pages of this site change {usual}"
    return f"{span(max(now - page.born, 0))} old: pages of this site of that age change {usual} on average"


def _of_factor(own: float) -> str:
    """Whether the page changes more or less often than others, by what its visits have shown.

    No number: a page that has changed at each visit may change at any rate from that of the visits on.
    """
    if abs(own - 1) < AS_OFTEN:
        return "its own visits show that it changes about as often as these"
    return f"its own visits show that it changes {'more' if own > 1 else 'less'} often than these"


def _of_source(rates: SiteRates, page: Page, row: PageRow) -> list[str]:
    kind = page.announced_by or page.covered_by
    if row.stale_since and not row.stale_by:
        return ["what was last seen of it is to be confirmed in the next run"]
    if not kind:
        return []
    known = rates.trust.get(kind, SourceTrust())
    right = f"{trust.precision(known) * 10:.0f} times in 10"
    share = f"{trust.recall(known, kind):.0%}"
    name = {"wordpress": "the API"}.get(kind, f"the {kind}")
    if page.announced_by:
        return [f"{name} says that it has changed; on this site that is right {right}"]
    return [f"{name} reports no change of it, and announces {share} of the changes of this site"]


def _at_budget(reader: Reader, site: Site, rates: str | None, at: datetime, times: float) -> Outlook:
    plan = stored_plan(reader.db.conn, site, rates, at, site.budget * times)
    return outlook(plan.rates, plan.pages, plan.now, plan.apart)


def _expected(found: Outlook) -> Object:
    return {
        "visits_a_day": round(found.visits),
        "delay_hours": round(found.delay * 24, 1),
        "every_days": round(found.gap, 4),
        "longest_days": round(found.longest, 4),
    }


def _moment(days: float) -> datetime:
    return datetime.fromtimestamp(days * 86_400, UTC)
