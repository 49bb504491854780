"""Formats the result of an import of text dumps, as lines for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence

from variorum.crawler.backfill.dumps.article import Unsplit
from variorum.crawler.backfill.text_dumps import Report
from variorum.crawler.output import terminal
from variorum.crawler.output.objects import Object

COUNTS = ("articles", "excerpts", "headlines", "matched", "unplaced", "absorbed", "version", "seen", "known")


def report_object(report: Report) -> Object:
    """Return the JSON object that reports on one dump."""
    latest = report.split.latest
    return {
        "file": report.file.name,
        "captured_at": report.file.at,
        **{name: report.counts[name] for name in COUNTS},
        "changes": report.changes,
        "latest": latest.isoformat() if latest else None,
        "unsplit": [_unsplit_object(report, one) for one in report.split.unsplit],
    }


def show_reports(reports: Sequence[Report]) -> None:
    """Print a line of counts for each dump, followed by what could not be split and what looks wrong."""
    for report in reports:
        counts = {name: report.counts[name] for name in COUNTS} | {"changes": report.changes}
        terminal.line(f"{report.file.name}: {terminal.counts(counts) or 'nothing'}")
        for one in report.split.unsplit:
            found = _unsplit_object(report, one)
            terminal.line(
                f"  not split: {found['file']}:{found['lines'][0]}-{found['lines'][1]}: {found['why']}"
            )
        if report.is_older:
            terminal.note(
                f"{report.file.name}: it has the date {report.split.latest}, but counts as made on "
                f"{report.file.at[:10]}; if it was made later, give --captured-at"
            )


def _unsplit_object(report: Report, one: Unsplit) -> Object:
    """The lines of a dump that could not be split, counted from 1."""
    return {"file": report.file.name, "lines": [one.first + 1, one.last + 1], "why": one.why}
