"""Passages: of a few hundred words, named by their text, with a link that finds them on the page."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local_site import article
from tests.tracked import HOME, story_at
from variorum.crawler.export.export import ExportRequest, export_to
from variorum.crawler.export.passage_places import heading_paths, text_link
from variorum.storage.passages import LEAST, MOST, passages

LETTER = "نامه‌ای که هرگز نرسید، و پاسخی که نیامد. "


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def long_text(blocks: int = 60) -> str:
    """A text of which every block is another one, each of some forty words."""
    return "\n".join(
        " ".join(f"word{at * word % 997}" for word in range(1, 41)) for at in range(1, blocks + 1)
    )


def sizes(text: str) -> list[int]:
    return [len(one.text.encode()) for one in passages(text)]


def test_a_passage_has_a_few_hundred_words() -> None:
    *whole, last = sizes(long_text())
    assert len(whole) > 5
    assert all(LEAST <= size <= MOST + 100 for size in whole)
    assert 0 < last <= MOST + 100


def test_joined_they_are_the_text_and_each_says_at_which_block_it_begins() -> None:
    text = long_text()
    found = list(passages(text))
    assert "\n".join(one.text for one in found) == text
    blocks = text.split("\n")
    assert [one.text.split("\n")[0] for one in found] == [blocks[one.block - 1] for one in found]


@pytest.mark.parametrize("edited", [0, 17, 59])
def test_an_edit_leaves_the_names_of_passages_elsewhere_alone(edited: int) -> None:
    blocks = long_text().split("\n")
    before = {one.name for one in passages("\n".join(blocks))}
    blocks[edited] += " And one word more."
    assert len(before - {one.name for one in passages("\n".join(blocks))}) <= 3
    blocks[edited:edited] = ["Something quite new, which was not there before."] * 3
    assert len(before - {one.name for one in passages("\n".join(blocks))}) <= 3


def test_a_passage_begins_with_its_heading() -> None:
    body = "The ferry crosses the river every day, from the old harbour to the mill. " * 14
    text = "\n".join(f"Part {number}\n{body.strip()}" for number in range(1, 6))
    assert [one.text.split("\n")[0] for one in passages(text)] == [f"Part {number}" for number in range(1, 6)]


def test_the_same_words_twice_have_two_names() -> None:
    first, second = passages("\n".join(["x " * 1400] * 2).replace(" \n", "\n").strip())
    assert first.text == second.text
    assert second.name == f"{first.name}-2"


@given(st.text(alphabet="ab .؟دل字\n", max_size=300).map(lambda text: text * 40))
def test_no_passage_is_longer_than_it_may_be_and_no_word_is_lost(text: str) -> None:
    found = list(passages(text))
    assert all(len(one.text.encode()) <= MOST + 2 * one.text.count("\n") + MOST // 4 for one in found)
    assert "".join("".join(one.text.split()) for one in found) == "".join(text.split())
    assert all(one.block <= other.block for one, other in pairwise(found))
    assert len({one.name for one in found}) == len(found)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("A short passage.", "A short passage."),
        ("One two three four five six\n- eight, nine-ten", "One two three four five,eight, nine-ten"),
        ("year | price\n1887 | ten & more", "year,ten & more"),
        ("It ~~was~~ is so.", "It was is so."),
    ],
)  # fmt: skip
def test_a_link_leads_a_browser_to_the_words(text: str, fragment: str) -> None:
    link = text_link("https://x.example/a?b=1", text)
    assert link
    page, _, found = link.partition("#:~:text=")
    assert page == "https://x.example/a?b=1"
    assert unquote(found) == fragment
    assert not set("-& ") & set(found)
    assert found.count(",") == (0 if "\n" not in text else 1)


def test_what_is_at_no_web_address_has_no_link() -> None:
    assert text_link("dump:old.txt#7", "A text.") is None


def test_headings_apply_until_one_of_their_level() -> None:
    text = "Intro\nOne\na\nOne and a half\nb\nTwo\nOne\nc"
    found = heading_paths(text, [(2, "One"), (3, "One and a half"), (2, "Two"), (3, "One")])
    assert found == [
        (2, ("One",)),
        (4, ("One", "One and a half")),
        (6, ("Two",)),
        (7, ("Two", "One")),
    ]


FERRY = "The ferry crosses the river every day, from the old harbour to the mill. " * 14


def ferry(prose: str = FERRY) -> str:
    """A page with a heading within its text."""
    letter = LETTER * 25
    return article("The ferry", prose, letter).replace(f"<p>{letter}", f"<h2>The letter</h2><p>{letter}")


def test_an_export_of_passages_has_their_headings_links_and_increments(tmp_path: Path) -> None:
    with story_at(tmp_path / "variorum.db") as story:
        with story.run() as run:
            run.sees("/ferry/", ferry())
        count, cursor = export_to(tmp_path / "all.jsonl", story.reader, ExportRequest("jsonl", "passage"))
        first, *others = lines(tmp_path / "all.jsonl")
        letter = next(one for one in others if one["text"].startswith("The letter"))
        assert [first["position"], *(one["position"] for one in others)] == list(range(1, count + 1))
        assert (first["heading_path"], letter["heading_path"]) == ([], ["The letter"])
        assert letter["link"].startswith(f"{HOME}/ferry/#:~:text=The%20letter,")
        assert letter["id"].startswith(f"{letter['page']}~")
        with story.run() as run:
            run.sees("/ferry/", ferry(FERRY.replace("every day", "every night")))
        export_to(tmp_path / "new.jsonl", story.reader, ExportRequest("jsonl", "passage", since=cursor))
        gone, *new = lines(tmp_path / "new.jsonl")
        assert (gone["id"], gone["gone"]) == (letter["page"], True)
        assert letter["id"] in {one["id"] for one in new}
        assert first["id"] not in {one["id"] for one in new}
