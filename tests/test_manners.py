"""What a server is told of us, and what the settings of a site's run are."""

from __future__ import annotations

import pytest

from tests.local_site import LocalSite, Page, article
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site
from variorum.spiders import settings
from variorum.spiders.settings import for_site, user_agent


def test_a_request_says_who_asks_and_nothing_else_about_us(local_site: LocalSite) -> None:
    cookie = {"Set-Cookie": "visitor=1; Path=/", "Location": "/b/"}
    local_site.pages["/a/"] = Page(status=302, headers=cookie)
    local_site.pages |= {path: article("Title", "Text.") for path in ("/b/", "/c/")}
    small_crawl(
        Site(name="t", url=local_site.url, delay=0),
        [f"{local_site.url}/a/", f"{local_site.url}/c/"],
        changes={"USER_AGENT": user_agent("mailto:crawl@example.org")},
    )
    *_, redirected, last = local_site.requests
    assert (redirected.path, last.path) == ("/b/", "/c/")
    assert last.headers["user-agent"].startswith("Variorum")
    assert last.headers["user-agent"].endswith("(+mailto:crawl@example.org)")
    assert set(last.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    # Sites that set a cookie and ask it back get it, within the one chain of redirects.
    assert set(redirected.headers) == {*last.headers, "cookie"}
    assert redirected.headers["cookie"] == "visitor=1"


def test_the_run_of_a_site_is_as_fast_as_its_file_says_and_no_faster() -> None:
    site = Site(name="t", url="https://a.example/", also=("https://b.example/x", "https://a.example/fa/"))
    run = for_site(site)
    assert (run["DOWNLOAD_DELAY"], run["AUTOTHROTTLE_START_DELAY"]) == (1.0, 1.0)
    assert (run["CONCURRENT_REQUESTS_PER_DOMAIN"], run["CONCURRENT_REQUESTS"]) == (1, 2)
    assert run["ROBOTSTXT_OBEY"] is True


@pytest.mark.parametrize("delay", [0.0, 0.5, 5.0, 90.0])
def test_a_slow_host_never_makes_us_faster_than_the_delay(delay: float) -> None:
    run = for_site(Site(name="t", url="https://a.example/", delay=delay))
    assert run["AUTOTHROTTLE_MAX_DELAY"] >= run["DOWNLOAD_DELAY"] >= delay
    assert run["DOWNLOAD_DELAY"] > 0


def test_no_door_is_left_open() -> None:
    assert settings.REMOTE_CONTROL_ENABLED is settings.TELNETCONSOLE_ENABLED is False
    assert set(settings.DOWNLOAD_HANDLERS) == {"file", "data", "ftp", "s3"}
    assert not any(settings.DOWNLOAD_HANDLERS.values())
