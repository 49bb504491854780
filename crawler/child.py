"""The child process of a run: `python -m crawler.child WORKSPACE SITE-AS-JSON thorough|due`.

It tells what happens as JSON Lines on standard output, and ends when standard input is closed, which is
what happens when its parent dies, however that died.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.settings import Workspace, load_workspace
from crawler.site import Site
from spiders.loader import spider_of


def main(root: str, site_json: str, mode: str) -> None:
    """Crawl one site."""
    workspace = load_workspace(Path(root))
    _bound_memory(workspace.max_memory_mb)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    site = msgspec.json.decode(site_json, type=Site)
    process = AsyncCrawlerProcess(run_settings(workspace, site.name, thorough=mode == "thorough"))
    process.crawl(spider_of(site))
    process.start()


def run_settings(workspace: Workspace, name: str, *, thorough: bool) -> Settings:
    """Scrapy's settings for a run in this workspace."""
    logs = workspace.root / "logs"
    logs.mkdir(exist_ok=True)
    settings = Settings()
    settings.setmodule("spiders.settings", priority="project")
    settings.setdict(
        {
            "WORKSPACE": str(workspace.root),
            "THOROUGH": thorough,
            "ON_EVENT": tell,
            "USER_AGENT": workspace.user_agent,
            "CLOSESPIDER_TIMEOUT": workspace.max_run_seconds,
            "LOG_FILE": str(logs / f"{name}.log"),
            "LOG_FILE_APPEND": False,
        },
        priority="cmdline",
    )
    return settings


def tell(event: dict[str, Any]) -> None:
    """One line to the parent."""
    print(json.dumps(event, ensure_ascii=False), flush=True)


def _bound_memory(megabytes: int) -> None:
    """One enormous page then costs that page and not the machine. macOS knows no such limit."""
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def _end_with_parent() -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock, held by this thread, would break the exit
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(*sys.argv[1:])
