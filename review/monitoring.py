"""Answers programs that watch over this one: whether all is well, and the numbers for Prometheus."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.extras import install_command
from variorum.review.guard import HEALTH
from variorum.review.web import house, reading

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def health(request: Request) -> Response:
    """Return that all is well; else the error page of the database, with status 503."""
    with reading(request) as reader:
        reader.db.conn.execute("SELECT name FROM sites LIMIT 1").fetchone()
    return JSONResponse({"ok": True})


def metrics(request: Request) -> Response:
    """Return the numbers of the sites and of this machine, as Prometheus reads them."""
    try:
        from variorum.review.metrics import Metrics  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise HTTPException(501, f"{error}: {install_command('metrics')}") from error
    found, of = Metrics(), house(request)
    found.add_machine(of.database, of.workspace)
    with reading(request) as reader:
        found.add_sites(reader)
    return Response(found.text(), media_type=PROMETHEUS)


routes = [Route(HEALTH, health), Route("/metrics", metrics)]
