"""What `variorum plan` and `variorum why` say of when pages are fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import objects, variorum, workspace
from tests.test_revisits import fortnight
from tests.tracked import HOME, Story, story_after
from variorum.crawler.health.visits import plan_object, why_object
from variorum.crawler.revisit.budget import limits
from variorum.crawler.revisit.outlook import outlook, visits_by_day
from variorum.crawler.revisit.records import Page, SiteRates
from variorum.crawler.revisit.scores import columns
from variorum.crawler.times import every

NOW = 20_000.0


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site of 30 pages, one of which changes each day of a fortnight."""
    with story_after(of_thirty_pages, tmp_path / "variorum.db") as story:
        yield story


def of_thirty_pages(begun: Story) -> None:
    fortnight(begun, 30)


def test_the_page_that_changes_is_said_to_be_fetched_more_often_and_why(story: Story) -> None:
    site = msgspec.structs.replace(story.site, budget=20)
    busy = why_object(story.reader, site, story.page("/log/3/"), story.now)
    calm = why_object(story.reader, site, story.page("/log/4/"), story.now)
    assert busy["every_days"] < calm["every_days"]
    assert busy["evidence"][0].startswith("changed 13 times in 30 days, fetched ")
    assert calm["changes_in_30_days"] == 0
    assert busy["evidence"][2] == "its own visits show that it changes more often than these"
    assert calm["evidence"][2] == "its own visits show that it changes less often than these"
    assert busy["due_at"] <= calm["due_at"]


def test_a_page_that_was_never_fetched_is_due_in_the_next_run(story: Story) -> None:
    with story.run() as run:
        run.lists("links", "/new/", whole=False)
    found = why_object(story.reader, story.site, story.page("/new/"), story.now)
    assert "in the next run" in found["evidence"][0]


def test_the_plan_keeps_the_budget_and_a_larger_one_brings_shorter_delays(story: Story) -> None:
    site = msgspec.structs.replace(story.site, budget=10)
    found = plan_object(story.reader, site, story.now, 7)
    assert found["pages"] == 30 and len(found["visits"]) == 7
    assert all(visits <= 10 for visits in found["visits"])
    delays = [one["delay_hours"] for one in found["budgets"]]
    assert delays == sorted(delays, reverse=True) and delays[0] > 2 * delays[-1]
    assert [one["budget"] for one in found["budgets"]] == [2, 5, 10, 20, 40]


def test_the_commands_print_it_as_words_and_as_json(story: Story, tmp_path: Path) -> None:
    home = workspace(tmp_path / "w", riverside=f'url = "{HOME}/"\nbudget = 20\n')
    story.store.db.conn.execute("VACUUM INTO ?", [str(home / "variorum.db")])
    (plan,) = objects("-C", home, "plan", "riverside")
    assert plan["pages"] == 30
    words = variorum("-C", home, "plan", "riverside", "--days", "3").stdout
    assert "visits in the next 3 days" in words and "a change is seen after" in words
    (why,) = objects("-C", home, "why", f"{HOME}/log/3/")
    assert why["changes_in_30_days"] in range(15)
    assert "next fetched" in variorum("-C", home, "why", f"{HOME}/log/3/").stdout
    assert variorum("-C", home, "why", "https://elsewhere.example/").exit_code == 1


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "every minute"),
        (15 / 1440, "every 15 minutes"),
        (1 / 24, "every hour"),
        (1.5 / 24, "every 90 minutes"),
        (0.25, "every 6 hours"),
        (1, "every day"),
        (1.25, "every 30 hours"),
        (3.1, "every 3 days"),
        (1234, "every 1,234 days"),
    ],
)
def test_a_length_of_time_is_said_as_a_person_says_it(days: float, words: str) -> None:
    assert every(days) == words


def test_status_plan_and_why_agree_on_how_often_pages_are_fetched(story: Story, tmp_path: Path) -> None:
    home = workspace(tmp_path / "w", riverside=f'url = "{HOME}/"\nbudget = 2000\n')
    story.site = msgspec.structs.replace(story.site, budget=2000)
    with story.run():
        pass
    story.store.db.conn.execute("VACUUM INTO ?", [str(home / "variorum.db")])
    (status,) = objects("-C", home, "status")
    (plan,) = objects("-C", home, "plan", "riverside")
    (why,) = objects("-C", home, "why", f"{HOME}/log/4/")
    assert status["sites"][0]["every_days"] == plan["every_days"] == why["every_days"] == 0.25
    for words in (("status",), ("plan", "riverside"), ("why", f"{HOME}/log/4/")):
        assert "every 6 hours" in variorum("-C", home, *words).stdout


@given(
    st.lists(st.tuples(st.floats(0.01, 100), st.floats(-5, 200)), max_size=20),
    st.integers(1, 20),
    st.floats(0.5, 500),
)
@settings(deadline=None)
def test_no_day_has_more_visits_than_the_budget(
    pages: list[tuple[float, float]], days: int, budget: float
) -> None:
    between, waited = np.array([gap for gap, _ in pages]), np.array([wait for _, wait in pages])
    found = visits_by_day(between, waited, days, budget)
    assert len(found) == days
    assert all(0 <= visits <= budget + 0.5 for visits in found)


def test_half_of_the_gap_is_the_delay_to_expect() -> None:
    pages = columns([Page(last=NOW - 1, born=NOW - 900)] * 100)
    found = outlook(SiteRates(), pages, NOW, limits(20, 100))
    assert found.gap == pytest.approx(5, rel=0.01)
    assert found.delay == pytest.approx(2.5, rel=0.01)
    assert found.visits == pytest.approx(20, rel=0.01)
    assert outlook(SiteRates(), columns([]), NOW, limits(20, 0)).visits == 0


def test_a_page_that_is_gone_is_looked_at_ever_more_rarely(story: Story) -> None:
    for _ in range(2):
        with story.run() as run:
            run.misses("/log/5/")
    found = why_object(story.reader, story.site, story.page("/log/5/"), story.now)
    assert found["due_at"] is None and found["evidence"][0].startswith("it is gone")
    with story.run(full=False) as run:
        assert f"{HOME}/log/5/" not in [request.url for request in run.frontier.next_requests()]
    with story.run(full=True) as run:
        assert f"{HOME}/log/5/" in [request.url for request in run.frontier.next_requests()]
    story.later(days=8)
    with story.run(full=False) as run:
        assert f"{HOME}/log/5/" in [request.url for request in run.frontier.next_requests()]
