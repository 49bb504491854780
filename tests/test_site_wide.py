"""A site that fails as a whole is one issue and no change, and what one run asks of a site has its limits."""

from __future__ import annotations

from pathlib import Path

from tests.blog import POSTS, api, api_link, feed, feed_link, front, post, publish, sitemap
from tests.local_site import LocalSite, Page, Request
from tests.quick import Quick

MANY = [f"/posts/{number}/" for number in range(1, 41)]
REFUSED = Page("<h1>403</h1>", status=403)


def blog_of(site: LocalSite, paths: list[str] | tuple[str, ...]) -> None:
    """Put a blog of these articles there, with a sitemap and a feed."""
    publish(site, paths)
    site.pages["/"] = front(paths[:3], head=feed_link())
    site.pages |= {"/sitemap.xml": sitemap(site.url, paths), "/feed/": feed(site.url, paths[:3])}


def articles(watched: Quick) -> list[str]:
    """The paths of pages that have a version."""
    return sorted(path for path, page in watched.pages().items() if page.version)


def kinds(watched: Quick) -> list[str]:
    """The kinds of the open issues."""
    return [issue.kind for issue in watched.issues()]


def test_a_site_that_begins_to_refuse_is_left_alone_soon_and_is_one_issue_until_it_answers_again(
    local_site: LocalSite, tmp_path: Path
) -> None:
    blog_of(local_site, MANY)
    # One request at a time: a last good answer that is late would begin the count of refusals anew.
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["sitemap"], concurrency=1)
    watched.crawl()
    local_site.clear()
    usual = dict(local_site.pages)

    def refuse(request: Request) -> Page:
        if len(local_site.requests) > 8:
            return REFUSED
        found = usual[request.path]
        return found if isinstance(found, Page) else Page(str(found))

    local_site.pages |= dict.fromkeys(usual, refuse)
    report = watched.crawl()
    assert report.failed
    assert "20 times in a row" in report.trouble
    assert len(local_site.requests) < 8 + 20 + 8
    assert kinds(watched) == ["unreachable"]
    assert watched.changes() == []

    local_site.pages |= usual
    assert watched.crawl().failed is False
    assert kinds(watched) == []
    assert watched.changes() == []


def test_a_site_that_has_lost_all_pages_is_one_issue_and_none_is_gone_however_often_it_is_asked(
    local_site: LocalSite, tmp_path: Path
) -> None:
    blog_of(local_site, MANY)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    usual = dict(local_site.pages)
    for path in MANY:
        del local_site.pages[path]
    for _ in range(2):
        local_site.clear()
        assert watched.crawl().failed
        assert len(local_site.requests) < len(MANY)
        assert kinds(watched) == ["many missing"]
        assert watched.changes() == []

    local_site.pages |= usual
    assert watched.crawl().failed is False
    assert kinds(watched) == []
    assert watched.changes() == []
    assert {watched.pages()[path].state for path in MANY} == {"live"}


def test_a_site_unlike_what_its_file_expects_is_an_issue_until_it_is_as_expected(
    local_site: LocalSite, tmp_path: Path
) -> None:
    blog_of(local_site, POSTS)
    expect = {"pages": {"min": 13, "max": 13}, "languages": ["fa"]}
    watched = Quick.make(tmp_path / "w", local_site.url, expect=expect)
    watched.crawl()
    [issue] = watched.issues()
    assert (issue.kind, "12 pages, where at least 13" in issue.message) == ("unlike expected", True)
    blog_of(local_site, [*POSTS, "/fa/تازه/"])
    local_site.pages["/fa/تازه/"] = post(
        "/fa/تازه/", paragraphs=["خانواده‌ها امروز به کتابخانهٔ شهر آمدند."] * 2
    )
    watched.crawl()
    assert watched.issues() == []
    blog_of(local_site, [*POSTS, "/fa/تازه/", "/posts/one-more/"])
    watched.crawl()
    [issue] = watched.issues()
    assert "14 pages, where at most 13" in issue.message


def test_a_broken_source_of_a_site_that_refuses_everything_is_no_second_issue(
    local_site: LocalSite, tmp_path: Path
) -> None:
    local_site.beneath["/"] = lambda _: REFUSED
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["sitemap", "feed"])
    assert watched.crawl().failed
    assert kinds(watched) == ["unreachable"]


def test_the_budget_of_a_day_holds_over_all_runs_and_all_kinds_of_requests(
    local_site: LocalSite, tmp_path: Path
) -> None:
    blog_of(local_site, MANY)
    for path in MANY:
        local_site.pages[path.rstrip("/")] = Page(status=301, headers={"Location": path})
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, [path.rstrip("/") for path in MANY])
    watched = Quick.make(tmp_path / "w", local_site.url, budget=30, concurrency=1)
    watched.crawl()
    assert 0 < len(articles(watched)) < len(MANY)
    watched.crawl()
    watched.crawl()
    assert len(local_site.requests) <= 30
    status = watched.status()
    assert status["requests_last_day"] == len(local_site.requests)
    assert status["bytes_last_day"] > 1000
    assert status["waiting"] > 0
    assert watched.changes() == []

    watched.set(budget=500)
    watched.crawl()
    assert articles(watched) == sorted(MANY)
    assert watched.changes() == []  # they were there before, only not asked for yet


def test_a_quiet_second_run_asks_with_validators_and_for_little(
    local_site: LocalSite, tmp_path: Path
) -> None:
    url = local_site.url
    blog_of(local_site, POSTS)
    stamp = {"Last-Modified": "Fri, 01 Mar 2024 10:00:00 GMT"}
    local_site.pages |= {path: Page(post(path), etag=True) for path in POSTS[:6]}
    local_site.pages |= {path: Page(post(path), headers=stamp) for path in POSTS[6:]}
    watched = Quick.make(tmp_path / "w", url)
    watched.crawl()
    local_site.clear()
    report = watched.crawl()
    assert report.counts["not_modified"] == len(POSTS)
    sent = {request.path: request.headers for request in local_site.requests if "/posts/" in request.path}
    assert all("if-none-match" in sent[path] or "if-modified-since" in sent[path] for path in sent)
    assert watched.changes() == []

    local_site.pages["/"] = front(head=api_link(url))
    local_site.pages |= api(url, POSTS)
    watched.crawl()
    local_site.clear()
    report = watched.crawl()
    assert len(local_site.requests) <= 10  # the API itself shows that no text has changed
    assert watched.changes() == []


def test_what_robots_txt_forbids_is_not_asked_for_though_a_sitemap_lists_it(
    local_site: LocalSite, tmp_path: Path
) -> None:
    blog_of(local_site, POSTS)
    local_site.pages["/robots.txt"] = "User-agent: *\nDisallow: /fa/\nDisallow: /posts/harvest/\n"
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    allowed = [path for path in POSTS if not path.startswith("/fa/") and path != "/posts/harvest/"]
    assert articles(watched) == sorted(allowed)
    assert not [
        request for request in local_site.requests if "/fa/" in request.path or "harvest" in request.path
    ]
    assert watched.issues() == []

    local_site.pages["/robots.txt"] = Page("", status=503)
    local_site.clear()
    report = watched.crawl()
    assert report.failed
    assert "robots.txt could not be read" in report.trouble
    assert {request.path for request in local_site.requests} == {"/robots.txt"}


def test_no_link_redirect_feed_or_sitemap_leads_to_another_address_inside(
    local_site: LocalSite, tmp_path: Path
) -> None:
    with LocalSite(host="127.0.0.2") as inside:
        inside.pages |= {"/": front(), "/secret/": post("/secret/")}
        blog_of(local_site, POSTS[:2])
        local_site.pages["/posts/away/"] = Page(status=302, headers={"Location": f"{inside.url}/secret/"})
        local_site.pages["/robots.txt"] = (
            f"Sitemap: {inside.url}/secret.xml\nSitemap: {local_site.url}/sitemap.xml\n"
        )
        head = feed_link(f"{inside.url}/feed/") + api_link(inside.url)
        local_site.pages["/"] = front(["/posts/away/", f"{inside.url}/secret/", *POSTS[:2]], head=head)
        watched = Quick.make(tmp_path / "w", local_site.url)
        watched.crawl()
        assert inside.requests == []
        assert articles(watched) == sorted(POSTS[:2])
        assert watched.pages()["/posts/away/"].version is None
