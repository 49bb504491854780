"""Each source of a site alone is enough, whatever becomes of the others; the ledger says what each knows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from tests.blog import (
    POSTS,
    ROOT_FILES,
    api,
    api_link,
    feed,
    feed_link,
    front,
    publish,
    sheets,
    sitemap,
    sitemap_index,
)
from tests.local_site import Answer, LocalSite, Page
from tests.quick import Quick

BROKEN: dict[str, Answer] = {
    "absent": Page("<h1>No</h1>", status=404),
    "away": Page("Come back", status=503),
    "cut off": Page('<?xml version="1.0"?><urlset><url><loc>http://', headers={"Content-Type": "text/xml"}),
    "empty": Page(""),
    "of a wrong type": Page(b"\x89PNG\r\n\x1a\n", headers={"Content-Type": "image/png"}),
    "a page": front(),
}
"""What may stand where a source should."""
SOURCES = ("/feed/", "/wp-json/wp/v2/types", *ROOT_FILES)

broken = pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())


def articles(watched: Quick) -> list[str]:
    """The paths of pages that have a version, each as often as it is there."""
    return sorted(path for path, page in watched.pages().items() if page.version)


def named(url: str) -> str:
    """How a front page names its feed and its API."""
    return feed_link() + api_link(url)


@broken
def test_links_alone_lead_to_every_article_whatever_stands_in_the_place_of_the_sources(
    local_site: LocalSite, tmp_path: Path, answer: Answer
) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS)
    home = str(local_site.pages["/"])
    local_site.pages["/"] = home.replace("</head>", f"{named(local_site.url)}</head>")
    local_site.pages |= dict.fromkeys(SOURCES, answer)
    watched = Quick.make(tmp_path / "w", local_site.url)
    assert watched.crawl().reason == "finished"
    assert articles(watched) == sorted(POSTS)
    expected = [] if answer is BROKEN["absent"] else ["feed source", "wordpress source"]
    expected += ["sitemap source"] if answer is BROKEN["cut off"] else []
    assert sorted(issue.kind for issue in watched.issues()) == sorted(expected)


@broken
def test_sitemaps_alone_name_every_article_whatever_stands_in_the_place_of_the_others(
    local_site: LocalSite, tmp_path: Path, answer: Answer
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    packed = str(sitemap(url, POSTS[4:8]).body).encode()
    local_site.pages |= dict.fromkeys(SOURCES, answer) | {
        "/": front(head=named(url)),
        "/robots.txt": f"User-agent: *\nSitemap: {url}/maps/all.xml\n",
        "/maps/all.xml": sitemap_index(url, ["/maps/1.xml", "/maps/2.xml.gz", "/maps/more.xml"]),
        "/maps/1.xml": sitemap(url, POSTS[:4], dict.fromkeys(POSTS[:2], "2024-05-01T10:00:00+02:00")),
        "/maps/2.xml.gz": Page(gzip.compress(packed), headers={"Content-Type": "application/gzip"}),
        "/maps/more.xml": sitemap_index(url, ["/maps/3.xml"]),
        "/maps/3.xml": sitemap(url, POSTS[8:]),
    }
    watched = Quick.make(tmp_path / "w", url)
    assert watched.crawl().reason == "finished"
    assert articles(watched) == sorted(POSTS)
    assert watched.pages()[POSTS[0]].modified == "2024-05-01T08:00:00Z"
    expected = [] if answer is BROKEN["absent"] else ["wordpress source"]
    assert [issue.kind for issue in watched.issues()] == expected


def test_a_feed_that_the_front_page_names_leads_to_its_articles(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, POSTS)
    local_site.pages |= {"/": front(head=feed_link("/news.rss")), "/news.rss": feed(local_site.url, POSTS)}
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert articles(watched) == sorted(POSTS)


def test_an_article_that_all_sources_name_is_known_once_and_a_broken_source_that_is_relied_on_is_an_issue(
    local_site: LocalSite, tmp_path: Path
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    local_site.pages |= (
        sheets(POSTS)
        | api(url, POSTS)
        | {"/sitemap.xml": sitemap(url, POSTS), "/feed/": feed(url, POSTS[-3:])}
    )
    home = str(local_site.pages["/"])
    local_site.pages["/"] = home.replace("</head>", f"{named(url)}</head>")
    everything = ["wordpress", "sitemap", "feed", "links"]
    watched = Quick.make(tmp_path / "w", url, discover=everything)
    watched.crawl()
    assert articles(watched) == sorted(POSTS)
    assert local_site.paths().count("/posts/2150/") <= 2  # once more, perhaps, to learn the boilerplate
    assert watched.issues() == []

    local_site.pages["/wp-json/wp/v2/posts"] = Page("[{", headers={"Content-Type": "application/json"})
    local_site.pages["/sitemap.xml"] = Page("<urlset>", headers={"Content-Type": "text/xml"})
    assert watched.crawl().failed is False
    assert sorted(issue.kind for issue in watched.issues()) == ["sitemap source", "wordpress source"]
    assert watched.changes() == []

    local_site.pages["/sitemap.xml"] = sitemap(url, POSTS)
    watched.crawl()
    assert [issue.kind for issue in watched.issues()] == ["wordpress source"]


def test_the_ledger_tells_what_each_source_lists_what_waits_and_what_is_no_longer_listed(
    local_site: LocalSite, tmp_path: Path
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    local_site.pages |= {
        "/": front(head=feed_link()),
        "/sitemap.xml": sitemap(url, POSTS),
        "/feed/": feed(url, POSTS[-3:]),
    }
    watched = Quick.make(tmp_path / "w", url, discover=["sitemap", "feed"], budget=14)
    watched.crawl()
    ledger = {one["source"]: one for one in watched.coverage()}
    known = len(articles(watched))
    assert 0 < known < len(POSTS)
    assert ledger["sitemap"]["listed"] == len(POSTS)
    assert ledger["sitemap"]["never_fetched"] == len(POSTS) - known
    assert ledger["feed"]["listed"] == 3
    assert watched.status()["waiting"] == len(POSTS) - known

    local_site.pages["/sitemap.xml"] = sitemap(url, POSTS[1:])
    watched.set(discover=["sitemap", "feed"])
    watched.crawl()
    ledger = {one["source"]: one for one in watched.coverage()}
    assert ledger["sitemap"] == {
        "source": "sitemap", "listed": len(POSTS) - 1, "never_fetched": 0, "no_longer_listed": 1,
    }  # fmt: skip
    assert watched.changes() == []  # still there, though nobody lists it


def test_a_list_of_addresses_or_a_feed_may_stand_where_robots_txt_names_a_sitemap(
    local_site: LocalSite, tmp_path: Path
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    local_site.pages |= {
        "/": front(),
        "/robots.txt": f"Sitemap: {url}/addresses\nSitemap: {url}/news.rss\n",
        "/addresses": Page("".join(f"{url}{quote(path)}\n" for path in POSTS[:6])),
        "/news.rss": feed(url, POSTS[6:]),
    }
    watched = Quick.make(tmp_path / "w", url)
    assert watched.crawl().reason == "finished"
    assert articles(watched) == sorted(POSTS)
    assert watched.issues() == []


USELESS: dict[str, tuple[Answer, str]] = {
    "elsewhere": (sitemap("https://gull.example", POSTS), "none of its 12 addresses is on this site"),
    "empty": (sitemap("", []), "it lists no address"),
    "a page": (front(), "it is no sitemap: it begins with '<!doctype html>"),
    "absent": (BROKEN["absent"], "it answers 404"),
}


@pytest.mark.parametrize(("answer", "expected"), USELESS.values(), ids=USELESS.keys())
def test_a_sitemap_of_no_use_is_named_in_an_issue_and_the_links_are_followed(
    local_site: LocalSite, tmp_path: Path, answer: Answer, expected: str
) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | {
        "/robots.txt": f"Sitemap: {local_site.url}/map\n",
        "/map": answer,
    }
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert articles(watched) == sorted(POSTS)
    (issue,) = watched.issues()
    assert issue.kind == "sitemap source"
    assert f"{local_site.url}/map can't be relied on: {expected}" in issue.message


def test_a_sitemap_none_of_whose_pages_is_there_is_not_believed(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | {
        "/sitemap.xml": sitemap(local_site.url, ["/", *(f"/staging{path}" for path in POSTS)])
    }
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert articles(watched) == sorted(POSTS)
    (issue,) = watched.issues()
    assert issue.kind == "sitemap source"
    assert "none of the 12 pages that it lists and that were asked for is there" in issue.message


def test_what_was_wrong_with_a_source_is_no_issue_when_it_is_not_asked_any_more(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | {"/robots.txt": f"Sitemap: {local_site.url}/map\n", "/map": "no map"}
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    (issue,) = watched.issues()
    assert "name those that are under `discover`" in issue.message
    watched.set(discover=["links"])
    watched.crawl()
    assert watched.issues() == []


def test_a_source_that_the_file_names_and_the_site_does_not_is_an_issue_until_it_does(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | {"/feed/": feed(local_site.url, POSTS)}
    home = str(local_site.pages["/"])
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["feed", "links"])
    watched.crawl()
    (issue,) = watched.issues()
    assert (issue.kind, issue.message) == (
        "feed source",
        "`discover` names it, and no start address says where it is",
    )
    local_site.pages["/"] = home.replace("</head>", f"{feed_link()}</head>")
    watched.crawl()
    assert watched.issues() == []


def test_a_feed_of_another_site_is_an_issue(local_site: LocalSite, tmp_path: Path) -> None:
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | {"/feed/": feed("https://gull.example", POSTS)}
    home = str(local_site.pages["/"])
    local_site.pages["/"] = home.replace("</head>", f"{feed_link()}</head>")
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert articles(watched) == sorted(POSTS)
    assert [issue.kind for issue in watched.issues()] == ["feed source"]


def test_an_index_that_names_itself_under_ever_new_addresses_leaves_most_of_the_day_to_the_pages(
    local_site: LocalSite, tmp_path: Path
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    numbers = count()
    local_site.pages |= sheets(POSTS) | {"/robots.txt": f"Sitemap: {url}/maps/0\n"}
    local_site.beneath["/maps/"] = lambda _: sitemap_index(
        url, [f"/maps/{next(numbers)}-{n}" for n in range(20)]
    )
    watched = Quick.make(tmp_path / "w", url, budget=100)
    watched.crawl()
    maps = [path for path in local_site.paths() if path.startswith("/maps/")]
    assert 20 < len(maps) <= 25
    assert articles(watched) == sorted(POSTS)
    (issue,) = watched.issues()
    assert "its share of what is left for the day" in issue.message


def test_redirects_of_a_source_count_against_its_share(local_site: LocalSite, tmp_path: Path) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    hops = count()
    local_site.pages |= sheets(POSTS) | {
        "/robots.txt": f"Sitemap: {url}/map\n",
        "/map": sitemap_index(url, [f"/hop/first-{n}" for n in range(20)]),
    }
    local_site.beneath["/hop/"] = lambda _: Page(status=302, headers={"Location": f"/hop/{next(hops)}"})
    watched = Quick.make(tmp_path / "w", url, budget=100)
    watched.crawl()
    assert len([path for path in local_site.paths() if path.startswith(("/map", "/hop/"))]) <= 25
    assert articles(watched) == sorted(POSTS)


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        (lambda whole: f"<br />\n<b>Warning</b>: x in <b>/a[1].php</b><br />\n{whole}", None),
        (lambda whole: f"\ufeff{whole}", None),
        (lambda whole: f"[null, {{}}, {whole[1:]}", "2 of its entries can't be read"),
        (lambda whole: whole[: len(whole) // 2], "it is no JSON"),
        (lambda _: "[" * 1_000_000, "its JSON is nested too deep"),
        (lambda _: '{"code": "off", "message": "Not today."}', "but says: Not today."),
    ],
)
def test_what_an_api_that_speaks_oddly_lists_is_known_or_else_told_and_found_by_links(
    local_site: LocalSite, tmp_path: Path, posts: Callable[[str], str], expected: str | None
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    local_site.pages |= sheets(POSTS) | api(url, POSTS[1:])
    home = str(local_site.pages["/"])
    sound = local_site.pages["/wp-json/wp/v2/posts"]
    assert isinstance(sound, Page)
    local_site.pages["/wp-json/wp/v2/posts"] = Page(posts(str(sound.body)), headers=sound.headers)
    local_site.pages["/"] = home.replace("</head>", f"{api_link(url)}</head>")
    watched = Quick.make(tmp_path / "w", url)
    watched.crawl()
    assert articles(watched) == sorted(POSTS if expected else POSTS[1:])
    assert [issue.kind for issue in watched.issues()] == (["wordpress source"] if expected else [])
    assert all(expected in issue.message for issue in watched.issues() if expected)


def test_sources_full_of_odd_values_leave_a_store_from_which_every_page_is_looked_at_again(
    local_site: LocalSite, tmp_path: Path
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    malformed = [
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "1403-02-16",
        "24:00",
        "",
        None,
        17,
        [],
        {},
        1e300,
        True,
    ]
    whole = json.loads(str(api(url, POSTS)["/wp-json/wp/v2/posts"].body))  # type: ignore[union-attr]
    for number, (entry, value) in enumerate(zip(whole, malformed, strict=False)):
        entry |= {
            "date_gmt": value,
            "modified_gmt": value,
            "id": value if number % 2 else number,
            "type": value,
        }
        entry |= {
            "title": value,
            "content": value if number % 3 else {"rendered": "\ud83d", "protected": None},
        }
    local_site.pages |= api(url, POSTS) | {"/": front(head=api_link(url))}
    total = {"X-WP-Total": "9" * 5_000, "X-WP-TotalPages": "²", "Content-Type": "application/json"}
    local_site.pages["/wp-json/wp/v2/posts"] = Page(json.dumps(whole), headers=total)
    watched = Quick.make(tmp_path / "w", url)
    watched.crawl()
    assert articles(watched) == sorted(POSTS)
    assert watched.issues() == []
    local_site.clear()
    local_site.pages["/wp-json/wp/v2/posts"] = BROKEN["absent"]  # while it agrees, no page need be fetched
    assert watched.crawl().reason == "finished"
    assert {unquote(path) for path in local_site.paths()} >= set(POSTS)
    assert watched.changes() == []
