"""The hub's own web application: what workers send, and what `status` and Prometheus ask. A token for all."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from variorum.crawler.cluster.asked import AskedRuns
from variorum.crawler.cluster.link import VERSION
from variorum.crawler.cluster.queue import QueueDown
from variorum.crawler.cluster.runs import Disorder, NotOpened, OpenRuns, UnknownRun
from variorum.crawler.cluster.wire import Closed, CrawlAsked, Presence, Refused, Wanted, pack
from variorum.crawler.config.site import Site
from variorum.crawler.runtime.run import NOT_BEGUN

Handle = Callable[[Request], Awaitable[Response]]


class HubState(Protocol):
    """What the application needs of the hub."""

    runs: OpenRuns
    asked: AskedRuns

    def site(self, name: str) -> Site | None:
        """The site of that name, as its file describes it now."""

    async def ask_for(self, site: Site, *, full: bool) -> None:
        """Hand out a run that somebody asks for. Raises QueueDown."""

    def begin_asked(self, site: Site) -> bool:
        """Note that a run of the site begins; whether somebody asked for all its pages."""

    def meet(self, worker: Presence) -> None:
        """Note that a worker is there."""

    def state(self) -> dict[str, Any]:
        """Workers, runs and queues, as `status` shows them."""

    def metrics(self) -> bytes:
        """Workers, runs and queues, for Prometheus."""


def make_app(hub: HubState, token: str) -> Starlette:
    """The application of a hub; every request but that for /health has to carry the token."""

    async def begin(request: Request) -> Response:
        wanted = msgspec.json.decode(await request.body(), type=Wanted)
        site = hub.site(wanted.site)
        if site is None:
            return _refusal(HTTPStatus.CONFLICT, f"the hub knows no site {wanted.site}")
        if hub.runs.is_busy(site.name):
            return _refusal(HTTPStatus.LOCKED, f"{site.name}: another run of it is open")
        try:
            full = hub.begin_asked(site)
            begun = await hub.runs.begin(site, wanted.worker, full=full)
            if isinstance(begun, Refused):
                hub.asked.end(site.name, _not_begun(begun.trouble))
            return Response(pack(begun))
        except NotOpened as error:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))

    async def take(request: Request) -> Response:
        run, number = request.path_params["run"], request.path_params["number"]
        try:
            return Response(await hub.runs.take(run, number, await request.body()))
        except UnknownRun:
            return _over()
        except Disorder as error:
            return _refusal(HTTPStatus.CONFLICT, str(error))

    async def end(request: Request) -> Response:
        closed = msgspec.json.decode(await request.body(), type=Closed)
        try:
            hub.runs.finish(request.path_params["run"], closed)
        except UnknownRun:
            return _over()
        return JSONResponse({})

    async def meet(request: Request) -> Response:
        worker = msgspec.json.decode(await request.body(), type=Presence)
        hub.meet(worker)
        return JSONResponse({"at": hub.state()["at"]})

    async def ask_for(request: Request) -> Response:
        asked = msgspec.json.decode(await request.body(), type=CrawlAsked)
        site = hub.site(asked.site)
        if site is None:
            return _refusal(HTTPStatus.CONFLICT, f"the hub knows no site {asked.site}")
        try:
            await hub.ask_for(site, full=asked.full)
        except QueueDown as error:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        return JSONResponse({})

    async def ended(request: Request) -> Response:
        site = request.path_params["site"]
        try:
            return JSONResponse({"end": hub.asked.ended(site)})
        except KeyError:
            words = f"it knows of no run of {site} that was asked for; was it started anew?"
            return _refusal(HTTPStatus.NOT_FOUND, words)

    async def state(request: Request) -> Response:
        return JSONResponse(hub.state())

    async def metrics(request: Request) -> Response:
        return Response(hub.metrics(), media_type="text/plain; version=0.0.4")

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok")

    def guarded(handle: Handle, *, same_version: bool = False) -> Handle:
        async def guard(request: Request) -> Response:
            sent = request.headers.get("authorization", "")
            if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
                return _refusal(HTTPStatus.UNAUTHORIZED, "the hub refuses the token of this machine")
            if same_version and (theirs := request.headers.get("variorum-version", "none")) != VERSION:
                words = f"the hub is {VERSION}, this worker {theirs}: install the same on both"
                return _refusal(HTTPStatus.UPGRADE_REQUIRED, words)
            try:
                return await handle(request)
            except msgspec.MsgspecError as error:
                return _refusal(HTTPStatus.BAD_REQUEST, f"the hub can't read the request: {error}")

        return guard

    def post(path: str, handle: Handle) -> Route:
        return Route(path, guarded(handle, same_version=True), methods=["POST"])

    return Starlette(
        routes=[
            post("/runs", begin),
            post("/runs/{run}/end", end),
            post("/runs/{run}/{number:int}", take),
            post("/workers", meet),
            Route("/crawls", guarded(ask_for), methods=["POST"]),
            Route("/crawls/{site}", guarded(ended)),
            Route("/state", guarded(state)),
            Route("/metrics", guarded(metrics)),
            Route("/health", health),
        ]
    )


def _not_begun(trouble: str) -> dict[str, Any]:
    return {"event": "ended", "failed": True, "reason": NOT_BEGUN, "trouble": trouble}


def _over() -> Response:
    return _refusal(HTTPStatus.GONE, "the hub has closed this run")


def _refusal(status: HTTPStatus, words: str) -> Response:
    return PlainTextResponse(words, status)
