"""Says how a run ended, and how long it takes: the lines of `crawl` and of the log of `watch`."""

from __future__ import annotations

from math import ceil

from variorum.crawler.output.objects import Object, run_object
from variorum.crawler.output.terminal import counts
from variorum.crawler.run_report import RunReport

KINDS = ("new", "changed", "moved", "gone", "returned")
SHOWN = {name: name for name in ("fetched", "not_modified", "baseline", *KINDS, "unchanged", "not_found")}
SHOWN |= {"suspect": "suspect", "again": "fetched twice to learn the layout", "other": "not kept"}
SHOWN |= {"blocked": "blocked", "failed": "failed"}
"""The counts of a run that its line has, with what it calls them."""
ENDINGS = {"shutdown": "stopped by a signal", "budget": "the budget of the day is used up"}
"""Reasons of an end that need other words."""
LEAST_SECONDS = 60
"""A run that takes less is not announced."""


def run_line(report: RunReport) -> str:
    """What the run did and how it ended, in one line."""
    numbers = run_object(report)
    numbers["not_found"] = max(0, numbers["not_found"] - numbers["gone"])  # each page once
    summary = counts({name: numbers[key] for key, name in SHOWN.items()}) or "nothing fetched"
    ending = ENDINGS.get(report.reason, report.reason)
    trouble = f"; failed: {report.trouble}" if report.failed else ""
    return f"{report.site}: {summary}; {ending}, {numbers['seconds']} s{trouble}"


def run_ahead(planned: Object) -> str:
    """How many pages a run is to fetch and how long that takes; empty if it takes no time.

    A first crawl goes on with the budget of the next days; any other run ends with that of this day.
    """
    pages, delay, budget, left = (planned[name] for name in ("waiting", "delay", "budget", "left"))
    seconds_each = delay / planned["concurrency"]
    most = budget if planned["first"] else left
    if pages * seconds_each < LEAST_SECONDS and pages <= most:
        return ""
    pace = f"{planned['site']}: {pages:,} pages to fetch, " + (
        f"one every {delay:g} s" if delay else "without a pause"
    )
    if planned["first"]:
        return f"{pace} and {budget:,} a day: about {_time(pages * seconds_each, pages, budget)}"
    later = f"; {pages - left:,} are left for later runs" if pages > left else ""
    time = _time(min(pages, left) * seconds_each, 0, budget)
    return f"{pace}, {left:,} requests left today: about {time}{later}"


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
