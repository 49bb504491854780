"""What has no end is left alone after a while, and said; what is merely long is read to its end."""

from __future__ import annotations

import gzip
from pathlib import Path

from crawler.shapes import ENOUGH
from spiders.sitemap import MAX_ENTRIES, read_sitemap
from tests.blog import POSTS, front, publish, sheets, sitemap, sitemap_index
from tests.local_site import LocalSite, Page, Request, article
from tests.quick import Quick

XML = {"Content-Type": "text/xml"}


def articles(watched: Quick) -> list[str]:
    """The paths of pages that have a version."""
    return sorted(path for path, page in watched.pages().items() if page.version)


def calendar(request: Request) -> str:
    """A sheet for any day there may be, with links to the days after it and back to the articles."""
    number = int(request.path.rstrip("/").rpartition("-")[2])
    return front([POSTS[0], *(f"/events/day-{number + later}/" for later in range(1, 9))])


def filtered(request: Request) -> str:
    """The same goods in another order, with links that filter them further."""
    count = len(request.path)
    return front([POSTS[1], *(f"{request.path}&{name}={count}" for name in ("colour", "size"))])


def nested(request: Request) -> str:
    """A page whose link is relative where it should not be."""
    return article("Deep", "A little text about nothing much.", extra='<a href="further/in/">on</a>')


def test_endless_calendars_filters_and_growing_links_end_and_are_said(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, POSTS)
    local_site.pages["/"] = front(["/events/day-1/", "/goods/?order=1", "/deep/", *POSTS])
    local_site.beneath |= {"/events/": calendar, "/goods/": filtered, "/deep/": nested}
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["links"])
    assert watched.crawl().reason == "finished"
    assert set(POSTS) <= set(articles(watched))
    assert len(local_site.requests) < 3 * ENOUGH
    known = set(watched.pages())
    watched.crawl(thorough=False)
    assert set(watched.pages()) == known
    [issue] = watched.issues()
    assert issue.kind == "trap"
    assert "like /events/day-0/" in issue.message
    assert "7 query parameters" in issue.message
    assert "path repeats /further/in/" in issue.message

    watched.set(discover=["links"], exclude=["/events/", "/goods/", "/deep/"])
    watched.crawl()
    assert watched.issues() == []


def test_a_long_archive_is_followed_to_its_end_by_links_alone(local_site: LocalSite, tmp_path: Path) -> None:
    paths = [f"/posts/{number}/" for number in range(ENOUGH + 30)]
    publish(local_site, paths)
    local_site.pages |= sheets(paths, 1)
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["links"])
    watched.crawl()
    assert set(paths) <= set(articles(watched))
    assert watched.issues() == []


def test_a_hostile_sitemap_costs_little_and_is_said_and_the_others_are_read(
    local_site: LocalSite, tmp_path: Path
) -> None:
    url = local_site.url
    publish(local_site, POSTS)
    maps = ["index", "bomb", "packed", "laughs", "html", "inside", "good"]
    local_site.pages |= {
        "/": front(),
        "/robots.txt": "".join(f"Sitemap: {url}/{name}.xml\n" for name in maps),
        "/index.xml": sitemap_index(url, ["/index.xml", "/index.xml?again=1", "/good.xml"]),
        "/bomb.xml": Page(b"<urlset>" + b" " * (11 << 20), headers=XML, gzip=True),
        "/packed.xml": Page(
            gzip.compress(gzip.compress(b" " * (51 << 20))), headers={"Content-Encoding": "gzip"}
        ),
        "/laughs.xml": Page(laughs(url), headers=XML),
        "/html.xml": front(POSTS),
        "/inside.xml": sitemap_index("http://127.0.0.2", ["/secret.xml"]),
        "/good.xml": sitemap(url, POSTS),
    }
    watched = Quick.make(tmp_path / "w", url, discover=["sitemap"])
    assert watched.crawl().reason == "finished"
    assert articles(watched) == sorted(POSTS)
    print(watched.issues())
    assert [issue.kind for issue in watched.issues()] == ["sitemap source"]


def test_of_a_sitemap_with_more_entries_than_may_be_the_first_are_read_and_that_is_said() -> None:
    found = read_sitemap(str(sitemap("https://a.example", ["/a/"] * 60_000).body).encode())
    assert len(found.pages) == MAX_ENTRIES == 50_000
    assert "more than 50000 entries" in found.lacks


def laughs(url: str) -> str:
    """A sitemap of one article whose entities would unfold into gigabytes."""
    entities = "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">'
        for inner, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    entry = "<url><loc>{}</loc></url>"
    return (
        f'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "ha">{entities}]><urlset>'
        f"{entry.format('&j;')}{entry.format(f'{url}{POSTS[0]}')}</urlset>"
    )
