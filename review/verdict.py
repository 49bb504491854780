"""Stores the verdict of a reviewer on a change, and undoes it."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from variorum.review.change import VIEWS
from variorum.review.filters import from_query, query
from variorum.review.forms import form_of, number, text
from variorum.review.reviewer import cleaned, name_of, remember
from variorum.review.web import Application, house, see_other
from variorum.storage.queries import change_list
from variorum.storage.queries.change_list import Filters
from variorum.storage.queries.verdicts import VERDICTS, Verdicts
from variorum.storage.reader import Reader

MOST_NOTE = 10_000
PLACE = re.compile(r"(after|before)=([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class VerdictForm:
    """The verdict that a form submits."""

    change: int
    verdict: str
    note: str
    reviewer: str
    upto: int
    """The highest id of other changes with the same edit that the verdict includes; 0 for none."""
    filters: Filters
    view: str
    place: dict[str, str] | None
    """The position in the list, if the reviewer works in the list and continues there."""


async def give(request: Request) -> Response:
    """Store a verdict, and redirect to the next change."""
    form = _verdict_form(await form_of(request), name_of(request))
    address = await run_in_threadpool(_give, house(request), form)
    return _answer(address, form.reviewer)


async def undo(request: Request) -> Response:
    """Undo a verdict, and redirect to its change."""
    form = await form_of(request)
    reviewer = cleaned(text(form, "reviewer")) or name_of(request)
    filters, view = from_query(text(form, "kept")), _view(form)
    batch = number(form, "batch")
    change = await run_in_threadpool(_undo, house(request), batch, reviewer)
    back = query(filters) or "/" if "list" in form else f"/change/{change}{query(filters, view=view)}"
    return _answer(f"/{back}" if back.startswith("?") else back, reviewer)


def _give(house: Application, form: VerdictForm) -> str:
    """Store the verdict and return the address to continue at."""
    with closing(Verdicts.open(house.database)) as store, store.writing():
        reader = Reader(store.db)
        item = change_list.item(reader, form.change)
        fellows = change_list.fellows(reader, form.filters, item) if form.upto else []
        meant = [item.id, *(one.id for one in fellows if one.id <= form.upto)]
        batch = store.give(meant, form.verdict, form.note, form.reviewer, _now())
        following = change_list.next_to_review(reader, form.filters, item)
    if form.place is not None or following is None:
        there = f"#c{following.id}" if following else ""
        return f"/{query(form.filters, **(form.place or {}), done=batch)}{there}"
    return f"/change/{following.id}{query(form.filters, view=form.view, done=batch)}"


def _undo(house: Application, batch: int, reviewer: str) -> int:
    with closing(Verdicts.open(house.database)) as store:
        return store.take_back(batch, reviewer, _now())


def _answer(address: str, reviewer: str) -> Response:
    response = see_other(address)
    remember(response, reviewer)
    return response


def _verdict_form(form: FormData, name: str) -> VerdictForm:
    verdict = text(form, "verdict")
    if verdict not in VERDICTS:
        raise HTTPException(400, f"verdict: {verdict!r} is none of {', '.join(VERDICTS)}")
    return VerdictForm(
        change=number(form, "change"),
        verdict=verdict,
        note=text(form, "note").strip()[:MOST_NOTE],
        reviewer=cleaned(text(form, "reviewer")) or name,
        upto=number(form, "upto") if "all" in form else 0,
        filters=from_query(text(form, "kept")),
        view=_view(form),
        place=_place(text(form, "list")) if "list" in form else None,
    )


def _place(value: str) -> dict[str, str]:
    """A position in the list: `after=17`."""
    found = PLACE.fullmatch(value)
    return {found[1]: found[2]} if found else {}


def _view(form: FormData) -> str:
    view = text(form, "view")
    return view if view in VIEWS[1:] else ""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


routes = [
    Route("/verdict", give, methods=["POST"]),
    Route("/verdict/undo", undo, methods=["POST"]),
]
