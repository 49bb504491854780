"""Fetches that need no reading wait for each other, and are stored together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tracked import Story, story_at
from variorum.crawler.extraction.source_text import of_markup
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.times import iso

PATHS = ("/tides/", "/ferry/", "/quay/")
TEXT = (
    "<!doctype html><html><head><title>{0}</title></head><body><main><h1>{0}</h1>"
    "<p>All that we know of {0}, and no more.</p></main></body></html>"
)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as found:
        with found.run() as run:
            for path in PATHS:
                run.sees(path, TEXT.format(path))
        yield found


def unchanged(story: Story, path: str) -> FetchResult:
    url = story.home + path
    return FetchResult(url, url, iso(story.now), status=304)


def test_they_are_stored_in_one_transaction_as_each_would_be_by_itself(story: Story) -> None:
    with story.run() as run:
        assert all(run.tracker.can_wait(unchanged(story, path)) for path in PATHS)
        assert [story.page(path).checks for path in PATHS] == [1, 1, 1]
        commits: list[str] = []
        story.store.db.conn.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
        found = run.tracker.track_waiting()
        story.store.db.conn.set_trace_callback(None)
        assert len(commits) == 1
        alone = run.sees(PATHS[0], "", 304)
    assert [tracked.outcome for tracked in found] == [alone.outcome] * 3
    assert [story.page(path).checks for path in PATHS] == [3, 2, 2]


def test_a_page_that_was_written_to_meanwhile_is_recorded_as_it_is_now(story: Story) -> None:
    with story.run() as run:
        assert run.tracker.can_wait(unchanged(story, PATHS[0]))
        story.store.update_page(story.page(PATHS[0]).id, {"checks": 7})
        run.tracker.track_waiting()
    assert story.page(PATHS[0]).checks == 8


def test_what_has_to_be_read_does_not_wait(story: Story) -> None:
    url = story.home + PATHS[0]
    with story.run() as run:
        assert not run.tracker.can_wait(
            FetchResult(url, url, iso(story.now), status=200, body=TEXT.format("Other").encode())
        )
        assert run.tracker.track_waiting() == []


def listed_then_unchanged(story: Story, before: dict[str, str], after: dict[str, str]) -> None:
    """A page with other facts in its source at the next visit, which needs no reading."""
    with story.run() as run:
        run.lists("wordpress", DiscoveredUrl(f"{story.home}/weir/", "wordpress", **before))
        run.sees("/weir/", TEXT.format("The weir"))
    with story.run() as run:
        run.lists("wordpress", DiscoveredUrl(f"{story.home}/weir/", "wordpress", **after))
        assert run.tracker.can_wait(unchanged(story, "/weir/"))
        run.tracker.track_waiting()


def test_the_date_that_a_source_gives_an_unread_page_is_recorded(story: Story) -> None:
    monday, tuesday = "2026-02-02T08:00:00Z", "2026-02-03T08:00:00Z"
    listed_then_unchanged(story, {"modified": monday}, {"modified": tuesday})
    [change] = story.reader.db.conn.execute("SELECT old_modified, modified FROM changes WHERE date_only")
    assert tuple(change) == (monday, tuesday)


def test_the_text_that_a_source_gives_an_unread_page_is_compared(story: Story) -> None:
    text = of_markup("The weir", "All that we know of The weir, and no more.")
    listed_then_unchanged(story, {}, {"source_text_digest": text})
    assert story.page("/weir/").agrees == 1
