"""The change list: changes without a verdict, by day and site, the most significant first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.review.filters import parsed, query
from variorum.review.languages import N_, current
from variorum.review.objects import item_object
from variorum.review.tags import tags_of
from variorum.review.web import house, number, page, reading
from variorum.storage.queries import change_list
from variorum.storage.queries.change_list import KINDS, REVIEWED, SHELVES, Filters, Item
from variorum.storage.queries.local_days import UTC, day_of
from variorum.storage.queries.saved_filters import saved_filters
from variorum.storage.queries.verdicts import batch_of
from variorum.storage.reader import Reader

AT_ONCE = 50
FELLOWS = 20
"""The number of pages named for an edit of many pages."""
ISSUES, SUSPECTS = 10, 10


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An item of the change list."""

    item: Item
    others: int
    """The number of other pages with the same edit."""
    fellows: list[Item]
    """Some of the other pages."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the change list."""

    entries: list[ListEntry]
    earlier: bool
    """Whether there are items before these."""
    later: bool
    """Whether there are items after these."""
    tally: change_list.ReviewTally


def morning(request: Request) -> Response:
    """Render the change list as a page."""
    filters, parameters = parsed(request.query_params), request.query_params
    zone = current().zone
    with reading(request) as reader:
        found = _found(reader, filters, request, zone)
        done = number(request, "done")
        values: dict[str, Any] = {
            "issues": reader.issues(filters.site),
            "suspects": reader.suspects(filters.site, SUSPECTS),
            "all_suspects": reader.count_suspects(filters.site),
            "page_languages": change_list.languages(reader),
            "sites": [one.name for one in reader.sites()],
            "tags": list(tags_of(house(request).workspace)),
            "saved": [one for one in saved_filters(reader) if one.query.startswith("?")],
            "done": batch_of(reader, done) if done else None,
        }
    return page(
        request,
        "morning.html",
        **values,
        found=found,
        filters=filters,
        days=_grouped(found.entries, zone),
        kept=query(filters),
        place=next((f"{name}={parameters[name]}" for name in ("after", "before") if name in parameters), ""),
        with_query=lambda **more: query(filters, **more),
        kinds=KINDS,
        choices=REVIEWED,
        shelves=SHELVES,
        most_issues=ISSUES,
    )


def changes_json(request: Request) -> Response:
    """Return the same list as JSON, by days of UTC; `after` takes the id of its last change to get the next
    ones."""
    filters = parsed(request.query_params)
    with reading(request) as reader:
        found = _found(reader, filters, request, UTC)
    return JSONResponse(
        {
            "changes": [{**item_object(one.item), "others": one.others} for one in found.entries],
            "after": found.entries[-1].item.id if found.later else None,
            "reviewed": found.tally.reviewed,
            "of": found.tally.of,
            "more": found.tally.more,
        }
    )


def _found(reader: Reader, filters: Filters, request: Request, zone: ZoneInfo) -> ListPage:
    after, before = (_item(reader, number(request, name)) for name in ("after", "before"))
    rows = change_list.items(reader, filters, after=after, before=before, limit=AT_ONCE + 1, zone=zone)
    shown = rows[-AT_ONCE:] if before else rows[:AT_ONCE]
    more = len(rows) > len(shown)
    return ListPage(
        entries=[_entry(reader, filters, one, zone) for one in shown],
        earlier=more if before else after is not None,
        later=before is not None or more,
        tally=change_list.tally(reader, filters),
    )


def _entry(reader: Reader, filters: Filters, one: Item, zone: ZoneInfo) -> ListEntry:
    fellows = change_list.fellows(reader, filters, one, FELLOWS, zone)
    others = (
        change_list.count_fellows(reader, filters, one, zone) if len(fellows) == FELLOWS else len(fellows)
    )
    return ListEntry(one, others, fellows)


def _grouped(entries: list[ListEntry], zone: ZoneInfo) -> list[tuple[str, list[tuple[str, list[ListEntry]]]]]:
    """Days of the zone, and in each its sites, with their entries."""
    by_day = groupby(entries, key=lambda entry: day_of(entry.item.found_at, zone))
    return [
        (day, [(site, list(group)) for site, group in groupby(those, key=lambda entry: entry.item.site)])
        for day, those in by_day
    ]


def _item(reader: Reader, change: int | None) -> Item | None:
    return change_list.item(reader, change) if change is not None else None


routes = [Route("/", morning), Route("/changes.json", changes_json)]
menu = (N_("Changes"), "/")
