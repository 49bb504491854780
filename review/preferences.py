"""Finds out in which language and time zone a reader reads: what was chosen, else what the browser asks for.

`?lang=fa` and `?zone=UTC` choose, and cookies keep the choice. Without one, the language is the first of the
browser's that there is, and the zone is that of the browser, which `zone.js` puts into the cookie. Without
that, both are those of `[review]` in variorum.toml.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from variorum.review.languages import Preferences, languages, use

LANGUAGE_COOKIE, ZONE_COOKIE = "variorum_language", "variorum_zone"
A_YEAR = 365 * 24 * 3600
ZONE_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}")
MOST_ASKED = 20
"""The languages of a browser that are looked at."""
AUTOMATIC = "auto"
"""The value of `?zone` that means the zone of the browser again."""


class ReaderPreferences:
    """Middleware that answers each request in the language and zone of its reader."""

    def __init__(self, app: ASGIApp, defaults: Preferences) -> None:
        self.app = app
        self.defaults = defaults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and keep what it chooses."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        found = preferences_of(request, self.defaults)
        use(found)
        await self.app(scope, receive, _keeping(request, found, send))


def preferences_of(request: Request, defaults: Preferences) -> Preferences:
    """The language and the zone of a request."""
    query, cookies = request.query_params, request.cookies
    asked = [query.get("lang", ""), cookies.get(LANGUAGE_COOKIE, ""), *_accepted(request)]
    zones = [query.get("zone", ""), unquote(cookies.get(ZONE_COOKIE, ""))]
    if zones[0] == AUTOMATIC:
        zones = []
    return Preferences(
        language=next((code for code in asked if code in languages()), defaults.language),
        zone=next((zone for zone in map(_zone, zones) if zone), defaults.zone),
    )


def _accepted(request: Request) -> list[str]:
    """The languages that a browser asks for, without regions, the most wanted first (RFC 9110, 12.5.4)."""
    weighed: list[tuple[float, str]] = []
    for one in request.headers.get("accept-language", "").split(",")[:MOST_ASKED]:
        code, _, quality = one.partition(";")
        weighed.append((_quality(quality), code.strip().partition("-")[0].casefold()))
    return [code for quality, code in sorted(weighed, key=lambda one: -one[0]) if quality > 0]


def _quality(text: str) -> float:
    """The weight in `q=0.8`; 1 where there is none, 0 where it can't be read."""
    try:
        return float(text.strip().removeprefix("q=")) if text.strip() else 1.0
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name; None if there is none."""
    try:
        return ZoneInfo(name) if ZONE_NAME.fullmatch(name) else None
    except (KeyError, ValueError, OSError):
        return None


def _keeping(request: Request, found: Preferences, send: Send) -> Send:
    """Send, with the choice of the query in cookies, and the language of the answer in its header."""
    kept = Response()
    if request.query_params.get("lang") == found.language:
        kept.set_cookie(LANGUAGE_COOKIE, found.language, max_age=A_YEAR, httponly=True, samesite="lax")
    zone = request.query_params.get("zone")
    if zone == AUTOMATIC:
        kept.delete_cookie(ZONE_COOKIE, samesite="lax")
    elif zone == found.zone.key:
        kept.set_cookie(ZONE_COOKIE, quote(zone, safe=""), max_age=A_YEAR, samesite="lax")

    async def send_with_choice(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for cookie in kept.headers.getlist("set-cookie"):
                headers.append("set-cookie", cookie)
            if headers.get("content-type", "").startswith("text/html"):
                headers.setdefault("content-language", found.language)
        await send(message)

    return send_with_choice
