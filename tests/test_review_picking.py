"""Picking a part of a stored page by clicking on it: what the frame shows, the selectors, and the preview."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, expect

from tests.browser import Scheme, in_each_scheme, needs_chromium, served, window
from tests.command import Press
from tests.managed import Office, office
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.preview.picking import choices, pickable, selector_of, tree_of

PAGE = """<!doctype html><html><body class="home page-17">
<script>top.location = "https://evil.example/"</script>
<meta http-equiv="refresh" content="0; url=https://evil.example/">
<form action="https://evil.example/"><input name="x">
<button formaction="https://evil.example/">Send</button></form>
<main id="content"><div class="css-1x2y3z story"><p>The mill
<a href="https://evil.example/" onclick="alert(1)">
turns again</a>.</p><p class="note">A note.</p></div><p class="note">Another note.</p></main>
<div class="css-9a8b7c6d">No name that lasts.</div>
<svg><a xlink:href="https://evil.example/"><text>x</text></a></svg><iframe src="https://evil.example/"></iframe>
<a href="javascript:alert(1)" target="_top" style="position:fixed;inset:0">All over</a></body></html>"""


@pytest.fixture
def root(press: Press, tmp_path: Path) -> Path:
    """A copy of the crawled workspace, which a test may change."""
    return Path(shutil.copytree(press.root, tmp_path / "press"))


@pytest.fixture
def desk(root: Path) -> Iterator[Office]:
    with office(root) as found:
        yield found


# ---- the page that is shown


def test_the_shown_page_has_no_address_and_no_handler_of_the_site() -> None:
    tree = tree_of(PAGE.encode(), "https://press.example/", None)
    shown = html.document_fromstring(pickable(tree, lambda at: f"/pick?at={at}", ""))
    kept = {name for one in shown.iter() for name in one.attrib}
    assert kept <= {"charset", "class", "id", "href", "target"}
    links = shown.cssselect("[href]")
    assert {re.sub(r"\d+", "N", link.get("href")) for link in links} == {"/pick?at=N"}
    assert {one.tag for one in shown.iter()} <= {
        "html",
        "head",
        "meta",
        "style",
        "body",
        "div",
        "main",
        "p",
        "span",
        "a",
    }
    assert "evil" not in html.tostring(shown, encoding="unicode")


def test_each_text_leads_to_the_element_that_holds_it() -> None:
    tree = tree_of(PAGE.encode(), "https://press.example/", None)
    shown = html.document_fromstring(pickable(tree, str, ""))
    elements = list(tree.iter())
    for words, css in {
        "The mill": "div.story > p:first-child",
        "again": "div.story > p:first-child",
        "A note.": "div p.note",
    }.items():
        (link,) = [one for one in shown.cssselect("a") if words in one.text]
        assert [elements[int(link.get("href"))]] == tree.cssselect(css)


# ---- selectors


@pytest.mark.parametrize(
    ("css", "selector"),
    [
        ("main", "#content"),
        ("div.story", "div.story"),
        ("div.story p.note", "div.story p.note"),
        ("div.story > p", None),
        ("body > div", None),
    ],
)
def test_a_selector_is_short_and_of_names_that_last(css: str, selector: str | None) -> None:
    tree = tree_of(PAGE.encode(), "https://press.example/", None)
    assert selector_of(tree, tree.cssselect(css)[0]) == selector


def test_what_is_around_a_picked_text_can_be_chosen_too() -> None:
    tree = tree_of(PAGE.encode(), "https://press.example/", None)
    at = list(tree.iter()).index(tree.cssselect("div.story > p")[0])
    assert [(one.selector, one.matches, one.words) for one in choices(tree, at)] == [
        ("div.story", 1, 5), ("#content", 1, 6),
    ]  # fmt: skip


# ---- the page of the review


def test_a_rule_is_previewed_on_three_stored_pages_and_put_into_the_file(desk: Office) -> None:
    before = desk.file("press").read_text()
    frame = re.search(r'src="(/site/press/pick/frame\?page=\d+)"', desk.text("/site/press/pick"))
    assert frame
    answer = desk.client.get(frame[1])
    assert answer.headers["content-security-policy"].startswith(
        "sandbox allow-top-navigation-by-user-activation; default-src 'none'"
    )
    link = html.fromstring(answer.text).cssselect("div.entry-content a")[0].get("href")
    chosen = html.fromstring(desk.text(link)).cssselect("table a")
    assert [one.get("href") for one in chosen if "css=div.entry-content" in one.get("href")]
    keep = next(one.get("href") for one in chosen if "div.entry-content&as=select" in one.get("href"))
    shown = html.fromstring(desk.text(keep))
    assert len(shown.cssselect(".card .sample")) >= 3
    assert len(shown.cssselect(".card")) == 3
    (text,) = shown.cssselect("textarea[name=text]")
    assert text.text.strip() == before.strip() + '\nselect = "div.entry-content"'
    assert desk.file("press").read_text() == before
    assert desk.write("press", text.text).status_code == 303


def test_another_remove_is_added_and_another_select_takes_the_place_of_the_first(desk: Office) -> None:
    first = desk.file("press").read_text()
    desk.write("press", first + 'select = "main"\nremove = "p.note"\n')
    page = html.fromstring(desk.text("/site/press/pick")).cssselect("option")[0].get("value")
    for rule, line in {
        "select": 'select = "article.post"',
        "remove": 'remove = ["p.note", "article.post"]',
    }.items():
        shown = html.fromstring(desk.text(f"/site/press/pick?page={page}&css=article.post&as={rule}"))
        assert line in shown.cssselect("textarea[name=text]")[0].text


def test_a_selector_that_is_none_is_a_fault_and_no_error(desk: Office) -> None:
    assert "is not allowed" in desk.text("/site/press/pick?css=%5B%5B&as=select")
    assert desk.client.get("/site/press/pick?css=p&as=odd").status_code == 400
    assert desk.client.get("/site/press/pick/frame?page=999999").status_code == 404
    assert desk.client.get("/site/none/pick").status_code == 404


@needs_chromium
def test_a_part_is_picked_with_the_mouse_or_by_keyboard_without_scripts(
    chromium: Browser, root: Path
) -> None:
    workspace = load_workspace(root)
    with (
        served(workspace.database, workspace) as url,
        window(chromium, url, width=390, scripts=False) as seen,
    ):
        page = seen.page
        page.goto("/site/press/file")
        page.get_by_role("link", name="Pick a part").click()
        page.frame_locator("iframe.capture").locator("div.entry-content a").first.click()
        expect(page.locator("#choices")).to_be_visible()
        page.get_by_role("link", name="Keep only this: div.entry-content", exact=True).press("Enter")
        expect(page.locator(".card").first).to_be_visible()
        page.get_by_role("button", name="Put it into the file").press("Enter")
        expect(page.locator(".toml ins")).to_have_text('select = "div.entry-content"')
        assert [one for one in seen.requests if not one.startswith(f"{url}/")] == []


@needs_chromium
@in_each_scheme
def test_picking_is_fit_for_all(
    chromium: Browser, root: Path, scheme: Scheme, rules: tuple[str, ...]
) -> None:
    workspace = load_workspace(root)
    with (
        served(workspace.database, workspace) as url,
        window(chromium, url, width=390, scheme=scheme) as seen,
    ):
        for query in ("", "?at=14", "?css=article.post&as=remove"):
            seen.page.goto(f"/site/press/pick{query}")
            assert seen.too_wide() == 0, query
            assert seen.faults(*rules) == [], query
