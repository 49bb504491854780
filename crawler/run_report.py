"""The report of how a run of one site ended. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run of one site ended, with its counts."""

    site: str
    failed: bool
    """The whole site failed: no page could be fetched, or the run broke down."""
    reason: str
    """finished, shutdown, closespider_timeout, unreachable ..., or how the child ended."""
    trouble: str = ""
    """What failed, for the operator; empty unless the run failed."""
    counts: dict[str, Any] = field(default_factory=dict)
    """What `variorum crawl --json` prints of the run."""
