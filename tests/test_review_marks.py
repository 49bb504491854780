"""Scraped text before it is shown: what misleads is told by its code, what can't be seen by its name."""

from __future__ import annotations

import pytest

from variorum.crawler.diffing.diff import TitledText, compare
from variorum.review.safe_text import ENDS, MIDDLE, WHOLE, clipped, harmless, link, marked, piece, unseen


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("می‌خواهم", "میخواهم", "ZWNJ removed"),
        ("میخواهم", "می‌خواهم", "ZWNJ added"),
        ("", "\u200c", "ZWNJ added"),
        (" ", "\u00a0", "space → no-break space"),
        ("  ", " ", "space → nothing"),
        ("no\u00adwhere", "nowhere", "soft hyphen removed"),
        ("كتاب", "کتاب", "arabic letter kaf → arabic letter keheh"),
        ("1878", "1887", ""),
        ("The", "the", ""),
        ("می‌خواهم", "نمی‌خواهم", ""),
    ],
)
def test_what_became_of_a_word_that_looks_as_it_did_is_named(old: str, new: str, label: str) -> None:
    assert unseen(old, new) == label


def test_a_joiner_that_went_is_labelled_within_the_edit() -> None:
    diff = compare(TitledText("", "من می‌خواهم بروم"), TitledText("", "من میخواهم بروم"))
    assert diff
    labels = [one.label for hunk in diff.hunks for one in marked(hunk.words) if one.label]
    assert labels == ["ZWNJ removed"]


def test_a_blank_that_stays_beside_tags_that_came_or_went_has_no_label() -> None:
    bare, tagged = "These words are harmless enough", "These words <b>are</b> harmless enough"
    for old, new in ((bare, tagged), (tagged, bare), ("a b", "a <i> b"), ("a b", "a, b")):
        diff = compare(TitledText("", old), TitledText("", new))
        assert diff
        assert [one.label for hunk in diff.hunks for one in marked(hunk.words) if one.label] == []


def test_a_blank_that_came_or_went_by_itself_has_a_label() -> None:
    labels = [one.label for one in marked([("=", "every"), ("-", " "), ("=", "day")])]
    assert labels == ["", "space removed", ""]


def test_the_white_space_before_a_word_is_no_part_of_what_changed() -> None:
    put = marked([("=", "It was"), ("-", " built"), ("+", " torn down")])
    assert [(one.space, one.text) for one in put] == [("", "It was"), (" ", "built"), (" ", "torn down")]


def test_control_characters_and_overrides_are_told_by_their_code_and_joiners_stay() -> None:
    assert harmless("a\x1b[2Jb\u202ec\u2066") == "a\\u001b[2Jb\\u202ec\\u2066"
    assert harmless("می‌خواهم\n\u200f") == "می‌خواهم\n\u200f"


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//a.example/",
            "/a",
            "http:///a",
            "",
        ),
        *("http://[", "https://a.example/\u202egnp", "java\nscript:alert(1)", "https://a.example/\n"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_no_link(url: str) -> None:
    assert link(url) is None


def test_an_address_of_the_web_is_a_link() -> None:
    for url in ("http://a.example", "https://a.example/fa/%D8%AE?x=1#y", "https://a.example/خانه"):
        assert link(url) == url


def test_a_long_piece_is_folded_and_nothing_of_a_bearable_one_is_lost() -> None:
    text = "".join(f"{n:07d} " for n in range(5000))
    folded = piece("-", text)
    assert (len(folded.text), len(folded.end), folded.lost) == (ENDS, ENDS, 0)
    assert folded.text + folded.folded + folded.end == text
    huge = piece("=", "x" * 200_000)
    assert len(huge.folded) == MIDDLE
    assert len(huge.text) + len(huge.folded) + huge.lost + len(huge.end) == 200_000
    assert piece("=", "x" * WHOLE).folded == ""


def test_a_title_is_cut_where_it_is_too_long() -> None:
    assert (clipped(None), clipped("short"), clipped("x" * 1000, 3)) == ("", "short", "xxx…")
