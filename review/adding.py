"""Adds a site: probes an address, and shows what was found, the file and three pages before anything is
written."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.managing.site_files import draft_of
from variorum.crawler.preview.probe import propose_site
from variorum.review.forms import form_of, text
from variorum.review.site_file import draft_page, live_preview, workspace_of
from variorum.review.web import page
from variorum.spiders.spiders.site_probe import account

EMPTY = {"url": "", "name": "", "page": False, "render": False}


def new(request: Request) -> Response:
    """Render the form for the address of a site."""
    return page(request, "site_new.html", given=EMPTY, trouble="")


async def probe(request: Request) -> Response:
    """Probe the address, and render what was found beside the file that would be written."""
    form = await form_of(request)
    return await run_in_threadpool(_probe, request, workspace_of(request), form)


def _probe(request: Request, workspace: Workspace, form: FormData) -> Response:
    given = {"url": text(form, "url").strip(), "name": text(form, "name").strip()}
    options = {"page": "page" in form, "render": "render" in form}
    try:
        found = propose_site(workspace, given["url"], given["name"] or None, **options)
    except VariorumError as error:
        trouble = str(error)
        for ending in (" with --name", "; `variorum add` does so with --render"):
            trouble = trouble.replace(ending, "")  # the form has fields for these
        return page(request, "site_new.html", status=422, given=given | options, trouble=trouble)
    draft = draft_of(workspace, found.site.name, found.text)
    takes = found.takes.partition(" for this page alone")[0].rstrip(";")
    notes = [f"{found.site.name} {takes}"] if takes else []
    notes += (
        [f"{given['url']} redirects to {found.finding.url}, which is added instead."] if found.led else []
    )
    preview = live_preview(workspace, found.site)
    return draft_page(request, draft, found=account(found.finding), notes=notes, preview=preview)


routes = [
    Route("/sites/new", new),
    Route("/sites/new", probe, methods=["POST"]),
]
