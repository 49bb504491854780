"""Sites through time: the calendar of changes, how far pages are covered, how runs and issues stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.reviewed import Desk, desk, morning
from tests.tracked import story_at
from variorum.review.plots import WEEKS, calendar, first_day, warmth, weeks

MARCH = "/site/riverside?until=2026-03-08"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning")) as desk:
        yield desk


def words(desk: Desk, address: str, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in desk.tree(address).cssselect(selector)]


def test_a_day_with_changes_is_warm_and_leads_to_them(read: Desk) -> None:
    (link,) = read.tree(MARCH).cssselect(".calendar a")
    assert link.get("aria-label") == "1 Mar 2026: 9 changes (7 edited, 1 gone, 1 new)"
    assert link.cssselect("rect")[0].get("class") == "heat-3"
    assert len(read.titles(link.get("href").replace("&amp;", "&"))) == 7  # three of one edit are one entry
    assert read.titles(link.get("href").replace("2026-03-01", "2026-03-02")) == []


def test_behind_the_calendar_stands_a_table(read: Desk) -> None:
    assert words(read, MARCH, ".behind tbody tr") == ["1 Mar 2026711"]
    assert "by day" in read.tree(MARCH).cssselect(".calendar > title")[0].text


def test_a_year_leads_to_the_one_before_and_back(read: Desk) -> None:
    earlier, later = read.tree(MARCH).cssselect(".turn a")
    assert "until=2025-03-09" in earlier.get("href")
    assert read.tree(earlier.get("href")).cssselect(".calendar a") == []
    assert later.get("href").startswith("/site/riverside?until=20")
    assert read.get("/site/riverside?until=soon").status_code == 400
    assert read.get("/site/riverside?until=0001-01-01").status_code == 200


def test_pages_are_counted_by_kind_language_and_state(read: Desk) -> None:
    rows = words(read, MARCH, ".columns tbody tr, .columns tfoot tr")
    assert rows[0].startswith("article98")
    assert [row[:2] for row in rows].count("al") == 2
    assert any(row.startswith("fa11") for row in rows)


def test_a_run_that_went_wrong_is_told_with_the_last_that_went_well(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        with story.run():
            pass
        with story.run() as run:
            run.fails("/a/", "timeout")
        story.store.update_run(2, {"fetched": 1, "failed": 1, "reason": "finished"})
        answer = found.get("/site/riverside.json").json()
        assert [run["well"] for run in answer["runs"]] == [False, True]
        assert answer["last_success"] == answer["runs"][1]["started_at"]
        assert "last run 1 Mar 2026, 12:01 failed" in words(found, "/site/riverside", ".about")[0]
        assert "last success 1 Mar 2026, 09:00" in words(found, "/sites", ".card")[0]


def test_a_run_shows_how_many_pages_were_as_before_and_how_many_are_the_baseline(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        with story.run():
            pass
        story.store.update_run(
            1, {"fetched": 12, "not_modified": 3, "unchanged": 4, "changed": 2, "baseline": 3}
        )
        tree = found.tree("/site/riverside")
        heads = [cell.text for cell in tree.cssselect("[aria-labelledby=runs] thead th")]
        cells = [cell.text for cell in tree.cssselect("[aria-labelledby=runs] tbody tr")[0]]
        shown = dict(zip(heads, cells, strict=True))
        assert (shown["as before"], shown["baseline"], shown["changed"]) == ("7", "3", "2")


def test_issues_of_a_site_stand_there_open_ones_first(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        story.store.raise_issue("riverside", "blocked", "a <b>challenge</b>", "2026-03-01T06:00:00Z")
        story.store.raise_issue("riverside", "silence", "nothing new", "2026-03-01T06:00:00Z")
        story.store.close_issue("riverside", "silence", "2026-03-02T06:00:00Z")
        assert words(found, "/site/riverside", ".issues .issue-kind") == ["blocked"]
        assert (
            "nothing new 1 Mar 2026, 06:00 to 2 Mar 2026, 06:00"
            in words(found, "/site/riverside", ".plain li")[0]
        )
        assert [one["closed_at"] is None for one in found.get("/site/riverside.json").json()["issues"]] == [
            True,
            False,
        ]
        assert "1 open issue: blocked" in words(found, "/sites", ".trouble")[0]


def test_all_sites_are_told_at_a_glance(read: Desk) -> None:
    assert words(read, "/sites", ".card h2") == ["riverside"]
    assert words(read, "/sites", ".numbers dt") == ["to review", "this week", "pages", "gone"]
    (one,) = read.get("/sites.json").json()["sites"]
    assert one["pages"] == {"live": 8, "missing": 0, "gone": 1, "frontier": 0}


def test_a_site_that_is_not_there_is_told_in_words(read: Desk) -> None:
    answer = read.get("/site/elsewhere")
    assert answer.status_code == 404
    assert "no site is called" in answer.text


def test_a_store_without_a_site_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        with story.store.writing():
            story.store._run("DELETE FROM sites", [])
        assert "variorum add URL" in found.text("/sites")


# ---- geometry


def test_a_calendar_has_a_column_for_each_week_and_ends_with_its_last_day() -> None:
    last = date(2026, 3, 4)
    found = calendar(last, {"2026-03-04": {"new": 2, "gone": 1}})
    assert first_day(last).weekday() == 0
    assert (len(found.cells), len({cell.x for cell in found.cells})) == (7 * (WEEKS - 1) + 3, WEEKS)
    assert (found.cells[-1].day, found.cells[-1].warmth) == ("2026-03-04", 2)
    assert found.cells[-1].label == "4 Mar 2026: 3 changes (1 gone, 2 new)"
    assert [name for _, name in found.months][-2:] == ["Feb", "Mar"]


def test_warmth_and_weeks_are_counted() -> None:
    assert [warmth(count) for count in (0, 1, 2, 4, 5, 19, 20, 1000)] == [0, 1, 2, 2, 3, 3, 4, 4]
    assert weeks(date(2026, 3, 4), {"2026-03-01": 1, "2026-03-02": 4}, 2) == [
        ("2026-02-23", 1, 25), ("2026-03-02", 4, 100),
    ]  # fmt: skip
