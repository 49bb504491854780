"""Whatever a site sends, on every page of the review: it does nothing but show itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Browser

from tests.browser import needs_chromium, served, window
from tests.local_site import article
from tests.reviewed import WORKERS, Desk, desk
from tests.tracked import story_at
from variorum.review.safe_text import UNSAFE

TURNED = "\u202e\u2066\x1b[2J\x00"
EVIL = (
    "</title></textarea></script></style><script>window.hit=1</script><img src=//a.example/x onerror=hit=1>"
    f"\"'><svg onload=window.hit=1><a href=javascript:window.hit=1>x</a>{{{{7*7}}}}{{% raw %}}<!--{TURNED}"
)
LONG = "w" * 200_000
LONGEST_NAME = 200
"""Of a worker, and of its queues: the hub refuses longer ones."""
COLUMNS = {
    "sites": ("url",),
    "pages": ("url", "title", "kind", "language", "published", "modified", "missing_since"),
    "versions": ("title", "language", "published", "modified", "extractor"),
    "changes": ("url", "old_url", "title", "old_title", "explanation", "modified", "old_modified"),
    "capture_rows": ("url",),
    "capture_kinds": ("reason", "content_type", "encoding", "origin"),
    "issues": ("kind", "message"),
    "runs": ("reason",),
    "verdicts": ("note", "reviewer"),
    "saved_filters": ("name", "reviewer"),
}
"""All that is shown and comes from outside, or may be forged."""
ADDRESSES = [
    "/", "/?reviewed=all", "/change/1?reviewed=all", "/change/1?view=source", "/change/1?view=inline",
    "/page/1", "/page/1/since", "/page/1/1..2", "/capture/1", "/sites", "/site/riverside",
    "/site/riverside?until=2026-03-08", "/search?words=harmless", "/search?words=once", "/workers",
    "/feed.atom", "/?reviewed=all&lang=fa", "/change/1?reviewed=all&lang=ar", "/page/1?lang=fa",
]  # fmt: skip
TWINS = [
    "/changes.json", "/change/1.json", "/page/1.json", "/page/1/since.json", "/page/1/1..2.json",
    "/capture/1.json", "/sites.json", "/site/riverside.json", "/search.json?words=harmless", "/feed.json",
    "/workers.json",
]  # fmt: skip
PAGES = [address for address in ADDRESSES if not address.startswith("/feed")]


@pytest.fixture(scope="module", params=[EVIL, LONG, TURNED + "نمونه"], ids=["markup", "long", "turned"])
def bad(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A store in which everything that can be bad is."""
    evil, path = request.param, tmp_path_factory.mktemp("bad") / "v.db"
    with story_at(path) as story:
        for sentence in ("It was harmless once.", "It is harmless."):
            with story.run() as run:
                run.sees("/a/", article("A", f"{sentence} {evil}", f"{evil} And {sentence}"))
                run.sees("/b/", article("B", "Something of quite another kind, about the weather.", evil))
            story.store.raise_issue("riverside", "x", evil, "2026-03-01T06:00:00Z")
        with desk(story, path, cluster=lambda: crawled_by(evil)) as found:
            found.say(1, "important", note=evil[:1000])
            assert found.post("/filters", {"token": found.token(), "name": "x", "kept": "?weight=0.1"})
            spoil(found, evil)
            yield found


def crawled_by(evil: str) -> dict[str, Any]:
    """What a hub says if a worker calls itself so."""
    name = evil[:LONGEST_NAME]
    worker = WORKERS["workers"][0] | {"name": name, "queues": [name], "version": name, "runs": [name]}
    queue = WORKERS["queues"][0] | {"name": name}
    return WORKERS | {"trouble": evil[:1000], "workers": [worker], "queues": [queue]}


def spoil(found: Desk, evil: str) -> None:
    with found.story.store.writing():
        for table, columns in COLUMNS.items():
            for column in columns:
                found.story.store._run(f"UPDATE {table} SET {column} = ? || rowid", [evil])


@pytest.fixture(scope="module")
def text_at(bad: Desk) -> Callable[[str], str]:
    """What the page at an address says; each is made once, since no test changes the store."""
    return cache(bad.text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_markup_of_a_site_becomes_markup_of_ours(text_at: Callable[[str], str], address: str) -> None:
    text = text_at(address)
    assert "{{7*7}}" in text or "7*7" not in text
    assert UNSAFE.search(text) is None
    if not address.startswith("/feed"):
        tree = html.fromstring(text)
        assert [one.get("src") for one in tree.iter("script")] == ["/static/zone.js", "/static/keys.js"]
        assert [one.tag for one in tree.cssselect("img, object, embed, [onload], [onerror], style")] == []
        links = [one.get("href") for one in tree.cssselect("a[href]")]
        assert [link for link in links if not link.startswith(("/", "#", "?lang=", "?zone="))] == []


@pytest.mark.parametrize("address", TWINS)
def test_a_twin_stays_json(bad: Desk, address: str) -> None:
    assert bad.get(address).json()


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_grows_beyond_what_a_browser_can_bear(text_at: Callable[[str], str], address: str) -> None:
    assert len(text_at(address)) < 1_000_000


@needs_chromium
def test_nothing_is_done_in_a_browser_either(chromium: Browser, bad: Desk) -> None:
    with (
        served(bad.path, cluster=lambda: crawled_by(EVIL)) as url,
        window(chromium, url, width=360) as seen,
    ):
        seen.page.on("dialog", lambda dialog: seen.complaints.append(f"a dialog: {dialog.message}"))
        for address in PAGES:
            seen.page.goto(address)
            assert seen.page.evaluate("window.hit") is None, address
            assert seen.too_wide() == 0, address
        assert [requests for requests in seen.requests if not requests.startswith(f"{url}/")] == []
        assert [
            one for one in seen.complaints if "sandbox" not in one and "Content Security" not in one
        ] == []
