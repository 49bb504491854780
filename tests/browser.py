"""This machine's Chromium before the review page: what it shows, what it asks for, what it complains of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from variorum.crawler.config.workspace import Workspace
from variorum.review.app import add_workers, add_workspace, make_app
from variorum.review.listening import address, listen
from variorum.review.web import ClusterState

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium")

PATIENCE = 180_000
"""Milliseconds until a test gives up waiting for what it expects to see."""
expect.set_options(timeout=PATIENCE)

Scheme = Literal["light", "dark"]
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe on which the colour scheme has a bearing."""
in_each_scheme = pytest.mark.parametrize(
    ("scheme", "rules"), [("light", ()), ("dark", OF_COLOURS)], ids=["light", "dark"]
)
"""Both schemes, each with the rules of axe to look for: all of them once, in the dark those of colours."""


@dataclass
class Window:
    """A window of the browser, and what went on in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    """Every address that it asked for; not what the page's own policy kept from leaving."""
    complaints: list[str] = field(default_factory=list)
    """What stands in its console, and what broke."""

    def faults(self, *rules: str) -> list[str]:
        """What axe finds against the accessibility rules, or against these alone."""
        options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
        found: dict[str, Any] = Axe().run(self.page, options=options).response
        return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, as long as this context manager is open."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def window(
    browser: Browser,
    url: str,
    *,
    width: int = 1100,
    height: int = 800,
    scheme: Scheme = "light",
    scripts: bool = True,
) -> Iterator[Window]:
    """A window on `url` with a profile of its own."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        java_script_enabled=scripts,
        bypass_csp=False,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    found = Window(page)
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("requestfailed", lambda request: request.failure == "csp" and found.requests.remove(request.url))
    page.on("console", lambda message: found.complaints.append(message.text))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    try:
        yield found
    finally:
        context.close()


@contextmanager
def served(
    path: Path, workspace: Workspace | None = None, *, cluster: ClusterState | None = None
) -> Iterator[str]:
    """The review page over a database, on a port of this machine.

    With a `workspace` its site files can be edited there; with a `cluster` there is a page of workers.
    """
    listening = listen("127.0.0.1", 0)
    app = make_app(path, hosts=["127.0.0.1"], password=None)
    if workspace:
        add_workspace(app, workspace)
    if cluster:
        add_workers(app, cluster)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    serving = Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    try:
        yield address(listening).rstrip("/")
    finally:
        server.should_exit = True
        serving.join()
