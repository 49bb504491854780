"""A web archive of a few captures, that answers as the Wayback Machine does: its list, and bytes by time."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.local_site import LocalSite, Page, Request
from variorum.crawler.times import parse
from variorum.spiders.sources.cdx import stamp


class Held(NamedTuple):
    """A capture, and what the list says of it."""

    page: Page
    at: str
    kind: str
    status: str


class LocalArchive(LocalSite):
    """An archive on loopback; `holds` puts captures into it."""

    def __init__(self) -> None:
        super().__init__()
        self.captures: dict[tuple[str, str], Held] = {}
        """By address and stamp."""
        self.listed_at_once = 1000
        self.beneath |= {"/cdx/search/cdx": self._list, "/web/": self._capture}

    def holds(
        self, url: str, at: str, page: Page | str, *, kind: str = "text/html", status: str = ""
    ) -> None:
        """A capture of that moment; `kind` and `status` are what the list says, if not those of the page."""
        page = page if isinstance(page, Page) else Page(page)
        self.captures[url, stamp(at)] = Held(page, at, kind, status or str(page.status))

    def fetched(self) -> list[tuple[str, str]]:
        """Address and day of each capture that was asked for, in their order."""
        parts = [path[len("/web/") :].split("id_/", 1) for path in self.paths() if path.startswith("/web/")]
        return [(url, f"{at[:4]}-{at[4:6]}-{at[6:8]}") for at, url in parts]

    def _list(self, request: Request) -> Page:
        parameters = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        lines = [
            f"{at} {url} {held.kind} {held.status} {_digest(held.page)}"
            for (url, at), held in sorted(self.captures.items())
            if _plain(url).startswith(_plain(parameters["url"]))
            and parameters.get("from", "") <= at <= parameters.get("to", "9")
        ]
        begin = int(parameters.get("resumeKey", 0))
        end = begin + self.listed_at_once
        text = "".join(f"{line}\n" for line in lines[begin:end]) + (f"\n{end}\n" if end < len(lines) else "")
        return Page(text, headers={"Content-Type": "text/plain"})

    def _capture(self, request: Request) -> Page:
        at, url = request.path.removeprefix("/web/").split("id_/", 1)
        held = self.captures.get((url, at))
        if held is None:
            return Page("The archive has no such capture", status=404)
        moment = format_datetime(parse(held.at), usegmt=True)
        original = {f"X-Archive-Orig-{name}": value for name, value in held.page.headers.items()}
        return replace(held.page, headers={**held.page.headers, **original, "Memento-Datetime": moment})


def _plain(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").replace(":80/", "/")


def _digest(page: Page) -> str:
    body = page.body.encode() if isinstance(page.body, str) else page.body
    return base64.b32encode(hashlib.sha1(body).digest()).decode()
