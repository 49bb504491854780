"""Sites changed on the review page in a real browser: by keyboard, in small windows, without scripts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.blog import front, sitemap
from tests.browser import Scheme, Window, in_each_scheme, needs_chromium, served, window
from tests.command import workspace
from tests.empty_store import begin_store
from tests.local_site import LocalSite, article
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.lock import held, run_lock
from variorum.crawler.runtime.run_progress import keep

pytestmark = needs_chromium

ONE = 'url = "https://one.example/"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace of one site that was never crawled."""
    (workspace(tmp_path, one=ONE) / "variorum.toml").write_text("[defaults]\ndelay = 0\n")
    return tmp_path


@contextmanager
def page_of(root: Path) -> Iterator[str]:
    """The address of the review page of a workspace."""
    found = load_workspace(root)
    begin_store(found.database)
    with served(found.database, found) as url:
        yield url


@pytest.fixture
def url(root: Path) -> Iterator[str]:
    with page_of(root) as found:
        yield found


def file(root: Path, name: str = "one") -> str:
    return (root / "sites" / f"{name}.toml").read_text()


def tab_to(page: Page, selector: str) -> None:
    """Press the Tab key until the element has the focus."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_a_file_is_edited_by_keyboard_alone_and_checked_as_one_types(
    chromium: Browser, url: str, root: Path
) -> None:
    with window(chromium, url) as seen:
        page = seen.page
        page.goto("/site/one/file")
        tab_to(page, "textarea[name=text]")
        page.keyboard.press("Control+End")
        page.keyboard.type('evry = "1h"')
        expect(page.locator(".faults li")).to_contain_text('did you mean "every"?')
        expect(page.locator("textarea:visible")).to_have_attribute("aria-invalid", "true")
        page.keyboard.press("Shift+Home")
        page.keyboard.type('every = "1h"')
        expect(page.locator(".faults li")).to_have_count(0)
        tab_to(page, "button[value=show]")
        page.keyboard.press("Enter")
        expect(page.locator(".toml ins")).to_have_text('every = "1h"')
        assert file(root) == ONE
        tab_to(page, "button[value=write]")
        page.keyboard.press("Enter")
        expect(page.locator(".told")).to_contain_text("The file is written")
        assert file(root) == ONE + 'every = "1h"\n'
        assert seen.complaints == []


def test_a_site_is_added_without_scripts(
    chromium: Browser, url: str, root: Path, local_site: LocalSite
) -> None:
    pages = {
        f"/{n}/": article(f"Mill {n}", f"The mill {n} grinds the corn of its village.") for n in range(4)
    }
    listed = sitemap(local_site.url, list(pages))
    local_site.pages |= {"/": front(list(pages)), "/sitemap.xml": listed, **pages}
    with window(chromium, url, scripts=False) as seen:
        page = seen.page
        page.goto("/sites")
        page.get_by_role("link", name="Add a site").first.click()
        page.get_by_label("Address").fill(local_site.url)
        page.get_by_label("Name, if not").fill("mills")
        page.get_by_role("button", name="Look at the site").click()
        expect(page.locator(".sample").first).to_contain_text("grinds the corn")
        assert not (root / "sites" / "mills.toml").exists()
        page.get_by_role("button", name="Add the site").click()
        expect(page.locator(".told")).to_contain_text("The file is written")
        assert f'url = "{local_site.url}/"' in file(root, "mills")


def test_a_site_is_paused_renamed_and_removed_without_scripts(
    chromium: Browser, url: str, root: Path
) -> None:
    with window(chromium, url, scripts=False) as seen:
        page = seen.page
        page.goto("/site/one/file")
        page.get_by_label("until").fill("7d")
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Write the file").click()
        expect(page.locator(".about")).to_contain_text("paused until")
        page.get_by_role("button", name="Resume").click()
        with page.expect_navigation(url="**done=*"):
            page.get_by_role("button", name="Write the file").click()
        assert file(root) == ONE
        page.get_by_label("new name").fill("two")
        page.get_by_role("button", name="Rename").click()
        expect(page.locator("h1")).to_have_text("two")
        page.get_by_role("link", name="Remove…").click()
        page.get_by_label("Write its name").fill("two")
        page.get_by_role("button", name="Remove").click()
        expect(page.locator("h1")).to_have_text("Sites")
        assert list((root / "sites").iterdir()) == []


ADDRESSES = ["/sites", "/sites/new", "/site/one/file", "/site/one/remove", "draft", "faults"]


def go(page: Page, address: str) -> None:
    """Open a page, or one of the answers to a form."""
    if address in ("draft", "faults"):
        page.goto("/site/one/file")
        page.locator("textarea[name=text]").fill(ONE + ("delay = 2" if address == "draft" else "delai = 2"))
        with page.expect_navigation():
            page.locator("button[value=show]").click()
    else:
        page.goto(address)


@in_each_scheme
def test_every_page_is_fit_for_all_and_asks_for_nothing_elsewhere(
    chromium: Browser, url: str, scheme: Scheme, rules: tuple[str, ...]
) -> None:
    with window(chromium, url, width=390, scheme=scheme) as seen:
        for address in ADDRESSES:
            go(seen.page, address)
            assert seen.too_wide() == 0, address
            assert seen.faults(*rules) == [], address
        assert elsewhere(seen, url) == []


def elsewhere(seen: Window, url: str) -> list[str]:
    return [address for address in seen.requests if not address.startswith(f"{url}/")]


# ---- a running crawl

RUN = {
    "site": "one", "run": 1, "phase": "fetching pages", "started_at": "2026-03-01T06:00:00Z",
    "at": "2026-03-01T06:01:00Z", "done": 120, "known": 9800, "requests": 130, "left": 1870, "waiting": None,
}  # fmt: skip


@contextmanager
def crawling(root: Path) -> Iterator[Callable[..., None]]:
    """A run of the site by this process; the function tells what it does."""
    database = root / "variorum.db"
    with held(run_lock(database, "one"), "a run of one"):
        yield lambda **said: keep(database, {**RUN, "pid": os.getpid(), **said})


def test_a_running_crawl_is_followed_without_reloading(chromium: Browser, url: str, root: Path) -> None:
    with window(chromium, url, width=390) as seen, crawling(root) as tell:
        page = seen.page
        page.goto("/running")
        expect(page.locator("#running")).to_contain_text("No site is being crawled.")
        tell()
        expect(page.locator("#running")).to_contain_text("120 of 9,800 pages")
        tell(done=240, waiting={"host": "<b>one.example", "until": "2026-03-01T07:00:00Z"})
        expect(page.locator("#running")).to_contain_text("240 of 9,800 pages")
        expect(page.locator("#running")).to_contain_text("waits for <b>one.example until 1 Mar 2026, 07:00")
        expect(page.locator("#running")).to_contain_text("1,870 left today")
        assert seen.too_wide() == 0
        assert seen.faults() == []
        assert elsewhere(seen, url) == []
        assert seen.complaints == []


def test_a_running_crawl_is_shown_without_scripts_and_the_page_reloads_itself(
    chromium: Browser, url: str, root: Path
) -> None:
    with window(chromium, url, scripts=False, scheme="dark") as seen, crawling(root) as tell:
        tell(phase="reading sources", known=0, done=0)
        seen.page.goto("/running")
        expect(seen.page.locator(".phase")).to_have_text("reading sources")
        reload = seen.page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]")
        expect(reload).to_have_attribute("content", "10")
