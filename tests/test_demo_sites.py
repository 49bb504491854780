"""The demo sites themselves: noise at every request, the same articles in it, and one honest night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.demo.content import TEXTS, read
from tests.demo.sites import NAMES, DemoSites
from variorum.crawler.config.site import load_sites

SHAPES = Path(__file__).with_name("shapes")
EMAIL = re.compile(r"[\w.]+@[\w.]+\w")


@pytest.fixture
def sites() -> Iterator[DemoSites]:
    with DemoSites() as running:
        yield running


def get(sites: DemoSites, name: str, path: str) -> tuple[int, str, str]:
    """Status, text and Location of the answer; redirects are not followed."""
    connection = HTTPConnection(urlsplit(sites.urls[name]).netloc)
    connection.request("GET", quote(path, safe="/?&=+%"))
    answer = connection.getresponse()
    text = answer.read().decode("utf-8")
    connection.close()
    return answer.status, text, answer.headers.get("Location", "")


def articles(name: str) -> dict[str, list[str]]:
    """The paragraphs of each article published before the night."""
    return {article.path: article.paragraphs for article in read(name, "").newest()}


def page_paragraphs(page: str) -> list[str]:
    """The text of each paragraph of the page, a hidden address shown as readers without scripts see it."""
    found = re.findall(r"<p>(.*?)</p>", page, flags=re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", inside)) for inside in found]


def as_shown(paragraphs: list[str]) -> list[str]:
    return [EMAIL.sub("[email\N{NO-BREAK SPACE}protected]", text) for text in paragraphs]


def holds(page: str, paragraphs: list[str]) -> bool:
    """Whether these paragraphs stand on the page one after the other."""
    shown, wanted = page_paragraphs(page), as_shown(paragraphs)
    return any(shown[at : at + len(wanted)] == wanted for at in range(len(shown)))


@pytest.mark.parametrize("name", NAMES)
def test_two_fetches_of_a_page_differ_but_hold_the_same_article(sites: DemoSites, name: str) -> None:
    for path, paragraphs in articles(name).items():
        (status, first, _), (_, second, _) = get(sites, name, path), get(sites, name, path)
        assert status == 200
        assert first != second, path
        assert holds(first, paragraphs), path
        assert holds(second, paragraphs), path


@pytest.mark.parametrize("name", NAMES)
def test_the_night_makes_the_changes_of_the_truth_and_no_other(sites: DemoSites, name: str) -> None:
    expected = articles(name)
    text_of = {article.path: article.paragraphs for article in read(name, "").articles}
    sites.overnight()
    for change in (change for change in sites.truth if change.site == name):
        match change.kind:
            case "edited":
                text = "\n\n".join(expected[change.path])
                for old, new in zip(change.old, change.new, strict=True):
                    assert text.count(old) == 1
                    text = text.replace(old, new)
                expected[change.path] = text.split("\n\n")
            case "new":
                assert change.path not in expected
                expected[change.path] = text_of[change.path]
            case "gone":
                del expected[change.path]
                assert get(sites, name, change.path)[0] == 404
            case "moved":
                expected[change.to] = expected.pop(change.path)
                assert get(sites, name, change.path)[::2] == (301, change.to)
    for path, paragraphs in expected.items():
        status, page, _ = get(sites, name, path)
        assert status == 200, path
        assert holds(page, paragraphs), path


def test_the_truth_has_every_kind_of_change_and_a_quiet_site(sites: DemoSites) -> None:
    kinds = sorted((change.site, change.kind) for change in sites.truth)
    assert kinds == [
        ("keepers", "edited"), ("keepers", "edited"), ("keepers", "gone"),
        ("keepers", "moved"), ("keepers", "new"), ("rivers", "edited"),
    ]  # fmt: skip


def test_an_unpublished_article_is_nowhere_before_the_night(sites: DemoSites) -> None:
    assert get(sites, "keepers", "/en/posts/1221")[0] == 404
    for path in ("/en/", "/sitemap.xml", "/en/feed/"):
        assert "/en/posts/1221" not in get(sites, "keepers", path)[1]
    sites.overnight()
    for path in ("/en/", "/sitemap.xml", "/en/feed/"):
        assert "/en/posts/1221" in get(sites, "keepers", path)[1]


def test_a_quiet_edit_leaves_the_sitemaps_lastmod_as_it_was(sites: DemoSites) -> None:
    entry = re.compile(r"/en/posts/1204</loc><lastmod>[^<]+")
    before = entry.findall(get(sites, "keepers", "/sitemap.xml")[1])
    sites.overnight()
    assert len(before) == 1
    assert entry.findall(get(sites, "keepers", "/sitemap.xml")[1]) == before


@pytest.mark.parametrize("edition, direction", [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl"), ("sq", "ltr")])
def test_each_edition_says_its_language_and_direction(sites: DemoSites, edition: str, direction: str) -> None:
    assert f'<html lang="{edition}" dir="{direction}">' in get(sites, "keepers", f"/{edition}/")[1]


def test_an_article_stands_again_under_its_amp_addresses(sites: DemoSites) -> None:
    paragraphs = articles("keepers")["/fa/posts/2104"]
    for path in ("/fa/posts/2104/amp/", "/fa/posts/2104?amp=1"):
        status, page, _ = get(sites, "keepers", path)
        assert status == 200
        assert holds(page, paragraphs)
        assert f'<link rel="canonical" href="{sites.urls["keepers"]}/fa/posts/2104">' in page


def test_persian_categories_have_further_pages_that_end(sites: DemoSites) -> None:
    statuses = [get(sites, "keepers", f"/fa/category/چراغ‌ها/page/{number}/")[0] for number in (1, 2)]
    assert statuses == [200, 404]
    first, second, past = (get(sites, "keepers", f"/fa/page/{number}/") for number in (1, 2, 3))
    assert quote("/fa/page/2/") in first[1]
    assert (second[0], past[0]) == (200, 404)


def test_a_hidden_address_can_be_read_with_the_key_it_begins_with(sites: DemoSites) -> None:
    page = get(sites, "keepers", "/en/posts/1204")[1]
    codes = [bytes.fromhex(code) for code in re.findall(r'data-cfemail="(\w+)"', page)]
    assert {bytes(byte ^ code[0] for byte in code[1:]).decode() for code in codes} == {
        "office@keepers.example"
    }
    assert "office@keepers.example" not in page


def test_the_view_counter_counts_up(sites: DemoSites) -> None:
    pages = [get(sites, "keepers", "/en/posts/1204")[1] for _ in range(2)]
    first, second = (int(re.findall(r"([\d,]+) views<", page)[0].replace(",", "")) for page in pages)
    assert first < second


def test_another_articles_edit_reaches_its_teasers(sites: DemoSites) -> None:
    def showing(figure: str) -> list[str]:
        paths = articles("rivers")
        return [path for path in paths if f"with {figure} springs" in get(sites, "rivers", path)[1]]

    before = showing("57")
    sites.overnight()
    assert len(before) == 4
    assert showing("59") == before


def test_an_author_archive_has_two_addresses(sites: DemoSites) -> None:
    archives = [
        re.findall(r'<h2><a href="([^"]+)"', get(sites, "rivers", path)[1])
        for path in ("/wordpress/?author=Mira+Toska&authorid=2", "/wordpress/?author=Mira+Toska")
    ]
    assert len(archives[0]) == 4
    assert archives[0] == archives[1]


def test_ninety_headlines_run_above_every_page_and_the_night_puts_one_before_them(sites: DemoSites) -> None:
    def headlines(path: str) -> set[str]:
        ticker = re.findall(r"<marquee[^>]*>(.*?)</marquee>", get(sites, "bakers", path)[1])
        shown = re.sub(r"<[^>]+>", "", ticker[0]).split(" - ")
        assert len(shown) == 90
        return set(shown)

    before = headlines("/")
    assert headlines("/articles/23-sauerteig.html") == before
    sites.overnight()
    newest = (TEXTS / "ticker.txt").read_text(encoding="utf-8").splitlines()[0]
    assert headlines("/") - before == {newest}


def test_every_keepers_sidebar_differs_after_the_night(sites: DemoSites) -> None:
    def sidebar(path: str) -> str:
        return get(sites, "keepers", path)[1].partition('<div id="sidebar">')[2].partition("</aside>")[0]

    paths = ["/en/posts/1207", "/fa/posts/2101", "/ar/posts/3102", "/sq/posts/4101"]
    before = [sidebar(path) for path in paths]
    assert all(before)
    assert before == [sidebar(path) for path in paths]
    sites.overnight()
    assert not set(before) & {sidebar(path) for path in paths}


def test_each_site_says_where_its_pages_are_in_its_own_way(sites: DemoSites) -> None:
    assert get(sites, "keepers", "/sitemap.xml")[1].count("<lastmod>") == len(articles("keepers"))
    assert get(sites, "rivers", "/sitemap.xml")[0] == 404
    assert get(sites, "rivers", "/wordpress/feed/")[1].count("<item>") == len(articles("rivers"))
    bakers = get(sites, "bakers", "/sitemap.xml")[1]
    assert (bakers.count("<loc>"), bakers.count("<lastmod>")) == (len(articles("bakers")), 0)
    assert [get(sites, name, "/wp-json/")[0] for name in NAMES] == [404, 404, 404]


def test_links_alone_lead_to_every_article_of_the_archive(sites: DemoSites) -> None:
    seen, queue = set[str](), ["/wordpress/"]
    while queue:
        path = queue.pop()
        seen.add(path)
        links = {
            unescape(link) for link in re.findall(r'href="(/wordpress/[^"]*)"', get(sites, "rivers", path)[1])
        }
        queue += sorted(links - seen - set(queue))
    assert set(articles("rivers")) <= seen


def test_the_site_files_are_those_of_a_workspace(sites: DemoSites, tmp_path: Path) -> None:
    sites.site_files(tmp_path / "sites")
    loaded = load_sites(tmp_path / "sites")
    assert sorted(loaded) == sorted(NAMES)
    for name, site in loaded.items():
        assert (site.delay, site.concurrency) == (0, 4)
        assert [get(sites, name, urlsplit(seed).path)[0] for seed in site.seeds] == [200] * len(site.seeds)


@pytest.mark.parametrize("expected", sorted(SHAPES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_saved_page_holds_the_article_that_stands_beside_it(expected: Path) -> None:
    page = expected.with_suffix(".html").read_text(encoding="utf-8")
    assert holds(page, expected.read_text(encoding="utf-8").splitlines())
