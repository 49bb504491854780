"""Lists changes in the order in which they were found: a program that polls gets each of them once."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.review.api import query
from variorum.review.filters import one_of
from variorum.review.objects import item_object
from variorum.review.web import reading
from variorum.storage.queries.change_list import KINDS, SHELVES, found_after, last_change


def changes_after(request: Request) -> Response:
    """Return the changes that were found after that with an id, the earliest first."""
    query.only(request, ("site", "kind", "shelf", "limit"))
    kind, shelf = query.text(request, "kind"), query.text(request, "shelf") or SHELVES[0]
    one_of("kind", kind or "", KINDS)
    one_of("shelf", shelf, SHELVES)
    after, most = request.path_params["id"], query.limit(request)
    with reading(request) as reader:
        if after > (last := last_change(reader)):  # of another database, or of this one before a restore
            raise HTTPException(404, f"change {after} was never found here: the last one is {last}")
        site = query.site(request, reader)
        found = found_after(reader, after, site=site, kind=kind, shelf=shelf, limit=most + 1)
    shown = found[:most]
    return JSONResponse(
        {
            "changes": [item_object(one) for one in shown],
            "after": shown[-1].id if shown else after,
            "more": len(found) > most,
        }
    )


routes = [Route("/changes/after/{id:number}.json", changes_after)]
