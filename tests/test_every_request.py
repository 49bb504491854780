"""What a run counts of its traffic: each request, and the bytes that came over the network."""

from __future__ import annotations

from tests.local_site import LocalSite, Page
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site
from variorum.spiders.middlewares.every_request import RECEIVED, REQUESTS

LONG = "<p>The tide gauge at the quay.</p>" * 5_000
PACKED = 4_000
"""More bytes than the long page has when it is compressed, with all heads."""


def test_redirects_and_robots_txt_are_counted_and_bodies_as_they_were_sent(local_site: LocalSite) -> None:
    local_site.pages["/old/"] = Page(status=302, headers={"Location": "/long/"})
    local_site.pages["/long/"] = Page(LONG, gzip=True)
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), [f"{local_site.url}/old/"])
    assert outcome.answers["/old/"].size == len(LONG)
    assert [request.path for request in local_site.requests] == ["/robots.txt", "/old/", "/long/"]
    assert outcome.stats[REQUESTS] == len(local_site.requests)
    assert 100 < outcome.stats[RECEIVED] < PACKED
