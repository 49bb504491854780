"""Sites whose text is put in by scripts: rendered in this machine's Chromium, or refused with a reason."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.command import PERSIAN, variorum, workspace
from tests.local_site import LocalSite, Page, article
from tests.quick import Quick
from tests.workspace import Watched
from variorum.crawler.config.site import Site
from variorum.spiders.browser import lacking

NEEDS = lacking(Site(name="this test", url="https://a.example/", render=True))
rendering = pytest.mark.skipif(bool(NEEDS), reason="; ".join(NEEDS))

PATH = "/fa/نمونه/"
SHELL = """<!doctype html><html lang="fa"><head><meta charset="utf-8"><title></title></head>
<body><main id="app"></main><script src="/app.js"></script></body></html>"""
SCRIPT = """fetch("/api" + location.pathname).then(
answer => answer.ok ? answer.text() : "<p>Try later.</p>").then(
html => { document.title = "خانه‌ای در شهر"; document.getElementById("app").innerHTML = html })"""


def shown(*paragraphs: str) -> str:
    """What the site's script puts into its page."""
    return "<article><h1>خانه‌ای در شهر</h1>" + "".join(f"<p>{text}</p>" for text in paragraphs) + "</article>"


def sitemap(site: LocalSite, *paths: str) -> Page:
    places = "".join(f"<url><loc>{site.url}{quote(path)}</loc></url>" for path in paths)
    return Page(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>')


@pytest.fixture
def scripted(local_site: LocalSite) -> LocalSite:
    """A site with one article, which its script fetches; the page itself never changes."""
    note = "نمونه".encode().decode("latin-1")
    local_site.pages["/"] = article("Home", "Welcome to the home page of this site.")
    local_site.pages[PATH] = Page(SHELL, etag=True, headers={"X-Note": note})
    local_site.pages["/app.js"] = SCRIPT
    local_site.pages[f"/api{PATH}"] = shown(PERSIAN, PERSIAN * 2)
    local_site.pages["/sitemap.xml"] = sitemap(local_site, PATH)
    return local_site


def reasons(watched: Watched, path: str) -> list[tuple[str, str]]:
    """Outcome and reason of each capture of a page."""
    rows = watched._read(
        lambda reader: list(
            reader.rows(
                "SELECT outcome, reason FROM captures WHERE page = :page ORDER BY id",
                {"page": watched.pages()[path].id},
            )
        )
    )
    return [(row["outcome"], row["reason"]) for row in rows]


# ---- with a browser


@rendering
def test_a_text_that_a_script_writes_becomes_a_version_where_the_site_is_rendered(
    scripted: LocalSite, tmp_path: Path
) -> None:
    plain = Quick.make(tmp_path / "plain", scripted.url, discover=["sitemap"])
    plain.crawl()
    ((outcome, reason),) = reasons(plain, PATH)
    assert (outcome, plain.versions(PATH)) == ("failed", [])
    assert "nothing to read without JavaScript: set `render = true`" in reason
    rendered = Watched.make(tmp_path / "rendered", scripted.url, discover=["sitemap"], render=True)
    report = rendered.crawl()
    assert not report.failed, report.trouble
    (version,) = rendered.versions(PATH)
    assert version.title == "خانه‌ای در شهر"
    assert PERSIAN in version.text


@rendering
def test_a_rendered_page_changes_only_when_what_its_scripts_fetch_does(
    scripted: LocalSite, tmp_path: Path
) -> None:
    rendered = Quick.make(tmp_path / "w", scripted.url, discover=["sitemap"], render=True)
    rendered.crawl()
    scripted.clear()
    rendered.crawl()
    assert rendered.news() == []
    requested = [path for path in scripted.paths() if "sitemap" not in path]
    assert sorted(requested) == sorted(["/", quote(PATH), "/app.js", f"/api{quote(PATH)}"])
    scripted.pages[f"/api{PATH}"] = shown(
        PERSIAN, PERSIAN * 2, "این بند تازه است و پیش از این در این صفحه نبود."
    )
    rendered.crawl()
    assert rendered.news() == [("edited", PATH)]


@rendering
def test_a_page_whose_own_data_cannot_be_had_is_no_version(scripted: LocalSite, tmp_path: Path) -> None:
    rendered = Quick.make(tmp_path / "w", scripted.url, discover=["sitemap"], render=True)
    rendered.crawl()
    scripted.pages[f"/api{PATH}"] = Page("down", status=503)
    rendered.crawl()
    assert len(rendered.versions(PATH)) == 1
    assert rendered.news() == []
    outcome, reason = reasons(rendered, PATH)[-1]
    assert outcome == "failed"
    assert "which the page needs, answered 503" in reason


@rendering
def test_redirects_of_servers_and_of_scripts_lead_to_the_page_that_is_shown(
    local_site: LocalSite, tmp_path: Path
) -> None:
    local_site.pages |= {
        "/": article("Home", "Welcome to the home page of this site."),
        "/moved/": Page(status=301, headers={"Location": "/served/"}),
        "/served/": article("Served", "The server has led to this paragraph about the old harbour."),
        "/leads/": "<title>Wait</title><p>Wait<script>location.replace('/scripted/')</script>",
        "/scripted/": article("Scripted", "A script has led to this paragraph about the new bridge."),
        "/lost/": "<title>Wait</title><p>Wait<script>location.replace('/not-there/')</script>",
        "/sitemap.xml": sitemap(local_site, "/moved/", "/leads/", "/lost/"),
    }
    rendered = Quick.make(tmp_path, local_site.url, discover=["sitemap"], render=True)
    rendered.crawl()
    titles = {path: rendered.pages()[path].title for path in ("/served/", "/scripted/")}
    assert titles == {"/served/": "Served", "/scripted/": "Scripted"}
    assert reasons(rendered, "/lost/") == [("gone", "HTTP 404")]


TRIES = """<title>A page</title><h1>A page</h1><p>It asks for what is none of its business.</p>
<img src="{there}/image"><iframe src="{there}/frame"></iframe><link rel="prefetch" href="{there}/prefetch">
<script>
const tell = what => () => fetch("/tried/" + what);
fetch("{there}/fetch").then(tell("reached"), tell("fetch"));
fetch("/go").then(tell("reached"), tell("redirect"));
window.open("{there}/popup");
navigator.sendBeacon("{there}/beacon", "x");
new WebSocket("{there}/socket".replace("http", "ws")).onerror = tell("socket");
const work = new Blob(["fetch('{there}/worker').catch(() => postMessage(1))"]);
new Worker(URL.createObjectURL(work)).onmessage = tell("worker");
</script>"""


@rendering
def test_a_rendered_page_reaches_no_address_inside_the_network(local_site: LocalSite, tmp_path: Path) -> None:
    with LocalSite("127.0.0.2") as inside:
        local_site.pages["/"] = TRIES.replace("{there}", inside.url)
        local_site.pages["/go"] = Page(status=302, headers={"Location": f"{inside.url}/by-redirect"})
        rendered = Quick.make(tmp_path, local_site.url, discover=["links"], render=True)
        report = rendered.crawl()
        assert not report.failed, report.trouble
        tried = {path for path in local_site.paths() if path.startswith("/tried/")}
        assert tried == {"/tried/fetch", "/tried/redirect", "/tried/socket", "/tried/worker"}
        assert inside.requests == []


# ---- without one


@pytest.mark.parametrize(
    ("libraries", "browser", "named"),
    [
        ((), "/usr/bin/chromium", ["-m pip install"]),
        (("scrapy_playwright",), "/usr/bin/chromium", ["-m pip install"]),
        (("scrapy_playwright", "playwright"), None, ["apt install chromium"]),
        ((), None, ["-m pip install", "apt install chromium"]),
    ],
)
def test_what_is_missing_to_render_a_site_is_named_with_the_site(
    libraries: tuple[str, ...], browser: str | None, named: list[str]
) -> None:
    site = Site(name="fa-site", url="https://a.example/", render=True)
    (fault,) = lacking(site, lambda: browser, lambda name: name in libraries or None)
    assert fault.startswith("fa-site: its file says render = true")
    ways = ["-m pip install", "apt install chromium"]
    assert [way for way in ways if way in fault] == named


def test_nothing_is_missing_where_all_is_there_or_nothing_is_rendered() -> None:
    site = Site(name="s", url="https://a.example/", render=True)
    assert lacking(site, lambda: "/usr/bin/chromium", lambda name: name) == []
    assert lacking(Site(name="s", url="https://a.example/"), lambda: None, lambda name: None) == []


def test_a_site_that_cannot_be_rendered_is_misuse_before_anything_starts_and_others_go_on(
    local_site: LocalSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_site.pages["/"] = article("Home", "Welcome to the home page of this site.")
    plain = f'url = "{local_site.url}/"\ndelay = 0\n'
    root = workspace(tmp_path / "w", plain=plain, scripted=f'url = "{local_site.url}/js/"\nrender = true\n')
    monkeypatch.setenv("PATH", str(tmp_path))  # where no browser is
    for words in (["crawl"], ["check", "scripted"]):
        result = variorum("-C", root, *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "scripted: its file says render = true; install" in result.stderr
    assert local_site.requests == []
    assert not (root / "variorum.db").exists()
    assert variorum("-C", root, "crawl", "plain").exit_code == 0


def test_the_daemon_reports_a_site_that_it_cannot_render(
    local_site: LocalSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    watched = Watched.make(tmp_path, local_site.url, render=True)
    report = watched.crawl(full=False)
    assert (report.failed, report.reason) == (True, "not begun")
    assert local_site.requests == []
    (issue,) = watched.issues()
    assert issue.message.startswith("watched: its file says render = true; install")
