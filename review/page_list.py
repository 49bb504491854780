"""Lists the pages of a site: state, outcome of the last fetch and its reason, and when it is fetched next."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.health.page_list import Dues, due_times, page_objects
from variorum.crawler.output.stored_site import as_stored
from variorum.crawler.times import now
from variorum.review.web import house, page, reading
from variorum.storage.queries import site_overview
from variorum.storage.queries.page_list import STATES, PageFilter, outcome_counts
from variorum.storage.reader import Reader

AT_ONCE = 100
OUTCOMES = (*(outcome.value for outcome in Outcome), "none")


def pages(request: Request) -> Response:
    """Render the pages of a site, filtered by the query."""
    wanted = _filter(request)
    with reading(request) as reader:
        row = site_overview.site(reader, request.path_params["name"])
        found, following = _some(request, reader, row.name, wanted)
        counts = outcome_counts(reader, row.name)
    return page(
        request,
        "pages.html",
        row=row,
        pages=found,
        following=following,
        counts=counts,
        wanted=wanted,
        states=STATES,
        outcomes=OUTCOMES,
        after=request.query_params.get("after", ""),
    )


def pages_json(request: Request) -> Response:
    """Return the same data as JSON."""
    with reading(request) as reader:
        row = site_overview.site(reader, request.path_params["name"])
        found, following = _some(request, reader, row.name, _filter(request))
        counts = outcome_counts(reader, row.name)
    return JSONResponse({"pages": found, "after": following, "outcomes": counts})


def _some(
    request: Request, reader: Reader, name: str, wanted: PageFilter
) -> tuple[list[dict[str, Any]], str | None]:
    """Pages after the address in the query, and the address from which to continue."""
    site = configured(house(request).workspace, reader, name)
    part = {"after": request.query_params.get("after", ""), "limit": AT_ONCE + 1}
    dues = _dues(request, reader, site)
    found = list(page_objects(reader, site, now(), wanted, dues, **part))
    return found[:AT_ONCE], found[AT_ONCE - 1]["url"] if len(found) > AT_ONCE else None


def configured(workspace: Workspace | None, reader: Reader, name: str) -> Site:
    """The site as its file describes it, or as it is stored where there is no such file."""
    known = load_sites(workspace.sites_folder, workspace.defaults, [name]) if workspace else {}
    return known.get(name) or as_stored(reader, name)


def _dues(request: Request, reader: Reader, site: Site) -> Dues:
    """When the pages of the site are due, computed again only after a fetch or another edit of its file."""
    (last,) = reader.db.conn.execute("SELECT max(id) FROM captures").fetchone()
    kept: dict[str, tuple[object, Dues]] = request.app.state.__dict__.setdefault("dues", {})
    if kept.get(site.name, (None,))[0] != (site, last):
        kept[site.name] = ((site, last), due_times(reader, site, now()))
    return kept[site.name][1]


def _filter(request: Request) -> PageFilter:
    """The filter in the query. Raises HTTPException with 400."""
    values = {name: request.query_params.get(name) or None for name in ("outcome", "state")}
    for name, known in (("outcome", OUTCOMES), ("state", STATES)):
        if values[name] is not None and values[name] not in known:
            raise HTTPException(400, f"{name}: {values[name]!r} is none of {', '.join(known)}")
    return PageFilter(**values, kept="not_kept" not in request.query_params)


routes = [
    Route("/site/{name}/pages.json", pages_json),
    Route("/site/{name}/pages", pages),
]
