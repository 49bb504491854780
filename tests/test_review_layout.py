"""A diff laid out for reading: every block of both texts in its place, and the changed ones found at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.diffing.diff import Hunk, TitledText, compare
from variorum.review.layout import MOST_FOLDED, DiffLayout, DiffLine, Fold, laid_out, plain_text


def of(old: str, new: str, *, context: bool = True) -> DiffLayout:
    diff = compare(TitledText("", old), TitledText("", new))
    return laid_out(diff.hunks if diff else (), old, new, context=context)


def lines(layout: DiffLayout) -> list[DiffLine]:
    """All lines of the layout, with folds opened."""
    found: list[DiffLine] = []
    for one in layout.stretches:
        found += one.lines if isinstance(one, Fold) else [one]
    return found


def side(layout: DiffLayout, name: str) -> list[str]:
    """The blocks of one side, from top to bottom."""
    pieces = (getattr(line, name) for line in lines(layout))
    return ["".join(one.space + one.text for one in block) for block in pieces if block is not None]


BLOCKS = st.lists(
    st.sampled_from(
        ["one two three", "one two four", "five six", "seven", "", "a b c d e f g h", "a b c d e f g x"]
    ),
    max_size=8,
)


@given(BLOCKS, BLOCKS)
def test_each_side_is_its_text_whatever_moved_or_crossed(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old), "\n".join(new)
    layout = of(before, after)
    assert "\n".join(side(layout, "old")) == before
    assert "\n".join(side(layout, "new")) == after


def test_an_edited_block_stands_beside_what_it_became() -> None:
    (line,) = lines(of("It was built in 1887.", "It was built in 1878."))
    assert [(one.sign, one.text) for one in line.words] == [
        ("=", "It was built in"), ("-", "1887"), ("+", "1878"), ("=", "."),
    ]  # fmt: skip
    assert (line.sign, line.hunk) == ("~", 1)


def test_what_moved_stands_at_both_places_and_is_called_so() -> None:
    old = ["a first block", "a second block", "a third block", "a fourth one"]
    layout = of("\n".join(old), "\n".join([*old[1:], old[0]]))
    assert [line.sign for line in lines(layout)] == ["<", "=", "=", "=", ">"]


def test_long_unchanged_stretches_are_folded_and_none_of_them_is_lost() -> None:
    text = [f"Paragraph {n}" for n in range(100)]
    layout = of("\n".join(text), "\n".join([*text[:50], "Something else altogether", *text[50:]]))
    folds = [one for one in layout.stretches if isinstance(one, Fold)]
    assert [len(fold.lines) for fold in folds] == [48, 48]
    assert len(lines(layout)) == 101


def test_a_fold_of_a_very_long_text_says_what_it_leaves_out() -> None:
    text = [f"Paragraph {n}" for n in range(3 * MOST_FOLDED)]
    layout = of("\n".join(text), "\n".join([*text, "The end"]))
    (fold,) = [one for one in layout.stretches if isinstance(one, Fold)]
    assert len(fold.lines) + fold.lost == 3 * MOST_FOLDED - 2


def test_a_text_that_no_page_can_bear_is_cut_and_the_cut_is_told() -> None:
    text = "\n".join(f"Paragraph {n} of a text that has no end" for n in range(50_000))
    layout = plain_text(text)
    assert len(layout.stretches) + layout.lost == 50_000
    assert layout.lost > 0


def test_changes_alone_stand_without_what_is_between_them() -> None:
    layout = of("a b c\nsame\nsame too\nd e f", "a b x\nsame\nsame too\nd e y", context=False)
    assert [getattr(one, "sign", "…") for one in layout.stretches] == ["~", "…", "~"]


def test_hunks_of_other_texts_are_shown_by_themselves() -> None:
    hunks = [
        Hunk("replace", 7, 7, ("old",), ("new",), (("-", "old"), ("+", "new"))),
        Hunk("delete", 9, 9, ("gone",)),
    ]
    layout = laid_out(hunks, "another text", "yet another")
    assert (side(layout, "old"), side(layout, "new")) == (["old", "gone"], ["new"])
    assert layout.hunks == 2


def test_the_strip_has_a_mark_where_each_edit_is() -> None:
    text = [f"Paragraph {n:03d}" for n in range(100)]
    edited = ["Quite another beginning", *text[1:50], "The middle, rewritten", *text[51:]]
    marks = of("\n".join(text), "\n".join(edited)).strip
    assert [mark.hunk for mark in marks] == [1, 2]
    assert marks[0].at == 0
    assert 400 < marks[1].at < 600


def test_an_empty_line_that_came_is_told() -> None:
    labels = [one.label for line in lines(of("a\nb", "a\n\nb")) for one in line.words if one.label]
    assert labels == ["an empty line"]


def test_a_block_that_moved_and_was_edited_shows_its_words_where_it_came_to() -> None:
    paragraph = "The crane of Ormhead lifts nets in the morning."
    found = lines(of(f"{paragraph}\none\ntwo", f"one\ntwo\n{paragraph.replace('nets', 'boats')}"))
    assert [line.sign for line in found] == ["<", "=", "=", "≈"]
    assert [piece.text for piece in found[-1].words if piece.sign in "-+"] == ["nets", "boats"]
    assert found[-1].old is None
