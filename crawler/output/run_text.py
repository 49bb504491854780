"""Says how a run ended, and how long a first crawl takes: the lines of `crawl` and of the log of `watch`."""

from __future__ import annotations

from math import ceil

from variorum.crawler.output.objects import Object, run_object
from variorum.crawler.output.terminal import counts
from variorum.crawler.run_report import RunReport

KINDS = ("new", "changed", "moved", "gone", "returned")
SHOWN = ("fetched", "not_modified", "baseline", *KINDS, "unchanged", "blocked", "failed")
ENDINGS = {"shutdown": "stopped by a signal", "budget": "the budget of the day is used up"}
"""Reasons of an end that need other words."""
LEAST_SECONDS = 60
"""A first crawl that takes less is not announced."""


def run_line(report: RunReport) -> str:
    """What the run did and how it ended, in one line."""
    numbers = run_object(report)
    summary = counts({name: numbers[name] for name in SHOWN}) or "nothing fetched"
    ending = ENDINGS.get(report.reason, report.reason)
    trouble = f"; failed: {report.trouble}" if report.failed else ""
    return f"{report.site}: {summary}; {ending}, {numbers['seconds']} s{trouble}"


def first_crawl(planned: Object) -> str:
    """How long the first crawl of a site takes, from what its sources list; empty if that is soon."""
    pages, delay, budget = planned["waiting"], planned["delay"], planned["budget"]
    seconds = pages * delay / planned["concurrency"]
    if seconds < LEAST_SECONDS and pages <= budget:
        return ""
    pace = f"one every {delay:g} s" if delay else "without a pause"
    time = _time(seconds, pages, budget)
    return f"{planned['site']}: {pages:,} pages to fetch, {pace} and {budget:,} a day: about {time}"


def progress_line(progress: Object) -> str:
    """What a run is doing, in one line."""
    parts = [progress["phase"]]
    if progress["known"]:
        parts.append(f"{progress['done']:,} of {progress['known']:,} pages")
    parts.append(f"{progress['left']:,} requests left today")
    if waits := progress["waiting"]:
        parts.append(f"waits for {waits['host']} until {waits['until']}")
    return f"{progress['site']}: {', '.join(parts)}"


def _time(seconds: float, pages: int, budget: int) -> str:
    if pages > budget:
        return f"{ceil(pages / budget)} days"
    return f"{ceil(seconds / 60)} minutes" if seconds < 5400 else f"{ceil(seconds / 3600)} hours"  # noqa: PLR2004 - 90 minutes
