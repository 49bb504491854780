"""Cookies live within one chain of redirects, and go to the origin that set them alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response

from tests.blog import front, post
from tests.local_site import LocalSite, Page
from tests.local_site import Request as Seen
from tests.quick import Quick
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site
from variorum.spiders.middlewares.chain_cookies import ChainCookies

PATHS = ["/posts/pier/", "/posts/boats/"]


def asks_back(make: str) -> object:
    """A page that is shown only to whoever brings the cookie that it has just set."""

    def answer(request: Seen) -> Page:
        if "seen=1" in request.headers.get("cookie", ""):
            return Page(make)
        headers = {"Set-Cookie": "seen=1; Path=/; HttpOnly", "Location": request.path}
        return Page(status=302, headers=headers)

    return answer


def test_a_site_that_asks_back_the_cookie_that_it_sets_is_read(local_site: LocalSite, tmp_path: Path) -> None:
    local_site.pages = {path: asks_back(post(path)) for path in PATHS} | {"/": asks_back(front(PATHS))}  # type: ignore[assignment]
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["links"])
    watched.crawl()
    assert {path for path, page in watched.pages().items() if page.version} == set(PATHS)
    first = next(request for request in local_site.requests if request.path == PATHS[0])
    assert "cookie" not in first.headers  # none is kept from one chain to the next
    local_site.clear()
    watched.crawl()
    assert "cookie" not in local_site.requests[0].headers


def test_a_cookie_goes_through_a_chain_by_way_of_another_page(local_site: LocalSite) -> None:
    local_site.pages["/a/"] = Page(status=302, headers={"Set-Cookie": "ticket=a7", "Location": "/check/"})
    local_site.pages["/check/"] = Page(status=302, headers={"Set-Cookie": "stamp=b8", "Location": "/b/"})
    local_site.pages["/b/"] = "<p>The pier.</p>"
    small_crawl(Site(name="t", url=local_site.url, delay=0), [f"{local_site.url}/a/"])
    sent = {request.path: request.headers.get("cookie") for request in local_site.requests}
    assert sent == {"/robots.txt": None, "/a/": None, "/check/": "ticket=a7", "/b/": "ticket=a7; stamp=b8"}


def test_no_other_origin_gets_the_cookie(local_site: LocalSite) -> None:
    with LocalSite() as other:
        back = f"{local_site.url}/back/"
        other.pages["/there/"] = Page(status=302, headers={"Set-Cookie": "spy=2", "Location": back})
        local_site.pages["/a/"] = Page(
            status=302, headers={"Set-Cookie": "mine=1; Domain=127.0.0.1", "Location": f"{other.url}/there/"}
        )
        local_site.pages["/back/"] = "<p>The pier.</p>"
        site = Site(name="t", url=local_site.url, also=(other.url,), delay=0)
        small_crawl(site, [f"{local_site.url}/a/"])
        assert [request.headers.get("cookie") for request in other.requests if request.path == "/there/"] == [
            None
        ]
        sent = {request.path: request.headers.get("cookie") for request in local_site.requests}
        assert sent["/back/"] == "mine=1"


@pytest.mark.parametrize(
    ("set_cookie", "sent"),
    [
        (["a=1", "b=2; Path=/"], b"a=1; b=2"),
        (["a=1", "a=2"], b"a=2"),
        (["a=1", "a=; Max-Age=0"], None),
        (["a=" + "x" * 5000], None),
        (["=; ;; broken", "\x01"], None),
        ([f"c{number}=1" for number in range(50)], b"; ".join(b"c%d=1" % n for n in range(20))),
    ],
)
def test_cookies_are_bounded_and_may_be_taken_back(set_cookie: list[str], sent: bytes | None) -> None:
    cookies = ChainCookies()
    request = Request("https://ormhead.example/a/")
    cookies.process_request(request)
    response = Response(request.url, status=302, headers={"Set-Cookie": set_cookie})
    cookies.process_response(request, response)
    after = request.replace(url="https://ormhead.example/b/")
    cookies.process_request(after)
    assert after.headers.get("Cookie") == sent
