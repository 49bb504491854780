"""Shows the runs that go on now: phase, pages done, requests left, and what each of them waits for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from variorum.crawler.lock import is_held, watch_lock
from variorum.crawler.runtime import run_progress
from variorum.review.languages import N_
from variorum.review.web import house, page
from variorum.storage.reader import Reader

LOOK_SECONDS = 1.0
"""How often an open page is told what is new."""
LOOKS_UNTIL_SIGN = 15
"""Without news, something is sent after so many looks, by which a closed connection is noticed."""


def running(request: Request) -> Response:
    """Render the runs that go on now."""
    return page(request, "running.html", **_state(request))


def running_json(request: Request) -> Response:
    """Return the same data as JSON."""
    return JSONResponse(_state(request))


async def events(request: Request) -> Response:
    """Send the list of runs, as HTML, whenever it has changed (server-sent events)."""
    at_once = {"X-Accel-Buffering": "no"}  # a proxy must not wait until there is more
    return StreamingResponse(_changes(request), media_type="text/event-stream", headers=at_once)


async def _changes(request: Request) -> AsyncIterator[str]:
    shown, silent = "", 0
    while not (getattr(request.app.state, "ending", False) or await request.is_disconnected()):
        text = await run_in_threadpool(_list, request)
        silent = 0 if text != shown else silent + 1
        if not silent:
            yield "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
        elif silent % LOOKS_UNTIL_SIGN == 0:
            yield ": nothing new\n\n"
        shown = text
        await asyncio.sleep(LOOK_SECONDS)


def _list(request: Request) -> str:
    return house(request).templates.get_template("running_list.html").render(**_state(request))


def _state(request: Request) -> dict[str, Any]:
    """The runs, the site that is due next, and whether the daemon runs."""
    database = house(request).database
    runs = [{k: v for k, v in one.items() if k != "pid"} for one in run_progress.running(database)]
    return {"runs": runs, "watching": is_held(watch_lock(database)), "next": _next(request)}


def _next(request: Request) -> dict[str, str] | None:
    """The site that is due next, and when; None if none is planned."""
    reader = Reader.open(house(request).database)
    try:
        sql = "SELECT name, next_due FROM sites WHERE next_due IS NOT NULL ORDER BY next_due LIMIT 1"
        row = reader.db.conn.execute(sql).fetchone()
    finally:
        reader.close()
    return {"site": row[0], "due": row[1]} if row else None


routes = [
    Route("/running.json", running_json),
    Route("/running", running),
    Route("/running/events", events),
]
menu = (N_("Running"), "/running")
