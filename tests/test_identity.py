"""One page has one name, however often and in whatever spelling a site names it; what differs stays apart."""

from __future__ import annotations

from pathlib import Path

from tests.blog import front, post, publish, sitemap
from tests.local_site import LocalSite, Page, Request
from tests.quick import Quick

SPELLINGS = (
    "/posts/harvest/?amp=1",
    "/posts/harvest/amp/",
    "/posts/harvest/?share=telegram&nb=1",
    "/posts/harvest/?utm_source=list&utm_medium=mail&fbclid=Iw1",
    "/posts/harvest/?replytocom=17",
    "/posts/harvest;jsessionid=0A1B",
    "/posts/harvest/?PHPSESSID=77f",
    "/posts/harvest",
    "/?p=17",
    "/posts/Harvest/",
    "/fa/نامهٔ-خانواده‌ها/?amp",
    "/fa/%D9%86%D8%A7%D9%85%D9%87%D9%94-%D8%AE%D8%A7%D9%86%D9%88%D8%A7%D8%AF%D9%87%E2%80%8C%D9%87%D8%A7/",
    "/fa/%d9%86%d8%a7%d9%85%d9%87%d9%94-%d8%ae%d8%a7%d9%86%d9%88%d8%a7%d8%af%d9%87%e2%80%8c%d9%87%d8%a7/",
)
ONE_EACH = ("/posts/harvest/", "/fa/نامهٔ-خانواده‌ها/")
APART = (
    "/view/?gallery=1",
    "/view/?gallery=2",
    "/view/?reference=1",
    "/view/?uid=1",
    "/view/?paged=2",
    "/view/?lang=fa",
    "/en/posts/9/",
    "/fa/posts/9/",
)


def articles(watched: Quick) -> list[str]:
    """The paths of pages that have a version, each as often as it is there."""
    return sorted(path for path, page in watched.pages().items() if page.version)


def named(site: LocalSite, path: str) -> str:
    """An article that says which its address is."""
    return post(path, head=f'<link rel="canonical" href="{site.url}{path}">')


def by_query(request: Request) -> str:
    """Another article for each query."""
    return post(request.path)


def test_every_spelling_of_a_page_is_that_one_page_and_what_differs_in_what_matters_stays_apart(
    local_site: LocalSite, tmp_path: Path
) -> None:
    pages = local_site.pages
    pages["/"] = front((*SPELLINGS, *APART, *(f"{local_site.url}{path}" for path in ONE_EACH)))
    pages |= {path: named(local_site, path) for path in ONE_EACH}
    pages["/posts/Harvest/"] = pages["/posts/harvest/"]
    pages["/posts/harvest"] = pages["/posts/harvest/amp/"] = Page(
        status=301, headers={"Location": "/posts/harvest/"}
    )
    pages["/?p=17"] = Page(status=301, headers={"Location": "/posts/harvest/"})
    pages["/view/"] = by_query
    publish(local_site, ["/en/posts/9/", "/fa/posts/9/"])
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert articles(watched) == sorted([*ONE_EACH, *APART])
    local_site.clear()
    watched.crawl()
    assert watched.changes() == []
    requested = [path for path in local_site.paths() if "arvest" in path or path.startswith("/?p")]
    assert requested == ["/posts/harvest/"]  # every other spelling is remembered, and never asked for again


def test_a_host_has_one_spelling_whatever_the_links_say(tmp_path: Path) -> None:
    with LocalSite(host="localhost") as site:
        host = site.url.removeprefix("http://")
        spellings = (f"http://www.{host}/a/", f"https://{host}/a/", f"HTTP://{host.upper()}/a/", "/a/")
        site.pages |= {"/": front(spellings), "/a/": post("/a/")}
        watched = Quick.make(tmp_path / "w", site.url)
        watched.crawl()
        assert articles(watched) == ["/a/"]
        assert watched.issues() == []


def test_the_doubles_of_an_author_archive_are_one_page_by_the_sites_drop_list(
    local_site: LocalSite, tmp_path: Path
) -> None:
    doubles = (
        "/?author=anne",
        "/?author=anne&authorid=4",
        "/?authorid=4&author=anne",
        "/?author=bo&authorid=5",
    )
    local_site.pages |= {path: post(path.partition("&authorid")[0]) for path in doubles}
    local_site.pages["/"] = front(doubles)
    watched = Quick.make(tmp_path / "w", local_site.url, drop_params=["authorid"])
    local_site.pages["/?author=bo"] = local_site.pages["/?author=bo&authorid=5"]
    watched.crawl()
    assert sorted(watched.pages()) == ["/", "/?author=anne", "/?author=bo"]


def test_a_canonical_link_out_of_the_site_or_to_one_sink_is_not_believed(
    local_site: LocalSite, tmp_path: Path
) -> None:
    paths = [f"/posts/{n}/" for n in range(1, 5)]
    sink, outside = f"{local_site.url}/posts/1/", "https://elsewhere.example/posts/2/"
    local_site.pages["/"] = front(paths)
    for path in paths:
        local_site.pages[path] = post(path, head=f'<link rel="canonical" href="{sink}">')
    local_site.pages["/posts/2/"] = post("/posts/2/", head=f'<link rel="canonical" href="{outside}">')
    home = f'<link rel="canonical" href="{local_site.url}/">'
    local_site.pages["/posts/3/"] = post("/posts/3/", head=home)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert articles(watched) == paths


def test_a_translation_is_found_by_its_hreflang_and_is_a_page_of_its_own(
    local_site: LocalSite, tmp_path: Path
) -> None:
    editions = ("/posts/a-letter/", "/fa/نامه/", "/ar/رسالة/", "/sq/një-letër/")
    addresses = [*(f"{local_site.url}{path}" for path in editions), "https://elsewhere.example/de/"]
    alternates = "".join(
        f'<link rel="alternate" hreflang="{code}" href="{address}">'
        for code, address in zip(("en", "fa", "ar", "sq", "de"), addresses, strict=True)
    )
    for path in editions:
        local_site.pages[path] = post(path, head=alternates)
    local_site.pages["/"] = front(editions[:1])
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert articles(watched) == sorted(editions)
    assert sorted(watched.pages()) == sorted(["/", *editions])


def test_a_sitemap_in_another_spelling_than_the_pages_themselves_changes_nothing(
    local_site: LocalSite, tmp_path: Path
) -> None:
    paths = ["/fa/گزارش/", "/posts/harvest/"]
    local_site.pages |= {path: named(local_site, path) for path in paths} | {"/": front(paths)}
    local_site.pages["/posts/HARVEST"] = Page(status=301, headers={"Location": "/posts/harvest/"})
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, ["/fa/گزارش", "/posts/HARVEST"])
    watched.crawl()
    watched.crawl()
    assert articles(watched) == sorted(paths)
    assert watched.changes() == []
