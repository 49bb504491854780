"""robots.txt, asked of a real server by a real crawl."""

from __future__ import annotations

import pytest

from tests.local_site import LocalSite, Page, article
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site

FORBIDDEN = "User-agent: *\nDisallow: /private/\n"


def a_site(site: LocalSite, **keys: object) -> Site:
    return Site(name="t", url=f"{site.url}/", **{"delay": 0, **keys})  # type: ignore[arg-type]


def with_articles(site: LocalSite, folder: str, count: int = 10) -> list[str]:
    paths = [f"/{folder}/{n}/" for n in range(count)]
    site.pages.update({path: article("Title", "Text.") for path in paths})
    return [site.url + path for path in paths]


def test_no_forbidden_page_is_fetched_however_many_wait_for_robots_txt_at_once(local_site: LocalSite) -> None:
    local_site.pages["/robots.txt"] = Page(FORBIDDEN, delay=0.2)
    urls = with_articles(local_site, "private")
    outcome = small_crawl(a_site(local_site, concurrency=16), urls)
    assert local_site.paths() == []
    assert {answer.raised for answer in outcome.answers.values()} == {"RobotsRefused"}
    assert {answer.error for answer in outcome.answers.values()} == {"robots"}
    assert len(outcome.answers) == len(urls)
    assert [request.path for request in local_site.requests] == ["/robots.txt"]


def test_rules_name_us_sitemaps_and_paths_in_any_script(local_site: LocalSite) -> None:
    local_site.pages["/robots.txt"] = (
        "User-agent: *\nDisallow: /\n\n"
        "User-agent: Variorum\nDisallow: /fa/خصوصی/\nDisallow: /sq/fsheh%C3%AB/\n\n"
        "Sitemap: /sitemap.xml\nSitemap: https://cdn.example.org/news.xml\n"
    )
    allowed = ["/fa/خبر/", "/sq/çështje/"]
    refused = ["/fa/خصوصی/۱", "/sq/fshehë/2"]
    local_site.pages.update({path: article("عنوان", "متن", lang="fa") for path in allowed + refused})
    outcome = small_crawl(a_site(local_site), [local_site.url + path for path in allowed + refused])
    assert [answer.status for answer in outcome.answers.values()].count(200) == 2
    assert len(local_site.paths()) == 2
    assert outcome.sitemaps == [f"{local_site.url}/sitemap.xml", "https://cdn.example.org/news.xml"]


def test_a_server_error_on_robots_txt_forbids_everything_and_says_so(local_site: LocalSite) -> None:
    local_site.pages["/robots.txt"] = Page("", status=503)
    outcome = small_crawl(a_site(local_site, concurrency=4), with_articles(local_site, "open"))
    assert local_site.paths() == []
    assert {answer.raised for answer in outcome.answers.values()} == {"RobotsUnread"}
    assert "could not be read (status 503)" in outcome.answers["/open/0/"].detail


def test_a_robots_txt_that_never_comes_forbids_everything(local_site: LocalSite) -> None:
    local_site.pages["/robots.txt"] = Page("", delay=3)
    urls = with_articles(local_site, "open", 2)
    changes = {"DOWNLOAD_TIMEOUT": 0.3, "RETRY_TIMES": 0}
    outcome = small_crawl(a_site(local_site), urls, changes=changes)
    assert local_site.paths() == []
    assert outcome.answers["/open/0/"].error == "robots"


def test_a_missing_robots_txt_allows_everything(local_site: LocalSite) -> None:
    outcome = small_crawl(a_site(local_site, concurrency=4), with_articles(local_site, "open"))
    assert {answer.status for answer in outcome.answers.values()} == {200}
    assert len(local_site.paths()) == 10


def test_a_redirected_robots_txt_holds_and_one_leading_inward_forbids_everything(
    local_site: LocalSite,
) -> None:
    urls = with_articles(local_site, "private", 2)
    local_site.pages["/robots.txt"] = Page(status=301, headers={"Location": "/real-robots.txt"})
    local_site.pages["/real-robots.txt"] = FORBIDDEN
    small_crawl(a_site(local_site), urls)
    assert local_site.paths() == ["/real-robots.txt"]

    local_site.clear()
    local_site.pages["/robots.txt"] = Page(status=301, headers={"Location": "http://169.254.169.254/latest/"})
    outcome = small_crawl(a_site(local_site), urls)
    assert local_site.paths() == []
    assert outcome.answers["/private/0/"].raised == "AddressRefused"


def test_robots_txt_is_not_asked_for_where_the_site_file_says_so(local_site: LocalSite) -> None:
    local_site.pages["/robots.txt"] = FORBIDDEN
    small_crawl(a_site(local_site, robots=False), with_articles(local_site, "private", 2))
    assert [request.path for request in local_site.requests] == ["/private/0/", "/private/1/"]


def test_of_a_huge_robots_txt_the_first_500_kib_count(local_site: LocalSite) -> None:
    padding = "# padding\n" * 60_000
    local_site.pages["/robots.txt"] = f"{FORBIDDEN}{padding}Disallow: /open/\n"
    urls = with_articles(local_site, "open", 1) + with_articles(local_site, "private", 1)
    outcome = small_crawl(a_site(local_site), urls)
    assert local_site.paths() == ["/open/0/"]
    assert outcome.answers["/private/0/"].raised == "RobotsRefused"


@pytest.mark.parametrize("packed", [False, True])
def test_a_robots_txt_of_many_megabytes_is_obeyed_as_far_as_it_is_read(
    local_site: LocalSite, packed: bool
) -> None:
    padding = "# padding\n" * 1_200_000
    local_site.pages["/robots.txt"] = Page(f"{FORBIDDEN}{padding}Disallow: /open/\n", gzip=packed)
    urls = with_articles(local_site, "open", 1) + with_articles(local_site, "private", 1)
    outcome = small_crawl(a_site(local_site), urls)
    assert outcome.answers["/open/0/"].status == 200
    assert outcome.answers["/private/0/"].raised == "RobotsRefused"
