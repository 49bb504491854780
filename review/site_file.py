"""Edits the file of a site: shows its text and its faults, then the difference, and only then writes it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.config.edits import with_key
from variorum.crawler.config.site import SITE_KEYS, Site
from variorum.crawler.config.timing import first_day, is_paused
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.lock import is_held, run_lock
from variorum.crawler.managing.removing import sites_with_history
from variorum.crawler.managing.run_now import AskedRun, asked_run
from variorum.crawler.managing.site_files import Draft, draft_of, file_text, write
from variorum.crawler.preview.check import check_site
from variorum.crawler.preview.stored_pages import stored_preview
from variorum.crawler.runtime.apart import apart
from variorum.crawler.times import now
from variorum.review.forms import form_of, text
from variorum.review.languages import N_, gettext
from variorum.review.safe_text import clipped
from variorum.review.stored_text import stored_plain
from variorum.review.web import house, page, see_other
from variorum.storage.queries import site_overview
from variorum.storage.queries.site_overview import RunSummary
from variorum.storage.reader import Reader

PREVIEWED = 3
"""The number of pages of a preview."""
DONE = {
    "written": N_("The file is written. `variorum watch` reads it within seconds."),
    "renamed": N_("The site has a new name; its history is kept."),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be stored of some pages, or why that can't be shown."""

    of: str
    pages: Sequence[dict[str, Any]] = ()
    trouble: str = ""


def workspace_of(request: Request) -> Workspace:
    """The workspace whose sites are changed."""
    found = house(request).workspace
    assert found is not None  # or the page would not be there
    return found


def show(request: Request) -> Response:
    """Render the text of a site's file, with what can be done to the site."""
    name = request.path_params["name"]
    return draft_page(request, _draft(request, name, file_text_or_404(request, name)), asked=False)


async def draft(request: Request) -> Response:
    """Show the difference that a draft makes, preview it, or write it."""
    form = await form_of(request)
    return await run_in_threadpool(_draft_answer, request, form)


async def faults(request: Request) -> Response:
    """Return the faults of a draft as JSON, in the reader's language, for the page to show while it is
    typed."""
    form = await form_of(request)
    found = await run_in_threadpool(_draft, request, request.path_params["name"], text(form, "text"))
    return JSONResponse({"faults": [stored_plain(clipped(fault, 600)) for fault in found.faults]})


async def pause(request: Request) -> Response:
    """Show the difference that a pause makes, or its end."""
    form = await form_of(request)
    return await run_in_threadpool(_pause, request, form)


def _draft_answer(request: Request, form: FormData) -> Response:
    name = request.path_params["name"]
    found = _draft(request, name, text(form, "text"))
    match text(form, "do"):
        case "write":
            write(found, text(form, "digest"))
            return see_other(f"/site/{name}/file?done=written")
        case "preview" if found.site:
            return draft_page(request, found, preview=_preview(workspace_of(request), found.site))
    return draft_page(request, found)


def _pause(request: Request, form: FormData) -> Response:
    name = request.path_params["name"]
    found = _draft(request, name, file_text_or_404(request, name))
    if found.site is None:
        raise Misuse(f"The file of {name} has faults: correct these first.")
    value: object = None
    if "resume" not in form:
        value = _until(text(form, "until"))
    return draft_page(request, _draft(request, name, with_key(found.text, "paused", value)))


def _until(day: str) -> object:
    """The value of `paused`. Raises HTTPException with 400 for a day that is not after today."""
    try:
        return first_day(day, now().date()) if day.strip() else True
    except ValueError as error:
        raise HTTPException(400, str(error)) from error


def draft_page(
    request: Request,
    draft: Draft,
    *,
    asked: bool = True,
    found: Sequence[str] = (),
    notes: Sequence[str] = (),
    preview: Preview | None = None,
) -> Response:
    """Render a draft of a site's file; the difference is shown if that was `asked` for."""
    workspace, name = workspace_of(request), draft.path.stem
    return page(
        request,
        "site_file.html",
        status=422 if asked and draft.faults else 200,
        name=name,
        draft=draft,
        differs=asked and not draft.faults and draft.text != draft.before,
        same=asked and draft.text == draft.before,
        stored=name in sites_with_history(workspace),
        found=found,
        notes=notes,
        preview=preview,
        paused=_pause_text(draft.site),
        runs=is_held(run_lock(workspace.database, name)),
        done=_done(request),
        asked_run=_asked_run(request, workspace, draft.site),
        last_run=_last_run(request, workspace, name),
        keys=SITE_KEYS,
    )


def _preview(workspace: Workspace, site: Site) -> Preview:
    """What the rules keep of stored pages; of pages that are fetched now where none is stored."""
    stored = apart(stored_preview, workspace, site, PREVIEWED)
    return Preview("stored pages", stored) if stored else live_preview(workspace, site)


def live_preview(workspace: Workspace, site: Site) -> Preview:
    """What a crawl would store of a few pages, fetched now."""
    try:
        return Preview("fetched now, each twice", check_site(workspace, site, PREVIEWED))
    except VariorumError as error:
        return Preview("", trouble=str(error))


def file_text_or_404(request: Request, name: str) -> str:
    """The text of the site's file. Raises HTTPException with 404 if there is none."""
    try:
        return file_text(workspace_of(request), name)
    except Misuse as error:
        raise HTTPException(404, str(error)) from error


def _draft(request: Request, name: str, text: str) -> Draft:
    return draft_of(workspace_of(request), name, text)


def _pause_text(site: Site | None) -> str:
    """Until when the site is paused, in words; empty if it is not."""
    if site is None or not is_paused(site, now()):
        return ""
    return "paused" if isinstance(site.paused, bool) else f"paused until {site.paused}"


def _done(request: Request) -> str:
    """What was done a moment ago, in words; empty if nothing was."""
    done = DONE.get(request.query_params.get("done", ""))
    return gettext(done) if done else ""


def _asked_run(request: Request, workspace: Workspace, site: Site | None) -> AskedRun | None:
    """The run that was asked for and was not made yet; None if there is none."""
    return asked_run(workspace, site) if site and request.query_params.get("done") == "run" else None


def _last_run(request: Request, workspace: Workspace, name: str) -> RunSummary | None:
    """The last run of a site of which a run was asked for; None if it has not ended."""
    if request.query_params.get("done") != "run" or not workspace.database.exists():
        return None
    with closing(Reader.open(workspace.database)) as reader:
        last = next(iter(site_overview.runs(reader, name, 1)), None)
    return last if last and last.ended_at else None


routes = [
    Route("/site/{name}/file", show),
    Route("/site/{name}/file", draft, methods=["POST"]),
    Route("/site/{name}/file/faults", faults, methods=["POST"]),
    Route("/site/{name}/pause", pause, methods=["POST"]),
]
