"""How fast a host is asked: delays, limits and Retry-After, by the clock of the crawl itself."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.blog import POSTS, publish, sheets
from tests.local_site import LocalSite, Page, Request, article
from tests.newsroom import until
from tests.quick import Quick
from tests.small_crawl import Outcome, small_crawl
from tests.workspace import Watched
from variorum.crawler.config.site import Site
from variorum.crawler.times import parse
from variorum.spiders.middlewares.retry_after import LONGEST_REST, Patience, seconds_to_wait

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def with_articles(site: LocalSite, count: int, delay: float = 0.0) -> list[str]:
    paths = [f"/{n}/" for n in range(count)]
    site.pages.update({path: Page(article("Title", "Text."), delay=delay) for path in paths})
    return [site.url + path for path in paths]


def gaps(outcome: Outcome) -> list[float]:
    return [after - before for before, after in pairwise(outcome.sent)]


@pytest.mark.parametrize("delay", [0.0, 0.1])
def test_a_crawl_delay_is_kept_to_the_end_of_the_run(local_site: LocalSite, delay: float) -> None:
    local_site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.3\n"
    site = Site(name="t", url=local_site.url, delay=delay, concurrency=2)
    changes = {"DOWNLOAD_DELAY_JITTER": 1.0, "CONCURRENT_REQUESTS": 8}
    outcome = small_crawl(site, with_articles(local_site, 8), changes=changes)
    assert len(gaps(outcome)) == 8
    assert min(gaps(outcome)) > 0.29


def test_the_delay_of_the_site_file_is_kept_by_a_fast_server_too(local_site: LocalSite) -> None:
    site = Site(name="t", url=local_site.url, delay=0.2)
    outcome = small_crawl(site, with_articles(local_site, 8), changes={"DOWNLOAD_DELAY_JITTER": 0})
    assert min(gaps(outcome)) > 0.19


@pytest.mark.parametrize(("concurrency", "delay"), [(1, 1e-6), (2, 0)])
def test_no_more_requests_at_once_than_the_site_file_says_even_without_delay(
    local_site: LocalSite, concurrency: int, delay: float
) -> None:
    site = Site(name="t", url=local_site.url, delay=0, concurrency=concurrency)
    changes = {"CONCURRENT_REQUESTS": 16, "DOWNLOAD_DELAY": delay}

    def together(request: Request) -> Page:
        """An answer that waits until as many are asked for at once as may be, and a moment for one more."""
        if request.path != "/robots.txt":
            until(lambda: local_site.busiest >= concurrency)
        return Page(article("Title", "Text."), delay=0.03)

    urls = with_articles(local_site, 16)
    local_site.pages |= {f"/{n}/": together for n in range(16)}
    small_crawl(site, urls, changes=changes)
    assert len(local_site.paths()) == 16
    assert local_site.busiest == concurrency


def test_a_host_that_asks_for_a_second_gets_it_and_the_page_is_asked_for_again(local_site: LocalSite) -> None:
    def busy_once(request: Request) -> Page:
        again = local_site.paths().count(request.path) > 1
        return Page(article("Title", "Text.")) if again else Page("", 429, {"Retry-After": "1"})

    urls = with_articles(local_site, 4)
    local_site.pages["/0/"] = busy_once
    outcome = small_crawl(
        Site(name="t", url=local_site.url, delay=0), urls, changes={"CONCURRENT_REQUESTS": 8}
    )
    assert {answer.status for answer in outcome.answers.values()} == {200}
    assert sorted(local_site.paths()) == ["/0/", "/0/", "/1/", "/2/", "/3/"]
    first = next(r.time for r in local_site.requests if r.path == "/0/")
    assert all(r.time - first > 0.9 for r in local_site.requests if r.time > first)


def test_a_page_that_always_asks_for_time_is_asked_three_times_in_all(local_site: LocalSite) -> None:
    local_site.pages["/0/"] = Page("", 503, {"Retry-After": "0"})
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), [f"{local_site.url}/0/"])
    assert local_site.paths() == ["/0/"] * 3
    assert outcome.answers["/0/"].status == 503


def test_a_host_that_asks_for_an_hour_is_left_alone_and_the_run_knows_until_when(
    local_site: LocalSite,
) -> None:
    urls = with_articles(local_site, 6)
    for n in range(6):
        local_site.pages[f"/{n}/"] = Page("", 503, {"Retry-After": "3600"})
    outcome = small_crawl(
        Site(name="t", url=local_site.url, delay=0), urls, changes={"CONCURRENT_REQUESTS": 4}
    )
    assert len(local_site.paths()) == 1
    first, *others = sorted(outcome.answers.values(), key=lambda answer: answer.raised)
    assert first.status == 503
    assert [answer.raised for answer in others] == ["RetryLater"] * 5
    until = parse(outcome.stats["retry_after/until"])
    assert 3590 < (until - outcome.stats["start_time"]).total_seconds() < 3700


HELD = {"RETRY_AFTER_MOST_HELD": 2.0, "RETRY_TIMES": 0}


def test_pages_that_go_on_to_ask_for_time_are_left_and_the_others_are_fetched(local_site: LocalSite) -> None:
    urls = with_articles(local_site, 12)
    for n in (1, 3, 5, 7, 9):
        local_site.pages[f"/{n}/"] = Page("", 503, {"Retry-After": "1"})
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), urls, changes=HELD)
    assert sorted(local_site.paths()) == sorted(f"/{n}/" for n in range(12))
    assert [answer.status for answer in outcome.answers.values()].count(200) == 7
    assert outcome.stats["retry_after/unfetched"] == 3
    (wait,) = outcome.stats["retry_after/waits"].values()
    assert "sent Retry-After 5 times; the run waited 2 s; pages that keep sending it" in wait


def test_a_host_that_answers_nothing_else_is_left_alone_after_a_share_of_the_run(
    local_site: LocalSite,
) -> None:
    urls = with_articles(local_site, 8)
    for n in range(8):
        local_site.pages[f"/{n}/"] = Page("", 429, {"Retry-After": "1"})
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), urls, changes=HELD)
    assert len(local_site.paths()) == 3
    assert [answer.raised for answer in outcome.answers.values()].count("RetryLater") == 5
    (wait,) = outcome.stats["retry_after/waits"].values()
    assert f"no requests until {outcome.stats['retry_after/until']}" in wait


def test_a_run_waits_for_a_host_so_long_in_all_and_answers_that_overlap_are_waited_for_once() -> None:
    patience = Patience(most=200.0)
    assert patience.holds(120.0, moment=0.0)
    assert patience.holds(120.0, moment=1.0)
    assert patience.held == 121.0
    assert patience.holds(60.0, moment=200.0)
    assert not patience.holds(60.0, moment=300.0)
    assert not Patience(most=500.0).holds(121.0, moment=0.0)


def test_a_run_that_waits_says_so_while_it_does_and_at_its_end(local_site: LocalSite, tmp_path: Path) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | {POSTS[0]: Page("", 503, {"Retry-After": "1"})}
    watched = Watched.make(tmp_path / "w", local_site.url)
    events: list[dict[str, Any]] = []
    report = watched.crawl(on_event=events.append)
    waits = [event for event in events if event["event"] == "waiting"]
    assert waits
    assert waits[0]["host"] == "127.0.0.1"
    assert parse(waits[0]["until"]).tzinfo is not None
    assert "127.0.0.1 sent Retry-After 3 times; the run waited 3 s" in report.counts["waited"]
    assert watched.issues() == []


def test_a_host_that_is_left_alone_is_an_issue_that_says_until_when(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    local_site.pages[POSTS[0]] = Page("", 503, {"Retry-After": "3600"})
    watched.crawl()
    (issue,) = watched.issues()
    assert issue.kind == "Retry-After"
    assert "no requests until" in issue.message


def test_a_redirect_is_paced_with_the_host_that_it_leads_to(local_site: LocalSite) -> None:
    other = f"http://localhost:{local_site.port}"
    urls = with_articles(local_site, 3)
    local_site.pages["/0/"] = Page(status=302, headers={"Location": f"{other}/busy/"})
    local_site.pages["/busy/"] = Page("", 503, {"Retry-After": "3600"})
    outcome = small_crawl(Site(name="t", url=local_site.url, also=(other,), delay=0), urls)
    assert [outcome.answers[path].status for path in ("/0/", "/1/", "/2/")] == [503, 200, 200]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30.0),
        ("Sun, 22 Nov 2026 11:59:00 GMT", 0.0),
        ("Sun, 22 Nov 2099 12:00:00 GMT", LONGEST_REST),
        ("9" * 400, LONGEST_REST),
        ("-5", None),
        ("۱۲۰", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(header: str, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOON) == seconds
