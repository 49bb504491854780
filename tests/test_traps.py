"""What has no end is left alone after a while, and said; what is merely long is read to its end."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

from tests.blog import POSTS, front, publish, sheets, sitemap, sitemap_index
from tests.local_site import LocalSite, Page, Request, article
from tests.quick import Quick
from variorum.crawler.config.site import Site
from variorum.crawler.urls.patterns import ENOUGH, ENOUGH_WIDE, UrlPatterns
from variorum.spiders.sources.sitemap import MAX_ENTRIES, read_sitemap

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
    watched.crawl(full=False)
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
    watched = Quick.make(tmp_path / "w", url)
    assert watched.crawl().reason == "finished"
    assert articles(watched) == sorted(POSTS)
    [issue] = watched.issues()
    assert issue.kind == "sitemap source"
    assert f"{url}/bomb.xml can't be relied on: too large" in issue.message
    assert f"{url}/packed.xml can't be relied on: it is larger than 50 MB" in issue.message
    assert "laughs" not in issue.message
    assert local_site.paths().count("/index.xml") == 1


def test_of_a_sitemap_with_more_entries_than_may_be_the_first_are_read_and_that_is_said() -> None:
    paths = [f"/{number}/" for number in range(60_000)]
    site = Site(name="t", url="https://a.example/")
    found = read_sitemap(str(sitemap("https://a.example", paths).body).encode(), f"{site.url}map.xml", site)
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


# ---- by its fruits


def tried(urls: Iterable[str], words: int | None = None, text: str = "{}") -> UrlPatterns:
    """What is known after these addresses were fetched, each with so many words of that text."""
    shapes = UrlPatterns()
    for url in urls:
        shapes.add(url, words, text.format(url))
    return shapes


def test_pages_that_differ_in_a_name_alone_are_no_fruit_and_articles_of_one_length_are() -> None:
    days = [f"https://a.example/events/{day}/" for day in range(ENOUGH)]
    assert not tried(days[1:], 5).is_barren(days[0])
    assert tried(days, 5).is_barren(days[0])
    assert tried(days, 300, "the same").is_barren(days[0])
    assert not tried(days, 300).is_barren(days[0])


def test_what_leads_to_something_else_is_fruitful_and_what_leads_to_more_of_its_kind_is_not() -> None:
    sheets = [f"https://a.example/page/{number}/" for number in range(ENOUGH)]
    barren, fruitful = tried(sheets), tried(sheets)
    for number, sheet in enumerate(sheets):
        barren.led(sheet, f"https://a.example/page/{number + 1}/")
        fruitful.led(sheet, f"https://a.example/posts/{number}/")
    assert barren.is_barren("https://a.example/page/777/")
    assert not fruitful.is_barren("https://a.example/page/777/")


def test_filters_are_known_for_what_they_are_however_they_are_combined() -> None:
    names = [f"{one}={value}" for one in "abcdefgh" for value in range(1, 9)]
    pairs = [f"https://a.example/goods/?{one}&{other}" for one in names for other in names]
    assert tried(pairs[:ENOUGH_WIDE]).is_barren("https://a.example/goods/?x=1")
    assert not tried(pairs[:ENOUGH_WIDE]).is_barren("https://a.example/bads/?x=1")
    narrowed = tried(pairs[:ENOUGH_WIDE])
    for pair in pairs[:ENOUGH_WIDE]:
        narrowed.led(pair, f"{pair}&x=1")
    assert narrowed.is_barren("https://a.example/goods/?x=1")
