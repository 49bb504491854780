"""Serves the made-up site on loopback, and counts what it is asked for."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import Counter
from functools import cached_property
from itertools import count
from types import TracebackType
from typing import Self

from benchmarks.crawl import design
from benchmarks.crawl.articles import Article, article, edited

LISTED_AT_ONCE = 10_000
"""Addresses in one sitemap."""
EDITED = 20
"""One article of so many is edited."""


class NewsSite:
    """A running site of so many articles; a context manager. All members may be set while it serves."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.articles = {found.path: found for found in map(article, range(pages))}
        self.changing = True
        """Whether pages differ at each fetch; else each is served with the bytes that it had last."""
        self.validators = True
        """Whether it sends validators, and answers 304 to a request that carries any."""
        self.requests: Counter[int] = Counter()
        """How many requests it has answered, by status."""
        self._noise = count(1)
        self._last: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port on which the site listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """The address of its front page."""
        return f"http://127.0.0.1:{self.port}/"

    @cached_property
    def edits(self) -> dict[str, Article]:
        """The articles that `edit` changes, by their paths, as they are afterwards."""
        return {path: edited(old) for path, old in self.articles.items() if old.number % EDITED == 3}

    def edit(self) -> None:
        """Publish the edits on the served pages."""
        self.articles |= self.edits

    def freeze(self) -> None:
        """From now on every page is served with the same bytes at each fetch, in whatever order."""
        self.changing, self._last = False, dict.fromkeys(self.articles, 1)

    def __enter__(self) -> Self:
        listen = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = self._loop.run_until_complete(listen)
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, request: bytes) -> bytes:
        path, headers = request.split(b" ", 2)[1].decode(), request.lower()
        body = self._body(path)
        if body is None:
            return self._packed("404 Not Found", b"<!doctype html><title>Not found</title><h1>Not found</h1>")
        if self.validators and b"\r\nif-none-match:" in headers and not self.changing:
            return self._packed("304 Not Modified", b"")
        return self._packed("200 OK", body, _media_type(path), tagged=self.validators)

    def _packed(
        self, status: str, body: bytes, media_type: str = "text/html", *, tagged: bool = False
    ) -> bytes:
        self.requests[int(status[:3])] += 1
        tag = f'ETag: "{hashlib.sha256(body).hexdigest()[:16]}"\r\n' if tagged else ""
        head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}; charset=utf-8\r\n{tag}"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def _body(self, path: str) -> bytes | None:
        if path in self.articles:
            return design.page(self.articles[path], self.pages, self._noise_of(path))
        if path == "/":
            return design.front(self.pages)
        if path == "/robots.txt":
            return f"User-agent: *\nDisallow: /search\nSitemap: {self.url}sitemap.xml\n".encode()
        return self._sitemap(path)

    def _noise_of(self, path: str) -> int:
        if self.changing or path not in self._last:
            self._last[path] = next(self._noise)
        return self._last[path]

    def _sitemap(self, path: str) -> bytes | None:
        """The sitemap index, or one of the sitemaps that it names; None for another path."""
        starts = range(0, self.pages, LISTED_AT_ONCE)
        if path == "/sitemap.xml":
            return _listed("sitemapindex", "sitemap", [f"{self.url}sitemap-{start}.xml" for start in starts])
        for start in starts:
            if path == f"/sitemap-{start}.xml":
                paths = list(self.articles)[start : start + LISTED_AT_ONCE]
                return _listed("urlset", "url", [self.url + path[1:] for path in paths])
        return None


def _listed(root: str, entry: str, urls: list[str]) -> bytes:
    entries = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    name = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{name}">{entries}</{root}>'.encode()


def _media_type(path: str) -> str:
    return {"xml": "application/xml", "txt": "text/plain"}.get(path.rpartition(".")[2], "text/html")
