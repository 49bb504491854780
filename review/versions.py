"""Shows any two versions of a page side by side."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.diffing.diff import Diff, compare
from variorum.review import source
from variorum.review.change import VIEWS, title_words, view_of
from variorum.review.layout import DiffLayout, laid_out, plain_text
from variorum.review.objects import version_object
from variorum.review.web import page, reading, see_other
from variorum.storage.queries.page_timeline import VersionSummary, version_summaries
from variorum.storage.reader import Reader
from variorum.storage.rows import VersionRow

PAIR = re.compile(r"([0-9]{1,9})\.\.([0-9]{1,9})")


def picked(request: Request) -> Response:
    """Redirect to the two chosen versions; by default the latest one and the one before it."""
    number, parameters = request.path_params["id"], request.query_params
    with reading(request) as reader:
        newest = reader.version(number).number
    pair = f"{parameters.get('from', max(1, newest - 1))}..{parameters.get('to', newest)}"
    _numbers(pair)
    view = view_of(request)
    return see_other(f"/page/{number}/{pair}{f'?view={view}' if view != VIEWS[0] else ''}")


def pair(request: Request) -> Response:
    """Render two versions; with the same number twice, only that one."""
    number, view = request.path_params["id"], view_of(request)
    with reading(request) as reader:
        row = reader.page(number)
        old, new = _pair(reader, request)
        diff = compare(old, new)
        layout = _layout(reader, old, new, diff, view)
        versions = version_summaries(reader, number)
    return page(
        request,
        "versions.html",
        row=row,
        old=old,
        new=new,
        diff=diff,
        layout=layout,
        retitled=title_words(*diff.title) if diff and diff.title else None,
        versions=versions,
        places=_places(versions, old, new),
        view=view,
        views=VIEWS,
    )


def pair_json(request: Request) -> Response:
    """Return the same data as JSON."""
    with reading(request) as reader:
        row = reader.page(request.path_params["id"])
        old, new = _pair(reader, request)
    diff = compare(old, new)
    return JSONResponse(
        {
            "page": row.id,
            "site": row.site,
            "url": row.url,
            "from": version_object(old),
            "to": version_object(new),
            "significance": diff.significance if diff else 0,
            "explanation": diff.explanation if diff else "",
            "words_added": diff.words_added if diff else 0,
            "words_removed": diff.words_removed if diff else 0,
            "hunks": [_hunk(hunk) for hunk in diff.hunks] if diff else [],
        }
    )


def _hunk(hunk: object) -> dict[str, object]:
    return {name: getattr(hunk, name) for name in ("op", "old_at", "new_at", "old", "new", "words")}


def _pair(reader: Reader, request: Request) -> tuple[VersionRow, VersionRow]:
    old, new = _numbers(request.path_params["pair"])
    return reader.version(request.path_params["id"], old), reader.version(request.path_params["id"], new)


def _numbers(pair: str) -> tuple[int, int]:
    if not (found := PAIR.fullmatch(pair)):
        raise HTTPException(404, f"{pair!r} names no two versions, as 1..2 does")
    return int(found[1]), int(found[2])


def _layout(
    reader: Reader, old: VersionRow, new: VersionRow, diff: Diff | None, view: str
) -> DiffLayout | None:
    if view == "source":
        return source.laid_out(reader, old, new)
    if diff is None:
        return plain_text(new.text)
    return laid_out(diff.hunks, old.text, new.text, context=view != "changes")


def _places(
    versions: list[VersionSummary], old: VersionRow, new: VersionRow
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The pairs one step earlier and one step later, if there are any."""
    numbers = [one.number for one in versions]
    earlier = (old.number - 1, new.number - 1) if old.number - 1 in numbers else None
    later = (old.number + 1, new.number + 1) if new.number + 1 in numbers else None
    return earlier, later


routes = [
    Route("/page/{id:number}/compare", picked),
    Route("/page/{id:number}/{pair}.json", pair_json),
    Route("/page/{id:number}/{pair}", pair),
]
