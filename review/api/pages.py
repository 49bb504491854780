"""Lists pages by their ids, finds a page by its address, and gives its text as of a version or a time."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.errors import Misuse
from variorum.crawler.output.page_texts import find_page
from variorum.review.api import query
from variorum.review.filters import moment, one_of
from variorum.review.objects import page_object, version_object
from variorum.review.web import house, reading
from variorum.storage.queries.page_list import pages_after
from variorum.storage.reader import Reader
from variorum.storage.rows import PageRow

STATES = ("live", "missing", "gone", "frontier")


def pages(request: Request) -> Response:
    """Return the pages after an id, in the order of their ids; or the one with an address."""
    query.only(request, ("site", "state", "url", "after", "limit"))
    state, most = query.text(request, "state"), query.limit(request)
    one_of("state", state or "", STATES)
    url, after = query.text(request, "url"), query.number(request, "after") or 0
    with reading(request) as reader:
        site = query.site(request, reader)
        found = (
            pages_after(reader, site, state, after, most + 1)
            if url is None
            else _at(reader, url, _configured(request))
        )
    return JSONResponse(
        {
            "pages": [page_object(row) for row in found[:most]],
            "after": found[most - 1].id if len(found) > most else None,
        }
    )


def version(request: Request) -> Response:
    """Return a version of a page with its text: by number, as of a time, or the latest."""
    query.only(request, ("number", "as_of"))
    number, as_of = query.number(request, "number"), query.text(request, "as_of")
    if number is not None and as_of is not None:
        raise HTTPException(400, "number and as_of exclude each other: give one of them")
    at = moment("as_of", as_of, end=True) if as_of is not None else None
    with reading(request) as reader:
        row = reader.page(request.path_params["id"])
        found = reader.version(row.id, number, at)
    return JSONResponse({"page": row.id, "site": row.site, "url": row.url, **version_object(found)})


def _configured(request: Request) -> Iterable[Site]:
    """The sites whose files can be read, as far as the application knows the workspace."""
    workspace = house(request).workspace
    return load_sites(workspace.sites_folder, workspace.defaults).values() if workspace else ()


def _at(reader: Reader, url: str, sites: Iterable[Site]) -> list[PageRow]:
    """The page with an address, as a list. Raises NotFound, or HTTPException with 400."""
    try:
        return [find_page(reader, sites, url)]
    except Misuse as error:
        raise HTTPException(400, f"url: {error}") from error


routes = [Route("/pages.json", pages), Route("/page/{id:number}/version.json", version)]
