"""Finds and starts the browser for sites with `render = true`, and names what is not installed.

The browser is this machine's own Chromium, driven by scrapy-playwright, which comes with the extra `browser`.
Neither is imported here, so that the check works without them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from variorum.crawler.config.schema import refuse
from variorum.crawler.config.site import Site
from variorum.crawler.extras import install_command

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
LIBRARIES = ("scrapy_playwright", "playwright")

NO_NETWORK = (
    # All addresses, also those that are no names; a page can reach nothing then but by way of Scrapy.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # WebRTC asks no resolver for an address written out.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def chromium() -> str | None:
    """Return the path of the installed Chromium or Chrome; None if none is on the PATH."""
    return next((path for path in map(shutil.which, COMMANDS) if path), None)


def lacking(
    site: Site, find_browser: Callable[[], str | None] = chromium, find: Callable[[str], Any] = find_spec
) -> list[str]:
    """Return what must be installed before a site can be rendered, one line; empty if nothing."""
    if not site.render:
        return []
    missing = []
    if not all(map(find, LIBRARIES)):
        missing.append(f"the extra `browser` ({install_command('browser')})")
    if not find_browser():
        missing.append(f"Chromium (apt install chromium; looked for: {', '.join(COMMANDS)})")
    if not missing:
        return []
    return [f"{site.name}: its file says render = true; install {' and '.join(missing)}, or set it to false"]


def browser_settings(site: Site) -> dict[str, Any]:
    """The settings with which scrapy-playwright starts the browser. Raises Misuse if something is missing."""
    refuse(lacking(site))
    return {
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": chromium(),
            # Chromium can't build its sandbox as root; Playwright, left to itself, never asks for one.
            "chromium_sandbox": os.geteuid() != 0,
            "args": list(NO_NETWORK),
        },
        # The time of a page as a whole is limited instead, which also holds where a script never ends.
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 0,
    }
