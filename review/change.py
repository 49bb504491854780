"""Shows one change: its words, its evidence, the verdicts on it, and its neighbours in the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.diffing.diff import Hunk, Relink, TitledText, apply, compare
from variorum.crawler.times import iso, now
from variorum.review import source
from variorum.review.filters import parsed, query
from variorum.review.languages import current
from variorum.review.layout import DiffLayout, laid_out, plain_text
from variorum.review.objects import change_object
from variorum.review.reviewer import name_of, stated
from variorum.review.safe_text import TextPiece, link_pieces, marked
from variorum.review.web import house, number, page, reading
from variorum.storage.errors import NotFound
from variorum.storage.queries import change_list
from variorum.storage.queries.verdicts import VERDICTS, batch_of, said_of
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow, VersionRow

VIEWS = ("side", "inline", "changes", "source")
FELLOWS = 50


@dataclass(frozen=True, slots=True)
class Sides:
    """The versions before and after a change; only one of them if a page appeared or disappeared."""

    old: VersionRow | None
    new: VersionRow | None


def change(request: Request) -> Response:
    """Render the page of a change."""
    filters, view, zone = parsed(request.query_params), view_of(request), current().zone
    with reading(request) as reader:
        item = change_list.item(reader, request.path_params["id"])
        row = reader.change(item.id)
        sides = _sides(reader, row)
        done = number(request, "done")
        values: dict[str, Any] = {
            "layout": _layout(reader, row, sides, view),
            "said": said_of(reader, item.id),
            "fellows": change_list.fellows(reader, filters, item, FELLOWS, zone),
            "others": change_list.count_fellows(reader, filters, item, zone),
            "next": next(iter(change_list.items(reader, filters, after=item, limit=1, zone=zone)), None),
            "previous": next(iter(change_list.items(reader, filters, before=item, limit=1, zone=zone)), None),
            "tally": change_list.tally(reader, filters),
            "done": batch_of(reader, done) if done else None,
        }
    reviewer = name_of(request)
    others = house(request).openings.others(item.id, reviewer, now())
    return page(
        request,
        "change.html",
        **values,
        item=item,
        row=row,
        sides=sides,
        links=[link_pieces(one) for one in msgspec.json.decode(row.links, type=list[Relink])],
        retitled=title_words(row.old_title, row.title) if row.old_title is not None else None,
        view=view,
        views=VIEWS,
        kept=query(filters),
        verdicts=VERDICTS,
        reviewer=reviewer,
        opened_by=[(name, iso(at)) for name, at in others],
        stated=stated(request),
        with_query=lambda **more: query(filters, **more),
    )


def change_json(request: Request) -> Response:
    """Return the same data as JSON."""
    with reading(request) as reader:
        item = change_list.item(reader, request.path_params["id"])
        return JSONResponse(change_object(item, reader.change(item.id), said_of(reader, item.id)))


def rule(request: Request) -> Response:
    """Render the rule that would have hidden the change, and the other recent edits that it would have
    hidden."""
    propose = house(request).propose
    with reading(request) as reader:
        item = change_list.item(reader, request.path_params["id"])
    found = propose(item.id) if propose else None
    kept = query(parsed(request.query_params))
    return page(request, "rule.html", item=item, rule=found, able=propose is not None, kept=kept)


def rule_json(request: Request) -> Response:
    """Return the same data as JSON; null if no rule would have hidden it."""
    propose = house(request).propose
    with reading(request) as reader:
        item = change_list.item(reader, request.path_params["id"])
    found = propose(item.id) if propose else None
    return JSONResponse({"change": item.id, "rule": dict(found) if found else None})


def view_of(request: Request) -> str:
    """The chosen view. Raises HTTPException with 400 if there is no such view."""
    view = request.query_params.get("view") or VIEWS[0]
    if view not in VIEWS:
        raise HTTPException(400, f"view: {view!r} is none of {', '.join(VIEWS)}")
    return view


def title_words(old: str, new: str | None) -> tuple[TextPiece, ...]:
    """The words of a changed title."""
    diff = compare(TitledText("", old), TitledText("", new or ""))
    return marked(diff.hunks[0].words or (("-", old), ("+", new or ""))) if diff else ()


def _sides(reader: Reader, row: ChangeRow) -> Sides:
    if row.page is None:
        return Sides(None, None)
    old, new = (_version(reader, row.page, number) for number in (row.old_version, row.version))
    if row.kind == "gone":
        return Sides(new or old, None)
    return Sides(None if row.kind == "new" else old, new)


def _version(reader: Reader, page: int, number: int | None) -> VersionRow | None:
    try:
        return reader.version(page, number) if number is not None else None
    except NotFound:
        return None


def _layout(reader: Reader, row: ChangeRow, sides: Sides, view: str) -> DiffLayout | None:
    """The layout of the change; None if it changed no words."""
    if view == "source":
        return source.laid_out(reader, sides.old, sides.new)
    old, new = (side.text if side else None for side in (sides.old, sides.new))
    if hunks := msgspec.json.decode(row.hunks, type=list[Hunk]):
        if new is None and old is not None:  # the new text is that of another page
            new = apply(old, hunks)
        return laid_out(hunks, old, new, context=view != "changes")
    text = old if new is None else new
    return plain_text(text) if text is not None else None


routes = [
    Route("/change/{id:number}", change),
    Route("/change/{id:number}.json", change_json),
    Route("/change/{id:number}/rule.json", rule_json),
    Route("/change/{id:number}/rule", rule),
]
