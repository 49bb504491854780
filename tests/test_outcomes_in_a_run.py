"""What is no page never becomes one: each kind of answer in a real run; and a site in trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.blog import front, post, publish, sitemap
from tests.local_site import LocalSite, Page, Request
from tests.quick import Quick

NAMES = (
    *("challenge", "refused", "lost", "sent-home", "cut", "cut-for-good", "away", "picture", "huge", "login"),
    *("edited", "quiet", "slow-to-come"),
)
PATHS = [f"/posts/{name}/" for name in NAMES]
NOT_FOUND = (
    "<!doctype html><html><title>A Small Blog</title><body><p>There is nothing of that name.</body></html>"
)


@pytest.fixture
def blog(local_site: LocalSite) -> LocalSite:
    """A site of some articles, listed by a sitemap, which answers with 200 to any nonsense."""
    publish(local_site, PATHS)
    local_site.pages |= {"/": front(), "/sitemap.xml": sitemap(local_site.url, PATHS)}
    local_site.beneath["/"] = lambda _: Page(NOT_FOUND)
    return local_site


@pytest.fixture
def watched(blog: LocalSite, tmp_path: Path) -> Quick:
    """A workspace in which that site was crawled once."""
    watched = Quick.make(tmp_path / "w", blog.url, discover=["sitemap"])
    assert watched.crawl().failed is False
    assert sorted(path for path, page in watched.pages().items() if page.version) == sorted(PATHS)
    blog.clear()
    return watched


def half(path: str) -> str:
    """The page as it is when the connection breaks between two paragraphs."""
    whole = post(path)
    return whole[: whole.index("<p>There was")]


def in_turn(*answers: str) -> Callable[[Request], str]:
    """Another answer at each request, the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def outcomes(watched: Quick) -> dict[str, list[str]]:
    """What the captures of the last run turned out to be, by the name of the page."""
    sql = (
        "SELECT pages.url, outcome FROM captures JOIN pages ON pages.id = page"
        " WHERE run = (SELECT max(id) FROM runs) ORDER BY captures.id"
    )
    found: dict[str, list[str]] = {}
    for row in watched._read(lambda reader: list(reader.rows(sql, {}))):
        found.setdefault(row["url"].rstrip("/").rpartition("/")[2], []).append(row["outcome"])
    return found


def test_a_night_of_troubles_is_told_as_what_it_is_and_changes_nothing(
    blog: LocalSite, watched: Quick
) -> None:
    challenge = "<!doctype html><html><title>Just a moment...</title><body>Wait.</body></html>"
    login = '<!doctype html><html><title>Log in</title><form><input type="password"></form></html>'
    blog.pages |= {
        "/posts/challenge/": Page(challenge),
        "/posts/refused/": Page("<h1>Sorry</h1>", status=403, headers={"cf-mitigated": "challenge"}),
        "/posts/lost/": Page(NOT_FOUND),
        "/posts/sent-home/": Page(status=302, headers={"Location": "/"}),
        "/posts/cut/": in_turn(half("/posts/cut/"), post("/posts/cut/")),
        "/posts/cut-for-good/": half("/posts/cut-for-good/"),
        "/posts/away/": Page("<h1>Under maintenance</h1>", status=503),
        "/posts/picture/": Page(b"\x89PNG\r\n\x1a\n", headers={"Content-Type": "image/png"}),
        "/posts/huge/": Page(b"<p>word</p>" * 1_000_000),
        "/posts/login/": Page(login),
        "/posts/edited/": post("/posts/edited/", paragraphs=["This is quite another story, told anew."] * 2),
    }
    report = watched.crawl()
    assert report.failed is False
    found = outcomes(watched)
    assert {name: found[name] for name in NAMES} == {
        "challenge": ["blocked"],
        "refused": ["blocked"],
        "lost": ["soft 404"],
        "sent-home": ["soft 404"],
        "cut": ["truncated", "ok"],
        "cut-for-good": ["truncated", "truncated"],
        "away": ["maintenance"],
        "picture": ["wrong type"],
        "huge": ["too large"],
        "login": ["blocked"],
        "edited": ["suspect"],
        "quiet": ["ok"],
        "slow-to-come": ["ok"],
    }
    assert watched.news() == []
    assert len(watched.versions("/posts/cut/")) == 1

    publish(
        blog,
        [path for path in PATHS if path not in ("/posts/lost/", "/posts/edited/", "/posts/cut-for-good/")],
    )
    watched.crawl()
    assert sorted(watched.news()) == [
        ("edited", "/posts/cut-for-good/"),  # the second run shows both as the first did
        ("edited", "/posts/edited/"),
        ("gone", "/posts/lost/"),  # twice in the site's own words
    ]
    blog.pages["/posts/lost/"] = post("/posts/lost/")
    watched.crawl()
    assert ("returned", "/posts/lost/") in watched.news()
    assert len(watched.news()) == 4


def test_where_nonsense_is_sent_home_a_page_that_is_sent_home_twice_is_gone(
    blog: LocalSite, tmp_path: Path
) -> None:
    home = Page(status=302, headers={"Location": "/"})
    blog.beneath["/"] = lambda _: home
    watched = Quick.make(tmp_path / "w", blog.url, discover=["sitemap"])
    watched.crawl()
    blog.pages["/posts/lost/"] = home
    watched.crawl()
    assert watched.news() == []
    watched.crawl()
    assert watched.news() == [("gone", "/posts/lost/")]


def test_a_site_that_asks_to_be_left_alone_is_not_asked_before_that_time(
    blog: LocalSite, watched: Quick
) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    away = Page("Back soon", status=503, headers={"Retry-After": until.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    blog.pages["/"] = blog.pages["/sitemap.xml"] = away
    blog.pages |= dict.fromkeys(PATHS, away)
    watched.crawl()
    requests = len(blog.requests)
    assert requests <= 3
    assert watched.news() == []
    report = watched.crawl()
    assert report.failed
    assert until.strftime("%Y-%m-%dT%H:%M") in report.trouble
    assert len(blog.requests) == requests
