"""An address that is none, wherever a site writes one, costs that address and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import HtmlResponse

from tests.blog import POSTS, feed_link, front, post, publish, sheets
from tests.local_site import LocalSite, Page, article
from tests.quick import Quick
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site
from variorum.crawler.urls.references import LONGEST, resolve
from variorum.spiders.fetching.references import base_of, decodable
from variorum.spiders.middlewares.network_guard import host_of
from variorum.spiders.sources.article_parts import further_parts
from variorum.spiders.sources.feed import feed_addresses
from variorum.spiders.sources.links import links_of
from variorum.spiders.sources.wordpress import api_root
from variorum.spiders.spiders.probe import editions

NO_ADDRESSES = [
    "http://[your-domain]/map.xml",
    "//[::1",
    "http://ormhead.example:port/",
    "http://ormhead.example:99999/",
    "http://:80/",
    "mailto:keeper@ormhead.example",
    "javascript:void(0)",
    "/lamp\ud800",
    "/" + "lamp" * 15_000,
]


@pytest.mark.parametrize("reference", NO_ADDRESSES, ids=lambda text: ascii(text[:40]))
def test_a_reference_that_leads_to_no_page_of_the_web_is_none(reference: str) -> None:
    assert resolve("http://ormhead.example/pier/", reference) is None


def test_a_reference_is_read_against_the_place_where_it_stands() -> None:
    base = "http://ormhead.example/pier/"
    assert resolve(base, " 5 ") == "http://ormhead.example/pier/5"
    assert resolve(base, "//gull.example/fa/موج") == "http://gull.example/fa/موج"
    assert len(resolve(base, "/" + "a" * (LONGEST - 30)) or "") < LONGEST


@given(st.text(max_size=40), st.sampled_from(["", "http://", "//", "http://[", "http://ormhead.example:"]))
def test_whatever_resolve_accepts_can_be_asked_for(reference: str, start: str) -> None:
    address = resolve("http://ormhead.example/", start + reference)
    if address is not None:
        assert host_of(Request(address).url) is not None


def page(body: str, head: str = "") -> HtmlResponse:
    html = f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    response = HtmlResponse("http://ormhead.example/pier/", body=html.encode("utf-8", "replace"))
    base_of(response)  # as in a run, before anybody reads the page
    return response


def test_a_bad_link_among_good_ones_is_left_out() -> None:
    links = "".join(f'<a href="{bad}">x</a>' for bad in NO_ADDRESSES if bad.isascii())
    found = links_of(page(links + '<a href="lamp/">x</a>'), Site(name="t", url="http://ormhead.example/"))
    assert [one.url for one in found] == ["http://ormhead.example/pier/lamp/"]


@pytest.mark.parametrize("base", ["http://[your-domain]/", "about:blank", "http://ormhead.example:port/"])
def test_links_of_a_page_whose_base_is_no_address_are_read_against_the_page(base: str) -> None:
    found = links_of(
        page('<a href="lamp/">x</a>', f'<base href="{base}">'), Site(name="t", url="http://ormhead.example/")
    )
    assert [one.url for one in found] == ["http://ormhead.example/pier/lamp/"]


def test_an_edition_whose_address_is_none_is_left_out() -> None:
    head = (
        '<link rel="alternate" hreflang="fa" href="http://[fa]/">'
        '<link rel="alternate" hreflang="sq" href="/sq/">'
    )
    assert editions(page("", head)) == {"sq": "http://ormhead.example/sq/"}


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["base", "a", "link rel=alternate type=application/rss+xml"]))
def test_whatever_bytes_a_tag_holds_the_links_after_it_are_read(noise: bytes, tag: str) -> None:
    before, after = f"<html><head><{tag} x='".encode(), b"'></head><body><a href='/lamp/'>x</a>"
    response = decodable(
        HtmlResponse("http://ormhead.example/", body=before + noise.replace(b"<", b"") + after)
    )
    base_of(response)
    for read in (feed_addresses, api_root, editions, further_parts):
        read(response)
    links = {one.url for one in links_of(response, Site(name="t", url="http://ormhead.example/"))}
    assert "http://ormhead.example/lamp/" in links or b"'" in noise


def test_a_site_with_bad_addresses_in_all_places_is_read_whole(local_site: LocalSite, tmp_path: Path) -> None:
    bad = "http://[your-domain]"
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | {
        "/robots.txt": f"User-agent: *\nDisallow:\nSitemap: {bad}/sitemap.xml\n",
        POSTS[0]: post(POSTS[0], head=f'<base href="{bad}/"><link rel="canonical" href="{bad}/x">'),
        POSTS[1]: post(POSTS[1], head=f'<meta http-equiv="refresh" content="0; url={bad}/">'),
        POSTS[2]: post(POSTS[2], extra=f'<a href="{bad}/">x</a><a href="/{"lamp" * 15_000}">x</a>'),
        "/lost/": Page(status=302, headers={"Location": f"{bad}/"}),
    }
    home = front(POSTS[:3], head=feed_link(f"{bad}/feed/"), older="/page/2/")
    api = f'<link rel="https://api.w.org/" href="{bad}/wp-json/">'
    local_site.pages["/"] = home.replace("</head>", f"{api}</head>").replace(
        "</body>", '<a href="/lost/">x</a></body>'
    )
    watched = Quick.make(tmp_path / "w", local_site.url)
    report = watched.crawl()
    assert (report.failed, report.reason) == (False, "finished")
    assert sorted(path for path, page in watched.pages().items() if page.version) == sorted(POSTS)
    assert watched.issues() == []


def test_a_redirect_to_no_address_costs_that_page_and_is_told(local_site: LocalSite) -> None:
    local_site.pages["/lost/"] = Page(status=301, headers={"Location": "http://[your-domain]/"})
    local_site.pages["/pier/"] = article("The pier", "It stands.")
    outcome = small_crawl(
        Site(name="t", url=local_site.url, delay=0), [f"{local_site.url}/lost/", f"{local_site.url}/pier/"]
    )
    assert outcome.answers["/pier/"].status == 200
    assert outcome.answers["/lost/"].error == "failed"
    assert "leads to 'http://[your-domain]/', which is no web address" in outcome.answers["/lost/"].detail


@pytest.mark.parametrize("charset", ["rot13", "idna", "undefined", "hex"])
def test_a_page_that_declares_what_decodes_no_text_is_fetched_and_its_links_are_read(
    local_site: LocalSite, tmp_path: Path, charset: str
) -> None:
    publish(local_site, POSTS[:3])
    home = front(POSTS[:3], head=f"<meta charset='{charset}'>")
    local_site.pages["/"] = Page(home, headers={"Content-Type": f"text/html; charset={charset}"})
    watched = Quick.make(tmp_path / "w", local_site.url)
    assert watched.crawl().failed is False
    assert sorted(path for path, page in watched.pages().items() if page.version) == sorted(POSTS[:3])


def test_a_robots_txt_that_leads_to_no_address_forbids_nothing(local_site: LocalSite) -> None:
    local_site.pages["/robots.txt"] = Page(status=301, headers={"Location": "http://[your-domain]/"})
    local_site.pages["/pier/"] = article("The pier", "It stands.")
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), [f"{local_site.url}/pier/"])
    assert outcome.answers["/pier/"].status == 200
