"""Shows one capture: the record of the fetch, and the page as received, isolated from everything.

What a site sent never becomes a part of our pages: it is shown in a frame of its own, in which no script
runs, nothing is loaded and no form is sent, and which has no origin.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.extraction.html.encoding import decode
from variorum.review import source
from variorum.review.objects import capture_object
from variorum.review.web import page, reading

SHUT_OFF = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def capture(request: Request) -> Response:
    """Render the record of a capture, with the page in a frame."""
    with reading(request) as reader:
        row = source.capture(reader, request.path_params["id"])
        values: dict[str, Any] = {"row": row, "of": reader.page(row.page)}
    return page(request, "capture.html", **values, framed=row.body is not None and source.is_html(row))


def capture_json(request: Request) -> Response:
    """Return the same data as JSON."""
    with reading(request) as reader:
        return JSONResponse(capture_object(source.capture(reader, request.path_params["id"])))


def raw(request: Request) -> Response:
    """Return the bytes: a page as a page that can do nothing, anything else as a download."""
    with reading(request) as reader:
        row = source.capture(reader, request.path_params["id"])
        body = source.body(reader, row)
    headers = {"Content-Security-Policy": SHUT_OFF, "X-Content-Type-Options": "nosniff"}
    if source.is_html(row):
        return Response(decode(body, row.declared), media_type="text/html", headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="capture-{row.id}.bin"'
    return Response(body, media_type="application/octet-stream", headers=headers)


routes = [
    Route("/capture/{id:number}.json", capture_json),
    Route("/capture/{id:number}", capture),
    Route("/capture/{id:number}/raw", raw),
]
