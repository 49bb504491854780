"""Saves the filters of the list under a name, for all reviewers, and deletes them."""

from __future__ import annotations

from contextlib import closing

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from variorum.crawler.times import iso, now
from variorum.review.filters import from_query, query
from variorum.review.forms import form_of, text
from variorum.review.reviewer import cleaned, name_of
from variorum.review.safe_text import harmless
from variorum.review.web import Application, house, see_other
from variorum.storage.queries.saved_filters import SavedFilter, SavedFilters


async def save(request: Request) -> Response:
    """Save the filters of the form under its name, and redirect to the list with them."""
    form = await form_of(request)
    found = _filter(form, name_of(request))
    await run_in_threadpool(_save, house(request), found)
    return see_other(f"/{found.query}")


async def delete(request: Request) -> Response:
    """Delete the saved filters of that name, and redirect to the list."""
    form = await form_of(request)
    await run_in_threadpool(_delete, house(request), text(form, "name"))
    return see_other(f"/{query(from_query(text(form, 'kept')))}")


def _filter(form: FormData, reviewer: str) -> SavedFilter:
    """The filters with their name. Raises HTTPException with 400 where one of them is missing."""
    name, chosen = harmless(cleaned(text(form, "name"))), query(from_query(text(form, "kept")))
    if not name or not chosen:
        raise HTTPException(400, "Saved filters need a name, and at least one filter.")
    return SavedFilter(name, chosen, reviewer, iso(now()))


def _save(house: Application, one: SavedFilter) -> None:
    with closing(SavedFilters.open(house.database)) as store:
        store.save(one)


def _delete(house: Application, name: str) -> None:
    with closing(SavedFilters.open(house.database)) as store:
        store.delete(name)


routes = [
    Route("/filters", save, methods=["POST"]),
    Route("/filters/delete", delete, methods=["POST"]),
]
