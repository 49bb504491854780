"""Finds the name of the reviewer: the last one typed, that of the password, or this machine's user."""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from variorum.review.guard import user_of
from variorum.review.web import house

COOKIE = "variorum_reviewer"
MOST = 100
A_YEAR = 365 * 24 * 3600


def name_of(request: Request) -> str:
    """Return the name of the current reviewer."""
    return (
        cleaned(unquote(request.cookies.get(COOKIE, "")))
        or cleaned(user_of(request.headers))
        or house(request).reviewer
    )


def cleaned(name: str) -> str:
    """The name in one line."""
    return " ".join(name.split())[:MOST]


def remember(response: Response, name: str) -> None:
    """Store the name of this browser's reviewer in a cookie."""
    response.set_cookie(COOKIE, quote(name), max_age=A_YEAR, httponly=True, samesite="strict")
