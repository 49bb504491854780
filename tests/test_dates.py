"""Dates from outside: what crosses the border, and what they decide."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local_site import article
from tests.older_store import with_captures_in_words
from tests.tracked import HOME, SITE, Story, story_at
from variorum.crawler.config.site import Site
from variorum.crawler.dates import moved, moved_on, sound_date, span
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.spiders.sources import cdx, feed, sitemap, wordpress
from variorum.storage.store import Store

FORM = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ?)?", re.ASCII)
EVENING = "2026-05-05T16:00:00Z"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-05-05T18:00:00+02:00", EVENING),
        ("2026-05-05T18:00:00+0200", EVENING),
        ("2026-05-05 18:00 +02:00", EVENING),
        ("2026-05-05T16:00:00.123456789Z", EVENING),
        (" 2026-05-05T16:00Z\n", EVENING),
        ("2026-5-5T6:30:00 pm+02:30", EVENING),
        ("20260505T160000Z", EVENING),
        ("Tue, 05 May 2026 18:00:00 +0200", EVENING),
        ("Tuesday, 05-May-26 16:00:00 GMT", EVENING),
        ("5 May 26 12:00 EDT", EVENING),
        ("Tue May 05 2026 18:00:00 GMT+0200 (Central European Summer Time)", EVENING),
        ("2026-05-05T18:00:00 CEST", EVENING),
        ("2026-05-05T18:00:00[Europe/Berlin]", EVENING),
        ("2026-05-05 18:00 Europe/Berlin", EVENING),
        ("1777996800", EVENING),
        (1777996800, EVENING),
        (1777996800000, EVENING),
        ("/Date(1777996800000)/", EVENING),
        ("1405-02-15T19:30:00+03:30", EVENING),
        ("2026-05-04T24:00:00Z", "2026-05-05T00:00:00Z"),
        ("2026-05-04T23:59:60Z", "2026-05-05T00:00:00Z"),
        ("2026-05-05T18:00:00", "2026-05-05T18:00:00"),
        ("Tue May  5 18:00:00 2026", "2026-05-05T18:00:00"),
        ("2026-05-05T18:00:00 IST", "2026-05-05T18:00:00"),  # of India, Israel or Ireland
        ("May 5, 2026 at 6:00 pm", "2026-05-05T18:00:00"),
        ("20260505180000", "2026-05-05T18:00:00"),
        ("2026-05-05", "2026-05-05"),
        ("2026/5/5", "2026-05-05"),
        ("\u200e٢٠٢٦-٠٥-٠٥", "2026-05-05"),
        ("۱۴۰۵/۰۲/۱۵", "2026-05-05"),
        ("۱۵ اردیبهشت ۱۴۰۵", "2026-05-05"),
        ("1403-12-30", "2025-03-20"),  # a leap year of that calendar
        ("5. Mai 2026", "2026-05-05"),
        ("5 May 2026", "2026-05-05"),
        ("Published on: Tuesday, 5 May 2026", "2026-05-05"),
        ("Publié le 5 mai 2026 à 18:00", "2026-05-05T18:00:00"),
        ("05.05.2026, 18:00 Uhr", "2026-05-05T18:00:00"),
        ("2026-05-05 - 18:00", "2026-05-05T18:00:00"),
        ("2026-05-05T18:00:00PM", "2026-05-05T18:00:00"),
        ("2026-05-05T11:00:00−05:00", EVENING),
        ("سه‌شنبه ۱۵ ارديبهشت ماه ۱۴۰۵ ساعت ۱۸:۰۰", "2026-05-05T18:00:00"),
        ("۱۸:۰۰ - ۱۴۰۵/۰۲/۱۵", "2026-05-05T18:00:00"),
        ("الثلاثاء 5 مايو 2026", "2026-05-05"),
        ("05.06.2026", "2026-06-05"),
        ("25/06/2026", "2026-06-25"),
        ("2026-W19-2", "2026-05-05"),
        ("2026-05-05Z", "2026-05-05"),
    ],
)
def test_a_date_in_whatever_form_is_written_in_ours(value: object, expected: str) -> None:
    assert sound_date(value) == expected
    assert sound_date(expected) == expected


@pytest.mark.parametrize("zone", ["Nowhere/Land", "\0/", "a/../b", "Europe", "/"])
def test_a_time_in_a_place_that_is_not_known_has_no_zone(zone: str) -> None:
    assert sound_date(f"2026-05-05T18:00:00 [{zone}]") == "2026-05-05T18:00:00"
    assert sound_date(f"2026-05-05T18:00:00 {zone}") in ("2026-05-05T18:00:00", None)


@pytest.mark.parametrize(
    "value",
    [
        "0001-01-01", "0001-01-01T00:00:00+01:00", "1-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00",
        "0000-00-00 00:00:00", "1969-12-31T23:59:59Z", "1447-11-18", "1405-12-30", "2026-02-30", "2026-13-01",
        "26-05-05", "05/06/2026", "2026-05-05T25:00:00Z", "2026-05-05T24:00:01Z", "2026-05-05T18:00:61Z",
        "2026-05-05T18:00:00+99:00", "2026-05-05T18:00 by the clock", "yesterday", "2026", "", " ", None,
        True, [], {}, 0, -1, 10**400, float("nan"), float("inf"), "5" * 1000, "\ud800",
    ],
)  # fmt: skip
def test_what_is_no_sound_date_is_none(value: object) -> None:
    assert sound_date(value) is None


@given(
    st.one_of(
        st.text(max_size=40),
        st.integers(),
        st.floats(),
        st.datetimes(timezones=st.none() | st.timezones()).map(str),
        st.datetimes(timezones=st.timezones()).map(lambda one: one.strftime("%a, %d %b %Y %H:%M:%S %z")),
        st.from_regex(r"[0-9۰-۹]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[T ][0-9]{1,2}:[0-9]{2}([+-][0-9]{4})?"),
    ),
    st.none() | st.timezones(),
)
def test_whatever_is_said_comes_out_in_one_form_that_sorts_or_not_at_all(
    value: object, zone: ZoneInfo | None
) -> None:
    found = sound_date(value, zone, seen_at="2026-11-29T12:00:00Z")
    if found is not None:
        assert FORM.fullmatch(found)
        assert "1990" <= found < "2026-12-01"
        assert span(found)[0] <= span(found)[1]
        assert sound_date(found) == found


def test_a_time_without_a_zone_takes_that_of_the_site_and_a_day_stays_a_day() -> None:
    tirana = ZoneInfo("Europe/Tirane")
    assert sound_date("2026-05-05T18:00:00", tirana) == EVENING
    assert sound_date("2026-05-05", tirana) == "2026-05-05"


def test_what_lies_after_tomorrow_is_no_date() -> None:
    seen_at = "2026-11-29T12:00:00Z"
    value = ["2026-11-30", "2026-11-30T23:00:00Z", "2026-12-01", "2099-01-01T00:00:00Z"]
    assert [sound_date(one, seen_at=seen_at) for one in value] == [*value[:2], None, None]


def test_a_day_that_gains_its_hour_is_no_new_date() -> None:
    assert moved("2026-05-07", "2026-05-07T09:30:00Z") is None
    assert moved("2026-05-07T09:30:00", "2026-05-07T07:30:00Z") is None
    assert moved("2026-05-07", "2026-05-07") is False
    assert moved("2026-05-07", "2026-05-08") is True
    assert moved("2026-05-07", "2026-05-11T09:30:00Z") is True
    assert moved_on("2026-05-07", "2026-05-08")
    assert not moved_on("2026-05-08", "2026-05-07")


# ---- sources


def test_one_odd_lastmod_loses_only_itself() -> None:
    dates = ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-05:00", "soon", "2026-05-05T18:00:00+02:00"]
    entries = "".join(
        f"<url><loc>{HOME}/{number}/</loc><lastmod>{one}</lastmod></url>" for number, one in enumerate(dates)
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    pages = sitemap.read_sitemap(body.encode(), f"{HOME}/sitemap.xml", SITE).pages
    assert [page.modified for page in pages] == [None, None, None, EVENING]
    assert [page.url for page in pages] == [f"{HOME}/{number}/" for number in range(4)]


def test_a_feed_s_dates_keep_or_lack_their_zone_as_it_writes_them() -> None:
    dates = ["Tue, 05 May 2026 18:00:00 +0200", "Tue, 05 May 2026 18:00:00", "Mon, 01 Jan 0001 00:00:00 GMT"]
    items = "".join(
        f"<item><link>{HOME}/{date[:3]}/</link><pubDate>{date}</pubDate></item>" for date in dates
    )
    listed = feed.listed(
        f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), f"{HOME}/feed/", SITE
    )
    assert [one.published for one in listed] == [EVENING, "2026-05-05T18:00:00", None]


def test_the_api_s_dates_are_utc_and_odd_ones_lose_only_themselves() -> None:
    dates = ["2026-05-05T16:00:00", "0001-01-01T00:00:00", "0000-00-00T00:00:00", 17, {"x": 1}, None]
    posts = [{"id": 1, "link": f"{HOME}/", "date_gmt": date, "modified_gmt": date} for date in dates]
    listed = wordpress.read_posts(json.dumps(posts).encode(), f"{HOME}/wp-json/").listed
    assert [one.published for one in listed] == [EVENING, None, None, None, None, None]


def test_a_capture_of_an_impossible_time_is_left_out_of_an_archive_s_list() -> None:
    lines = [
        f"{at} {HOME}/ text/html 200 ABC" for at in ("20190501000000", "00010101000000", "20191301000000")
    ]
    mementos, _ = cdx.read_list("\n".join(lines))
    assert [one.at for one in mementos] == ["2019-05-01T00:00:00Z"]


# ---- what they decide


@pytest.fixture
def story(tmp_path: Path):
    """A site that is watched, with one page."""
    with story_at(tmp_path / "v.db") as story:
        with story.run() as run:
            run.lists("links", "/old/")
            run.sees("/old/", article("The old lamp", "It was lit in spring."))
        yield story


def page(head: str, title: str = "The new lamp") -> str:
    return article(title, "It was lit this morning.").replace("</head>", f"{head}</head>", 1)


def published(at: str) -> str:
    return f'<meta property="article:published_time" content="{at}">'


UNUSUAL = [
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-05:00",
    "1405-99-99",
    "soon",
]


@pytest.mark.parametrize("value", UNUSUAL)
@pytest.mark.parametrize("source", ["wordpress", "sitemap", "feed", "the page itself"])
def test_after_an_odd_date_every_page_is_looked_at_again(story: Story, value: str, source: str) -> None:
    with story.run() as run:
        if source != "the page itself":
            run.lists(source, DiscoveredUrl(f"{HOME}/lamp/", source, published=value, modified=value))
        run.sees("/lamp/", page(published(value) if source == "the page itself" else ""))
    story.later(days=40)
    with story.run() as run:
        assert {page_request.url for page_request in run.frontier.next_requests()} >= {
            f"{HOME}/lamp/",
            f"{HOME}/old/",
        }
    assert story.page("/lamp/").published is None


@pytest.mark.parametrize(
    "value", ["2099-01-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00", "2026-03-02"]
)
def test_a_date_in_the_future_makes_no_page_of_the_first_run_new(tmp_path: Path, value: str) -> None:
    with story_at(tmp_path / "v.db") as story:
        with story.run() as run:
            run.sees("/lamp/", page(published(value)))
        assert story.news() == []


def test_a_time_without_a_zone_proves_news_only_where_it_does_in_every_zone(tmp_path: Path) -> None:
    with story_at(tmp_path / "v.db") as story:
        with story.run(finished=False) as run:  # so that nothing but its date can show a page to be new
            run.sees("/old/", article("The old lamp", "It was lit in spring."))
        story.later(days=3)
        with story.run() as run:
            run.sees("/near/", page(published("2026-03-01T20:00:00"), "The near lamp"))
            run.sees("/sure/", page(published("2026-03-03T12:00:00"), "The sure lamp"))
        assert story.news() == [("new", "/sure/")]


def test_a_persian_date_of_today_is_news_and_a_date_merely_found_decides_nothing(story: Story) -> None:
    story.later(days=3)
    with story.run() as run:
        run.lists("links", "/lamp/", "/boat/")
        run.sees("/lamp/", page(published("1404-12-13T06:00:00+03:30")))
        run.sees("/boat/", page("", "The boat") + '<p><a href="/old/">An old story</a> 3 Feb 2020</p>')
    assert sorted(story.news()) == [("new", "/boat/"), ("new", "/lamp/")]
    assert story.page("/lamp/").published == "2026-03-04T02:30:00Z"


def test_a_modified_date_that_gains_a_time_of_day_is_not_the_site_s_word_for_an_edit(story: Story) -> None:
    for day, text in (("2026-03-01", "lit"), ("2026-03-01T09:30:00Z", "put out")):
        with story.run() as run:
            run.lists("sitemap", DiscoveredUrl(f"{HOME}/lamp/", "sitemap", modified=day))
            run.sees("/lamp/", article("The lamp", f"It was {text} this morning."))
    assert [(change.kind, change.silent) for change in story.changes()] == [("new", None), ("edited", None)]


def test_that_a_source_dates_a_page_otherwise_than_the_page_itself_is_no_move_of_its_date(
    story: Story,
) -> None:
    marked = '<meta property="article:modified_time" content="2026-02-01T10:00:00Z">'
    for listed, text in ((None, "lit"), ("2026-02-05T10:00:00Z", "lit"), ("2026-02-05T10:00:00Z", "put out")):
        with story.run() as run:
            if listed:
                run.lists("sitemap", DiscoveredUrl(f"{HOME}/old/", "sitemap", modified=listed), whole=False)
            run.sees("/old/", page(marked, "The old lamp").replace("lit", text))
    rows = story.store.db.conn.execute(
        "SELECT kind, silent, date_only FROM changes WHERE kind = 'edited'"
    ).fetchall()
    assert [tuple(row) for row in rows][1:] == [("edited", 1, 0)]


def test_times_without_a_zone_are_by_the_clock_of_the_site_s_file(tmp_path: Path) -> None:
    site = Site(name="riverside", url=f"{HOME}/", timezone="Asia/Tehran")
    with story_at(tmp_path / "v.db", site) as story:
        with story.run() as run:
            run.lists("feed", DiscoveredUrl(f"{HOME}/boat/", "feed", published="2026-02-01T12:00:00"))
            run.sees("/lamp/", page(published("2026-02-01T12:00:00")))
        assert [story.page(path).published for path in ("/lamp/", "/boat/")] == ["2026-02-01T08:30:00Z"] * 2


# ---- what is stored already


def test_every_table_with_a_bad_date_is_healed_when_the_database_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, story.run() as run:
        run.lists("sitemap", DiscoveredUrl(f"{HOME}/lamp/", "sitemap", modified="2026-02-01"))
        run.sees("/lamp/", page(published("2026-02-01")))
    bad, future = "1-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
    with contextlib.closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE pages SET published = ?, modified = ?, found_at = ?", [bad, future, bad])
        conn.execute("UPDATE versions SET published = '1405-02-15T14:30:00Z', captured_at = ?", [bad])
        with_captures_in_words(conn)
        conn.execute("UPDATE captures SET fetched_at = ?", [bad])
        conn.execute("UPDATE listings SET modified = ?", [bad])
        conn.execute(
            "INSERT INTO sources(site, address, kind, cursor) VALUES ('riverside', 'x', 'w', ?)", [bad]
        )
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'sound_dates'")
    with contextlib.closing(Store.open(path)) as store:
        page_row, version = store.pages("riverside")[0], store.last_version(1)
        assert version
        assert (page_row.published, page_row.modified, page_row.published_by) == (None, None, None)
        assert (version.published, version.published_by) == (None, None)
        assert {page_row.found_at, version.captured_at, store.sights(1)[0].at} == {"0001-01-01T00:00:00Z"}
        assert store.listed_date(page_row.id, "sitemap") is None
        assert [row.cursor for row in store.sources("riverside") if row.address == "x"] == [None]
    with story_at(path) as story, story.run() as run:
        story.now = datetime(2026, 6, 1, tzinfo=UTC)
        assert [page_request.url for page_request in run.frontier.next_requests()] == [f"{HOME}/lamp/"]
