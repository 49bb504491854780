"""The site's file changes between two runs, and the site does not: nothing is announced or doubled."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.blog import feed, feed_link, front, post, publish, publish_listed, text_of
from tests.local_site import LocalSite
from tests.quick import Quick
from tests.test_merging import faults
from variorum.storage.store import Store

PATHS = [f"/posts/{name}/" for name in ("quay", "crane", "lamp", "net", "rope")]


@pytest.fixture
def elsewhere() -> Iterator[LocalSite]:
    """The same site at its new host."""
    with LocalSite() as site:
        yield site


def fill(site: LocalSite, paths: list[str] = PATHS, **edited: list[str]) -> None:
    """Articles, and a front page and a sitemap that list them."""
    publish_listed(site, paths)
    for name, paragraphs in edited.items():
        site.pages[f"/posts/{name}/"] = post(f"/posts/{name}/", paragraphs=paragraphs)


def watch(root: Path, site: LocalSite, **keys: Any) -> Quick:
    """The site, crawled until nothing is owed."""
    watched = Quick.make(root / "w", site.url, **keys)
    for _ in range(2):
        assert not watched.crawl().failed
    assert watched.news() == []
    return watched


def moved(watched: Quick, site: LocalSite, **keys: Any) -> Quick:
    """The same workspace, whose site's file names the new host."""
    return Quick(watched.root, site.url).set(**keys)


def states(watched: Quick) -> dict[str, str]:
    """The state of each page by its path."""
    return {path: page.state for path, page in watched.pages().items()}


def test_a_new_host_is_the_same_site_with_the_same_pages(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    fill(local_site)
    watched = watch(tmp_path, local_site)
    fill(elsewhere)
    local_site.clear()
    there = moved(watched, elsewhere)
    counts = there.crawl().counts
    assert (counts["rekeyed"], counts["merged"], counts["new"]) == (6, 0, 0)
    assert there.news() == []
    assert states(there) == dict.fromkeys(["/", *PATHS], "live")
    assert local_site.paths() == []
    assert there.crawl().counts["rekeyed"] == 0
    assert there.news() == []


def test_an_edit_made_on_the_way_to_a_new_host_is_one_edit(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    fill(local_site)
    watched = watch(tmp_path, local_site)
    lit = "The lamp of Ormhead was lit on the first of March."
    fill(elsewhere, lamp=[lit, *text_of("/posts/lamp/")[1:]])
    there = moved(watched, elsewhere)
    there.crawl()
    assert there.news() == [("edited", "/posts/lamp/")]
    assert [version.number for version in there.versions("/posts/lamp/")] == [1, 2]


def test_an_article_published_on_the_new_host_since_the_last_run_is_new_in_the_next_but_one(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    fill(local_site)
    watched = watch(tmp_path, local_site)
    fill(elsewhere)
    there = moved(watched, elsewhere)
    there.crawl()
    fill(elsewhere, [*PATHS, "/posts/mast/"])
    there.crawl()
    assert there.news() == [("new", "/posts/mast/")]


@pytest.mark.parametrize("before", [[], ["session"]])
def test_a_parameter_that_names_nothing_any_more_lets_its_pages_fall_together(
    local_site: LocalSite, tmp_path: Path, before: list[str]
) -> None:
    doubles = [f"{path}?authorid={n}" for path in PATHS for n in (4, 5)]
    fill(local_site)
    local_site.pages["/"] = front([*PATHS, *doubles])
    watched = watch(tmp_path, local_site, drop_params=before, discover=["links"])
    assert len(states(watched)) == 1 + 3 * len(PATHS)
    with watched._reader() as reader:
        captures = next(reader.rows("SELECT count(*) AS n FROM captures", {}))["n"]
    local_site.clear()
    counts = watched.set(drop_params=[*before, "authorid"], discover=["links"]).crawl().counts
    assert (counts["rekeyed"], counts["merged"]) == (10, 10)
    assert watched.news() == []
    assert states(watched) == dict.fromkeys(["/", *PATHS], "live")
    assert not [path for path in local_site.paths() if "authorid" in path]
    assert [len(watched.versions(path)) for path in PATHS] == [1] * len(PATHS)
    with watched._reader() as reader:
        sql = "SELECT count(*) AS n FROM captures JOIN pages ON pages.id = page WHERE state = 'live'"
        assert next(reader.rows(sql, {}))["n"] >= captures
    assert faults(watched.root / "variorum.db") == []


def test_a_parameter_that_names_something_after_all_brings_no_news(
    local_site: LocalSite, tmp_path: Path
) -> None:
    doubles = [f"{path}?part={n}" for path in PATHS for n in (2, 3)]
    fill(local_site)
    local_site.pages |= {path: post(path.replace("?part=", "part-")) for path in doubles}
    local_site.pages["/"] = front([*PATHS, *doubles])
    watched = watch(tmp_path, local_site, drop_params=["part"], discover=["links"])
    assert sorted(states(watched)) == sorted(["/", *PATHS])
    watched.set(discover=["links"])
    for _ in range(2):
        watched.crawl()
        assert watched.news() == []
    assert sorted(states(watched)) == sorted(["/", *PATHS, *doubles])


@pytest.mark.parametrize("discover", [["sitemap"], ["links"], ["feed"], []])
def test_a_wider_scope_is_no_news_and_what_is_published_in_it_afterwards_is(
    local_site: LocalSite, tmp_path: Path, discover: list[str]
) -> None:
    others = [f"/letters/{n}-of-many/" for n in ("one", "two", "three")]

    def publish_all(paths: list[str]) -> None:
        fill(local_site, paths)
        local_site.pages["/feed/"] = feed(local_site.url, paths)
        local_site.pages["/"] = front(paths, head=feed_link())

    publish_all([*PATHS, *others])
    watched = watch(tmp_path, local_site, scope=["/posts/"], discover=discover)
    assert not set(others) & set(states(watched))
    watched.set(scope=["/posts/", "/letters/"], discover=discover)
    for _ in range(2):
        watched.crawl()
        assert watched.news() == []
    assert set(others) <= set(states(watched))
    publish_all([*PATHS, *others, "/letters/the-fourth/"])
    watched.crawl()
    assert watched.news() == [("new", "/letters/the-fourth/")]


def test_a_page_that_belongs_no_longer_is_put_aside_with_its_history_and_taken_back(
    local_site: LocalSite, tmp_path: Path
) -> None:
    fill(local_site)
    watched = watch(tmp_path, local_site)
    local_site.clear()
    counts = watched.set(exclude=["/posts/net/"]).crawl().counts
    assert counts["put_aside"] == 1
    assert "/posts/net/" not in local_site.paths()
    assert states(watched)["/posts/net/"] == "outside"
    assert watched.status()["live"] == len(PATHS)
    assert len(watched.versions("/posts/net/")) == 1
    for _ in range(2):
        watched.crawl()
    counts = watched.set().crawl().counts
    assert counts["taken_back"] == 1
    assert states(watched) == dict.fromkeys(["/", *PATHS], "live")
    assert watched.news() == []


def test_an_edition_that_is_named_no_longer_is_put_aside(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    fill(local_site)
    fill(elsewhere, ["/sq/anija/", "/sq/liman/"])
    watched = watch(tmp_path, local_site, also=[f"{elsewhere.url}/"], discover=["links"])
    elsewhere.clear()
    watched.set(discover=["links"]).crawl()
    assert elsewhere.requests == []
    assert [path for path, state in states(watched).items() if state == "outside"] == [
        f"{elsewhere.url}{path}" for path in ("/", "/sq/anija/", "/sq/liman/")
    ]
    watched.set(also=[f"{elsewhere.url}/"], discover=["links"]).crawl()
    assert set(states(watched).values()) == {"live"}
    assert watched.news() == []


@pytest.mark.parametrize(
    "keys",
    [
        {"select": ["div.entry-content"]},
        {"remove": ["h1"]},
        {"expect": {"languages": ["sq"]}},
        {"discover": ["links"]},
        {"concurrency": 1, "budget": 500},
    ],
)
def test_other_keys_of_the_file_make_no_change_either(
    local_site: LocalSite, tmp_path: Path, keys: dict[str, Any]
) -> None:
    fill(local_site)
    watched = watch(tmp_path, local_site)
    watched.set(**keys)
    for n in range(2):
        publish(local_site, PATHS)
        for path in PATHS:  # other bytes, the same words
            page = local_site.pages[path]
            assert isinstance(page, str)
            local_site.pages[path] = page.replace("</head>", f"<meta name='build' content='{n}'></head>")
        watched.crawl()
        assert watched.news() == []


def test_a_store_from_before_that_has_each_page_at_its_old_host_and_its_new_one_is_healed(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    fill(local_site)
    fill(elsewhere)
    watched = watch(tmp_path, local_site, also=[f"{elsewhere.url}/"], discover=["links"])
    assert len(states(watched)) == 2 * (1 + len(PATHS))
    there = moved(watched, elsewhere)
    with contextlib.closing(Store.open(there.root / "variorum.db")) as store, store.writing():
        store.db.conn.execute("UPDATE sites SET identity = NULL")
    counts = there.crawl().counts
    assert counts["merged"] == 1 + len(PATHS)
    assert states(there) == dict.fromkeys(["/", *PATHS], "live")
    assert there.news() == []
    assert faults(there.root / "variorum.db") == []
