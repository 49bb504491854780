"""The pages of a site on the review page: which one is blocked, why, and when each is fetched next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from tests.reviewed import BASE, Desk, morning
from variorum.review.app import make_app
from variorum.review.page_list import AT_ONCE
from variorum.storage.store import Store

PAGES = "/site/riverside/pages"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning")) as desk:
        yield desk


def paths(desk: Desk, query: str = "") -> list[str]:
    """The paths of the listed pages."""
    rows = desk.tree(f"{PAGES}?{query}").cssselect("tbody small.url")
    return [unquote(row.text_content()).partition(".example")[2] for row in rows]


def test_every_page_is_listed_with_its_last_outcome(read: Desk) -> None:
    found = read.get(f"{PAGES}.json").json()
    assert {one["url"].partition(".example")[2] for one in found["pages"]} >= {"/bridge/", "/lost/"}
    assert [one["state"] for one in found["pages"] if one["url"].endswith("/lost/")] == ["gone"]
    assert sum(found["outcomes"].values()) == len(found["pages"])
    assert "gone" in read.text(f"{PAGES}?outcome=gone")


def test_the_list_is_filtered_by_outcome_and_state(read: Desk) -> None:
    assert paths(read, "outcome=gone") == paths(read, "state=gone") == ["/lost/"]
    assert "/lost/" not in paths(read, "outcome=ok&state=live")
    assert paths(read, "outcome=blocked") == []
    assert "No page is like that" in read.text(f"{PAGES}?outcome=blocked")


def test_the_status_of_a_page_that_is_gone_is_said_once(read: Desk) -> None:
    assert read.text(f"{PAGES}?outcome=gone").count("HTTP 404") == 1


@pytest.mark.parametrize("query", ["outcome=odd", "state=odd"])
def test_an_unknown_filter_is_refused(read: Desk, query: str) -> None:
    assert read.get(f"{PAGES}?{query}").status_code == 400


def test_each_page_leads_to_its_history(read: Desk) -> None:
    (link,) = read.tree(f"{PAGES}?outcome=gone").cssselect("tbody th a")
    assert "Lost and found" in read.text(link.get("href"))


def test_many_pages_are_shown_a_hundred_at_a_time_and_none_twice(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    with closing(Store.open(path)) as store, store.writing():
        store.enrol("big", "https://big.example/")
        store.begin_run("big", "2026-03-01T06:00:00Z")
        known = {"site": "big", "found_at": "2026-03-01T06:00:00Z", "found_by": "links", "state": "frontier"}
        for number in range(2 * AT_ONCE + 50):
            store.add_page({**known, "url": f"https://big.example/{number:04}/?a=1&b=2"}, f"big/{number}")
    app = make_app(path, hosts=["127.0.0.1"], password=None)
    with TestClient(app, base_url=BASE) as client:
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            found = client.get("/site/big/pages.json", params={"after": after, "outcome": "none"}).json()
            seen += [one["url"] for one in found["pages"]]
            after = found["after"]
        assert len(seen) == len(set(seen)) == 2 * AT_ONCE + 50
        first = client.get("/site/big/pages?outcome=none").text
        assert f"after=https%3A//big.example/{AT_ONCE - 1:04}/%3Fa%3D1%26b%3D2&amp;outcome=none" in first
