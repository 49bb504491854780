"""A site that answers from another host is one issue, and not a site on which nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.blog import front, publish_listed
from tests.local_site import LocalSite, Page, Request
from tests.quick import Quick
from variorum.crawler.config.site import Site
from variorum.crawler.urls.canonical import other_origin

PATHS = [f"/posts/{name}/" for name in ("pier", "boats", "nets", "tide")]


@pytest.fixture
def elsewhere() -> Iterator[LocalSite]:
    """The host that a site moves to."""
    with LocalSite("127.0.0.1") as site:
        yield site


def leads_to(site: LocalSite) -> dict[str, object]:
    """The answer of a host that sends everybody to the same path of another."""

    def answer(request: Request) -> Page:
        return Page(status=301, headers={"Location": site.url + request.path})

    return {"/": answer}


def kinds(watched: Quick) -> list[str]:
    return [issue.kind for issue in watched.issues()]


def test_a_site_that_moves_to_another_host_is_one_issue_that_names_the_host(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    publish_listed(local_site, PATHS)
    publish_listed(elsewhere, PATHS)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    before = dict(local_site.pages)
    local_site.pages.clear()
    local_site.beneath = leads_to(elsewhere)  # type: ignore[assignment]
    report = watched.crawl()
    assert report.failed
    assert f"the site has moved to {elsewhere.url}/: 5 of 5 pages" in report.trouble
    assert "`url`" in report.trouble
    assert report.counts["unchanged"] == 0
    assert kinds(watched) == ["site moved"]
    assert watched.crawl().failed
    assert kinds(watched) == ["site moved"]

    local_site.pages |= before
    assert watched.crawl().failed is False
    assert kinds(watched) == []
    assert watched.news() == []


def test_a_start_that_is_redirected_from_the_first_day_is_told_too(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    publish_listed(elsewhere, PATHS)
    local_site.beneath = leads_to(elsewhere)  # type: ignore[assignment]
    watched = Quick.make(tmp_path / "w", local_site.url)
    report = watched.crawl()
    assert report.failed
    assert f"the site has moved to {elsewhere.url}/" in report.trouble
    assert kinds(watched) == ["site moved"]
    assert watched.set(also=[f"{elsewhere.url}/"]).crawl().failed is False
    assert kinds(watched) == []
    assert sum(1 for page in watched.pages().values() if page.version) == len(PATHS)


def test_a_large_site_that_has_moved_is_asked_for_a_few_pages_only(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    many = [f"/posts/{number}/" for number in range(60)]
    publish_listed(local_site, many)
    publish_listed(elsewhere, many)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    local_site.pages.clear()
    local_site.clear()
    local_site.beneath = leads_to(elsewhere)  # type: ignore[assignment]
    report = watched.crawl()
    assert report.reason == "site moved"
    assert kinds(watched) == ["site moved"]
    assert len(local_site.requests) < 20 + 15


def test_some_pages_that_lead_to_other_sites_are_no_move_of_the_site(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    publish_listed(local_site, PATHS)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    for path in PATHS[:3]:
        local_site.pages[path] = Page(status=302, headers={"Location": elsewhere.url + path})
    report = watched.crawl()
    assert report.failed is False
    assert report.counts["unchanged"] == 2
    assert kinds(watched) == []


def test_a_start_that_leads_into_another_part_of_the_same_host_is_no_move(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish_listed(local_site, PATHS)
    local_site.pages["/"] = Page(status=302, headers={"Location": "/welcome/"})
    local_site.pages["/welcome/"] = front(PATHS)
    watched = Quick.make(tmp_path / "w", local_site.url, scope=["/posts/"])
    assert watched.crawl().failed is False
    assert kinds(watched) == []


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://ormhead.example/a/", ""),
        ("http://www.ormhead.example/a/", ""),
        ("https://ormhead.example:8443/a/", "https://ormhead.example:8443/"),
        ("https://post.ormhead.example/a/?x=1", "https://post.ormhead.example/"),
        ("https://[broken/", ""),
        ("mailto:editor@ormhead.example", ""),
    ],
)
def test_another_origin_is_another_host_or_port_and_not_another_spelling(url: str, origin: str) -> None:
    assert other_origin(url, Site(name="o", url="https://ormhead.example/")) == origin


def test_a_run_in_which_no_page_is_an_article_says_so(local_site: LocalSite, tmp_path: Path) -> None:
    wall = Page("<!doctype html><title>Just a moment...</title><p>Wait.</p>")
    publish_listed(local_site, PATHS[:2])
    usual = dict(local_site.pages)
    local_site.pages |= dict.fromkeys(PATHS[:2], wall)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    [issue] = watched.issues()
    assert issue.kind == "no article"
    assert "none of the 3 pages fetched is an article" in issue.message
    assert "blocked" in issue.message

    local_site.pages |= usual
    watched.crawl()
    assert kinds(watched) == []
    local_site.pages |= dict.fromkeys(PATHS[:2], wall)
    watched.crawl()
    [issue] = watched.issues()
    assert "2 of them were articles before" in issue.message
    local_site.pages[PATHS[0]] = usual[PATHS[0]]
    watched.crawl()
    assert kinds(watched) == []


def test_a_site_of_lists_alone_says_that_it_has_no_article(local_site: LocalSite, tmp_path: Path) -> None:
    local_site.pages["/"] = front()
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    [issue] = watched.issues()
    assert issue.kind == "no article"
    assert "Is `url` the right address?" in issue.message
