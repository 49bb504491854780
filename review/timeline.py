"""The timeline page: the versions, changes and checks of a page, and other pages with the same text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.review.objects import (
    check_object,
    copy_object,
    event_object,
    page_object,
    version_summary_object,
)
from variorum.review.plots import TimeAxis, buckets
from variorum.review.web import page, reading
from variorum.storage.queries import page_timeline as stored
from variorum.storage.queries.page_timeline import CopyOf, Drift, Event, PageCheck, VersionSummary
from variorum.storage.reader import Reader
from variorum.storage.rows import PageRow

SEEN = frozenset({"ok", "not modified", "moved"})
"""Outcomes of checks that showed the page."""
NAMED = 200
"""The number of checks that are listed one by one."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which the page was there, or gone."""

    gone: bool
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An event in the history of the page."""

    at: str
    kind: str
    """The kind of its change; else `baseline`, `drift` or `version`."""
    event: Event | None
    version: VersionSummary | None
    before: int | None
    """The number of the version before."""


@dataclass(frozen=True, slots=True)
class Past:
    """The known history of a page."""

    row: PageRow
    versions: list[VersionSummary]
    events: list[Event]
    drifts: list[Drift]
    checks: list[PageCheck]
    copies: list[CopyOf]


def timeline(request: Request) -> Response:
    """Render the history of a page."""
    with reading(request) as reader:
        past = _past(reader, request.path_params["id"])
    line = _line(past)
    why_of = request.app.state.house.why
    return page(
        request,
        "timeline.html",
        why=why_of(past.row.id) if why_of else None,
        past=past,
        row=past.row,
        line=line,
        entries=entries(past.versions, past.events, past.drifts),
        spans=spans(past.versions, past.events, _last_look(past)),
        checks=past.checks[:NAMED],
        marks=buckets(line, ((one.fetched_at, one.outcome) for one in past.checks), SEEN),
        outcomes=Counter(one.outcome for one in past.checks).most_common(),
        drifted={one.version for one in past.drifts},
        most_checks=stored.MOST_CHECKS,
        most_versions=stored.MOST_VERSIONS,
    )


def timeline_json(request: Request) -> Response:
    """Return the same data as JSON."""
    with reading(request) as reader:
        past = _past(reader, request.path_params["id"])
    drifted = {one.version for one in past.drifts}
    return JSONResponse(
        {
            **page_object(past.row),
            "versions": [version_summary_object(one, drifted) for one in past.versions],
            "changes": [event_object(one) for one in past.events],
            "checks": [check_object(one) for one in past.checks[:NAMED]],
            "copies": [copy_object(one) for one in past.copies],
        }
    )


def entries(
    versions: Sequence[VersionSummary], events: Sequence[Event], drifts: Sequence[Drift]
) -> list[TimelineEntry]:
    """The history of the page, the latest first: its changes, and the versions without a change."""
    by_number = {one.number: one for one in versions}
    led = {one.version for one in events if _leads(one)}
    drifted = {one.version for one in drifts}
    found = [_entry(one, by_number) for one in events]
    for one in versions:
        if one.number not in led:
            kind = "drift" if one.number in drifted else "baseline" if one.number == 1 else "version"
            before = one.number - 1 if one.number - 1 in by_number else None
            found.append(TimelineEntry(one.captured_at, kind, None, one, before))
    return sorted(found, key=lambda one: (one.at, one.version.number if one.version else 0), reverse=True)


def spans(versions: Sequence[VersionSummary], events: Sequence[Event], until: str) -> list[Span]:
    """The times in which the page was there or gone, from the first capture to the last check."""
    begins = min([*(one.captured_at for one in versions), *(one.seen_new for one in events)], default=until)
    found: list[Span] = []
    start, gone = begins, False
    for one in sorted(events, key=lambda one: (one.seen_new, one.id)):
        now_gone = bool(one.page_removed) if one.kind in ("gone", "returned", "moved") else gone
        if now_gone != gone:
            found.append(Span(gone, start, one.seen_new))
            start, gone = one.seen_new, now_gone
    return [*found, Span(gone, start, max(start, until))]


def _past(reader: Reader, number: int) -> Past:
    row = reader.page(number)
    return Past(
        row=row,
        versions=stored.version_summaries(reader, number),
        events=stored.events(reader, number),
        drifts=stored.drifts(reader, number),
        checks=stored.checks(reader, number),
        copies=stored.copies(reader, row) if row.version else [],
    )


def _line(past: Past) -> TimeAxis:
    moments = [one.captured_at for one in past.versions] + [one.seen_new for one in past.events]
    return TimeAxis.through([*moments, *(one.fetched_at for one in past.checks)])


def _last_look(past: Past) -> str:
    return max([*(one.fetched_at for one in past.checks), past.row.found_at])


def _leads(event: Event) -> bool:
    """Whether the change led to a version."""
    return event.version not in (None, event.old_version) and not event.page_removed


def _entry(event: Event, by_number: Mapping[int, VersionSummary]) -> TimelineEntry:
    if not _leads(event):
        return TimelineEntry(event.seen_new, event.kind, event, None, None)
    version = by_number.get(event.version or 0)
    return TimelineEntry(event.seen_new, event.kind, event, version, event.old_version)


routes = [Route("/page/{id:number}.json", timeline_json), Route("/page/{id:number}", timeline)]
