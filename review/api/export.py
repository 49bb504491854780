"""Serves exports as JSON Lines: the whole, or what is new since a cursor."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from variorum.crawler.export.export import ExportRequest, documents_of
from variorum.crawler.export.tables import write_jsonl
from variorum.review.api import query
from variorum.review.filters import moment, one_of
from variorum.review.web import reading
from variorum.storage import export
from variorum.storage.errors import Malformed
from variorum.storage.export import UNITS, Unit

CURSOR = "Variorum-Cursor"
"""The header with the cursor for the next export."""
JSON_LINES = "application/jsonl"
CHUNK = 1 << 16


def export_jsonl(request: Request) -> Response:
    """Return the documents of an export, one a line, with the next cursor in a header.

    They are written to a temporary file first: all of one moment, and an error is answered as one.
    """
    query.only(request, ("unit", "site", "since", "as_of"))
    unit, as_of = _unit(request), query.text(request, "as_of")
    at = moment("as_of", as_of, end=True) if as_of is not None else None
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    try:
        with reading(request) as reader:
            wanted = ExportRequest(
                "jsonl", unit, query.site(request, reader), query.text(request, "since"), at
            )
            cursor = str(export.cursor(reader))
            write_jsonl(documents_of(reader, wanted), file)
    except Malformed as error:
        file.close()
        raise HTTPException(400, f"since: {error}") from error
    except BaseException:
        file.close()
        raise
    headers = {CURSOR: cursor, "Content-Length": str(file.tell())}
    return StreamingResponse(_sent(file), media_type=JSON_LINES, headers=headers)


def _unit(request: Request) -> Unit:
    """The unit of the documents in the query. Raises HTTPException with 400."""
    named = query.text(request, "unit") or UNITS[0]
    one_of("unit", named, UNITS)
    return next(unit for unit in UNITS if unit == named)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


routes = [Route("/export.jsonl", export_jsonl)]
