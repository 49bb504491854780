"""Who crawls the made-up site: Variorum, and a plain pipeline of some sixty lines."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

NAME = "courier"
VARIORUM = [sys.executable, "-m", "variorum.crawler.cli"]


class Contender(Protocol):
    """A crawler with a database of its own."""

    database: Path

    def command(self, site: str) -> list[str]:
        """The command that crawls the site at that address once."""

    def announced(self) -> dict[str, int]:
        """How many texts of each page it has announced, by path: the first one, and one for each change."""


class Plain:
    """Measures the plain pipeline of Scrapy, trafilatura and SQLite."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "plain.db"

    def command(self, site: str) -> list[str]:
        return [sys.executable, "-m", "benchmarks.crawl.plain", f"{site}sitemap.xml", str(self.database)]

    def announced(self) -> dict[str, int]:
        return _counted(self.database, "SELECT url, count(*) FROM versions GROUP BY url")


class Variorum:
    """Variorum, as its users run it: `variorum crawl`."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.folder = folder
        self.database = folder / "variorum.db"
        (folder / "sites").mkdir(parents=True)
        (folder / "variorum.toml").write_text(f'contact = "me@example.org"\n{settings}', encoding="utf-8")

    def command(self, site: str) -> list[str]:
        described = f'url = "{site}"\ndelay = 0\nconcurrency = 4\nbudget = 10000000\n'
        (self.folder / "sites" / f"{NAME}.toml").write_text(described, encoding="utf-8")
        return [*VARIORUM, "-C", str(self.folder), "crawl", NAME]

    def announced(self) -> dict[str, int]:
        changes = "(SELECT count(*) FROM changes WHERE changes.page = pages.id)"
        counts = f"SELECT url, 1 + {changes} FROM pages WHERE version IS NOT NULL"
        return _counted(self.database, counts)

    def asked(self, *words: str) -> list[dict[str, object]]:
        """What a command prints as JSON in this workspace."""
        command = [*VARIORUM, "-C", str(self.folder), *words, "--json"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [json.loads(line) for line in printed.splitlines()]


def size(database: Path) -> int:
    """Bytes of a database, after what waits in its write-ahead log is moved into it."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database.stat().st_size


def _counted(database: Path, counts: str) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as conn:
        return {urlsplit(url).path: count for url, count in conn.execute(counts)}
