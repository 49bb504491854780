"""A text that moves on a page that stands still is our doing, and no change of the site's."""

from pathlib import Path

import pytest

from tests.tracked import Story, story_at
from variorum.crawler.diffing.diff import Diff, TitledText, compare
from variorum.crawler.tracking.drift import is_headline, is_ours

KEPT = "<p>The ferry at Dunmore lay still that night.</p>"
TEXT = "<p>Corrected on Tuesday by the editor.</p>"
NOTE = f"<div class='note'>{TEXT}</div>"
OTHERS_NOW = f"<div class='note' id='comments'>{TEXT}</div>"
"""The same at the same place, under an id by which it is no part of the article."""


def page(inside: str, beside: str = "") -> str:
    return (
        "<html><head><title>The ferry</title></head><body>"
        f"<div class='entry-content'>{KEPT}{inside}</div><div>{beside}</div></body></html>"
    )


@pytest.fixture
def story(tmp_path: Path):
    with story_at(tmp_path / "v.db") as story:
        with story.run() as run:
            run.sees("/ferry/", page(NOTE))
        yield story


def drifts(story: Story) -> list[int]:
    return [row["version"] for row in story.reader.rows("SELECT version FROM extraction_drifts", {})]


def test_a_paragraph_that_we_take_for_something_else_now_and_that_stands_where_it_stood_is_no_change(
    story: Story,
):
    with story.run() as run:
        run.sees("/ferry/", page(OTHERS_NOW))
    assert story.news() == []
    assert drifts(story) == [2]
    assert story.texts("/ferry/")[-1] == "The ferry at Dunmore lay still that night."


@pytest.mark.parametrize(
    "beside",
    [
        f"<aside class='also'>{TEXT}</aside>",
        f"<div class='comments'><blockquote>{TEXT}</blockquote><p>Well said!</p></div>",
    ],
    ids=["goes to the side column", "is quoted by a reader"],
)
def test_a_paragraph_that_left_the_article_and_stands_elsewhere_on_the_page_is_a_change(
    story: Story, beside: str
):
    with story.run() as run:
        run.sees("/ferry/", page("", beside=beside))
    assert story.news() == [("edited", "/ferry/")]
    assert drifts(story) == []


def test_a_mark_of_punctuation_that_changes_where_it_stands_is_no_drift(story: Story):
    with story.run() as run:
        run.sees("/ferry/", page(NOTE).replace("Tuesday by", "Tuesday, by"))
    assert drifts(story) == []


@pytest.mark.parametrize(
    ("old", "new"), [("by the", "bythe"), ("Tuesday", "Tues day"), ("the editor", "theed itor")]
)
def test_a_blank_that_comes_or_goes_where_a_paragraph_is_makes_other_words_and_is_no_drift(
    story: Story, old: str, new: str
):
    with story.run() as run:
        run.sees("/ferry/", page(NOTE).replace(old, new))
    assert story.news() == [("edited", "/ferry/")]
    assert drifts(story) == []


def test_a_paragraph_that_left_the_page_is_a_change(story: Story):
    with story.run() as run:
        run.sees("/ferry/", page("", beside="<p>Other words.</p>"))
    assert story.news() == [("edited", "/ferry/")]
    assert drifts(story) == []


def test_after_a_drift_an_edit_is_told_by_its_own_words_only(story: Story):
    for shown in (page(OTHERS_NOW), page(OTHERS_NOW).replace("still", "idle")):
        with story.run() as run:
            run.sees("/ferry/", shown)
    (change,) = story.changes()
    assert (change.words_removed, change.words_added) == (1, 1)


def diff(old: str, new: str) -> Diff:
    found = compare(TitledText("", old), TitledText("", new))
    assert found
    return found


@pytest.mark.parametrize(
    ("old", "new", "drift"),
    [
        ("It sails.", "The ferry\nIt sails.", True),
        ("The ferry\nIt sails.", "It sails.", True),
        ("It sails.", "The ferry sails\nIt sails.", False),
        ("It sails.", "The ferry\nIt sails again.", False),
        ("It sails.", "It sails.\nIt sails.", False),
    ],
)
def test_the_headline_as_a_paragraph_is_no_change(old: str, new: str, *, drift: bool):
    assert is_headline(diff(old, new), "The ferry") is drift
    assert not is_headline(diff(old, new), "")


def test_a_new_title_is_a_change_though_the_text_has_it_too():
    found = compare(TitledText("A boat", "It sails."), TitledText("The ferry", "The ferry\nIt sails."))
    assert found
    assert not is_headline(found, "The ferry")


def test_one_of_two_equal_paragraphs_is_missed_where_it_goes():
    twice, once, ours = page(KEPT), page(""), page(KEPT.replace("<p>", "<p id='comments'>"))
    kept = "The ferry at Dunmore lay still that night."
    assert not is_ours(diff(f"{kept}\n{kept}", kept), twice.encode(), once.encode(), "u")
    assert not is_ours(diff(f"{kept}\n{kept}", kept), twice.encode(), page("", beside=KEPT).encode(), "u")
    assert is_ours(diff(f"{kept}\n{kept}", kept), twice.encode(), ours.encode(), "u")


def test_paragraphs_that_change_places_are_a_change_though_all_words_stand():
    first, second, third = "<p>One river rose.</p>", "<p>Two fell.</p>", "<p>Three froze.</p>"
    old, new = page(first + second + third), page(third + first + second)
    moved = diff("One river rose.\nTwo fell.\nThree froze.", "Three froze.\nOne river rose.\nTwo fell.")
    assert not is_ours(moved, old.encode(), new.encode(), "u")


def test_a_paragraph_with_something_hidden_within_in_both_captures_is_looked_for_by_its_place():
    hidden = TEXT.replace("Tuesday", "Tues<span hidden>x</span>day")
    old, ours = (
        page(f"<div class='note'>{hidden}</div>"),
        page(f"<div class='note' id='comments'>{hidden}</div>"),
    )
    shown = "Corrected on Tuesday by the editor."
    assert is_ours(diff(shown, ""), old.encode(), ours.encode(), "u")
    assert not is_ours(diff(shown, ""), old.encode(), page("").encode(), "u")


HIDDEN_ADDRESS = "<a href='/cdn-cgi/l/email-protection' data-cfemail='{}'>[email&#160;protected]</a>".format(
    bytes([7, *(7 ^ byte for byte in b"desk@ormhead.example")]).hex()
)


@pytest.mark.parametrize(
    "now",
    [
        f"Write to {HIDDEN_ADDRESS} about the ferry.",
        "Write to desk@ormhead.example <script>show('an ad')</script>about the ferry.",
        "Write to desk@ormhead.example <b title='a > b'>about</b> the ferry.",
        "Write to desk@ormhead.example <!-- at 7 > 6 o'clock -->about the ferry.",
        "Write to desk@ormhead.example about the <span style='display:none'>x</span>ferry.",
    ],
    ids=["an address that is hidden from robots", "a script", "an attribute", "a comment", "a hidden word"],
)
def test_a_paragraph_with_other_markup_that_shows_the_same_is_no_change(now: str):
    shown = "Write to desk@ormhead.example about the ferry."
    old, new = page(f"<p>{shown}</p>"), page(f"<p>{now}</p>")
    assert is_ours(diff(shown, ""), old.encode(), new.encode(), "u")
    assert is_ours(diff("", shown), new.encode(), old.encode(), "u")


def test_a_paragraph_in_another_encoding_is_no_change():
    shown = "Das Café öffnet früh."
    old, new = (
        page(f"<p>{shown}</p>").replace("<head>", f"<head><meta charset='{name}'>").encode(name)
        for name in ("windows-1252", "utf-8")
    )
    assert is_ours(diff(shown, ""), old, new, "u")
