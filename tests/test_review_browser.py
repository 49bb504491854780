"""A morning in a real browser, over what a real crawl of a real WordPress has found in a night."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Scheme, Window, in_each_scheme, needs_chromium, served, window
from tests.quick import Quick
from tests.reviewed import WORKERS
from tests.wordpress import WordPress
from variorum.storage.reader import Reader

pytestmark = needs_chromium

NIGHT = (
    (
        "post",
        {"title": "A new hall", "paragraphs": ["The new hall opens its doors in the first week of May."]},
    ),
    ("edit", {"id": "rich-content", "replace": ["An opening paragraph", "The first paragraph"]}),
    ("edit", {"id": "email-addresses", "replace": ["the editor", "the head editor"], "silent": True}),
    ("edit", {"id": "library-report-fa", "replace": ["۱۲٬۰۰۰", "۹٬۰۰۰"]}),
    ("trash", {"id": "entities"}),
)


@pytest.fixture(scope="module")
def crawled(oldsite: tuple[WordPress, Quick], tmp_path_factory: pytest.TempPathFactory) -> Quick:
    """A workspace in which a WordPress was crawled before a night and after it."""
    wordpress, before = oldsite
    wordpress.reset()
    watched = before.copy(tmp_path_factory.mktemp("night") / "workspace")
    wordpress.change(*NIGHT)
    for _ in range(2):
        watched.crawl()
    assert sorted(kind for kind, _ in watched.news()) == ["edited", "edited", "edited", "gone", "new"]
    return watched


@pytest.fixture
def database(crawled: Quick, tmp_path: Path) -> Path:
    """The morning of this test alone."""
    return crawled.copy(tmp_path / "workspace").root / "variorum.db"


@pytest.fixture
def url(database: Path) -> Iterator[str]:
    """The address of its review page."""
    with served(database, cluster=lambda: WORKERS) as found:
        yield found


def changes(database: Path) -> dict[str, int]:
    """The changes by the last part of their pages' addresses; the new one as `new`."""
    with closing(Reader.open(database)) as reader:
        rows = reader.changes()
    return {"new" if row.kind == "new" else row.url.rstrip("/").rpartition("/")[2]: row.id for row in rows}


def verdicts(database: Path) -> list[str]:
    with closing(Reader.open(database)) as reader:
        return sorted(row.verdict for row in reader.changes() if row.verdict)


def everywhere(database: Path) -> list[str]:
    """An address of each kind of page."""
    found = changes(database)
    with closing(Reader.open(database)) as reader:
        page = reader.change(found["rich-content"]).page
    return [
        "/", "/?reviewed=all&kind=gone", f"/change/{found['rich-content']}",
        f"/change/{found['rich-content']}?view=inline", f"/change/{found['rich-content']}?view=source",
        f"/change/{found['library-report-fa']}", f"/change/{found['entities']}", f"/change/{found['new']}",
        f"/change/{found['rich-content']}/rule", f"/page/{page}", f"/page/{page}/since", f"/page/{page}/1..2",
        "/sites", "/site/watched", "/site/watched/pages", "/search", "/search?words=paragraph", "/workers",
        "/running", "/change/999",
    ]  # fmt: skip


def press(page: Page, *keys: str) -> None:
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


# ---- the keyboard


def test_the_whole_morning_goes_by_keyboard_alone(chromium: Browser, url: str, database: Path) -> None:
    with window(chromium, url) as seen:
        page = seen.page
        page.goto("/")
        expect(page.locator(".tally")).to_contain_text("0 of 5 reviewed")
        press(page, "?")
        expect(page.locator("#keys")).to_have_attribute("open", "")
        press(page, "?")
        first, second = page.locator(".entry .title").all_text_contents()[:2]
        press(page, "j")
        expect(page.locator(":focus")).to_have_text(first)
        press(page, "j")
        expect(page.locator(":focus")).to_have_text(second)
        press(page, "k", "Enter")
        expect(page.locator("h1")).to_have_text(first)

        press(page, "n")
        expect(page.locator("h1")).to_have_text(second)
        press(page, "p")
        expect(page.locator("h1")).to_have_text(first)
        press(page, "i")
        expect(page.locator(".views [aria-current]")).to_have_text("Inline")
        press(page, "i")
        expect(page.locator(".views [aria-current]")).to_have_text("Side by side")

        press(page, "e")
        expect(page.locator(".told")).to_contain_text("Marked reviewed")
        assert verdicts(database) == ["reviewed"]
        press(page, "u")
        expect(page.locator("h1")).to_have_text(first)
        assert verdicts(database) == []
        for key, verdict in (("s", "important"), ("d", "noise"), ("e", "reviewed"), ("e", "reviewed")):
            here = page.url
            press(page, key)
            expect(page).not_to_have_url(here)
            expect(page.locator(".told")).to_contain_text(f"Marked {verdict}")
        press(page, "e")
        expect(page.locator(".nothing")).to_contain_text("Nothing to review")
        expect(page.locator(".tally")).to_contain_text("5 of 5 reviewed")
    assert verdicts(database) == ["important", "noise", "reviewed", "reviewed", "reviewed"]
    assert seen.complaints == []


def test_verdicts_are_given_from_the_list_too_and_the_reviewer_stays_there(
    chromium: Browser, url: str, database: Path
) -> None:
    with window(chromium, url) as seen:
        seen.page.goto("/")
        second = seen.page.locator(".entry .title").all_text_contents()[1]
        press(seen.page, "j", "s")
        expect(seen.page.locator(".tally")).to_contain_text("1 of 5 reviewed")
        expect(seen.page.locator(":focus")).to_have_text(second)
        assert verdicts(database) == ["important"]
        press(seen.page, "u")
        expect(seen.page.locator(".tally")).to_contain_text("0 of 5 reviewed")


def test_many_changes_are_selected_by_keys_and_judged_at_once(
    chromium: Browser, url: str, database: Path
) -> None:
    with window(chromium, url) as seen:
        page = seen.page
        page.goto("/")
        press(page, "j", "x", "j", "j", "Shift+X")
        expect(page.locator(".pick:checked")).to_have_count(3)
        press(page, "x")
        expect(page.locator(".pick:checked")).to_have_count(2)
        assert seen.faults() == []
        press(page, "d")
        expect(page.locator(".told")).to_contain_text("Marked noise")
        assert verdicts(database) == ["noise", "noise"]
        press(page, "u")
        expect(page.locator(".tally")).to_contain_text("0 of 5 reviewed")
    with window(chromium, url, scripts=False) as seen:
        seen.page.goto("/")
        for pick in seen.page.locator(".pick").all()[:2]:
            pick.check()
        seen.page.locator("form.many").get_by_role("button", name="Important").click()
        expect(seen.page.locator(".tally")).to_contain_text("2 of 5 reviewed")
        assert verdicts(database) == ["important", "important"]


def test_edits_on_a_page_are_stepped_through(chromium: Browser, url: str, database: Path) -> None:
    with window(chromium, url) as seen:
        seen.page.goto(f"/change/{changes(database)['rich-content']}")
        press(seen.page, "j")
        expect(seen.page.locator(":focus")).to_contain_text("The first paragraph")


def test_letters_that_are_typed_are_letters(chromium: Browser, url: str, database: Path) -> None:
    with window(chromium, url) as seen:
        page = seen.page
        page.goto(f"/change/{changes(database)['rich-content']}")
        here = page.url
        press(page, "/")
        page.keyboard.type("jknpeisxu?/")
        expect(page.locator(".find input")).to_have_value("jknpeisxu?/")
        page.locator(".note input").focus()
        page.keyboard.type("sex")
        expect(page.locator(".note input")).to_have_value("sex")
        press(page, "Control+e", "Alt+x")
        assert page.url == here
        press(page, "Escape", "p")
        expect(page).not_to_have_url(here)
    assert verdicts(database) == []


def test_what_was_removed_is_found_from_any_page(chromium: Browser, url: str) -> None:
    with window(chromium, url) as seen:
        seen.page.goto("/sites")
        press(seen.page, "/")
        seen.page.keyboard.type('"an opening paragraph"')
        press(seen.page, "Enter")
        expect(seen.page.locator(".hit mark")).to_have_text("An opening paragraph")
        expect(seen.page.locator(".hit .badge")).to_have_text("removed")
        press(seen.page, "j", "Enter")
        expect(seen.page.locator("h1")).to_have_text("Figures, lists, a table and a quotation")


# ---- every page


@in_each_scheme
def test_every_page_is_fit_for_all_and_asks_for_nothing_elsewhere(
    chromium: Browser, url: str, database: Path, scheme: Scheme, rules: tuple[str, ...]
) -> None:
    with window(chromium, url, scheme=scheme) as seen:
        for address in everywhere(database):
            seen.page.goto(address)
            assert seen.faults(*rules) == [], address
        assert [requests for requests in seen.requests if not requests.startswith(f"{url}/")] == []
        assert complaints(seen) == []


def test_every_page_fits_a_window_of_360_pixels(chromium: Browser, url: str, database: Path) -> None:
    with window(chromium, url, width=360, height=700) as seen:
        for address in everywhere(database):
            seen.page.goto(address)
            assert seen.too_wide() == 0, address
        seen.page.goto(f"/change/{changes(database)['rich-content']}")
        assert seen.faults() == []


def test_the_schemes_differ_and_keep_words_apart_without_colour(
    chromium: Browser, url: str, database: Path
) -> None:
    papers = set()
    for scheme in ("light", "dark"):
        with window(chromium, url, scheme=scheme) as seen:
            seen.page.goto(f"/change/{changes(database)['rich-content']}")
            papers.add(style(seen.page, "body", "backgroundColor"))
            assert style(seen.page, "ins", "textDecorationLine") == "underline"
            assert style(seen.page, "del", "textDecorationLine") == "line-through"
            assert "+" in seen.page.evaluate(
                "getComputedStyle(document.querySelector('ins'), '::before').content"
            )
    assert len(papers) == 2


def test_persian_runs_from_right_to_left_with_the_old_text_still_on_the_left(
    chromium: Browser, url: str, database: Path
) -> None:
    with window(chromium, url) as seen:
        seen.page.goto(f"/change/{changes(database)['library-report-fa']}")
        assert seen.page.evaluate("document.querySelector('.edited .old .text').matches(':dir(rtl)')")
        old, new = (seen.page.locator(f".edited .{side}").first.bounding_box() for side in ("old", "new"))
        assert old
        assert new
        assert old["x"] < new["x"]
        word = seen.page.locator(".edited .old del").first.bounding_box()
        assert word
        assert word["x"] > old["x"] + old["width"] / 2  # near the beginning of its line


def test_on_paper_stands_what_is_to_be_read_and_nothing_to_click(
    chromium: Browser, url: str, database: Path
) -> None:
    with window(chromium, url, scheme="dark") as seen:
        seen.page.goto(f"/change/{changes(database)['rich-content']}")
        seen.page.emulate_media(media="print", color_scheme="light")
        for selector in (".top nav", ".find", "form.verdict", ".steps", ".views", ".strip"):
            expect(seen.page.locator(selector).first).to_be_hidden()
        expect(seen.page.locator(".edited").first).to_be_visible()
        assert style(seen.page, "body", "backgroundColor") == "rgb(255, 255, 255)"


def test_without_scripts_all_is_readable_and_verdicts_can_be_given(
    chromium: Browser, url: str, database: Path
) -> None:
    with window(chromium, url, scripts=False) as seen:
        page = seen.page
        for address in everywhere(database):
            page.goto(address)
            expect(page.locator("main h1").first).to_be_visible()
        page.goto(f"/change/{changes(database)['rich-content']}")
        expect(page.locator(".edited").first).to_be_visible()
        page.locator("details.fold summary").first.click()
        expect(page.locator("details.fold .line").first).to_be_visible()
        page.locator(".note input").fill("Ask them.")
        page.get_by_role("button", name="Important").click()
        expect(page.locator(".told")).to_contain_text("Marked important")
        with page.expect_navigation():
            page.get_by_role("button", name="Undo").click()
        assert verdicts(database) == []
        page.goto("/")
        page.locator(".entry button", has_text="Noise").first.click()
        expect(page.locator(".tally")).to_contain_text("1 of 5 reviewed")


def test_a_page_as_it_came_runs_nothing_and_loads_nothing(
    chromium: Browser, url: str, database: Path
) -> None:
    with closing(Reader.open(database)) as reader:
        capture = reader.version(reader.change(changes(database)["rich-content"]).page or 0).capture
    with window(chromium, url) as seen:
        seen.page.goto(f"/capture/{capture}")
        frame = seen.page.frame_locator("iframe.capture")
        expect(frame.locator("h1", has_text="Figures, lists")).to_be_visible()
        assert seen.page.evaluate("document.querySelector('iframe').contentDocument") is None
        expect(seen.page.locator("iframe")).to_have_attribute("sandbox", "")
        assert [requests for requests in seen.requests if not requests.startswith(f"{url}/")] == []
        assert seen.faults() == []


def complaints(seen: Window) -> list[str]:
    """What stands in the console, but for the answer 404 that was asked for."""
    return [one for one in seen.complaints if "404" not in one]


def style(page: Page, selector: str, name: str) -> str:
    found: str = page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).{name}")
    return found
