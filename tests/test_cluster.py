"""A cluster as it really runs: PostgreSQL, a hub, workers; the same history as on one machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.blog import POSTS, front, post, publish, sitemap
from tests.local_site import LocalSite
from tests.postgres import Postgres, needs_postgres
from tests.workspace import Watched

pytest.importorskip("procrastinate", reason="the extra `cluster` is not installed")

from tests.cluster import Cluster

pytestmark = needs_postgres

WHAT_IS_STORED = {
    "pages": "SELECT url, kind, state, found_by, text_digest, content_digest, checks FROM pages ORDER BY url",
    "versions": """
        SELECT pages.url, number, versions.title, text, digest, versions.language, author, links, extractor
        FROM versions JOIN pages ON pages.id = page ORDER BY pages.url, number
    """,
    "changes": """
        SELECT changes.kind, pages.url FROM changes LEFT JOIN pages ON pages.id = page
        ORDER BY changes.kind, pages.url
    """,
    "captures": """
        SELECT pages.url, status, outcome, reason, captures.digest FROM captures JOIN pages ON pages.id = page
        ORDER BY pages.url, captures.id
    """,
    "sources": "SELECT kind, address, entries FROM sources ORDER BY address",
    "issues": "SELECT kind, message FROM issues ORDER BY kind",
    "runs": "SELECT fetched, new, changed, unchanged, gone, failed, complete, requests, reason FROM runs",
}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as postgres:
        yield postgres


@pytest.fixture
def cluster(tmp_path: Path, postgres: Postgres, local_site: LocalSite) -> Cluster:
    publish(local_site, POSTS)
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, POSTS, {POSTS[0]: "2025-01-01"})
    local_site.pages["/"] = front(POSTS)
    return Cluster(tmp_path, postgres, local_site.url)


def change(site: LocalSite) -> None:
    """Edit one article, remove another one, and publish a third."""
    site.pages[POSTS[0]] = post(POSTS[0], paragraphs=["All of it was written anew.", "By another hand."])
    del site.pages[POSTS[1]]
    site.pages["/posts/new/"] = post("/posts/new/")
    paths = [*POSTS[:1], *POSTS[2:], "/posts/new/"]
    site.pages |= {"/sitemap.xml": sitemap(site.url, paths, {POSTS[0]: "2025-02-01"}), "/": front(paths)}


Stored = dict[str, list[tuple[Any, ...]]]


def stored(root: Path) -> Stored:
    with closing(sqlite3.connect(root / "variorum.db")) as conn:
        return {name: conn.execute(sql).fetchall() for name, sql in WHAT_IS_STORED.items()}


def assert_same(found: Stored, expected: Stored) -> None:
    """Fail for the first row that differs."""
    for table, rows in expected.items():
        assert sorted(map(repr, found[table])) == sorted(map(repr, rows)), table


def test_a_site_crawled_through_a_worker_has_the_history_that_it_has_on_one_machine(
    cluster: Cluster, local_site: LocalSite, tmp_path: Path
) -> None:
    with cluster.hub() as hub, cluster.worker("one") as one:
        cluster.until(lambda: cluster.runs() == 1, hub, one)
        first = stored(cluster.root)
        alone = Watched.make(tmp_path / "alone", local_site.url, concurrency=1)
        assert alone.crawl(full=False).reason == "finished"
        assert_same(stored(alone.root), first)
        change(local_site)
        for number in (2, 3):
            cluster.run_now()
            cluster.until(lambda number=number: cluster.runs() == number, hub, one)  # type: ignore[misc]
            alone.crawl(full=False)
        assert one.stop() == 0
        assert hub.stop() == 0
    assert_same(stored(alone.root), stored(cluster.root))
    assert {kind for kind, _ in stored(cluster.root)["changes"]} >= {"edited", "new", "gone"}
