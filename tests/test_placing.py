"""Where a capture from elsewhere belongs in the history of a page."""

from __future__ import annotations

from variorum.crawler.backfill.placement import Earlier, Inserted, Place, Seen, VersionSpan, place

A, B, C = VersionSpan("a", "02", "05"), VersionSpan("b", "10", "10"), VersionSpan("a", "20", "30")
STANDS = (A, B, C)


def placed(at: str, digest: str) -> Place:
    return place(STANDS, at, digest)


def test_the_first_capture_of_a_page_is_its_first_version() -> None:
    assert place((), "01", "a") == Inserted(0)


def test_a_text_that_stood_at_that_time_is_seen_once_more() -> None:
    assert placed("03", "a") == Seen(0)
    assert placed("07", "a") == Seen(0)
    assert placed("40", "a") == Seen(2)


def test_a_text_that_was_first_seen_later_stood_earlier() -> None:
    assert placed("01", "a") == Earlier(0)
    assert placed("07", "b") == Earlier(1)


def test_another_text_is_a_version_between_its_neighbours() -> None:
    assert placed("01", "x") == Inserted(0)
    assert placed("07", "x") == Inserted(1)
    assert placed("40", "x") == Inserted(3)


def test_another_text_between_two_sights_of_one_parts_them() -> None:
    assert placed("04", "x") == Inserted(1, splits=True)
    assert placed("25", "b") == Inserted(3, splits=True)


def test_what_is_seen_while_another_text_still_stood_is_no_earlier_sight_of_the_next() -> None:
    assert placed("04", "b") == Inserted(1, splits=True)


def test_a_text_seen_in_the_second_in_which_the_next_was_first_seen_had_not_returned() -> None:
    assert placed("10", "a") == Seen(0)
    assert placed("20", "b") == Seen(1)
    assert placed("02", "b") == Inserted(1, splits=True)
