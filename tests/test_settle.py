"""What a site is said to be when it falls silent, changes all at once, or says one thing everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local_site import article
from tests.tracked import story_at
from variorum.crawler.classification.outcome import Outcome, Verdict
from variorum.crawler.tracking.finalize import silence
from variorum.crawler.tracking.issue_kinds import CUT_SHORT
from variorum.crawler.tracking.run_counts import CHANGED, MISSING, RunTally
from variorum.crawler.tracking.tracked import Tracked

DAILY = [f"2026-03-{day:02}T08:00:00Z" for day in range(1, 11)]


def test_a_site_that_published_daily_and_stopped_is_silent_after_a_week() -> None:
    assert silence(DAILY, "2026-03-17T08:00:00Z") == ""
    assert "2026-03-10" in silence(DAILY, "2026-03-17T08:00:01Z")


def test_a_site_that_publishes_monthly_is_not_silent_after_a_quarter() -> None:
    monthly = [f"2026-0{month}-01T08:00:00Z" for month in range(1, 7)]
    assert silence(monthly, "2026-09-01T08:00:00Z") == ""
    assert silence(monthly, "2026-12-01T08:00:00Z")


@pytest.mark.parametrize("known", [[], DAILY[:4]], ids=["none", "four"])
def test_nothing_is_usual_before_five_pages_have_come(known: list[str]) -> None:
    assert silence(known, "2030-01-01T00:00:00Z") == ""


def edits(count: int, live: int) -> RunTally:
    tally = RunTally(live=live)
    verdict = Verdict(Outcome.ok, "HTTP 200")
    for number in range(count):
        tally.add(Tracked(f"https://example.org/{number}/", verdict.outcome, verdict.reason, ("edited",)))
    return tally


def test_a_run_stops_when_more_than_half_of_a_site_has_changed_at_once_and_says_so() -> None:
    assert edits(50, live=100).reason_to_stop() is None
    stopped = edits(51, live=100)
    assert stopped.reason_to_stop() == CHANGED
    assert "51 of 100 pages have changed at once" in stopped.trouble(CHANGED)
    assert stopped.issue(CHANGED) == CHANGED


def test_a_small_site_may_be_edited_from_end_to_end() -> None:
    assert edits(20, live=20).reason_to_stop() is None


def test_a_notice_in_place_of_many_pages_is_an_error_and_no_edit_of_all_of_them(tmp_path: Path) -> None:
    notice = article("From the editors", "Whoever reads this paper may write to the editors at any hour.")
    with story_at(tmp_path / "store.db") as story:
        paths = [f"/{number}/" for number in range(8)]
        with story.run() as run:
            for path in paths:
                run.sees(
                    path, article(f"Title {path}", f"The article at {path} speaks of the sea and of boats.")
                )
        with story.run() as run:
            outcomes = [run.sees(path, notice).outcome for path in paths]
        assert outcomes[3:] == [Outcome.soft_404] * 5
        assert {len(story.versions(path)) for path in paths[3:]} == {1}


@pytest.mark.parametrize("reason", ["shutdown", "closespider_timeout", "memusage_exceeded"])
def test_a_run_that_ended_before_any_answer_says_why_and_not_that_the_site_is_unreachable(
    reason: str,
) -> None:
    tally = RunTally(live=3)
    assert tally.issue(reason) == CUT_SHORT
    assert "before any page was fetched" in tally.cut_short(reason)
    assert "could be fetched" not in tally.trouble(reason)
    assert not tally.is_whole(reason)


def test_no_more_pages_are_missing_than_there_are() -> None:
    tally = RunTally(live=4)
    for number in range(12):
        url = f"https://example.org/{number}/"
        tally.add(Tracked(url, Outcome.ok, "HTTP 200", baseline=number >= 4))
        for _ in range(2):  # looked at twice
            tally.add(Tracked(url, Outcome.gone, "HTTP 404", left=True))
    assert tally.reason_to_stop() == MISSING
    assert tally.trouble(MISSING).startswith("12 of 12 pages are not found at once")
