"""What is known of a page and of a site, in a few numbers, and what a visit has shown.

Moments are days since 1970, ages and lengths are days, rates are changes a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

import msgspec

BUCKETS = 7
"""Ages up to 6 hours, 1, 3, 10 and 30 days; older; unknown."""
FACTORS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""How much more often than an average page of its age a page may change: quiet pages to busy ones."""
NO_EVIDENCE = (1.0,) * len(FACTORS)


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of one page that was fetched before."""

    last: float
    """When it was last seen."""
    born: float = nan
    """When it was published; nan where that is not known."""
    evidence: tuple[float, ...] = NO_EVIDENCE
    """For each of `FACTORS`: how much more likely what its visits have shown is, if that is its factor."""
    suspicion: int = 0
    """Visits in a row that showed a change."""
    probe_after: int = 5
    """The suspicion at which the page is fetched twice in a row, to see whether it differs at each fetch."""
    hits: int = 0
    """Such fetches in a row that differed."""
    noise: int = 0
    """0, or for a page that differs at each fetch the unchanged visits after which it no longer counts so."""
    is_hub: bool = False
    """Whether it is a list of pages: fetched for the pages that it brings, not for its own text."""
    found: float = 0.0
    """Pages that it brought, and in how many days; both fade."""
    found_days: float = 0.0
    announced_by: str = ""
    """The kind of source that says it has changed since it was last seen; empty where none does."""
    covered_by: str = ""
    """The kind of source that would have said so until `covered_until`."""
    covered_until: float = nan


class SourceTrust(msgspec.Struct, frozen=True):
    """How far the dates of one kind of source have proved true; all numbers fade."""

    changes: float = 0.0
    """Changes seen on pages that the source lists ..."""
    announced: float = 0.0
    """... and those of them that it had announced."""
    false_alarms: float = 0.0
    days: float = 0.0
    """Days for which it was read, summed over pages."""


class SiteRates(msgspec.Struct, frozen=True):
    """What is known of a site: how often its pages change by age, and how far its dates are true."""

    changes: tuple[float, ...] = (0.0,) * BUCKETS
    """Changes by the age of the page, and the days in which they were seen; both fade."""
    days: tuple[float, ...] = (0.0,) * BUCKETS
    pages: tuple[float, ...] = (0.0,) * len(FACTORS)
    """How many of its pages have each of `FACTORS`, as far as is known."""
    switches: float = 0.0
    """Times that a page has become another one, quiet or busy, and in how many days of pages; both fade."""
    switch_days: float = 0.0
    faded_at: float = 0.0
    """When the numbers were last faded."""
    recent_changed: float = 0.0
    """Of the latest visits: the share that showed a change, and the share that was expected."""
    recent_expected: float = 0.0
    redesigned_at: float = 0.0
    """When nearly all pages changed at once; what spans that moment teaches nothing."""
    trust: dict[str, SourceTrust] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """What one fetch of a page has shown."""

    at: float
    changed: bool
    found: int = 0
    """URLs on it that were not known before."""
    usual_gap: float = field(default=1.0)
    """Days that a page of the site waits for its next visit on average: pages / requests a day."""
