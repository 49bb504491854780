"""The search page: full-text search over all versions, removed text included."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.review.filters import given_in, moment, one_of
from variorum.review.languages import N_
from variorum.review.objects import hit_object
from variorum.review.web import number, page, reading
from variorum.storage.queries import change_list
from variorum.storage.reader import Reader
from variorum.storage.search.full_text import Hit, SearchFilters, find
from variorum.storage.search.query import parse

FATES = ("removed", "present")
AT_ONCE, MOST = 20, 200


@dataclass(frozen=True, slots=True)
class SearchForm:
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
    form = _search_form(request)
    with reading(request) as reader:
        hits = _hits(reader, form)
        sites, languages = [one.name for one in reader.sites()], change_list.languages(reader)
        of = reader.page(form.page) if form.page is not None else None
    return page(
        request,
        "search.html",
        form=form,
        of=of,
        hits=hits[: form.limit],
        more=_query(form, limit=min(MOST, form.limit * 2)) if len(hits) > form.limit < MOST else "",
        twin=_query(form),
        able=bool(parse(form.words)),
        narrowed=any((form.site, form.language, form.since, form.until)),
        sites=sites,
        page_languages=languages,
        fates=FATES,
    )


def search_json(request: Request) -> Response:
    """Return the same data as JSON."""
    form = _search_form(request)
    with reading(request) as reader:
        hits = _hits(reader, form)
    return JSONResponse(
        {"hits": [hit_object(one) for one in hits[: form.limit]], "more": len(hits) > form.limit}
    )


def _hits(reader: Reader, form: SearchForm) -> list[Hit]:
    filters = SearchFilters(
        page=form.page,
        site=form.site or None,
        language=form.language or None,
        since=moment("since", form.since) if form.since else None,
        until=moment("until", form.until, end=True) if form.until else None,
        removed=form.fate == "removed" if form.fate else None,
    )
    return find(reader, form.words, filters, limit=form.limit + 1)


def _search_form(request: Request) -> SearchForm:
    """The search form in the query. Raises HTTPException with 400."""
    given = given_in(request.query_params, ("words", "site", "language", "since", "until", "fate"))
    one_of("fate", given["fate"], FATES)
    limit = number(request, "limit") or AT_ONCE
    return SearchForm(**given, page=number(request, "page"), limit=min(max(1, limit), MOST))


def _query(form: SearchForm, **other: object) -> str:
    parameters = {name: value for name, value in (asdict(form) | other).items() if value}
    return "?" + urlencode(parameters)


routes = [Route("/search.json", search_json), Route("/search", search)]
menu = (N_("Search"), "/search")
