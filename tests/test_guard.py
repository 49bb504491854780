"""Whatever of ours breaks in a run, the run does not look well: each of our callbacks raises in turn."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.blog import front, sitemap, text_of
from tests.local_site import LocalSite, Page, article
from tests.quick import Quick
from variorum.crawler.runtime.guard import is_unusable
from variorum.storage.errors import NotFound, StoreError

PATHS = [f"/letters/{number}/" for number in range(5)]

RECORDING, SPIDER = (
    "variorum.crawler.runtime.recorder:RecordingPipeline",
    "variorum.spiders.spiders.site:SiteSpider",
)
RECORD = "variorum.crawler.runtime.run_record:RunRecord"
THROTTLE = "variorum.spiders.middlewares.throttle:Throttle"


@pytest.fixture
def quick(local_site: LocalSite, tmp_path: Path) -> Quick:
    """A workspace that watches a site with robots.txt, a sitemap and links."""
    local_site.pages["/"] = front(PATHS)
    local_site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.01\n"
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, PATHS)
    for path in PATHS:
        local_site.pages[path] = article(f"Letter {path}", *text_of(path))
    return Quick.make(tmp_path / "home", local_site.url)


def whole(quick: Quick) -> int:
    """Whether the last run is written down as one that saw all."""
    return int(quick.status()["last_run"].complete)


@pytest.mark.parametrize(
    "callback",
    [
        f"{SPIDER}.next_round",
        f"{SPIDER}.start",
        f"{RECORDING}.count_request",
        f"{RECORD}._conclude",
        f"{THROTTLE}._rules_read",
        f"{THROTTLE}._about_to_queue",
        f"{THROTTLE}._response_downloaded",
        "variorum.crawler.tracking.run_frontier:RunFrontier.next_requests",
        "variorum.crawler.runtime.run_record:Tracker.finish",
        "variorum.crawler.runtime.run_record:Tracker.track",
        f"{SPIDER}.parse_page",
        "variorum.spiders.middlewares.network_guard:AddressGuard.process_request",
        "variorum.spiders.middlewares.retry_after:RetryAfter.process_request",
        "variorum.spiders.middlewares.robots:Robots.process_request",
        "variorum.spiders.middlewares.retry_after:RetryAfter._answered",
        "variorum.spiders.middlewares.decompression:WholeBodies.process_response",
        "variorum.spiders.middlewares.conditional:Conditional.process_request",
    ],
)
def test_a_run_in_which_a_callback_of_ours_raises_has_broken_down(quick: Quick, callback: str) -> None:
    report = quick.crawl(broken=callback)
    assert (report.failed, "ZeroDivisionError: as if" in report.trouble) == (True, True)
    assert "run broke down" in {issue.kind for issue in quick.issues()}
    assert whole(quick) == 0


@pytest.mark.parametrize("error", [sqlite3.OperationalError("no such table: pages"), KeyError("x")])
def test_a_plan_that_fails_for_any_cause_ends_the_run_as_broken(quick: Quick, error: Exception) -> None:
    report = quick.crawl(broken=f"{SPIDER}.next_round", error=error)
    assert (report.failed, report.reason) == (True, "broken")
    assert [issue.kind for issue in quick.issues()] == ["run broke down"]
    assert quick.crawl().reason == "finished"
    assert quick.issues() == []
    assert whole(quick) == 1


@pytest.mark.parametrize("callback", ["parse_impossible", "page_failed"])
def test_what_breaks_beside_the_pages_that_answer_is_an_issue_and_the_run_is_not_whole(
    quick: Quick, local_site: LocalSite, callback: str
) -> None:
    local_site.pages[PATHS[0]] = Page(article("Letter", "It comes in half."), cut_at=20)
    report = quick.crawl(broken=f"{SPIDER}.{callback}")
    assert (report.failed, report.reason) == (False, "finished")
    assert [issue.kind for issue in quick.issues()] == ["broken pages"]
    assert whole(quick) == 0


def test_a_fault_of_ours_over_one_page_costs_that_page_alone(quick: Quick, local_site: LocalSite) -> None:
    quick.crawl()
    for path in PATHS:
        local_site.pages[path] = article(f"Letter {path}", *text_of(path), "And a new end, of some length.")
    broken = sqlite3.IntegrityError("FOREIGN KEY constraint failed")
    report = quick.crawl(broken="variorum.crawler.extraction.reader:PageReader.read_fetched", error=broken)
    assert (report.failed, report.reason) == (False, "finished")
    messages = {issue.kind: issue.message for issue in quick.issues()}
    assert messages["broken pages"].startswith(
        "5 pages; first error: IntegrityError: FOREIGN KEY constraint failed"
    )
    assert "run broke down" not in messages
    assert quick.crawl().counts["changed"] == len(PATHS)
    assert quick.issues() == []


@pytest.mark.parametrize(
    ("error", "unusable"),
    [
        (StoreError("the disk is full"), True),
        (NotFound("no such body"), False),
        (sqlite3.IntegrityError("FOREIGN KEY constraint failed"), False),
        (KeyError("x"), False),
        (None, False),
    ],
)
def test_only_what_says_that_the_database_cannot_be_used_says_so(
    error: Exception | None, unusable: bool
) -> None:
    assert is_unusable(error) is unusable


def test_a_database_that_is_locked_or_broken_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "torn.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    first = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    second = sqlite3.connect(tmp_path / "a.db", isolation_level=None, timeout=0)
    first.execute("BEGIN IMMEDIATE")
    torn = sqlite3.connect(tmp_path / "torn.db")
    read_only = sqlite3.connect(f"file:{tmp_path / 'a.db'}?mode=ro", uri=True, timeout=0)
    for conn, sql in (
        (second, "BEGIN IMMEDIATE"),
        (torn, "SELECT * FROM x"),
        (read_only, "CREATE TABLE x(y)"),
    ):
        with pytest.raises(sqlite3.Error) as raised:
            conn.execute(sql)
        assert is_unusable(raised.value), sql
    with pytest.raises(sqlite3.OperationalError) as raised:
        first.execute("SELECT * FROM nothing_of_that_name")
    assert not is_unusable(raised.value)
    for conn in (first, second, torn, read_only):
        conn.close()
