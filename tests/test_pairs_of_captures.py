"""Two captures of a page compared block by block, before anything of them is taken for text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from variorum.crawler.extraction.boilerplate.path_scores import ENOUGH, PathScore, PathScores
from variorum.crawler.extraction.capture_pairs import changed, pair_scores, paired
from variorum.crawler.extraction.html.blocks import Block, blocks

FERRY = "The ferry to Ormhead leaves at nine from the old pier."


def page(*paragraphs: str, menu: str = "Harbour", side: str = "") -> list[Block]:
    """The blocks of a page with a menu, a text and a side column."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return blocks(
        document_fromstring(
            f'<body><ul class="menu"><li>{menu}</li></ul><div class="text">{text}</div>'
            f'<div class="side"><p>{side}</p></div></body>'
        )
    )


def scores_of(some: list[Block], *places: str) -> PathScores:
    """Scores by which what stands in these places is text."""
    return PathScores.of(some, [0.9 if any(place in b.path for place in places) else 0.05 for b in some])


def test_a_block_at_a_path_of_text_that_comes_is_a_change() -> None:
    old, new = page(FERRY), page(FERRY, "It takes two hours.")
    found = paired(old, new, scores_of(old, "text"))
    assert [block.text for block in found.come] == ["It takes two hours."]
    assert found.gone == []


def test_a_menu_that_changes_is_no_change() -> None:
    old, new = page(FERRY, menu="Harbour"), page(FERRY, menu="Pier")
    assert not paired(old, new, scores_of(old, "text")).differs
    assert [block.text for block in changed(old, new)[1]] == ["- Pier"]


def test_a_row_of_a_table_is_text_at_a_path_where_only_sentences_are() -> None:
    def fares(*rows: str) -> list[Block]:
        table = "".join(f"<tr><td>{row}</td><td>one way</td></tr>" for row in rows)
        return blocks(
            document_fromstring(f"<body><div class='text'><p>{FERRY}</p></div><table>{table}</table>")
        )

    old, new = fares("4 shillings"), fares("4 shillings", "6 with a bicycle")
    scores = pair_scores(new, [0.9, 0.25, 0.25])
    assert [block.text for block in paired(old, new, scores).come] == ["6 with a bicycle | one way"]


def test_a_menu_at_the_block_path_of_a_list_is_no_text_of_it() -> None:
    def listed(*links: str) -> list[Block]:
        duties = "<li>One to watch the lock</li><li>One to steer</li>"
        menu = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in links)
        return blocks(document_fromstring(f"<body><ul>{duties}{menu}</ul></body>"))

    old, new = listed("Pier"), listed("Pier", "Harbour")
    assert len({block.path for block in new}) == 1
    scores = pair_scores(new, [0.1 if block.anchors else 0.9 for block in new])
    assert not paired(old, new, scores).differs
    assert paired(old[1:], old, scores).differs


def test_what_stands_in_both_is_no_change_wherever_it_stands() -> None:
    old, new = page(FERRY, "Dogs are welcome."), page(FERRY, side="Dogs are welcome.")
    found = paired(old, new, scores_of(old, "text"))
    assert not found.differs
    assert [block.text for block in found.old] == [block.text for block in found.new]


def test_a_block_that_was_there_twice_and_is_there_once_is_a_change() -> None:
    old, new = page(FERRY, "Closed.", "Closed."), page(FERRY, "Closed.")
    assert [block.text for block in paired(old, new, scores_of(old, "text")).gone] == ["Closed."]


@pytest.mark.parametrize("other", ["UptimeLog", "Uptime, Log", "Uptime Logs"])
def test_words_and_punctuation_are_compared_not_letters(other: str) -> None:
    old, new = page("We use Uptime Log."), page(f"We use {other}.")
    assert paired(old, new, scores_of(old, "text")).differs


def test_typography_is_no_change() -> None:
    old, new = page("The “old” pier – closed."), page('The "old" pier - closed.')
    assert not paired(old, new, scores_of(old, "text")).differs


def test_a_concealed_address_is_the_address() -> None:
    old, new = page("Write to [email protected] soon."), page("Write to pier@ormhead.example soon.")
    assert not paired(old, new, scores_of(old, "text")).differs


def test_a_path_is_judged_by_all_blocks_seen_there() -> None:
    some = page(FERRY, "Yes.")
    first = PathScores.of(some, [0.0, 0.9, 0.1])
    assert first.mean(some[1].path) == pytest.approx(0.5)
    more = first.joined(PathScores.of(some, [0.0, 0.9, 0.9]))
    assert more.paths[some[1].path] == PathScore(pytest.approx(2.8), 4, 2)
    assert more.mean("html/body/nowhere") == 0


def test_a_path_seen_on_enough_pages_is_not_classified_again() -> None:
    some = page(FERRY)
    known = PathScores()
    for _ in range(ENOUGH - 1):
        known = known.joined(scores_of(some, "text"))
    assert [known.is_text(block.path) for block in some] == [None, None]
    enough = known.joined(scores_of(some, "text"))
    assert [enough.is_text(block.path) for block in some] == [False, True]


paths = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)
some_scores = st.dictionaries(
    paths,
    st.builds(PathScore, st.integers(0, 100).map(lambda n: n / 4), st.integers(1, 500), st.integers(1, 90)),
).map(PathScores)


@given(some_scores)
def test_scores_are_read_as_they_were_written(scores: PathScores) -> None:
    assert PathScores.from_json(scores.to_json()) == scores


@given(some_scores, some_scores)
def test_it_does_not_matter_which_page_was_seen_first(one: PathScores, other: PathScores) -> None:
    assert one.joined(other).to_json() == other.joined(one).to_json()


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_the_texts_differ_exactly_by_what_came_and_went(before: list[str], after: list[str]) -> None:
    old, new = page(*before), page(*after)
    found = paired(old, new, scores_of(old + new, "text"))
    kept = [block.text for block in found.old]
    for block in found.gone:
        kept.remove(block.text)
    assert sorted(kept + [block.text for block in found.come]) == sorted(block.text for block in found.new)
