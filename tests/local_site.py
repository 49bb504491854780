"""A small real web site on loopback: a dict of pages that a test edits while a crawler reads it.

    with LocalSite() as site:
        site.pages["/a/"] = article("A title", "One paragraph.", "Another one.")
        site.pages["/old/"] = Page(status=301, headers={"Location": "/a/"})
        ...                             # crawl site.url
        assert site.paths() == ["/old/", "/a/"]

What is not in the dict is 404, robots.txt too. A page is found by its path with query, then by its path
alone, each as sent and with its percent-encoding read (so "/fa/نمونه/" is a fine key).
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler
from random import Random
from types import TracebackType
from typing import Self
from urllib.parse import unquote

PAUSES: Random | None = None
"""Where it is set, each answer waits for up to LONGEST_PAUSE seconds: answers come in another order."""
LONGEST_PAUSE = 0.3


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the site saw it."""

    time: float
    """Monotonic clock, in seconds: for the gaps between requests."""
    method: str
    path: str
    """With the query, as sent."""
    headers: Mapping[str, str]
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the site. Text is sent as UTF-8; the media type is guessed from the path, else HTML."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    """A `Last-Modified` here is honoured: the same text in If-Modified-Since is answered 304."""
    delay: float = 0.0
    """Seconds of waiting before the answer."""
    etag: bool = False
    """Send an ETag of the body, and answer 304 to it."""
    gzip: bool = False
    cut_at: int | None = None
    """Close the connection after so many bytes of the body; Content-Length still promises all of it."""


Answer = str | bytes | Page
"""What a page may be, besides a function from the Request to one of these."""


class LocalSite:
    """A running site; use it as a context manager. All members may be used while it serves."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Answer | Callable[[Request], Answer]] = {}
        self.beneath: dict[str, Callable[[Request], Answer]] = {}
        """What answers for every address that begins so and is not among the pages."""
        self.requests: list[Request] = []
        self.busiest = 0
        """The most requests that were ever being answered at one time."""
        self._busy = 0
        self._lock = threading.Lock()
        self._server = _Server((host, port), self)
        self.host, self.port = host, int(self._server.server_address[1])
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        if tls:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """The paths asked for, in order, without robots.txt."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def clear(self) -> None:
        """Forget the requests seen so far; the pages stay."""
        with self._lock:
            self.requests.clear()
            self.busiest = self._busy

    def answer(self, request: Request) -> Page:
        """What the site answers to this request, before validators are looked at."""
        plain = request.path.partition("?")[0]
        for key in (request.path, unquote(request.path), plain, unquote(plain)):
            if key in self.pages:
                page = self.pages[key]
                found = page(request) if callable(page) else page
                return found if isinstance(found, Page) else Page(found)
        for start, make in self.beneath.items():
            if request.path.startswith(start):
                made = make(request)
                return made if isinstance(made, Page) else Page(made)
        return Page("<!doctype html><title>Not found</title><h1>Not found</h1>", status=404)

    @contextmanager
    def noting(self, request: Request) -> Iterator[None]:
        """Count a request for as long as it is being answered."""
        with self._lock:
            self.requests.append(request)
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: LocalSite) -> None:
        super().__init__(address, _Handler)
        self.site = site

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(time.monotonic(), self.command, self.path, headers)
        with self.server.site.noting(request):
            page = self.server.site.answer(request)
            if pause := page.delay + (PAUSES.random() * LONGEST_PAUSE if PAUSES else 0):
                time.sleep(pause)
            self._send(page, headers)

    do_HEAD = do_GET  # noqa: N815

    def _send(self, page: Page, sent: Mapping[str, str]) -> None:
        body = page.body.encode() if isinstance(page.body, str) else page.body
        headers = {"Content-Type": _media_type(self.path), **page.headers}
        if page.etag:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        status = 304 if page.status == 200 and _is_known(headers, sent) else page.status
        if page.gzip:
            body, headers["Content-Encoding"] = gzip.compress(body, mtime=0), "gzip"
        bodiless = status in (204, 304)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if not bodiless:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not bodiless and self.command != "HEAD":
            self.wfile.write(body[: page.cut_at])
            self.close_connection = page.cut_at is not None

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


def _media_type(path: str) -> str:
    kind = mimetypes.guess_type(path.partition("?")[0])[0] or "text/html"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _is_known(headers: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    """Whether the request's validators name this answer; If-None-Match wins, as RFC 9110 13.2.2 says."""
    if "if-none-match" in sent:
        return sent["if-none-match"] == headers.get("ETag")
    return "if-modified-since" in sent and sent["if-modified-since"] == headers.get("Last-Modified")


def article(
    title: str,
    *paragraphs: str,
    menu: Sequence[tuple[str, str]] = (("/", "Home"), ("/about/", "About us"), ("/contact/", "Contact")),
    extra: str = "",
    lang: str = "en",
) -> str:
    """A small realistic page of a blog: menu, header, article, sidebar and footer around the paragraphs.

    `menu` is (address, label) pairs; `extra` is raw HTML put at the end of the sidebar, for links and noise.
    """
    direction = "rtl" if lang in ("fa", "ar") else "ltr"
    links = "".join(f'<li><a href="{escape(url)}">{escape(label)}</a></li>' for url, label in menu)
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"""<!doctype html>
<html lang="{lang}" dir="{direction}">
<head><meta charset="utf-8"><title>{escape(title)} – A Small Blog</title></head>
<body class="single-post">
<header class="site-header"><p class="site-title"><a href="/">A Small Blog</a></p>
<nav class="main-navigation"><ul>{links}</ul></nav></header>
<main id="main"><article class="post"><header class="entry-header">
<h1 class="entry-title">{escape(title)}</h1></header>
<div class="entry-content">
{text}
</div></article></main>
<aside class="widget-area"><h2>Recent posts</h2><ul>{links}</ul>{extra}</aside>
<footer class="site-footer"><p>© A Small Blog. All rights reserved. Follow us on our channels.</p></footer>
</body></html>
"""
