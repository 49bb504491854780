"""Adding one page alone, a deep address, and many addresses at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.blog import front
from tests.command import objects, variorum
from tests.local_site import LocalSite, article
from variorum.crawler.errors import Misuse
from variorum.crawler.preview.address_list import addresses_in
from variorum.spiders.spiders.site_probe import SiteProbe, page_name, page_values

SHELL = (
    "<title>Shop</title><noscript>You need to enable JavaScript.</noscript>"
    "<div id=root></div><script></script>"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a workspace without sites."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "variorum.toml").write_text("[defaults]\ndelay = 0\n", encoding="utf-8")
    return tmp_path


def test_one_page_is_watched_alone_and_its_edit_is_a_change(root: Path, local_site: LocalSite) -> None:
    terms = article(
        "Terms", "You may read all pages.", '<a href="/other/">More.</a>', "The price is 12 crowns."
    )
    local_site.pages |= {"/legal/terms/": terms, "/other/": article("Other", "Not asked for.")}
    added = variorum("-C", root, "add", f"{local_site.url}/legal/terms/", "--page", "--name", "terms")
    assert set(local_site.paths()) == {"/legal/terms/"}
    assert "sitemaps" not in added.stdout
    local_site.clear()
    [first] = objects("-C", root, "crawl")
    local_site.pages["/legal/terms/"] = terms.replace("12 crowns", "15 crowns")
    [second] = objects("-C", root, "crawl")
    assert (first["baseline"], first["fetched"], second["changed"], second["fetched"]) == (1, 1, 1, 1)
    assert local_site.paths().count("/legal/terms/") == 2
    assert "/other/" not in local_site.paths()
    [change] = objects("-C", root, "changes")
    assert change["url"] == f"{local_site.url}/legal/terms/"


def test_a_front_page_alone_has_versions(root: Path, local_site: LocalSite) -> None:
    posts = {"/a/": article("A bridge", "It stands."), "/b/": article("A pier", "It stands, too.")}
    local_site.pages |= {"/": front(posts), **posts}
    variorum("-C", root, "add", local_site.url, "--page", "--name", "home")
    objects("-C", root, "crawl")
    assert [one["version"] for one in objects("-C", root, "history", f"{local_site.url}/")] == [1]
    assert "/a/" not in local_site.paths()


@pytest.mark.parametrize(
    ("url", "scope", "name"),
    [
        ("https://example.org/legal/terms/", "^/legal/terms/?$", "example-terms"),
        ("https://www.example.org/item.php?id=7", r"^/item\.php/?\?id=7$", "example-item"),
        ("https://example.org/", "^/?$", "example-page"),
        ("https://example.org/fa/%D8%A7%D8%AE%D8%A8%D8%A7%D8%B1", "^/fa/اخبار/?$", "example-page"),
    ],
)
def test_the_scope_of_one_page_is_its_address(url: str, scope: str, name: str) -> None:
    assert page_values(SiteProbe(url=url))["scope"] == [scope]
    assert page_name(url) == name


def test_a_deep_address_says_that_the_whole_host_is_taken(root: Path, local_site: LocalSite) -> None:
    local_site.pages["/en/news/"] = front()
    result = variorum("-C", root, "add", f"{local_site.url}/en/news/", "--name", "news")
    assert f"takes all pages of {local_site.url.removeprefix('http://')}" in result.stderr
    assert 'scope = ["/en/news/"]' in result.stderr
    assert "--page" in result.stderr


def test_a_site_that_needs_javascript_is_not_added_without_rendering(
    root: Path, local_site: LocalSite
) -> None:
    local_site.pages["/"] = SHELL
    result = variorum("-C", root, "add", local_site.url)
    assert (result.exit_code, list((root / "sites").iterdir())) == (1, [])
    assert "`render = true`" in result.stderr
    assert "--render" in result.stderr


def test_of_a_list_of_addresses_those_that_can_be_read_are_added(root: Path, local_site: LocalSite) -> None:
    local_site.pages["/one/"] = front()
    (root / "list.txt").write_text(f"# ours\n{local_site.url}/one/\n\n{local_site.url}/none/\n")
    result = variorum("-C", root, "add", "--from", root / "list.txt", "--page", "--json")
    assert result.exit_code == 1
    assert [json.loads(line)["url"] for line in result.stdout.splitlines()] == [f"{local_site.url}/one/"]
    assert f"{local_site.url}/none/ can't be read" in result.stderr


def test_an_opml_file_is_a_list_of_sites() -> None:
    opml = """<?xml version="1.0"?><opml version="2.0"><body><outline text="Press">
        <outline type="rss" xmlUrl="https://one.example/feed/" htmlUrl="https://one.example/blog/"/>
        <outline type="rss" xmlUrl="https://two.example/feed/rss.xml"/></outline></body></opml>"""
    assert addresses_in(opml.encode(), "feeds.opml") == ["https://one.example/blog/", "https://two.example/"]


@pytest.mark.parametrize("data", [b"", b"<opml><body>", b"\xff\xfe\x00", b"<opml/>"])
def test_what_is_no_list_of_addresses_is_misuse(data: bytes) -> None:
    with pytest.raises(Misuse, match="feeds"):
        addresses_in(data, "feeds")
