"""Answers programs that watch over this one: whether the database can be read now."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.review.guard import HEALTH
from variorum.review.web import reading


def health(request: Request) -> Response:
    """Return that all is well; else the error page of the database, with status 503."""
    with reading(request) as reader:
        reader.db.conn.execute("SELECT name FROM sites LIMIT 1").fetchone()
    return JSONResponse({"ok": True})


routes = [Route(HEALTH, health)]
