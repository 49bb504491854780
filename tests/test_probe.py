"""Taking sites under watch: what a first look finds, what is written, and what a page cannot talk it into."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.blog import POSTS, api, api_link, feed, feed_link, front, post, publish, sitemap
from tests.command import objects, variorum
from tests.local_site import LocalSite, Page, Request, article
from variorum.crawler.config.site import Site, load_site
from variorum.crawler.errors import Misuse
from variorum.spiders.spiders.site_probe import SiteProbe, account, addresses, site_name, site_values, watched


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a workspace without sites."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "variorum.toml").write_text("[defaults]\ndelay = 0\n", encoding="utf-8")
    return tmp_path


def add(root: Path, *words: str) -> Result:
    return variorum("-C", root, "add", *words)


def written(root: Path, name: str) -> dict[str, Any]:
    """The keys of a site's file."""
    return tomllib.loads((root / "sites" / f"{name}.toml").read_text(encoding="utf-8"))


def files(root: Path) -> list[str]:
    return [path.name for path in (root / "sites").iterdir()]


# ---- what is found


def test_a_wordpress_with_editions_is_found_out(root: Path, local_site: LocalSite) -> None:
    head = (
        f'{api_link(local_site.url)}{feed_link()}<meta name="generator" content="WordPress 6.5">'
        '<link rel="alternate" hreflang="fa" href="/fa/"><link rel="alternate" hreflang="en" href="/">'
    )
    home = front(POSTS, head=head).replace("<html>", '<html lang="en-GB">')
    local_site.pages |= {"/": home, "/feed/": feed(local_site.url, POSTS), **api(local_site.url, POSTS)}
    local_site.pages["/robots.txt"] = f"Sitemap: {local_site.url}/map.xml\n"
    local_site.pages["/map.xml"] = sitemap(local_site.url, POSTS)
    [site] = objects("-C", root, "add", local_site.url, "--name", "blog")
    assert site["found"] == {
        "url": local_site.url,
        "trouble": "",
        "generator": "WordPress 6.5",
        "language": "en-gb",
        "editions": {"fa": f"{local_site.url}/fa/", "en": f"{local_site.url}/"},
        "api": f"{local_site.url}/wp-json/",
        "sitemaps": [f"{local_site.url}/map.xml"],
        "feeds": [f"{local_site.url}/feed/"],
        "unlisted": [],
    }
    assert (site["name"], site["url"]) == ("blog", f"{local_site.url}/")
    assert written(root, "blog") == {
        "url": f"{local_site.url}/",
        "also": [f"{local_site.url}/fa/"],
        "discover": ["wordpress", "sitemap", "feed"],
    }


def test_the_file_says_what_was_found_and_can_be_crawled_by(root: Path, local_site: LocalSite) -> None:
    local_site.pages |= {"/": front(POSTS), "/sitemap.xml": sitemap(local_site.url, POSTS)}
    publish(local_site, POSTS)
    result = add(root, local_site.url, "--name", "blog")
    assert result.exit_code == 0
    assert result.stdout.strip() == (root / "sites" / "blog.toml").read_text(encoding="utf-8").strip()
    assert f"#   sitemaps: {local_site.url}/sitemap.xml\n" in result.stdout
    assert "variorum check blog" in result.stderr
    [run] = objects("-C", root, "crawl")
    assert run["baseline"] == len(POSTS)


def test_links_are_followed_only_where_nothing_lists_the_site(root: Path, local_site: LocalSite) -> None:
    local_site.pages |= {"/": front(POSTS, head=feed_link()), "/feed/": feed(local_site.url, POSTS)}
    assert add(root, local_site.url, "--name", "fed").exit_code == 0
    assert written(root, "fed")["discover"] == ["feed", "links"]


@pytest.mark.parametrize("kept_apart", [False, True], ids=["one sitemap", "an index of sitemaps"])
def test_links_are_followed_where_the_home_page_links_to_pages_that_no_sitemap_lists(
    kept_apart: bool, root: Path, local_site: LocalSite
) -> None:
    site = local_site.url
    local_site.pages["/"] = front([*POSTS, "/ar/", "/who/", "https://elsewhere.example/"])
    listed = sitemap(site, POSTS)
    index = f"<sitemapindex><sitemap><loc>{site}/posts.xml</loc></sitemap></sitemapindex>"
    local_site.pages |= {"/sitemap.xml": index if kept_apart else listed, "/posts.xml": listed}
    result = add(root, site, "--name", "half")
    assert written(root, "half")["discover"] == ["sitemap", "links"]
    assert f"#   linked, but in no sitemap: {site}/ar/ and 1 more\n" in result.stdout


@pytest.mark.parametrize("lacking", ["<urlset><url><loc>/cut", Page("down", status=503)], ids=["cut", "down"])
def test_where_a_sitemap_can_not_be_read_whole_it_is_not_said_what_it_lacks(
    lacking: str | Page, root: Path, local_site: LocalSite
) -> None:
    maps = "".join(f"<sitemap><loc>{local_site.url}/{name}.xml</loc></sitemap>" for name in ("old", "new"))
    local_site.pages |= {"/": front([*POSTS, "/ar/"]), "/sitemap.xml": f"<sitemapindex>{maps}</sitemapindex>"}
    local_site.pages |= {"/old.xml": sitemap(local_site.url, POSTS), "/new.xml": lacking}
    assert add(root, local_site.url, "--name", "part").exit_code == 0
    assert written(root, "part")["discover"] == ["sitemap"]


def test_sources_that_are_named_and_not_there_are_not_taken_for_sources(
    root: Path, local_site: LocalSite
) -> None:
    home = front(POSTS, head=api_link(local_site.url) + feed_link())
    local_site.pages |= {"/": home, "/feed/": "<p>no feed</p>", "/sitemap.xml": "<p>no sitemap</p>"}
    local_site.pages["/wp-json/wp/v2/types"] = Page('{"code": "rest_forbidden"}', status=401)
    assert add(root, local_site.url, "--name", "bare").exit_code == 0
    assert written(root, "bare")["discover"] == ["links"]


def test_where_no_scheme_is_given_http_is_tried_after_https(root: Path, local_site: LocalSite) -> None:
    local_site.pages["/"] = front()
    assert add(root, local_site.url.removeprefix("http://"), "--name", "plain").exit_code == 0
    assert written(root, "plain")["url"] == f"{local_site.url}/"


def test_the_address_that_answers_is_written_and_not_the_one_that_leads_there(
    root: Path, local_site: LocalSite
) -> None:
    local_site.pages |= {"/": Page(status=302, headers={"Location": "/en/"}), "/en/": front()}
    assert add(root, local_site.url, "--name", "led").exit_code == 0
    assert written(root, "led")["url"] == f"{local_site.url}/en/"


def test_an_address_that_leads_to_another_host_is_told_to(root: Path, local_site: LocalSite) -> None:
    local_site.pages["/"] = front()
    with LocalSite() as old:
        old.pages["/"] = Page(status=301, headers={"Location": f"{local_site.url}/"})
        result = add(root, old.url, "--name", "led")
    assert f"{old.url} redirects to {local_site.url}/, which is added instead" in result.stderr


# ---- what is not written


def test_a_server_that_cannot_be_reached_is_named_and_not_its_robots_txt(root: Path) -> None:
    refused = add(root, "http://127.0.0.1:1/").stderr
    assert "The server of http://127.0.0.1:1/ can't be reached: it refused the connection" in refused
    unknown = add(root, "nowhere.invalid").stderr
    assert unknown.count("No host is known by the name nowhere.invalid: check the address") == 1
    assert "robots" not in refused + unknown


@pytest.mark.parametrize(
    "home",
    [
        Page("down", status=503),
        Page("<title>Just a moment...</title>", status=403),
        Page("no such page", status=404),
        Page(b"%PDF-1.4", headers={"Content-Type": "image/png"}),
    ],
    ids=["down", "challenge", "missing", "picture"],
)
def test_nothing_is_written_for_a_site_that_cannot_be_read(
    home: Page, root: Path, local_site: LocalSite
) -> None:
    local_site.pages["/"] = home
    result = add(root, local_site.url)
    assert (result.exit_code, files(root)) == (1, [])
    assert "can't be read, and nothing was written" in result.stderr


def test_nothing_is_written_for_a_site_that_is_not_there_or_wants_no_robots(
    root: Path, local_site: LocalSite
) -> None:
    assert add(root, "127.0.0.1:1").exit_code == 1
    local_site.pages |= {"/": front(), "/robots.txt": "User-agent: *\nDisallow: /\n"}
    result = add(root, local_site.url)
    assert (result.exit_code, files(root)) == (1, [])
    assert "robots.txt forbids" in result.stderr
    assert local_site.paths() == []


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "http://", "not an address", "http://[::1", "example.org:port"]
)
def test_what_is_no_web_address_is_misuse(url: str, root: Path) -> None:
    result = add(root, url)
    assert result.exit_code == 2
    assert "no web address" in result.stderr


def test_a_password_in_an_address_is_refused_and_not_repeated(root: Path) -> None:
    result = add(root, "http://mira:sesame@example.org/")
    assert result.exit_code == 2
    assert "it contains a user name or a password" in result.stderr
    assert "sesame" not in result.stderr


def test_a_site_that_is_watched_already_is_told_so(root: Path, local_site: LocalSite) -> None:
    (root / "sites" / "blog.toml").write_text(f'url = "{local_site.url}/"\n', encoding="utf-8")
    for url in (local_site.url, f"{local_site.url}/?utm_source=x"):
        result = add(root, url, "--name", "other")
        assert result.exit_code == 2
        assert 'is watched already, as "blog"' in result.stderr
    assert add(root, f"{local_site.url}/en/", "--name", "blog").exit_code == 2
    assert (local_site.requests, files(root)) == ([], ["blog.toml"])


def test_a_name_that_is_a_path_is_refused_before_anything_is_asked(root: Path, local_site: LocalSite) -> None:
    result = add(root, local_site.url, "--name", "../blog")
    assert result.exit_code == 2
    assert (local_site.requests, files(root)) == ([], [])


# ---- what a page cannot talk it into


def test_words_of_a_page_stay_in_the_comments(root: Path, local_site: LocalSite) -> None:
    bad = "Press&#10;delay = 0&#13;robots = false \x9b31m \u2028budget = 9"
    local_site.pages["/"] = front(head=f'<meta name="generator" content="{bad}">')
    assert add(root, local_site.url, "--name", "bad").exit_code == 0
    assert written(root, "bad") == {"url": f"{local_site.url}/", "discover": ["links"]}


def test_editions_on_other_hosts_are_told_and_not_crawled() -> None:
    finding = SiteProbe(
        url="https://example.org/en/",
        editions={
            "en": "https://example.org/en/",
            "fa": "http://www.example.org/fa/",
            "x": "http://10.0.0.1/",
        },
    )
    assert site_values(finding)["also"] == ["https://example.org/fa/"]
    assert "x at http://10.0.0.1/" in account(finding)[2]


# ---- names and addresses


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.nejatngo.org/en/", "nejatngo"),
        ("https://iran-interlink.org/wordpress/", "iran-interlink"),
        ("https://blog.example.co.uk", "blog.example.co"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://[::1]/", "1"),
        ("http://localhost/", "localhost"),
    ],
)
def test_a_site_is_named_after_its_host(url: str, name: str) -> None:
    assert site_name(url) == name


def test_an_address_without_a_scheme_stands_for_two() -> None:
    assert addresses(" example.org:8080/fa/خانه ") == [
        "https://example.org:8080/fa/خانه",
        "http://example.org:8080/fa/خانه",
    ]
    assert addresses("http://example.org") == ["http://example.org"]
    with pytest.raises(Misuse, match="begin with http"):
        addresses("file:///etc/passwd")


def test_a_watched_site_is_known_by_any_of_its_addresses() -> None:
    site = Site(name="press", url="https://www.example.org/en/", also=("https://www.example.org/fa/",))
    assert watched(["http://example.org/fa"], {"press": site}) is site
    assert watched(["https://example.org/de/"], {"press": site}) is None


# ---- trying a site file


def noisy(request: Request) -> str:
    """An article with the number of its readers within the text."""
    noisy.count += 1  # type: ignore[attr-defined]
    return article("The mill", "It grinds at night.", f"Read by {noisy.count} people so far.")  # type: ignore[attr-defined]


def test_a_check_shows_what_would_be_stored_and_which_lines_differ(root: Path, local_site: LocalSite) -> None:
    noisy.count = 0  # type: ignore[attr-defined]
    still = "/fa/گزارش-کتابخانه/"
    local_site.pages |= {"/": front(), "/mill/": noisy, still: post(still)}
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, ["/mill/", still, "/never/"])
    (root / "sites" / "blog.toml").write_text(f'url = "{local_site.url}/"\n', encoding="utf-8")
    missing, mill, quiet = sorted(
        objects("-C", root, "check", "blog", "--pages", "3"), key=lambda page: str(page["title"])
    )
    assert list(mill) == ["url", "outcome", "reason", "kind", "title", "words", "lines", "differs"]
    assert (mill["outcome"], mill["kind"], mill["title"], mill["words"]) == ("ok", "article", "The mill", 10)
    assert mill["lines"] == ["It grinds at night.", "Read by 2 people so far."]
    assert mill["differs"] == ["Read by [-1-]{+2+} people so far."]
    assert (quiet["differs"], quiet["kind"]) == ([], "article")
    assert (missing["outcome"], missing["kind"], missing["words"]) == ("gone", None, 0)
    assert not (root / "variorum.db").exists()
    assert "two fetches differ in:" in variorum("-C", root, "check", "blog").stdout


def test_a_check_reads_by_the_rules_of_the_site_file(root: Path, local_site: LocalSite) -> None:
    local_site.pages |= {"/": front(), "/mill/": article("The mill", "Read this too.", "It grinds at night.")}
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, ["/mill/"])
    text = f'url = "{local_site.url}/"\nremove = "p:first-of-type"\n'
    (root / "sites" / "blog.toml").write_text(text, encoding="utf-8")
    assert objects("-C", root, "check", "blog", "--pages", "1")[0]["lines"] == ["It grinds at night."]


def test_a_check_compares_no_texts_where_a_page_is_refused(root: Path, local_site: LocalSite) -> None:
    local_site.pages["/"] = Page("<h1>Forbidden</h1>", status=403)
    (root / "sites" / "shut.toml").write_text(f'url = "{local_site.url}/"\n', encoding="utf-8")
    output = variorum("-C", root, "check", "shut").stdout
    assert output == f"{local_site.url}/: blocked (HTTP 403)\n\n"


def test_a_check_of_a_site_that_is_not_there_fails_and_says_why(root: Path) -> None:
    (root / "sites" / "dead.toml").write_text(
        'url = "http://127.0.0.1:1/"\nrobots = false\n', encoding="utf-8"
    )
    result = variorum("-C", root, "check", "dead")
    assert result.exit_code == 1
    assert "dead: no page could be fetched: failed, refused" in result.stderr
    assert variorum("-C", root, "check", "alive").exit_code == 2


def test_what_add_writes_is_a_site_file_without_faults(root: Path, local_site: LocalSite) -> None:
    local_site.pages["/"] = front()
    [site] = objects("-C", root, "add", local_site.url, "--name", "blog")
    loaded = load_site(root / "sites" / "blog.toml")
    assert json.loads(json.dumps(site))["discover"] == list(loaded.discover)
