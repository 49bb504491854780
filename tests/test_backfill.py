"""Captures from elsewhere take their place in time; the story is the same as if they had come in order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local_site import article
from tests.tracked import HOME, SITE, Story, story_at
from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.fetch_result import FetchResult

A, B, C = "The bridge was built in 1887.", "The bridge was built in 1878.", "The bridge was blown up in 1878."
LONG_AGO, AGO, TOMORROW = "2019-05-01T00:00:00Z", "2021-08-01T00:00:00Z", "2026-03-02T00:00:00Z"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as story:
        yield story


def capture(at: str, text: str, path: str = "/bridge/", status: int = 200, **more: str) -> FetchResult:
    body = article("The bridge", text, **more) if status == 200 else "<title>Not found</title>"
    return FetchResult(
        url=HOME + path,
        final_url=HOME + path,
        fetched_at=at,
        status=status,
        headers={"content-type": "text/html; charset=utf-8"},
        body=body.encode(),
        encoding="utf-8",
    )


def crawl(story: Story, text: str) -> str:
    """A crawl sees this text; when."""
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", text))
    return story.page("/bridge/").seen_at or ""


def imported(story: Story, *captures: FetchResult) -> dict[str, int]:
    backfill = Backfill(story.store, SITE, "warc:old.warc.gz")
    for one in captures:
        backfill.add(one)
    return backfill.counts()


def texts(story: Story) -> list[str]:
    versions = story.versions("/bridge/")
    assert [version.number for version in versions] == list(range(1, len(versions) + 1))
    assert [version.captured_at for version in versions] == sorted(v.captured_at for v in versions)
    assert story.page("/bridge/").version == len(versions)
    return [version.text for version in versions]


def intervals(story: Story) -> list[tuple[str, str | None, str, int | None, int | None]]:
    """Of all changes in the order of time: kind, interval, and the versions between which they lie."""
    found = [(c.kind, c.seen_old, c.seen_new, c.old_version, c.version) for c in story.reader.changes()]
    return sorted(found, key=lambda one: (one[2], one[0]))


# ---- a place in time


def test_an_older_text_becomes_the_first_version_and_moves_the_others_up(story: Story) -> None:
    seen = crawl(story, B)
    [before] = story.versions("/bridge/")
    assert imported(story, capture(AGO, A)) == {"version": 1, "changes": 1}
    assert texts(story) == [A, B]
    assert story.versions("/bridge/")[1].id == before.id
    assert intervals(story) == [("edited", AGO, seen, 1, 2)]


def test_a_text_that_was_seen_before_the_first_crawl_is_known_to_be_older(story: Story) -> None:
    crawl(story, A)
    assert imported(story, capture(AGO, A)) == {"seen": 1, "changes": 0}
    [version] = story.versions("/bridge/")
    assert (version.number, version.captured_at) == (1, AGO)
    assert story.changes() == []


def test_what_a_crawl_told_keeps_its_words_and_gets_a_narrower_interval(story: Story) -> None:
    first, last = crawl(story, A), crawl(story, B)
    imported(story, capture(_between(first, last, 2), A), capture(_between(first, last, 3), B))
    assert intervals(story) == [("edited", _between(first, last, 2), _between(first, last, 3), 1, 2)]
    [change] = story.changes()
    assert not change.backfilled


def test_what_a_crawl_told_stays_where_a_version_turns_up_in_between(story: Story) -> None:
    first, last = crawl(story, A), crawl(story, C)
    at = _between(first, last)
    imported(story, capture(at, B))
    assert texts(story) == [A, B, C]
    assert sorted((c.old_version, c.version, c.backfilled) for c in story.changes()) == [
        (1, 2, 1),
        (1, 3, 0),
        (2, 3, 1),
    ]


def test_another_text_between_two_sights_of_one_is_two_changes(story: Story) -> None:
    first, last = crawl(story, A), crawl(story, A)
    at = _between(first, last)
    assert imported(story, capture(at, B)) == {"version": 1, "changes": 2}
    assert texts(story) == [A, B, A]
    assert intervals(story) == [("edited", first, at, 1, 2), ("edited", at, last, 2, 3)]
    crawl(story, C)
    assert story.changes()[-1].old_version == 3


def test_changes_that_a_crawl_told_later_still_name_the_text_they_began_with(story: Story) -> None:
    first, again, _ = crawl(story, A), crawl(story, A), crawl(story, C)
    imported(story, capture(_between(first, again), B))
    assert texts(story) == [A, B, A, C]
    [change] = [change for change in story.changes() if not change.backfilled]
    assert (change.old_version, change.version) == (3, 4)


def test_a_capture_that_is_newer_than_the_last_crawl_is_what_the_next_crawl_compares_with(
    story: Story,
) -> None:
    crawl(story, A)
    imported(story, capture(TOMORROW, B))
    story.later(days=2)
    crawl(story, A)
    assert texts(story) == [A, B, A]
    assert [(c.seen_old, c.backfilled) for c in story.changes()][-1] == (TOMORROW, 0)


# ---- any order


@settings(max_examples=60, deadline=None)
@given(
    sights=st.lists(st.sampled_from([A, B, C]), min_size=1, max_size=6).flatmap(
        lambda texts: st.permutations(list(enumerate(texts)))
    )
)
def test_in_whatever_order_captures_come_the_same_history_comes_of_them(
    tmp_path_factory: pytest.TempPathFactory, sights: Sequence[tuple[int, str]]
) -> None:
    path = tmp_path_factory.mktemp("order") / "variorum.db"
    with story_at(path) as story:
        imported(story, *(capture(_moment(number), text) for number, text in sights))
        runs = [list(run) for _, run in itertools.groupby(sorted(sights), key=lambda sight: sight[1])]
        assert texts(story) == [run[0][1] for run in runs]
        assert [v.captured_at for v in story.versions("/bridge/")] == [_moment(run[0][0]) for run in runs]
        assert intervals(story) == [
            ("edited", _moment(old[-1][0]), _moment(new[0][0]), number, number + 1)
            for number, (old, new) in enumerate(itertools.pairwise(runs), start=1)
        ]


@settings(max_examples=40, deadline=None)
@given(
    crawled=st.lists(st.sampled_from([A, B, C]), min_size=1, max_size=3),
    others=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([A, B, C])), max_size=4, unique_by=lambda x: x[0]
    ),
)
def test_each_told_change_leads_from_one_text_to_another_whatever_came_in_between(
    tmp_path_factory: pytest.TempPathFactory, crawled: list[str], others: list[tuple[int, str]]
) -> None:
    path = tmp_path_factory.mktemp("mixed") / "variorum.db"
    with story_at(path) as story:
        for text in crawled:
            crawl(story, text)
        first = next(v.captured_at for v in story.versions("/bridge/"))
        imported(story, *(capture(_after(first, minutes * 11), text) for minutes, text in others))
        known = [None, *texts(story)]
        for change in story.changes():
            assert known[change.old_version or 0] != known[change.version or 0]
            assert (change.seen_old or "") <= change.seen_new
        assert all(old != new for old, new in itertools.pairwise(known))


def test_that_a_site_looks_otherwise_than_long_ago_is_history(story: Story) -> None:
    texts = [f"Sentence {number} tells of the river, and of bridge {number}." for number in range(12)]

    def old(text: str) -> str:
        menu = "".join(f"<li>Old entry {number}</li>" for number in range(9))
        return (
            f"<title>A page</title><table><td class='left'><ul>{menu}</ul><td class='main'><p>{text}</table>"
        )

    def new(text: str) -> str:
        menu = "".join(f"<li>New entry {number}</li>" for number in range(9))
        return (
            f"<title>A page</title><div class='side'><ul>{menu}</ul></div><div class='story'><p>{text}</div>"
        )

    captures = [replace(capture(AGO, "", f"/{n}/"), body=old(text).encode()) for n, text in enumerate(texts)]
    backfill = Backfill(story.store, SITE, "wayback")
    backfill.learn(captures)
    for one in captures:
        backfill.add(one)
    with story.run() as run:
        for number, text in enumerate(texts):
            run.sees(f"/{number}/", new(text))
        for path in run.requested_again():
            run.sees(path, new(texts[int(path.strip("/"))]))
    assert [(one.kind, one.backfilled) for one in story.changes()] == [("template", 1)]
    assert [story.texts(f"/{number}/") for number in range(12)] == [[text] for text in texts]


# ---- what is no page, and what is known


def test_the_same_capture_twice_changes_nothing(story: Story) -> None:
    crawl(story, B)
    imported(story, capture(AGO, A))
    before = list(story.store.db.conn.iterdump())
    assert imported(story, capture(AGO, A)) == {"known": 1}
    assert list(story.store.db.conn.iterdump()) == before


def test_what_is_no_page_of_the_site_is_left_out_and_counted_by_what_it_was(story: Story) -> None:
    elsewhere = FetchResult("https://other.example/a", "https://other.example/a", AGO, 200, body=b"<p>Hello")
    nothing = FetchResult("javascript:alert(1)", "javascript:alert(1)", AGO, 200, body=b"<p>Hello")
    assert imported(story, capture(AGO, "", status=404), elsewhere, nothing) == {
        "gone": 1,
        "out of scope": 2,
    }
    assert story.store.pages(SITE.name) == []


def test_nothing_that_comes_to_light_is_news_also_not_to_the_first_crawl(story: Story) -> None:
    imported(story, capture(LONG_AGO, A), capture(AGO, B))
    crawl(story, C)
    assert texts(story) == [A, B, C]
    assert [(c.kind, c.backfilled) for c in story.changes()] == [("edited", 1), ("edited", 1)]
    crawl(story, A)
    assert story.changes()[-1].backfilled == 0


def test_a_page_published_under_watch_that_no_crawl_has_met_is_new_but_no_news(
    story: Story,
) -> None:
    with story.run() as run:
        run.sees("/", article("Riverside", "Welcome."))
    published = '<meta property="article:published_time" content="2026-03-01T20:00:00Z">'
    page = capture(TOMORROW, A)
    imported(
        story,
        FetchResult(
            page.url, page.final_url, TOMORROW, 200, page.headers,
            page.body.replace(b"<head>", b"<head>" + published.encode()), "utf-8",
        ),
    )  # fmt: skip
    [change] = story.changes()
    assert (change.kind, change.backfilled, change.seen_new) == ("new", 1, TOMORROW)


def test_a_text_without_its_page_has_its_place_too(story: Story) -> None:
    crawl(story, B)
    backfill = Backfill(story.store, SITE, "dump:2018.txt")
    assert backfill.add_text(f"{HOME}/bridge/", AGO, Extract("The bridge", A, "article")) == "version"
    assert backfill.add_text(f"{HOME}/bridge/", AGO, Extract("The bridge", A, "article")) == "known"
    assert texts(story) == [A, B]
    first = story.versions("/bridge/")[0]
    assert first.extractor == "text of dump:2018.txt"
    assert story.store.capture(first.capture).body is None


# ---- pages that had gone


def gone(story: Story) -> None:
    for _ in range(2):
        with story.run() as run:
            run.misses("/bridge/")


def test_a_page_that_was_seen_elsewhere_after_it_had_gone_has_returned(story: Story) -> None:
    crawl(story, A)
    gone(story)
    imported(story, capture(TOMORROW, A))
    assert [(c.kind, c.backfilled) for c in story.changes()] == [("gone", 0), ("returned", 1)]
    assert story.page("/bridge/").state == "live"


def test_a_page_that_was_seen_between_two_misses_had_returned_and_went_again(story: Story) -> None:
    crawl(story, A)
    gone(story)
    missing = story.changes()[0].seen_new
    imported(story, capture(_after(missing, 5), A))
    assert [(c.kind, c.backfilled) for c in story.changes()] == [("gone", 0), ("returned", 1), ("gone", 1)]
    assert story.page("/bridge/").state == "gone"


def test_a_page_that_returned_may_have_returned_earlier(story: Story) -> None:
    crawl(story, A)
    gone(story)
    back = story.later(hours=1)
    story.later(hours=1)
    crawl(story, A)
    imported(story, capture(back, A))
    assert [(c.kind, c.backfilled) for c in story.changes()] == [("gone", 0), ("returned", 0)]
    assert story.changes()[1].seen_new == back


def test_the_store_is_sound_afterwards(story: Story) -> None:
    crawl(story, A)
    imported(story, capture(AGO, B), capture(LONG_AGO, A), capture(TOMORROW, C))
    conn = story.store.db.conn
    assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert conn.execute("PRAGMA foreign_key_check").fetchall() == []


# ---- moments


def _moment(number: int) -> str:
    return f"2020-01-{number + 1:02}T00:00:00Z"


def _after(at: str, minutes: int) -> str:
    from datetime import timedelta

    from variorum.crawler.times import iso, parse

    return iso(parse(at) + timedelta(minutes=minutes))


def _between(first: str, last: str, nth: int = 2) -> str:
    """A moment at so many quarters of the way."""
    from variorum.crawler.times import iso, parse

    return iso(parse(first) + (parse(last) - parse(first)) * nth / 4)
