"""A text that loses most of itself, or was cut, is told only when a later run still shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import objects, quick, variorum, workspace
from tests.local_site import LocalSite, article
from tests.reviewed import desk
from tests.tracked import HOME, Story, story_at
from variorum.crawler.classification.outcome import Outcome

FLOOD = tuple(
    f"Part {n} of a long account of the flood at Ormhead, and of all that was lost." for n in range(9)
)
REWRITTEN = (
    "Whoever comes down to the harbour today will find new walls, higher by an ell than those of old.",
    "They were paid for by the herring tax, and nobody complains of that any longer.",
)
WALL = article("The flood", "Please confirm that you are a reader and not a machine before going on.")


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as story:
        with story.run() as run:
            run.sees("/flood/", article("The flood", *FLOOD))
        yield story


def looks(story: Story, *bodies: str, path: str = "/flood/") -> list[tuple[str, ...]]:
    """What is told in each of the runs in which the page shows these."""
    changes = []
    for body in bodies:
        with story.run() as run:
            changes.append(run.sees(path, body).changes)
    return changes


# ---- a text that loses most of itself


@pytest.mark.parametrize(
    "shown",
    [
        article("The flood", *FLOOD[:2]),
        article("The flood", *REWRITTEN),
        article("Harbour news", *REWRITTEN),
        article("The flood", FLOOD[0], "Read on with a subscription for two pence a week."),
        WALL,
    ],
    ids=["cut after two paragraphs", "rewritten", "another page", "read on", "wall under the same title"],
)
def test_a_text_that_loses_most_of_itself_is_kept_apart_and_told_by_a_later_run(
    story: Story, shown: str
) -> None:
    with story.run() as run:
        assert run.sees("/flood/", shown).outcome is Outcome.suspect
        first = story.later(seconds=1)
        assert run.sees("/flood/", shown).outcome is Outcome.suspect  # a second look is no later run
    assert (story.news(), len(story.versions("/flood/"))) == ([], 1)
    (suspect,) = story.reader.suspects("riverside")
    assert (suspect.kind, suspect.times, suspect.old_version) == ("loss", 1, 1)
    with story.run() as run:
        assert run.sees("/flood/", shown).changes[-1] in ("edited", "retitled")
    (change,) = story.changes()
    assert story.reader.suspects("riverside") == []
    assert change.suspected_since == change.seen_new == suspect.since < first
    assert suspect.since in change.explanation
    assert change.found_at > change.seen_new


def test_where_the_old_text_is_back_it_never_was_an_edit(story: Story) -> None:
    assert looks(story, WALL, article("The flood", *FLOOD)) == [(), ()]
    assert (story.news(), story.reader.suspects()) == ([], [])
    assert looks(story, WALL) == [()]  # and a later one is a new suspect
    assert len(story.versions("/flood/")) == 1


@pytest.mark.parametrize("status", [200, 304])
def test_the_same_bytes_or_not_modified_bring_the_old_text_back_too(story: Story, status: int) -> None:
    looks(story, WALL)
    with story.run() as run:
        run.sees("/flood/", article("The flood", *FLOOD) if status == 200 else "", status)
    assert story.reader.suspects() == []


def test_a_small_edit_of_the_old_text_after_a_wall_is_told_as_that_edit(story: Story) -> None:
    assert looks(story, WALL, article("The flood", *FLOOD[:-1], "Part 9 is new.")) == [(), ("edited",)]
    assert story.changes()[0].suspected_since is None
    assert story.reader.suspects() == []


def test_a_page_that_reads_otherwise_in_each_run_is_told_in_the_third(story: Story) -> None:
    words = ("herring wool tin rope", "slate barley hides pitch", "lead coal oak salt")
    shown = [article("The flood", " ".join(some.split() * 5)) for some in words]
    assert looks(story, *shown) == [(), (), ("edited",)]


def test_a_suspect_is_looked_at_by_the_next_run_due_or_not(story: Story) -> None:
    looks(story, WALL)
    with story.run(full=False) as run:
        assert "/flood/" in run.requested_again()


def test_an_edit_of_less_than_half_is_told_at_once(story: Story) -> None:
    assert looks(story, article("The flood", *FLOOD[:5])) == [("edited",)]


def test_a_gone_page_that_is_replaced_by_something_else_has_not_returned_before_a_later_run_says_so(
    story: Story,
) -> None:
    for _ in range(2):
        with story.run() as run:
            run.misses("/flood/")
    assert looks(story, WALL) == [()]
    assert looks(story, article("The flood", *FLOOD)) == [("returned",)]


def test_one_notice_in_place_of_many_pages_is_not_told_however_long_it_stays(tmp_path: Path) -> None:
    with story_at(tmp_path / "many.db") as story:
        paths = [f"/{number}/" for number in range(8)]
        with story.run() as run:
            for n, path in enumerate(paths):
                run.sees(path, article(f"Title {n}", *(f"{line} Told by number {n}." for line in FLOOD)))
        for _ in range(4):
            with story.run() as run:
                for path in paths:
                    run.sees(path, WALL)
        assert story.news() == []
        assert len(story.reader.suspects()) == 8


# ---- a body that was cut


def test_a_body_without_the_end_that_the_page_had_is_a_suspect_however_often_it_is_seen(story: Story) -> None:
    cut = article("The flood", *FLOOD).partition("Part 7")[0]
    with story.run() as run:
        outcomes = [run.sees("/flood/", cut).outcome]
        assert "/flood/" in run.requested_again()
        outcomes += [run.sees("/flood/", cut).outcome for _ in range(2)]
        assert "/flood/" not in run.requested_again()
    assert outcomes == [Outcome.truncated] * 3
    assert [suspect.kind for suspect in story.reader.suspects()] == ["cut"]
    assert looks(story, article("The flood", *FLOOD)) == [()]
    assert (story.news(), story.reader.suspects()) == ([], [])


def test_a_page_that_never_had_an_end_and_stops_in_the_middle_is_a_suspect(tmp_path: Path) -> None:
    whole = article("The flood", *FLOOD).partition("</div></article>")[0]
    with story_at(tmp_path / "open.db") as story:
        looks(story, whole)
        assert looks(story, whole.partition("Part 6")[0]) == [()]
        assert [suspect.kind for suspect in story.reader.suspects()] == ["cut"]
        assert looks(story, whole) == [()]
        assert story.news() == []


def test_a_part_that_was_not_asked_for_is_no_version_and_its_whole_later_no_edit(tmp_path: Path) -> None:
    whole = article("The flood", *FLOOD)
    with story_at(tmp_path / "part.db") as story:
        with story.run() as run:
            for _ in range(2):
                run.sees("/flood/", whole[: len(whole) // 2], 206)
        assert story.versions("/flood/") == []
        assert looks(story, whole) == [()]
        assert (story.news(), len(story.versions("/flood/"))) == ([], 1)


def test_a_page_that_stays_without_its_end_is_believed_by_a_later_run(story: Story) -> None:
    cut = article("The flood", *FLOOD).partition("Part 7")[0]
    assert looks(story, cut, cut) == [(), ("edited",)]


# ---- two editions that alternate

A, B = (article("The flood", *FLOOD[:8], f"The {day} edition.") for day in ("morning", "evening"))


def test_a_text_that_returns_once_is_two_edits_and_one_that_alternates_is_told_once(story: Story) -> None:
    looks(story, A)
    before = len(story.news())
    assert looks(story, B, A) == [("edited",)] * 2  # A, B, A: two changes
    assert looks(story, B) == [("edited",)]
    assert "alternate" in story.changes()[-1].explanation
    assert [suspect.kind for suspect in story.reader.suspects()] == ["alternating"]
    assert looks(story, A, B, A, B, A, B) == [()] * 6
    assert len(story.news()) == before + 3


@pytest.mark.parametrize(
    ("stays", "told_then"), [(B, []), (A, ["edited"])], ids=["the last told", "the other"]
)
def test_alternating_is_over_when_one_edition_has_stayed(
    story: Story, stays: str, told_then: list[str]
) -> None:
    looks(story, A, B, A, B, A, B, A)
    before = len(story.news())
    looks(story, *[stays] * 4)
    assert [kind for kind, _ in story.news()[before:]] == told_then
    assert story.reader.suspects() == []
    assert ("morning" if stays is A else "evening") in story.texts("/flood/")[-1]


def test_a_third_text_ends_the_alternating_and_is_told(story: Story) -> None:
    looks(story, A, B, A, B)
    assert looks(story, article("The flood", *FLOOD[:8], "The night edition.")) == [("edited",)]
    assert story.reader.suspects() == []


# ---- where suspects are shown


def test_a_suspect_is_shown_on_the_review_page_until_the_old_text_is_back(story: Story) -> None:
    looks(story, WALL)
    with desk(story, story.path) as shown:
        words = " ".join(shown.tree("/").cssselect(".suspects")[0].text_content().split())
        assert "1 suspect page" in words
        assert f"{HOME}/flood/" in words
        assert shown.tree("/").cssselect(".entry") == []
    looks(story, article("The flood", *FLOOD))
    with desk(story, story.path) as shown:
        assert shown.tree("/").cssselect(".suspects") == []


def test_a_crawl_keeps_a_suspect_apart_lists_it_and_tells_it_in_the_next_run(
    local_site: LocalSite, tmp_path: Path
) -> None:
    local_site.pages |= {"/": article("Home", *FLOOD), "/flood/": article("The flood", *FLOOD)}
    home = workspace(tmp_path / "w", local=f'{quick(local_site)}also = ["{local_site.url}/flood/"]\n')
    assert variorum("-C", home, "crawl").exit_code == 0
    local_site.pages["/flood/"] = WALL
    assert variorum("-C", home, "crawl").exit_code == 0
    assert objects("-C", home, "changes") == []
    (suspect,) = objects("-C", home, "changes", "--suspect")
    assert (suspect["kind"], suspect["suspect"], suspect["site"]) == ("suspect", "loss", "local")
    assert suspect["url"] == f"{local_site.url}/flood/"
    assert "loss" in variorum("-C", home, "changes", "--suspect").stdout
    (status,) = objects("-C", home, "status")
    assert [one["url"] for one in status["sites"][0]["suspect"]] == [suspect["url"]]
    assert "suspect: 1" in variorum("-C", home, "status").stdout
    assert variorum("-C", home, "crawl").exit_code == 0
    (change,) = objects("-C", home, "changes")
    assert change["suspected_since"] == suspect["suspected_since"]
    assert objects("-C", home, "changes", "--suspect") == []
