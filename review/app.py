"""Builds the review page as an application: the routes of every page, behind one guard.

A page is a module with `routes`, and with `menu` (a name and an address) if every page links to it.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from variorum.crawler.config.review import ReviewSettings
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import VariorumError
from variorum.review import (
    adding,
    captures,
    change,
    change_list,
    feeds,
    monitoring,
    page_list,
    picking,
    running,
    saved_filters,
    search,
    sentence_ages,
    site_actions,
    site_file,
    sites,
    timeline,
    verdict,
    versions,
    workers,
)
from variorum.review.api import changes, export, pages
from variorum.review.guard import RequestGuard
from variorum.review.languages import Preferences
from variorum.review.preferences import ReaderPreferences
from variorum.review.web import Application, ClusterState, PlanOf, Propose, WhyOf, refused, templates
from variorum.storage.errors import StoreError

HERE = Path(__file__).parent
API = (pages, changes, export)
"""Modules with addresses for programs alone."""
PAGES = (
    change_list,
    change,
    timeline,
    sentence_ages,
    versions,
    captures,
    sites,
    page_list,
    running,
    search,
    verdict,
    saved_filters,
    feeds,
)
MANAGING = (adding, site_file, site_actions, picking)
"""The pages on which sites are changed."""


def make_app(  # noqa: PLR0913 - what it asks of the rest, each by name
    database: Path,
    *,
    hosts: Sequence[str],
    password: str | None,
    propose: Propose | None = None,
    plan: PlanOf | None = None,
    why: WhyOf | None = None,
    settings: ReviewSettings | None = None,
) -> Starlette:
    """The application for a database.

    `hosts` are the names by which browsers may request it. With a `password`, nothing is shown without it.
    `propose` returns the rule that would have hidden a change.
    `plan` and `why` return when pages are fetched. `settings` are those of `[review]`.
    """
    settings = settings or ReviewSettings()
    defaults = Preferences(settings.language, ZoneInfo(settings.zone))
    app = Starlette(
        routes=[
            # Before the pages: theirs have parts that match anything.
            *(route for one in (*API, *PAGES) for route in one.routes),
            *monitoring.routes,
            Route("/openapi.json", _openapi),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[
            Middleware(ReaderPreferences, defaults=defaults),
            Middleware(RequestGuard, hosts=hosts, password=password, refused=refused),
        ],
        exception_handlers={
            HTTPException: refused,
            StoreError: refused,
            VariorumError: refused,
            OSError: refused,
            Exception: refused,
        },
    )
    allow_tokens(app, ())
    menu = tuple(one.menu for one in PAGES if hasattr(one, "menu"))
    app.state.house = Application(
        database,
        templates(),
        reviewer=_user(),
        user_header=settings.user_header,
        propose=propose,
        plan=plan,
        why=why,
        menu=menu,
    )
    return app


def allow_tokens(app: Starlette, tokens: Sequence[str]) -> None:
    """Let requests that only read data for programs have one of these tokens in place of the password."""
    app.state.tokens = tuple(tokens)


def add_workers(app: Starlette, cluster: ClusterState) -> None:
    """Add the page of workers to the application, where several machines crawl."""
    app.router.routes[:0] = workers.routes
    house: Application = app.state.house
    app.state.house = replace(house, cluster=cluster, menu=(*house.menu, workers.menu))


def add_workspace(app: Starlette, workspace: Workspace) -> None:
    """Let the application know the site files; with `manage`, sites can be added, changed and removed."""
    if workspace.review.manage:
        app.router.routes[:0] = [route for one in MANAGING for route in one.routes]
    app.state.house = replace(app.state.house, workspace=workspace)


def _openapi(request: Request) -> Response:
    return FileResponse(HERE / "openapi.json")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
