"""Decides who may send requests, and what a response may do in a browser. Every request passes it.

A request must name one of our hosts, so that no foreign name can point here (DNS rebinding). A POST must come
from one of our pages: the browser states this (Sec-Fetch-Site, Origin), and the token of our forms proves it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024
"""The maximum size of a form."""
FOR_PROGRAMS = (".json", ".jsonl", ".atom", "/metrics")
"""The ends of the addresses that a token opens: data, and no page."""
HEALTH = "/health"
"""The one address that is answered without the password; it says nothing of what is stored."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""The headers of every response that does not set them itself."""


class RequestGuard:
    """Middleware that refuses requests with a wrong host, password, origin or size."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Sequence[str],
        password: str | None,
        refused: Callable[[Request, Exception], Response],
    ) -> None:
        self.app = app
        self.hosts = frozenset(host.casefold() for host in hosts)
        self.password = password
        self.refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it with the status of the failed check."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self.app
        try:
            self._check(Request(scope))
        except HTTPException as error:
            answer = self.refused(Request(scope), error)
            if error.status_code == 401:  # noqa: PLR2004
                answer.headers["WWW-Authenticate"] = 'Basic realm="Variorum", charset="UTF-8"'
        await answer(scope, receive, _with_headers(send))

    def _check(self, request: Request) -> None:
        host = request.headers.get("host", "")
        if not self._is_ours(host, request.scope.get("server")):
            raise HTTPException(400, f"This page is not served under the name {host!r}.")
        if not self._may_read(request):
            raise HTTPException(401, "Use any name, and the password that was set.")
        if request.method not in ("GET", "HEAD"):
            _check_origin(request)

    def _may_read(self, request: Request) -> bool:
        """Whether the request has the password, or a token where one is enough, or needs neither."""
        if self.password is None or request.url.path == HEALTH:
            return True
        return _knows(self.password, request.headers) or _has_token(request)

    def _is_ours(self, host: str, server: Sequence[object] | None) -> bool:
        name = host_name(host)
        return name is not None and (
            name in self.hosts or (_is_address(name) and [name] == [*(server or ())][:1])
        )


def host_name(host: str) -> str | None:
    """The name in a Host header, without its port; None if it is invalid."""
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port
    except ValueError:
        return None
    plain = f"{parts.hostname}" if port is None else f"{parts.hostname}:{port}"
    return parts.hostname if host.casefold().replace("[", "").replace("]", "") == plain else None


def check_token(form: FormData, token: str) -> None:
    """Raise HTTPException with 403 if the form is not ours."""
    if not compare_digest(str(form.get("token", "")).encode(), token.encode()):
        raise HTTPException(403, "This form is out of date: go back, load the page again, and repeat it.")


def user_of(headers: Headers) -> str:
    """The name that was sent with the password; empty if there is none."""
    return _credentials(headers).partition(":")[0]


def _check_origin(request: Request) -> None:
    """Raise HTTPException unless the browser states that one of our pages sends this.

    A page that sends no referrer has the Origin "null", so Sec-Fetch-Site is checked first.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    same = urlsplit(origin).netloc == request.headers["host"] if origin != "null" else site is not None
    if not same or site not in (None, "same-origin"):
        raise HTTPException(403, "This form must be sent from a page of this address.")
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or int(length[:9]) > MOST_BYTES:
        raise HTTPException(413, f"A form may have at most {MOST_BYTES >> 10} kB, and must state its length.")


def _knows(password: str, headers: Headers) -> bool:
    return compare_digest(_credentials(headers).partition(":")[2].encode(), password.encode())


def _has_token(request: Request) -> bool:
    """Whether a request that only reads data for programs has one of the tokens of the application."""
    if request.method not in ("GET", "HEAD") or not request.url.path.endswith(FOR_PROGRAMS):
        return False
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer":
        return False
    tokens: Sequence[str] = request.app.state.tokens
    # Each is compared, and in constant time: how long it takes says nothing of any.
    found = [compare_digest(given.strip().encode(), token.encode()) for token in tokens]
    return any(found)


def _credentials(headers: Headers) -> str:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(value, validate=True).decode() if scheme.casefold() == "basic" else ""
    except (binascii.Error, ValueError):
        return ""


def _is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
