"""How far the dates of a site's sources are to be believed: what they announce, and their silence."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from variorum.crawler.revisit.rates import Array
from variorum.crawler.revisit.records import SourceTrust

KINDS = ("", "wordpress", "sitemap", "feed")
"""Kinds of sources that date pages; the first means none."""
FIRST_RECALL = {"wordpress": 0.95}
"""The share of changes that a source announces, before any was seen; `USUAL_RECALL` for the others."""
USUAL_RECALL = 0.5
FIRST_FALSE_ALARMS = 0.005
"""False alarms a day and page, before any was seen."""
FIRST_CHANGES, FIRST_DAYS = 2.0, 20.0
"""The first numbers count as that many changes, and page-days."""
MOST_RECALL, MOST_CERTAIN = 0.95, 0.99


def recall(trust: SourceTrust, kind: str) -> float:
    """The share of changes that the source announces; at most `MOST_RECALL`, since silence is no proof."""
    first = FIRST_RECALL.get(kind, USUAL_RECALL)
    share = (FIRST_CHANGES * first + trust.announced) / (FIRST_CHANGES + max(trust.changes, trust.announced))
    return min(max(share, 0.0), MOST_RECALL)


def false_alarms(trust: SourceTrust) -> float:
    """How often a day the source announces a change of a page that has not changed."""
    return (FIRST_DAYS * FIRST_FALSE_ALARMS + trust.false_alarms) / (FIRST_DAYS + trust.days)


def precision(trust: SourceTrust) -> float:
    """The share of its announcements that have proved true; of those seen so far."""
    return (1 + trust.announced) / (1 + trust.announced + trust.false_alarms)


def certainty(recalls: ArrayLike, alarms: ArrayLike, precisions: ArrayLike, rates: ArrayLike) -> Array:
    """The probability that a page has changed, given that its source says so.

    At most the share of announcements that have proved true: a source may give false alarms of some pages
    only.
    """
    true = np.asarray(recalls) * np.asarray(rates)
    share = true / np.clip(true + alarms, 1e-12, None)
    return np.asarray(np.clip(np.minimum(share, precisions), 0, MOST_CERTAIN))


def after_visit(
    trust: SourceTrust, *, days: float, changed: bool, announced: bool, certain: float, unchanged: float
) -> SourceTrust:
    """The trust after a visit of a page that the source lists, `days` after the last one.

    `certain` is the probability that the announcement alone gave to a change; `unchanged` that of no change
    without it. A change that was announced may have happened without the announcement meaning it.
    """
    meant = certain / max(1 - (1 - certain) * unchanged, 1e-12) if changed and announced else 0.0
    return msgspec.structs.replace(
        trust,
        changes=trust.changes + changed,
        announced=trust.announced + meant,
        false_alarms=trust.false_alarms + (1 - meant if announced else 0.0),
        days=trust.days + max(days, 0.0),
    )


def fade(trust: SourceTrust, left: float) -> SourceTrust:
    """The trust with its evidence at a share of its weight."""
    return SourceTrust(*(number * left for number in msgspec.structs.astuple(trust)))
