"""Renames a site, removes it, and asks for a run of it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from variorum.crawler.config.site import site_files
from variorum.crawler.errors import Misuse
from variorum.crawler.managing.removing import remove_site, sites_with_history, what_goes
from variorum.crawler.managing.renaming import left_by_renaming, rename_site
from variorum.crawler.managing.run_now import run_now
from variorum.crawler.managing.site_files import draft_of
from variorum.review.forms import form_of, text
from variorum.review.site_file import file_text_or_404, workspace_of
from variorum.review.web import page, see_other


async def rename(request: Request) -> Response:
    """Rename the site, and redirect to it."""
    form = await form_of(request)
    old, new = request.path_params["name"], text(form, "new").strip()
    file_text_or_404(request, old)
    await run_in_threadpool(rename_site, workspace_of(request), old, new)
    if left := left_by_renaming(workspace_of(request), old, new):
        raise Misuse(f"{old} is now {new}. {left}.")
    return see_other(f"/site/{new}/file?done=renamed")


def to_remove(request: Request) -> Response:
    """Render what a removal deletes, and ask."""
    name, workspace = _known(request), workspace_of(request)
    both, file = (what_goes(workspace, name, keep_history=keep) for keep in (False, True))
    stored = name in sites_with_history(workspace)
    has_file = _has_file(request, name)
    return page(
        request, "site_remove.html", name=name, both=both, file=file, stored=stored, has_file=has_file
    )


async def remove(request: Request) -> Response:
    """Remove the site, and redirect to the list of sites."""
    form = await form_of(request)
    await run_in_threadpool(_remove, request, form)
    return see_other("/sites")


async def run(request: Request) -> Response:
    """Ask for a run, and say when it starts."""
    await form_of(request)
    name = request.path_params["name"]
    await run_in_threadpool(_run, request, name)
    return see_other(f"/site/{name}/file?done=run")


def _remove(request: Request, form: FormData) -> None:
    name = _known(request)
    what = text(form, "what")
    if what not in ("all", "file") or text(form, "sure") != name:
        raise HTTPException(400, "Nothing was removed: write the name of the site into the field.")
    remove_site(workspace_of(request), name, keep_history=what == "file")


def _run(request: Request, name: str) -> None:
    workspace = workspace_of(request)
    site = draft_of(workspace, name, file_text_or_404(request, name)).site
    if site is None:
        raise Misuse(f"The file of {name} has faults: correct these first.")
    run_now(workspace, site)


def _known(request: Request) -> str:
    """The name of a site that has a file, a history or both. Raises HTTPException with 404."""
    name: str = request.path_params["name"]
    if not _has_file(request, name) and name not in sites_with_history(workspace_of(request)):
        raise HTTPException(404, f'no site is named "{name}".')
    return name


def _has_file(request: Request, name: str) -> bool:
    return name in {path.stem for path in site_files(workspace_of(request).sites_folder)}


routes = [
    Route("/site/{name}/rename", rename, methods=["POST"]),
    Route("/site/{name}/remove", to_remove),
    Route("/site/{name}/remove", remove, methods=["POST"]),
    Route("/site/{name}/run", run, methods=["POST"]),
]
