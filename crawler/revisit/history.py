"""The first numbers of a site whose pages were fetched before these numbers were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from variorum.crawler.revisit.rates import bounded, days_by_age, rates_by_age, typical_changes
from variorum.crawler.revisit.records import FACTORS, NO_EVIDENCE, Page, SiteRates

WINDOW = 120.0
"""Days before the last visit: what is older counts no more."""


@dataclass(frozen=True, slots=True)
class PageHistory:
    """When a page was first and last seen, and when it was seen to have changed."""

    born: float
    first: float
    last: float
    changes: Sequence[float] = ()


def begun(pages: Sequence[PageHistory]) -> tuple[SiteRates, list[Page]]:
    """What is known of the site and of each page, from their histories."""
    recent = [_recent(page) for page in pages]
    changes, days = np.zeros((2, 7))
    for page in recent:
        days += days_by_age(page.born, page.first, page.last)
        for at in page.changes:
            changes += days_by_age(page.born, at - 1e-3, at) > 0
    last = max((page.last for page in recent), default=0.0)
    site = SiteRates(tuple(map(float, changes)), tuple(map(float, days)), faded_at=last)
    return site, [_page(site, page) for page in recent]


def _page(site: SiteRates, page: PageHistory) -> Page:
    """The page with the evidence of a Poisson process; how often it was fetched is not known."""
    typical = float(typical_changes(rates_by_age(site), page.born, page.first, page.last))
    likely = len(page.changes) * np.log(FACTORS) - np.array(FACTORS) * typical
    evidence = bounded(np.exp(likely - likely.max()))
    return Page(last=page.last, born=page.born, evidence=tuple(map(float, evidence)))


def _recent(page: PageHistory) -> PageHistory:
    first = max(page.first, page.last - WINDOW)
    return replace(page, first=first, changes=[at for at in page.changes if first < at <= page.last])


def encoded(site: SiteRates) -> str:
    """The numbers of a site as JSON, as they are stored."""
    return msgspec.json.encode(site).decode()


def decoded(text: str | None) -> SiteRates:
    """The numbers of a site as they were stored; the first ones where there are none or odd ones."""
    try:
        return msgspec.json.decode(text, type=SiteRates) if text else SiteRates()
    except msgspec.MsgspecError:
        return SiteRates()


def evidence_text(page: Page) -> str:
    """The evidence of a page as it is stored, with three digits each: `1 .999 .5 2e-05`."""
    return " ".join(f"{number:.3g}".removeprefix("0") or "0" for number in page.evidence)


def evidence_of(text: str | None) -> tuple[float, ...]:
    """The evidence of a page as it was stored; none where there is none or odd text."""
    try:
        found = tuple(map(float, (text or "").split()))
    except ValueError:
        return NO_EVIDENCE
    return found if len(found) == len(FACTORS) else NO_EVIDENCE
