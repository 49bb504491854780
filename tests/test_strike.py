"""A diff as lines to be read."""

from __future__ import annotations

from variorum.crawler.diffing.diff import TitledText, compare
from variorum.crawler.output.word_diff import GAP, marked, marked_lines, struck


def lines(old: str, new: str) -> list[str]:
    diff = compare(TitledText("", old), TitledText("", new))
    assert diff
    return [marked(line) for line in struck(diff.hunks, new.split("\n"))]


def test_a_hunk_has_one_unchanged_block_on_each_side_and_gaps_are_marked() -> None:
    old = "\n".join(f"block {name}" for name in "abcdefghijk")
    new = old.replace("block b", "block x").replace("\nblock j", "")
    assert lines(old, new) == [
        "block a", "block [-b-]{+x+}", "block c", marked(GAP), "block i", "[-block j-]", "block k",
    ]  # fmt: skip


def test_blocks_put_in_and_moved_are_told_apart() -> None:
    assert lines("one\ntwo\nthree", "one\ntwo\nthree\nfour\nfive") == ["three", "{+four+}", "{+five+}"]
    assert "{moved here: one}" in lines("one\ntwo\nthree\nfour", "two\nthree\nfour\none")


def test_the_space_before_a_changed_word_stays_outside_of_the_marks() -> None:
    assert lines("a red cat sat", "a very red cat") == ["a {+very+} red cat [-sat-]"]
    assert lines("شهر قدیم ما", "شهر تازه ما") == ["شهر [-قدیم-]{+تازه+} ما"]
    assert lines("no  space", "no space") == ["no[-  -]{+ +}space"]


def test_a_changed_title_stands_before_the_blocks() -> None:
    assert marked_lines((), title=("Old", "New")) == ["[-Old-]{+New+}"]


def test_a_block_that_moved_and_was_edited_is_shown_once_with_its_words() -> None:
    paragraph = "The crane of Ormhead lifts nets in the morning."
    found = lines(f"{paragraph}\none\ntwo\nthree", f"one\ntwo\nthree\n{paragraph.replace('nets', 'boats')}")
    assert "{moved here and edited} The crane of Ormhead lifts [-nets-]{+boats+} in the morning." in found
