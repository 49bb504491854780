"""Picks a part of a stored page by clicking on it, previews the rule, and hands it to the editor of the file.

The page stands in a frame without scripts and without our origin. Its texts are links to this page, so that
picking needs no script of ours either.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lxml.html import HtmlElement
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from variorum.crawler.config.edits import with_key
from variorum.crawler.managing.site_files import draft_of
from variorum.crawler.preview.picking import choices, pickable, tree_of
from variorum.crawler.preview.stored_pages import stored_preview
from variorum.crawler.runtime.apart import apart
from variorum.review import source
from variorum.review.site_file import PREVIEWED, file_text_or_404, workspace_of
from variorum.review.web import number, page, reading
from variorum.storage.queries.pickable_pages import PickablePage, pickable_pages
from variorum.storage.reader import Reader

SHUT_OFF = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'"
)
STYLE = (
    "body{font:16px/1.5 sans-serif;margin:1rem;background:#fff;color:#111;overflow-wrap:anywhere}"
    "a{color:inherit;text-decoration:none}a:hover,a:focus{background:#ffe9a6;outline:2px solid #8a6100}"
)
RULES = ("select", "remove")
MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked so far."""

    page: PickablePage
    at: int | None
    """The number of the element."""
    css: str
    rule: str


def pick(request: Request) -> Response:
    """Render the page to pick on; then the selectors of what was picked; then what a rule would keep."""
    name = request.path_params["name"]
    text = file_text_or_404(request, name)
    with reading(request) as reader:
        pages = pickable_pages(reader, name, MOST_PAGES)
        picked = _picked(request, pages)
        found = choices(_tree(reader, picked.page), picked.at) if picked and picked.at is not None else []
    drafted = _with_rule(text, picked) if picked and picked.css else ""
    values: dict[str, Any] = {"draft": None, "preview": []}
    if drafted:
        values["draft"] = draft_of(workspace_of(request), name, drafted)
        if site := values["draft"].site:
            values["preview"] = apart(stored_preview, workspace_of(request), site, PREVIEWED)
    return page(
        request, "pick.html", name=name, pages=pages, picked=picked, choices=found, query=urlencode, **values
    )


def frame(request: Request) -> Response:
    """Return a stored page as a page of links that can do nothing else."""
    name = request.path_params["name"]
    file_text_or_404(request, name)
    with reading(request) as reader:
        wanted = number(request, "page")
        found = [one for one in pickable_pages(reader, name, MOST_PAGES) if one.page == wanted]
        if not found:
            raise HTTPException(404, "this page is not stored, or has no text to pick")
        tree = _tree(reader, found[0])
    text = pickable(tree, lambda at: f"/site/{name}/pick?page={wanted}&at={at}", STYLE)
    return HTMLResponse(text.encode("utf-8", "replace"), headers={"Content-Security-Policy": SHUT_OFF})


def _picked(request: Request, pages: list[PickablePage]) -> Picked | None:
    """What the query says; None if no page is stored. Raises HTTPException with 400."""
    wanted, rule = number(request, "page"), request.query_params.get("as", RULES[0])
    if rule not in RULES:
        raise HTTPException(400, f"as: {rule!r} is none of {', '.join(RULES)}")
    found = [one for one in pages if one.page == wanted] or pages
    css = request.query_params.get("css", "")
    return Picked(found[0], number(request, "at"), css, rule) if found else None


def _tree(reader: Reader, of: PickablePage) -> HtmlElement:
    row = source.capture(reader, of.capture)
    return tree_of(source.body(reader, row), row.url, row.declared)


def _with_rule(text: str, picked: Picked) -> str:
    """The text of the file with the rule: one more to `remove`; for `select`, in place of rules without
    dates."""
    try:
        value = tomllib.loads(text).get(picked.rule, [])
    except tomllib.TOMLDecodeError as error:
        raise HTTPException(409, f"the file has faults: {error}; correct these first") from error
    known = value if isinstance(value, list) else [value]
    if picked.rule == "select" and all(isinstance(one, str) for one in known):
        known = []
    rules = [one for one in known if one != picked.css] + [picked.css]
    return with_key(text, picked.rule, rules if len(rules) > 1 else rules[0])


routes = [
    Route("/site/{name}/pick", pick),
    Route("/site/{name}/pick/frame", frame),
]
