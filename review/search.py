"""The search page: full-text search over all versions, removed text included."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from review.filters import given_in, moment, one_of
from review.objects import hit_object
from review.web import number, page, reading
from storage.queries import change_list
from storage.reader import Reader
from storage.search.full_text import Hit, find
from storage.search.query import parse

FATES = ("removed", "present")
AT_ONCE, MOST = 20, 200


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a search."""

    words: str
    site: str
    language: str
    since: str
    until: str
    fate: str
    """One of FATES; empty for both."""
    page: int | None
    limit: int


def search(request: Request) -> Response:
    """Render the search results as a page."""
    asked = _asked(request)
    with reading(request) as reader:
        hits = _hits(reader, asked)
        sites, languages = change_list.site_names(reader), change_list.languages(reader)
        of = reader.page(asked.page) if asked.page is not None else None
    return page(
        request,
        "search.html",
        asked=asked,
        of=of,
        hits=hits[: asked.limit],
        more=_query(asked, limit=min(MOST, asked.limit * 2)) if len(hits) > asked.limit < MOST else "",
        twin=_query(asked),
        able=bool(parse(asked.words)),
        narrowed=any((asked.site, asked.language, asked.since, asked.until)),
        sites=sites,
        languages=languages,
        fates=FATES,
    )


def search_json(request: Request) -> Response:
    """Return the same data as JSON."""
    asked = _asked(request)
    with reading(request) as reader:
        hits = _hits(reader, asked)
    return JSONResponse(
        {"hits": [hit_object(one) for one in hits[: asked.limit]], "more": len(hits) > asked.limit}
    )


def _hits(reader: Reader, asked: Asked) -> list[Hit]:
    return find(
        reader,
        asked.words,
        page=asked.page,
        site=asked.site or None,
        language=asked.language or None,
        since=moment("since", asked.since) if asked.since else None,
        until=moment("until", asked.until, end=True) if asked.until else None,
        removed=asked.fate == "removed" if asked.fate else None,
        limit=asked.limit + 1,
    )


def _asked(request: Request) -> Asked:
    """What the query asks for. Raises HTTPException with 400."""
    given = given_in(request.query_params, ("words", "site", "language", "since", "until", "fate"))
    one_of("fate", given["fate"], FATES)
    limit = number(request, "limit") or AT_ONCE
    return Asked(**given, page=number(request, "page"), limit=min(max(1, limit), MOST))


def _query(asked: Asked, **other: object) -> str:
    said = {name: value for name, value in (asdict(asked) | other).items() if value}
    return "?" + urlencode(said)


routes = [Route("/search.json", search_json), Route("/search", search)]
menu = ("Search", "/search")
