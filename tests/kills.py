"""Kills a worker, the hub or PostgreSQL in the middle of a run, and shows what is stored in the end.

with Disturbed(cluster) as disturbed:
    undisturbed = disturbed.crawled(None, 0)
    assert disturbed.crawled("hub", after=5) == undisturbed
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from tests.blog import POSTS, publish_listed
from tests.cluster import PATIENCE, Cluster, Process
from tests.local_site import LocalSite, Request

VICTIMS = ("worker", "hub", "PostgreSQL")
LONGEST_PAUSE = 0.3
Stored = dict[str, list[tuple[Any, ...]]]


class Slow:
    """Lets the articles of a site after the first ones be answered only when a test allows it."""

    def __init__(self, site: LocalSite, after: int) -> None:
        self.reached, self.goes_on = threading.Event(), threading.Event()
        self.asked = 0
        pages = {path: site.pages[path] for path in POSTS}

        def answer(request: Request) -> Any:
            self.asked += 1
            if self.asked > after:
                self.reached.set()
                self.goes_on.wait(PATIENCE)
            return pages[request.path] if request.path in pages else pages[unquote(request.path)]

        site.pages |= dict.fromkeys(POSTS, answer)


class Disturbed:
    """A running cluster, each of whose parts can be killed and started again."""

    def __init__(self, cluster: Cluster, seed: int = 0) -> None:
        self.cluster = cluster
        self._random = random.Random(seed)
        self._parts: dict[str, ExitStack] = {"hub": ExitStack(), "worker": ExitStack()}
        self._processes: dict[str, Process] = {}
        self._crawled = 0

    def __enter__(self) -> Self:
        self._start("hub")
        self._start("worker")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in self._parts.values():
            part.close()

    def crawled(self, victim: str | None, after: int) -> Stored:
        """What is stored of a new site, though the victim was killed after so many of its articles."""
        self._crawled += 1
        name = f"site{self._crawled}"
        with LocalSite() as site:
            publish_listed(site, POSTS)
            slow = Slow(site, after)
            if victim is None:
                slow.goes_on.set()
            self.cluster.site(site.url, name)
            if victim:
                self.cluster.until(slow.reached.is_set, *self._processes.values())
                time.sleep(self._random.random() * LONGEST_PAUSE)
                self._kill(victim)
                slow.goes_on.set()
                self._start(victim)
            whole = f"SELECT id FROM runs WHERE site = '{name}' AND reason = 'finished'"
            self.cluster.until(lambda: self.cluster.rows(whole), *self._processes.values())
            (self.cluster.root / f"sites/{name}.toml").unlink()
            return self._stored(name, site)

    def _stored(self, name: str, site: LocalSite) -> Stored:
        of_site = f"JOIN pages ON pages.id = page WHERE pages.site = '{name}'"
        queries = {
            "versions": f"SELECT pages.url, number, text, digest, extractor FROM versions {of_site}",
            "changes": f"SELECT pages.url, changes.kind FROM changes {of_site}",
            "pages": f"SELECT url, kind, state, text_digest FROM pages WHERE site = '{name}'",
        }
        captured = self.cluster.rows(f"SELECT pages.url FROM captures {of_site}")
        recorded = Counter(unquote(url.removeprefix(site.url)) for (url,) in captured)
        requested = Counter(map(unquote, site.paths()))
        assert recorded <= requested, "a fetch is recorded twice"
        return {
            table: sorted((row[0].removeprefix(site.url), *row[1:]) for row in self.cluster.rows(sql))
            for table, sql in queries.items()
        }

    def _kill(self, victim: str) -> None:
        if victim == "PostgreSQL":
            self.cluster.postgres.kill()
        else:
            self._processes.pop(victim).kill()
            self._parts[victim].close()

    def _start(self, part: str) -> None:
        if part == "PostgreSQL":
            self.cluster.postgres.start()
        else:
            start = self.cluster.hub() if part == "hub" else self.cluster.worker("one")
            self._processes[part] = self._parts[part].enter_context(start)
