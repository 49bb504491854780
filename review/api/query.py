"""Reads the query of a request to the API: limits, cursors, names and choices."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.exceptions import HTTPException
from starlette.requests import Request

from variorum.review.filters import MOST_LETTERS
from variorum.storage.reader import Reader

AT_ONCE, MOST = 100, 1000
_NUMBER = re.compile("[0-9]{1,15}")


def only(request: Request, names: Iterable[str]) -> None:
    """Raise HTTPException with 400 if the query has other parameters than these, or one of them twice."""
    known = sorted(names)
    for name in request.query_params:
        if name not in known:
            raise HTTPException(400, f"{name!r} is no parameter here; there are: {', '.join(known)}")
        if len(request.query_params.getlist(name)) > 1:
            raise HTTPException(400, f"{name}: it is given twice")


def text(request: Request, name: str) -> str | None:
    """A text in the query; None if it is not there. Raises HTTPException with 400 if it is empty or long."""
    value = request.query_params.get(name)
    if value is not None and not 0 < len(value) <= MOST_LETTERS:
        raise HTTPException(400, f"{name}: give 1 to {MOST_LETTERS} letters")
    return value


def number(request: Request, name: str) -> int | None:
    """A number of the database in the query; None if it is not there. Raises HTTPException with 400."""
    value = request.query_params.get(name)
    if value is None:
        return None
    if not _NUMBER.fullmatch(value):
        raise HTTPException(400, f"{name}: {value[:MOST_LETTERS]!r} is no number from 0 on")
    return int(value)


def limit(request: Request) -> int:
    """The number of objects that the answer may have. Raises HTTPException with 400."""
    found = number(request, "limit")
    if found is not None and not 1 <= found <= MOST:
        raise HTTPException(400, f"limit: give a number from 1 to {MOST}")
    return found or AT_ONCE


def site(request: Request, reader: Reader) -> str | None:
    """The name of a stored site in the query; None if it is not there. Raises HTTPException with 404."""
    name = text(request, "site")
    if name is not None and reader.site(name) is None:
        raise HTTPException(404, f"nothing is stored of a site named {name!r}")
    return name
