"""Finds the name of the reviewer.

It is the one that a reverse proxy states in the header that the settings trust. Without that: the one in the
form, the last one typed, that of the password, or this machine's user.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from variorum.review.guard import user_of
from variorum.review.web import house

COOKIE = "variorum_reviewer"
MOST = 100
A_YEAR = 365 * 24 * 3600


def name_of(request: Request, typed: str = "") -> str:
    """Return the name of the current reviewer; `typed` is the name in the form."""
    return (
        stated(request)
        or cleaned(typed)
        or cleaned(unquote(request.cookies.get(COOKIE, "")))
        or cleaned(user_of(request.headers))
        or house(request).reviewer
    )


def stated(request: Request) -> str:
    """The name in the trusted header; empty if the settings trust none, or the request has none."""
    header = house(request).user_header
    value = request.headers.get(header, "") if header else ""
    return cleaned(value.encode("latin-1").decode("utf-8", "replace"))


def cleaned(name: str) -> str:
    """The name in one line."""
    return " ".join(name.split())[:MOST]


def remember(response: Response, name: str) -> None:
    """Store the name of this browser's reviewer in a cookie."""
    response.set_cookie(COOKIE, quote(name), max_age=A_YEAR, httponly=True, samesite="strict")
