"""Since when each sentence stands on a page, and which stood there once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.diffing.blame import VersionText, blame
from variorum.crawler.diffing.sentences import sentences


def of(*texts: str) -> list[VersionText]:
    return [VersionText(n, f"2026-03-0{n % 9 + 1}", text) for n, text in enumerate(texts, 1)]


def added_by(*texts: str) -> list[list[tuple[str, int]]]:
    """Each sentence of the last text with the number of the version that brought it, block by block."""
    blocks = blame(of(*texts)).blocks
    return [[(one.text.strip(), one.version) for one in block] for block in blocks]


def test_a_sentence_keeps_the_date_of_the_version_that_brought_it() -> None:
    assert added_by(
        "It rains. It pours.", "It rains. It pours. The sun is out.", "It rains. Now it pours."
    ) == [[("It rains.", 1), ("Now it pours.", 3)]]


def test_what_moved_keeps_its_date_even_into_another_block() -> None:
    assert added_by("A first one. A second one.\nA third one.", "A third one.\nA new one. A second one.") == [
        [("A third one.", 1)], [("A new one.", 2), ("A second one.", 1)],
    ]  # fmt: skip


def test_of_a_sentence_that_stands_twice_each_has_its_own_date() -> None:
    assert added_by("Again.", "Again.\nMore.\nAgain.") == [[("Again.", 1)], [("More.", 2)], [("Again.", 2)]]


def test_typography_changes_no_date() -> None:
    assert added_by('He said "no" - twice.', "He said “no” – twice.") == [[("He said “no” – twice.", 1)]]
    assert added_by("من می‌خواهم بروم.", "من میخواهم بروم.") == [[("من میخواهم بروم.", 1)]]


def test_what_came_back_stands_since_then_and_is_not_told_as_gone() -> None:
    found = blame(of("It rains. It pours.", "It rains.", "It rains. It pours."))
    assert [(one.text.strip(), one.version) for one in found.blocks[0]] == [
        ("It rains.", 1),
        ("It pours.", 3),
    ]
    assert found.former == ()


def test_what_was_taken_away_is_told_with_both_its_ends_the_latest_first() -> None:
    found = blame(of("A one. B one. C one.", "A one. C one. D one.", "A one. D one."))
    former = [(one.text.strip(), one.since.version, one.until_version) for one in found.former]
    assert former == [("C one.", 1, 3), ("B one.", 1, 2)]


def test_what_only_another_reading_of_ours_brought_or_lost_is_no_doing_of_the_site() -> None:
    versions = [
        VersionText(1, "2026-03-01", "Share this. It rains."),
        VersionText(2, "2026-03-02", "It rains. By the editors. It pours.", put="It pours.", taken=""),
    ]
    found = blame(versions)
    assert [(one.text.strip(), one.ours) for one in found.blocks[0]] == [
        ("It rains.", False), ("By the editors.", True), ("It pours.", False),
    ]  # fmt: skip
    assert found.former == ()


def test_of_no_version_there_is_nothing_to_tell() -> None:
    assert blame([]).blocks == ()


TEXTS = st.lists(
    st.lists(st.sampled_from(["A one. ", "B one. ", "C one? ", "«D.» ", "\n", "e "]), max_size=7).map(
        "".join
    ),
    min_size=1,
    max_size=5,
)


@given(TEXTS)
def test_the_sentences_joined_are_the_latest_text_and_none_is_older_than_its_first_version(
    texts: list[str],
) -> None:
    found = blame(of(*texts))
    assert "\n".join("".join(one.text for one in block) for block in found.blocks) == texts[-1]
    for one in (one for block in found.blocks for one in block):
        assert all(one.text.strip() in text for text in texts[one.version - 1 :])


# ---- sentences


def test_sentences_end_where_a_reader_would_end_them() -> None:
    assert sentences("Dr. Fawlty met Mr. B. Smith. «Why?» he asked. Nobody knew… She left.") == [
        "Dr. Fawlty met Mr. B. Smith. ", "«Why?» he asked. ", "Nobody knew… ", "She left.",
    ]  # fmt: skip
    assert sentences("او رفت. چرا؟ نمی‌دانم۔ پایان") == ["او رفت. ", "چرا؟ ", "نمی‌دانم۔ ", "پایان"]
    assert sentences("Version 2.0 costs 3.5 crowns.") == ["Version 2.0 costs 3.5 crowns."]
    assert sentences("") == []


@given(st.text(alphabet='aB.?؟ )"\t”۔', max_size=60))
def test_nothing_of_a_block_is_lost_between_its_sentences(block: str) -> None:
    assert "".join(sentences(block)) == block


def test_a_line_of_nothing_but_ends_takes_no_longer_than_it_is_long() -> None:
    assert sentences("." * 200_000) == ["." * 200_000]
    assert "".join(sentences('." ' * 60_000)) == '." ' * 60_000
