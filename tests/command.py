"""The command `variorum` as tests run it: in this process, or in a terminal; and a workspace to run it on."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner, Result

from tests.blog import front, sitemap
from tests.local_site import LocalSite, article
from variorum.crawler.cli.__main__ import main

VARIORUM = [sys.executable, "-m", "variorum.crawler.cli"]

OVERRIDE = "\u202e"
"""Turns round what follows."""
CSI = "\x9b"
"""Begins a command to a terminal, in one character."""
HOSTILE = f"A {OVERRIDE}title{CSI}31m of [red]ill[/red] will"
PERSIAN = "خانه‌ای در شهر قدیم ساخته شد و مردم می‌خواهند آن را ببینند، پیش از آن که زمستان برسد."
LONG = [f"Paragraph {number} of a very long report, like no other in this archive." for number in range(1500)]
"""More text than a pipe holds."""


def variorum(*words: object) -> Result:
    """The command in this process; an exception that it lets through fails the test."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def objects(*words: object) -> list[dict[str, Any]]:
    """What the command prints with --json, where it ends well."""
    result = variorum(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def in_terminal(*words: object, **env: str) -> str:
    """What the command writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", **env}
    with subprocess.Popen([*VARIORUM, *map(str, words)], stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        found = b""
        try:
            while chunk := os.read(ours, 65536):
                found += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(ours)
    return found.decode()


def next_second() -> None:
    """Wait until stored times differ from those before: they have seconds."""
    time.sleep(1 - time.time() % 1)


def workspace(root: Path, **sites: str) -> Path:
    """A workspace with these site files."""
    (root / "sites").mkdir(parents=True, exist_ok=True)
    (root / "variorum.toml").write_text('contact = "me@example.org"\n', encoding="utf-8")
    for name, text in sites.items():
        (root / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")
    return root


def quick(site: LocalSite) -> str:
    """A site file for a site of one's own."""
    return f'url = "{site.url}/"\ndelay = 0\nconcurrency = 4\n'


@dataclass(frozen=True)
class Press:
    """A workspace after three crawls of a site that changed between the first two."""

    root: Path
    url: str
    runs: list[dict[str, Any]]
    """What the crawls told."""

    @classmethod
    def crawled(cls, root: Path, site: LocalSite) -> Self:
        """The workspace, made and crawled."""
        workspace(root, press=quick(site))
        site.pages |= {"/": front(), "/sitemap.xml": sitemap(site.url, list(BEFORE)), **BEFORE}
        runs = objects("-C", root, "crawl")
        next_second()
        del site.pages["/lost/"]
        site.pages |= {"/sitemap.xml": sitemap(site.url, ["/long/", *AFTER]), **AFTER}
        runs += objects("-C", root, "crawl")
        next_second()
        runs += objects("-C", root, "crawl", "press")
        return cls(root, site.url, runs)

    def run(self, *words: object) -> Result:
        """The command in this workspace."""
        return variorum("-C", self.root, *words)

    def objects(self, *words: object) -> list[dict[str, Any]]:
        """What the command prints with --json in this workspace."""
        return objects("-C", self.root, *words)

    def change(self, path: str, kind: str) -> int:
        """The number of the change of that kind, of the page at that path."""
        [found] = [one for one in self.objects("changes", "--kind", kind) if one["url"] == self.url + path]
        return int(found["id"])


BEFORE = {
    "/bridge/": article("The bridge", "It was built in 1887.", "Nobody knows by whom.", "It still stands."),
    "/fa/house/": article("خانه", PERSIAN, lang="fa"),
    "/lost/": article("Lost and found", "An umbrella was found in the market on Monday morning."),
    "/long/": article("A long report", *LONG),
    "/hostile/": article(HOSTILE, "These words are harmless enough to be read by anyone at all."),
}
AFTER = {
    "/bridge/": article("The bridge", "It was built in 1878.", "Nobody knows by whom.", "It still stands."),
    "/fa/house/": article("خانه", PERSIAN.replace("قدیم", "تازه"), lang="fa"),
    "/hostile/": article(HOSTILE, "These words are harmless enough to be read by no one at all."),
    "/opening/": article("An opening", "The library opens its doors again on the first of May."),
}
