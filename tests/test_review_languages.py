"""The review page in the reader's language, calendar, direction and time zone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Window, needs_chromium, served, window
from tests.command import workspace
from tests.managed import office
from tests.reviewed import Desk, morning
from variorum.crawler.config.review import ReviewSettings
from variorum.crawler.diffing.diff import TitledText, compare
from variorum.review.explanations import explained
from variorum.review.languages import Preferences, languages, use

RIGHT_TO_LEFT = ("ar", "fa")
HEADINGS = {
    "en": "What changed",
    "ar": "ما الذي تغيّر",
    "de": "Was sich geändert hat",
    "fa": "چه تغییر کرده است",
    "fr": "Ce qui a changé",
    "sq": "Çfarë ndryshoi",
}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning")) as desk:
        yield desk


@pytest.fixture
def fresh(read: Desk) -> Iterator[Desk]:
    """The same, for a reader who has chosen nothing yet."""
    read.client.cookies.clear()
    yield read
    read.client.cookies.clear()


def heading(desk: Desk, address: str = "/", **headers: str) -> str:
    return str(desk.client.get(address, headers=headers).text.partition("<h1>")[2].partition("</h1>")[0])


# ---- which language


@pytest.mark.parametrize("code", HEADINGS)
def test_the_language_of_the_browser_is_that_of_the_page(fresh: Desk, code: str) -> None:
    assert set(HEADINGS) == set(languages())
    answer = fresh.get("/", **{"Accept-Language": f"xx, {code}-ZZ;q=0.9, en;q=0.1"})
    assert f"<h1>{HEADINGS[code]}</h1>" in answer.text
    assert answer.headers["content-language"] == code
    direction = "rtl" if code in RIGHT_TO_LEFT else "ltr"
    assert f'<html lang="{code}" dir="{direction}"' in answer.text


def test_a_chosen_language_is_kept_and_counts_more_than_that_of_the_browser(fresh: Desk) -> None:
    assert heading(fresh, "/?lang=fa", **{"Accept-Language": "de"}) == HEADINGS["fa"]
    assert heading(fresh, "/", **{"Accept-Language": "de"}) == HEADINGS["fa"]
    assert heading(fresh, "/?lang=xx", **{"Accept-Language": "de"}) == HEADINGS["fa"]


def test_odd_wishes_of_a_browser_are_passed_over(fresh: Desk) -> None:
    for wish in ("", "*", "fa;q=0", "fa;q=x", ";;,,", "../../fa", "x" * 5000):
        assert heading(fresh, "/", **{"Accept-Language": wish}) == HEADINGS["en"], wish


def test_the_settings_name_the_language_and_the_zone_of_readers_who_ask_for_none(tmp_path: Path) -> None:
    settings = ReviewSettings(language="sq", zone="Europe/Tirane")
    with morning(tmp_path, settings=settings) as desk:
        assert heading(desk, "/", **{"Accept-Language": "xx"}) == HEADINGS["sq"]
        assert "Europe/Tirane" in desk.text("/")
        assert heading(desk, "/", **{"Accept-Language": "fr"}) == HEADINGS["fr"]


def test_refusals_are_in_the_language_of_the_reader(fresh: Desk) -> None:
    answer = fresh.get("/nothing", **{"Accept-Language": "de"})
    assert (answer.status_code, "<h1>Nicht hier</h1>" in answer.text) == (404, True)


@pytest.mark.parametrize(
    "address",
    [
        "/nothing", "/change/99999", "/page/99999", "/capture/99999", "/site/none", "/site/none/pages",
        "/?kind=odd", "/?since=odd", "/?weight=7", "/site/riverside?until=odd", f"/search?words={'x' * 400}",
        "/change/1?view=odd",
    ],
)  # fmt: skip
def test_the_reason_of_a_refusal_is_in_the_language_of_the_reader(fresh: Desk, address: str) -> None:
    answer = fresh.get(address, **{"Accept-Language": "fa"})
    assert answer.status_code in (400, 404)
    assert '<html lang="fa"' in answer.text
    assert 'lang="en" dir="auto"' not in answer.text


def test_one_language_leaves_no_word_in_the_pages_of_another(fresh: Desk) -> None:
    for code in ("fa", "ar", "fa"):
        tree = fresh.tree(f"/site/riverside?lang={code}")
        moved = {"fa": "جابه‌جاشده", "ar": "منقولة"}[code]
        assert moved in [one.text_content() for one in tree.cssselect("th")]


def test_twins_and_feeds_stay_english(fresh: Desk) -> None:
    for address in ("/changes.json", "/sites.json", "/feed.atom"):
        english = fresh.get(address, **{"Accept-Language": "en"}).text
        assert fresh.get(address, **{"Accept-Language": "fa"}).text == english


# ---- explanations


@pytest.mark.parametrize("code", [code for code in HEADINGS if code != "en"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It was built in 1887.", "It was built in 1878."),
        ("He saw Mary Jones on 3 May 2020.", "He never saw it."),
        ("One.\nTwo.\nThree.", "One.\nTwo.\nThree.\nFour is here.\nFive is there."),
        ("One is here.\nTwo is there.\nThree.", "Two is there.\nThree.\nOne is here."),
        ("Alpha beta gamma delta.", "Alpha beta gamma delta!"),
    ],
)
def test_the_reason_of_an_edit_is_said_in_the_language_of_the_reader(code: str, old: str, new: str) -> None:
    use(Preferences(code))
    try:
        diff = compare(TitledText("Old", old), TitledText("New", new))
        assert diff
        assert explained(diff.explanation), diff.explanation
    finally:
        use(Preferences())


def test_a_reason_that_is_not_known_stays_english_and_says_so(fresh: Desk) -> None:
    assert explained("the moon was seen in the second paragraph") is None
    with fresh.story.store.writing():
        fresh.story.store._run("UPDATE changes SET explanation = 'of its own kind' WHERE kind = 'new'", [])
    assert '<bdi lang="en" dir="auto">of its own kind</bdi>' in fresh.text("/?kind=new&lang=fa")


def test_what_is_not_ours_in_a_stored_sentence_is_an_element_of_its_own_direction(fresh: Desk) -> None:
    hostile = "no page could be fetched; last error: \u2068<b>odd</b>\u202e"
    with fresh.story.store.writing():
        fresh.story.store.raise_issue("riverside", "unreachable", hostile, "2026-03-01T06:00:00Z")
    page = fresh.text("/?lang=fa")
    assert "آخرین خطا: <bdi>\\u2068&lt;b&gt;odd&lt;/b&gt;\\u202e</bdi>" in page
    assert not set(page) & {"\u2068", "\u2069", "\u202e"}
    with fresh.story.store.writing():
        fresh.story.store.close_issue("riverside", "unreachable", "2026-03-01T06:00:00Z")


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/sites/new", {"url": "ftp://a.example/"}),
        ("/sites/new", {"url": "https://a.example/"}),
        ("/sites/new", {"url": "https://b.example/", "name": "B b"}),
        ("/sites/new", {"url": "https://b.example/", "name": "one"}),
        ("/site/one/pause", {"until": "odd"}),
        ("/site/one/pause", {"until": "2020-01-01"}),
        ("/site/one/rename", {"new": "B b"}),
        ("/site/one/rename", {"new": "broken"}),
        ("/site/none/rename", {"new": "b"}),
        ("/site/one/remove", {"what": "all", "sure": "no"}),
        ("/site/none/remove", {"what": "all", "sure": "none"}),
        ("/site/broken/run", {}),
        ("/site/resting/run", {}),
        ("/site/one/run", {"token": "old"}),
    ],
)
def test_what_is_wrong_with_a_form_is_said_in_the_language_of_the_reader(
    tmp_path: Path, address: str, form: dict[str, str]
) -> None:
    fine = 'url = "https://a.example/"\n'
    sites = {"one": fine, "broken": "buget = 3\n", "resting": 'url = "https://c.example/"\npaused = true\n'}
    with office(workspace(tmp_path, **sites)) as found:
        assert "کلید ناشناخته" in found.text("/site/broken/file?lang=fa")
        answer = found.post(address, form)
        assert 400 <= answer.status_code < 500
        assert '<html lang="fa"' in answer.text
        assert 'lang="en" dir="auto"' not in answer.text


def test_the_page_of_a_site_file_has_no_english_sentence_for_another_reader(tmp_path: Path) -> None:
    with office(workspace(tmp_path, broken='url = "ftp://a.example/"\nbuget = 3\n')) as found:
        page = found.text("/site/broken/file?lang=fa")
        assert "کلید ناشناخته؛ آیا منظورتان" in page
        assert 'lang="en" dir="auto"' not in page
        typed = found.post("/site/broken/file/faults", {"text": "delay = -1", "do": ""}).json()["faults"]
        assert [one for one in typed if "is not allowed" in one or "missing" in one] == []
        assert len(typed) == 2


# ---- numbers, dates and times


def test_a_persian_day_is_said_in_both_calendars(fresh: Desk) -> None:
    words = fresh.tree("/?lang=fa").cssselect(".day h2")[0].text_content().strip()
    assert words == "یکشنبه ۱۰ اسفند ۱۴۰۴ (۱ مارس ۲۰۲۶)"


def test_times_are_in_the_chosen_zone_with_utc_in_the_tooltip_and_the_zone_is_said_once(fresh: Desk) -> None:
    tree = fresh.tree("/?zone=Asia/Tehran")
    (entry,) = [one for one in tree.cssselect(".entry") if "The bridge" in one.text_content()]
    first = entry.cssselect("time")[0]
    assert (first.text, first.get("title")) == ("1 Mar 2026, 12:31", "2026-03-01 09:01 UTC")
    assert tree.text_content().count("Asia/Tehran") == 1
    assert fresh.tree("/").cssselect(".entry time")[0].text.startswith("1 Mar 2026, 12:")
    assert fresh.tree("/?zone=UTC").cssselect(".zone")[0].text.startswith("All times are UTC.")


@pytest.mark.parametrize(
    ("code", "date", "said"),
    [
        ("en", "2026-06-11T08:05:00Z", "11 Jun 2026, 11:35"),
        ("fa", "2026-06-11T08:05:00Z", "۲۱ خرداد ۱۴۰۵ (۱۱ ژوئن ۲۰۲۶)،\u200f ۱۱:۳۵"),
        ("en", "2026-06-11", "11 Jun 2026"),
        ("fa", "2026-06-11", "۲۱ خرداد ۱۴۰۵ (۱۱ ژوئن ۲۰۲۶)"),
        ("fa", "0001-01-01", "0001-01-01"),
        ("fa", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("fa", "Tuesday", "Tuesday"),
    ],
)
def test_a_date_of_the_site_is_said_like_the_other_times_and_a_day_stays_a_day(
    tmp_path: Path, code: str, date: str, said: str
) -> None:
    with morning(tmp_path) as desk:
        change = desk.change("/bridge/")
        with desk.story.store.writing():
            conn = desk.story.store.db.conn
            conn.execute("UPDATE changes SET old_modified = ?, modified = '2026-06-20'", [date])
            conn.execute("UPDATE pages SET published = ?", [date])
        for address in (f"/change/{change}", "/page/1", "/page/1/since"):
            facts = desk.tree(f"{address}?reviewed=all&lang={code}&zone=Asia/Tehran").cssselect(".facts bdi")
            assert said in [one.text_content() for one in facts], address


def test_the_calendar_of_a_site_says_that_its_days_are_those_of_utc(fresh: Desk) -> None:
    said = "Days begin at midnight UTC."
    assert said in fresh.tree("/site/riverside?zone=Asia/Tehran").text_content()
    assert said not in fresh.tree("/site/riverside?zone=UTC").text_content()


@pytest.mark.parametrize("zone", ["Nowhere/City", "../../etc/passwd", "/etc/localtime", "", "a" * 300])
def test_a_zone_that_does_not_exist_is_passed_over(fresh: Desk, zone: str) -> None:
    fresh.client.cookies.set("variorum_zone", zone)
    assert 'data-zone="UTC"' in fresh.client.get("/", params={"zone": zone}).text


# ---- in a browser


@pytest.fixture(scope="module")
def url(read: Desk) -> Iterator[str]:
    with served(read.path) as found:
        yield found


def everywhere(desk: Desk) -> list[str]:
    return [
        "/", "/sites", "/site/riverside?until=2026-03-08", "/page/1", "/page/1/since", "/page/1/compare",
        "/search?words=1887", f"/change/{desk.change('/fa/house/')}", "/site/riverside/pages",
    ]  # fmt: skip


def in_language(address: str, code: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={code}"


@needs_chromium
@pytest.mark.parametrize("code", RIGHT_TO_LEFT)
def test_pages_from_right_to_left_are_fit_for_all_and_fit_a_small_window(
    chromium: Browser, url: str, read: Desk, code: str
) -> None:
    with window(chromium, url, width=390, height=800) as seen:
        for address in everywhere(read):
            seen.page.goto(in_language(address, code))
            assert seen.page.evaluate("getComputedStyle(document.body).direction") == "rtl"
            assert (seen.too_wide(), seen.faults()) == (0, []), address
        assert seen.complaints == []


@needs_chromium
def test_in_persian_the_page_is_mirrored_and_english_texts_run_from_left_to_right(
    chromium: Browser, url: str, read: Desk
) -> None:
    with window(chromium, url) as seen:
        seen.page.goto(in_language(f"/change/{read.change('/bridge/')}", "fa"))
        assert left(seen, ".brand") > left(seen, ".find")
        assert left(seen, ".edited .old") > left(seen, ".edited .new")
        assert seen.page.evaluate("document.querySelector('.edited .old .text').matches(':dir(ltr)')")
        assert seen.page.evaluate("document.querySelector('form.verdict').matches(':dir(rtl)')")


@needs_chromium
def test_the_browser_tells_its_zone_once_and_the_reader_can_choose_another(
    chromium: Browser, url: str
) -> None:
    context = chromium.new_context(base_url=url, timezone_id="Asia/Kabul")
    page = context.new_page()
    page.goto("/sites")
    expect(page.locator("html")).to_have_attribute("data-zone", "Asia/Kabul")
    page.goto("/")
    expect(page.locator(".zone")).to_contain_text("Asia/Kabul")
    page.get_by_role("link", name="In UTC").click()
    expect(page.locator(".zone")).to_contain_text("All times are UTC.")
    page.goto("/sites")
    expect(page.locator("html")).to_have_attribute("data-zone", "UTC")
    page.get_by_role("link", name="In the zone of this browser").click()
    expect(page.locator("html")).to_have_attribute("data-zone", "Asia/Kabul")
    context.close()


@needs_chromium
def test_without_scripts_a_language_is_chosen_by_a_link_and_kept(chromium: Browser, url: str) -> None:
    with window(chromium, url, scripts=False) as seen:
        seen.page.goto("/")
        seen.page.get_by_role("link", name="shqip").click()
        expect(seen.page.locator("h1")).to_have_text(HEADINGS["sq"])
        seen.page.goto("/")
        expect(seen.page.locator("h1")).to_have_text(HEADINGS["sq"])


def left(seen: Window, selector: str) -> float:
    box = seen.page.locator(selector).first.bounding_box()
    assert box
    return box["x"]
