"""One article at several addresses is one page, told under its main one; what looks alike stays apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.blog import front, post, sitemap, text_of
from tests.local_site import LocalSite, Page
from tests.quick import Quick
from tests.test_merging import faults
from tests.test_site_file_changes import PATHS, fill, moved, watch

NAMES = ("quay", "crane", "lamp", "net")
FORMS = (
    "/amp/posts/{}",
    "/print/posts/{}",
    "/m/posts/{}",
    "/posts/{}.amp.html",
    "/posts/{}/index.html",
    "/posts/{}?print=1",
)
EDITED = ["The lamp of Ormhead was lit on the first of March.", *text_of("/posts/lamp")[1:]]


def canonical(site: LocalSite, path: str) -> str:
    return f'<link rel="canonical" href="{site.url}{path}">'


def publish_all(site: LocalSite, forms: tuple[str, ...] = FORMS, edited: list[str] | None = None) -> None:
    """Each article under its address and in each form; all name the first, and link to the others."""
    for name in NAMES:
        path = f"/posts/{name}"
        links = "".join(f"<a href='{form.format(name)}'>{form}</a>" for form in forms)
        body = post(
            path,
            head=canonical(site, path),
            extra=links,
            paragraphs=edited if edited and name == "lamp" else (),
        )
        for form in ("/posts/{}", *forms):
            site.pages[form.format(name)] = body
    site.pages["/"] = front([f"/posts/{name}" for name in NAMES])


def live(watched: Quick) -> list[str]:
    """The paths of the articles that are known."""
    return sorted(path for path, page in watched.pages().items() if page.version and page.state == "live")


def test_an_edit_of_an_article_with_six_renderings_is_one_change_on_the_first_day(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish_all(local_site)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert live(watched) == sorted(f"/posts/{name}" for name in NAMES)
    publish_all(local_site, edited=EDITED)
    local_site.clear()
    watched.crawl()
    assert watched.news() == [("edited", "/posts/lamp")]
    requested = [path for path in local_site.paths() if "lamp" in path]
    assert requested == ["/posts/lamp"]
    watched.crawl()
    assert watched.news() == [("edited", "/posts/lamp")]
    assert faults(watched.root / "variorum.db") == []


@pytest.mark.parametrize("form", FORMS)
def test_a_rendering_that_turns_up_on_the_day_of_an_edit_is_no_page_of_its_own(
    local_site: LocalSite, tmp_path: Path, form: str
) -> None:
    publish_all(local_site, ())
    watched = Quick.make(tmp_path / "w", local_site.url)
    for _ in range(2):
        watched.crawl()
    publish_all(local_site, (form,), edited=EDITED)
    for _ in range(2):
        watched.crawl()
    assert watched.news() == [("edited", "/posts/lamp")]
    assert live(watched) == sorted(f"/posts/{name}" for name in NAMES)


def test_a_new_article_is_told_once_under_the_address_that_its_renderings_name(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish_all(local_site)
    watched = Quick.make(tmp_path / "w", local_site.url)
    for _ in range(2):
        watched.crawl()
    body = post("/posts/mast", head=canonical(local_site, "/posts/mast"))
    local_site.pages |= {"/amp/posts/mast": body, "/posts/mast": body}
    local_site.pages["/"] = front(["/amp/posts/mast", *(f"/posts/{n}" for n in NAMES), "/posts/mast"])
    for _ in range(2):
        watched.crawl()
    assert watched.news() == [("new", "/posts/mast")]


def test_renderings_that_sources_list_are_one_page_with_the_article(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish_all(local_site)
    every = [form.format(name) for form in (*FORMS, "/posts/{}") for name in NAMES]
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, every)
    watched = Quick.make(tmp_path / "w", local_site.url)
    for _ in range(3):
        watched.crawl()
    assert live(watched) == sorted(f"/posts/{name}" for name in NAMES)
    assert watched.news() == []


def test_a_page_that_names_another_one_and_has_a_text_of_its_own_is_a_page(
    local_site: LocalSite, tmp_path: Path
) -> None:
    paths = [f"/posts/{name}" for name in NAMES]
    for path in paths:
        local_site.pages[path] = post(path, head=canonical(local_site, paths[0]))
    local_site.pages["/"] = front(paths)
    watched = Quick.make(tmp_path / "w", local_site.url)
    for _ in range(2):
        watched.crawl()
    assert live(watched) == sorted(paths)
    local_site.pages[paths[2]] = post(paths[2], head=canonical(local_site, paths[0]), paragraphs=EDITED)
    watched.crawl()
    assert watched.news() == [("edited", paths[2])]


# ---- a final slash


def test_two_texts_that_differ_in_a_final_slash_are_two_pages_and_both_are_fetched(
    local_site: LocalSite, tmp_path: Path
) -> None:
    local_site.pages |= {"/report": post("/report"), "/report/": post("/all-reports")}
    local_site.pages["/"] = front(["/report", "/report/"])
    watched = Quick.make(tmp_path / "w", local_site.url)
    for _ in range(2):
        watched.crawl()
    assert live(watched) == ["/report", "/report/"]
    local_site.pages["/report/"] = post("/all-reports", paragraphs=EDITED)
    watched.crawl()
    assert watched.news() == [("edited", "/report/")]


@pytest.mark.parametrize("redirects", [True, False])
@pytest.mark.parametrize("first", ["/report", "/report/"])
def test_where_the_site_answers_alike_with_and_without_a_final_slash_there_is_one_page(
    local_site: LocalSite, tmp_path: Path, first: str, *, redirects: bool
) -> None:
    other = "/report/" if first == "/report" else "/report"
    local_site.pages |= {"/report": post("/report"), "/report/": post("/report")}
    if redirects:
        local_site.pages[other] = Page(status=301, headers={"Location": first})
    local_site.pages["/"] = front([first, other])
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert live(watched) == [first]
    local_site.clear()
    watched.crawl()
    assert local_site.paths().count("/report") + local_site.paths().count("/report/") == 1
    local_site.pages[first] = post("/report", paragraphs=EDITED)
    if not redirects:
        local_site.pages[other] = local_site.pages[first]
    watched.crawl()
    assert watched.news() == [("edited", first)]


def test_a_site_that_begins_to_write_its_addresses_with_a_slash_has_not_moved(
    local_site: LocalSite, tmp_path: Path
) -> None:
    paths = [f"/posts/{name}" for name in NAMES]
    local_site.pages |= {path: post(path) for path in paths} | {"/": front(paths)}
    watched = Quick.make(tmp_path / "w", local_site.url)
    for _ in range(2):
        watched.crawl()
    for path in paths:
        local_site.pages[f"{path}/"] = post(path)
        local_site.pages[path] = Page(status=301, headers={"Location": f"{path}/"})
    local_site.pages["/"] = front([f"{path}/" for path in paths])
    for _ in range(2):
        watched.crawl()
    assert watched.news() == []
    assert live(watched) == sorted(f"{path}/" for path in paths)


def test_a_page_is_asked_for_with_or_without_its_final_slash(local_site: LocalSite, tmp_path: Path) -> None:
    local_site.pages |= {"/report": post("/report"), "/": front(["/report"])}
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    host = local_site.url.removeprefix("http://")
    with watched._reader() as reader:
        found = [reader.find("watched", f"{host}{path}") for path in ("/report", "/report/", "/else")]
    assert [page.url if page else None for page in found] == [f"{local_site.url}/report"] * 2 + [None]


# ---- the site's own hosts


@pytest.fixture
def elsewhere() -> Iterator[LocalSite]:
    """The same site at its new host."""
    with LocalSite() as site:
        yield site


def test_a_host_left_for_a_new_one_and_kept_as_an_old_name_makes_no_page_twice(
    local_site: LocalSite, elsewhere: LocalSite, tmp_path: Path
) -> None:
    fill(local_site)
    watched = watch(tmp_path, local_site)
    fill(elsewhere)
    for path in ("/", *PATHS):
        local_site.pages[path] = Page(status=301, headers={"Location": f"{elsewhere.url}{path}"})
    del local_site.pages["/sitemap.xml"]
    there = moved(watched, elsewhere, also=[f"{local_site.url}/"])
    for _ in range(2):
        there.crawl()
    assert there.news() == []
    live = [page for page in there.pages().values() if page.state == "live" and page.version]
    assert sorted(there.path(page.url) for page in live) == sorted(PATHS)
