"""The first morning of a new user: from the installation of the wheel to the removal of a site."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.blog import front, sitemap
from tests.browser import needs_chromium, window
from tests.local_site import LocalSite, article
from tests.newsroom import Webhook
from tests.test_serve import Service, serving
from tests.wheel import run
from variorum.crawler.lock import is_held, run_lock

pytestmark = needs_chromium

RIVER = "The river rose by two metres in the night, and the lower road was closed to all traffic."
SETTINGS = """
notify = [{{ target = "{hook}", match = ["ferry"] }}]

[defaults]
delay = 0
"""


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with Webhook() as found:
        yield found


@pytest.fixture
def shop() -> Iterator[LocalSite]:
    """Another site, of which one page is watched."""
    with LocalSite("127.0.0.2") as found:
        found.pages["/terms/"] = article("Terms of sale", "Goods are sent within three days of payment.")
        found.pages["/"] = front(["/terms/"])
        yield found


@pytest.fixture
def press(local_site: LocalSite) -> LocalSite:
    """A site of four articles."""
    pages = {f"/{n}/": article(f"Report {n}", f"Report number {n} of the valley.", RIVER) for n in range(4)}
    listed = sitemap(local_site.url, list(pages))
    local_site.pages |= {"/": front(list(pages)), "/sitemap.xml": listed, **pages}
    return local_site


def add(page: Page, url: str, name: str, *, alone: bool = False) -> None:
    """Add a site, or one page of it, after a look at what would be stored."""
    page.goto("/sites/new")
    page.get_by_label("Address").fill(url)
    page.get_by_label("Name, if not").fill(name)
    page.get_by_label("Watch this page alone").set_checked(alone)
    page.get_by_role("button", name="Look at the site").click()
    page.get_by_role("button", name="Add the site").click()
    expect(page.locator(".told")).to_contain_text("The file is written")


def live(service: Service) -> dict[str, int]:
    """How many pages of each site are stored."""
    with urllib.request.urlopen(f"{service.address()}sites.json") as answer:
        return {one["site"]: one["pages"]["live"] for one in json.load(answer)["sites"]}


def test_a_user_installs_adds_reads_is_told_reviews_exports_pauses_renames_and_removes(
    installed: Path, chromium: Browser, hook: Webhook, press: LocalSite, shop: LocalSite, tmp_path: Path
) -> None:
    root = tmp_path / "watch"

    def command(*words: object) -> str:
        return run(tmp_path, installed, "-m", "variorum", "-C", root, *words)

    run(tmp_path, installed, "-m", "variorum", "init", root)
    for listed in (root / "sites").iterdir():
        listed.unlink()
    (root / "variorum.toml").write_text(SETTINGS.format(hook=hook.address()), "utf-8")
    with serving(root, installed=installed) as service:
        service.begin()
        with window(chromium, service.address().rstrip("/")) as seen:
            page = seen.page
            add(page, press.url, "press")
            add(page, f"{shop.url}/terms/", "terms", alone=True)
            service.until(lambda: live(service).get("press", 0) >= 4 and live(service).get("terms") == 1)
            service.until(lambda: not is_held(run_lock(root / "variorum.db", "press")))
            assert "/" not in shop.paths()

            news = "A second ferry carries the buses."
            press.pages["/2/"] = article("Report 2", "Report number 2 of the valley.", news, RIVER)
            press.pages["/3/"] = article("Report 3", "Report number 3 of the hills.", RIVER)
            service.until(lambda: "1 edited" in command("crawl", "press") or hook.posts)
            service.until(lambda: hook.posts)  # by the service, where that sends at this moment
            assert [post["title"] for post in hook.posts] == ["press: 1 edited"]
            assert "ferry" in hook.posts[0]["message"]

            page.goto("/")
            page.get_by_role("link", name="Report 2").first.click()
            expect(page.locator("ins").first).to_contain_text("ferry")
            page.get_by_role("button", name="Important").click()
            [change] = [one for one in json_lines(command("changes", "--json")) if one["title"] == "Report 2"]
            assert change["verdict"] == "important"
            texts = {one["title"]: one["text"] for one in json_lines(command("export"))}
            assert news in texts["Report 2"]
            assert "three days" in texts["Terms of sale"]

            page.goto("/site/press/file")
            page.get_by_role("button", name="Pause").click()
            page.get_by_role("button", name="Write the file").click()
            expect(page.locator(".about")).to_contain_text("paused")
            page.get_by_label("new name").fill("valley")
            page.get_by_role("button", name="Rename").click()
            expect(page.locator("h1")).to_have_text("valley")
            page.get_by_role("link", name="Remove…").click()
            page.get_by_label("The site with its history").check()
            page.get_by_label("Write its name").fill("valley")
            page.get_by_role("button", name="Remove").click()
            expect(page.locator("h1")).to_have_text("Sites")
            assert live(service) == {"terms": 1}
            assert seen.complaints == []
    assert "Traceback" not in service.logged()
    command("verify")  # which fails if anything is missing


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]
