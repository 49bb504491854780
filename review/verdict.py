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
from variorum.review.languages import current
from variorum.review.reviewer import name_of, remember
from variorum.review.tags import know_tags
from variorum.review.web import Application, house, see_other
from variorum.storage.queries import change_list
from variorum.storage.queries.change_list import Filters
from variorum.storage.queries.verdicts import VERDICTS, Verdicts
from variorum.storage.reader import Reader

MOST_NOTE = 10_000
MOST_CHANGES = 200
"""The maximum number of entries of the list that are judged at once."""
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


@dataclass(frozen=True, slots=True)
class ManyForm:
    """One verdict on several changes of the list."""

    changes: tuple[int, ...]
    verdict: str
    note: str
    reviewer: str
    filters: Filters
    place: dict[str, str]


async def give(request: Request) -> Response:
    """Store a verdict, and redirect to the next change."""
    sent = await form_of(request)
    form = _verdict_form(sent, name_of(request, text(sent, "reviewer")))
    address = await run_in_threadpool(_give, house(request), form)
    return _answer(address, form.reviewer)


async def give_many(request: Request) -> Response:
    """Store one verdict on the chosen changes of the list, and redirect to the list."""
    sent = await form_of(request)
    form = _many_form(sent, name_of(request, text(sent, "reviewer")))
    address = await run_in_threadpool(_give_many, house(request), form)
    return _answer(address, form.reviewer)


async def undo(request: Request) -> Response:
    """Undo a verdict, and redirect to its change."""
    form = await form_of(request)
    reviewer = name_of(request, text(form, "reviewer"))
    filters, view = from_query(text(form, "kept")), _view(form)
    batch = number(form, "batch")
    change = await run_in_threadpool(_undo, house(request), batch, reviewer)
    back = query(filters) or "/" if "list" in form else f"/change/{change}{query(filters, view=view)}"
    return _answer(f"/{back}" if back.startswith("?") else back, reviewer)


def _give(house: Application, form: VerdictForm) -> str:
    """Store the verdict and return the address to continue at."""
    with closing(Verdicts.open(house.database)) as store, store.writing():
        reader = Reader(store.db)
        know_tags(store.db, house.workspace)
        item = change_list.item(reader, form.change)
        zone = current().zone
        fellows = change_list.fellows(reader, form.filters, item, zone=zone) if form.upto else []
        meant = [item.id, *(one.id for one in fellows if one.id <= form.upto)]
        batch = store.give(meant, form.verdict, form.note, form.reviewer, _now())
        following = change_list.next_to_review(reader, form.filters, item, zone)
    if form.place is not None or following is None:
        there = f"#c{following.id}" if following else ""
        return f"/{query(form.filters, **(form.place or {}), done=batch)}{there}"
    return f"/change/{following.id}{query(form.filters, view=form.view, done=batch)}"


def _give_many(house: Application, form: ManyForm) -> str:
    """Store the verdict on each chosen change and on earlier ones with the same edit; return the address of
    the list."""
    with closing(Verdicts.open(house.database)) as store, store.writing():
        reader = Reader(store.db)
        know_tags(store.db, house.workspace)
        meant: dict[int, None] = {}
        for item in [change_list.item(reader, change) for change in form.changes]:
            fellows = change_list.fellows(reader, form.filters, item, zone=current().zone)
            meant |= dict.fromkeys([item.id, *(one.id for one in fellows if one.id <= item.id)])
        batch = store.give([*meant], form.verdict, form.note, form.reviewer, _now())
    return f"/{query(form.filters, **form.place, done=batch)}"


def _undo(house: Application, batch: int, reviewer: str) -> int:
    with closing(Verdicts.open(house.database)) as store:
        return store.take_back(batch, reviewer, _now())


def _answer(address: str, reviewer: str) -> Response:
    response = see_other(address)
    remember(response, reviewer)
    return response


def _many_form(form: FormData, name: str) -> ManyForm:
    chosen = form.getlist("change")[: MOST_CHANGES + 1]
    if not chosen:
        raise HTTPException(400, "No change is selected: tick some in the list first.")
    if len(chosen) > MOST_CHANGES:
        raise HTTPException(400, f"change: more than {MOST_CHANGES}")
    return ManyForm(
        changes=tuple(dict.fromkeys(number(FormData({"change": one}), "change") for one in chosen)),
        verdict=_verdict(form),
        note=text(form, "note").strip()[:MOST_NOTE],
        reviewer=name,
        filters=from_query(text(form, "kept")),
        place=_place(text(form, "list")),
    )


def _verdict(form: FormData) -> str:
    verdict = text(form, "verdict")
    if verdict not in VERDICTS:
        raise HTTPException(400, f"verdict: {verdict!r} is none of {', '.join(VERDICTS)}")
    return verdict


def _verdict_form(form: FormData, name: str) -> VerdictForm:
    return VerdictForm(
        change=number(form, "change"),
        verdict=_verdict(form),
        note=text(form, "note").strip()[:MOST_NOTE],
        reviewer=name,
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
    Route("/verdict/many", give_many, methods=["POST"]),
    Route("/verdict/undo", undo, methods=["POST"]),
]
