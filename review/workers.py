"""The page of workers: who crawls for this machine, and what waits. Only where several machines crawl."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.review.languages import N_
from variorum.review.web import house, page


def workers(request: Request) -> Response:
    """Render workers, runs and queues as a page."""
    return page(request, "workers.html", state=_state(request))


def workers_json(request: Request) -> Response:
    """Return the same data as JSON."""
    return JSONResponse(_state(request))


def _state(request: Request) -> Mapping[str, Any]:
    ask = house(request).cluster
    assert ask is not None
    return ask()


routes = [Route("/workers.json", workers_json), Route("/workers", workers)]
menu = (N_("Workers"), "/workers")
