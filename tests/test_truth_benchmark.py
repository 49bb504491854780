"""The benchmark of true changes, small: what it counts is right, and what it shows of Variorum holds."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.truth import wordpress
from benchmarks.truth.__main__ import main
from benchmarks.truth.articles import Article
from benchmarks.truth.disguise import Disguise
from benchmarks.truth.edits import BACK, CHANGES, Edit, planned
from benchmarks.truth.judges import TRAFILATURA, VARIORUM, WHOLE_PAGE, Sight
from benchmarks.truth.prose import articles
from benchmarks.truth.rounds import Ruling
from benchmarks.truth.score import (
    BLURRED,
    FALSE_ALARM,
    INEXACT,
    MISSED,
    TYPOGRAPHIC,
    UNMOVED,
    Score,
)
from variorum.crawler.errors import Misuse

QUIET = ("soup", "tables", "breaks", "modules", "counters", "teasers", "captions", "doubled")
"""Layouts without any article markup on which nothing goes wrong."""
OLD = Article("Rain", ("It rains.", "It pours."))
NEW = Article("Rain", ("It rains.", "It does not pour."))
EDIT = Edit("/", "negation", OLD, NEW)
SHOWN = Sight(
    NEW.lines, announced=True, gone=Counter(["It pours."]), come=Counter(["It does not pour."]), silent=False
)


def measured(*arguments: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What the command prints of Variorum as JSON."""
    assert main([*arguments, "--alone", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["judge"] for row in rows} == {VARIORUM}
    return rows


def wrong(edit: Edit | None, sight: Sight, article: Article = NEW) -> list[str]:
    """What the score finds wrong with what a judge says of a page."""
    ruling = Ruling(VARIORUM, "", "", 1, "/", article.lines, edit, True, sight, b"", b"")
    return [fault.what for fault in Score().add(ruling)]


# ---- what it shows


def test_on_made_up_sites_without_article_markup_only_true_changes_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ["--sites", "synthetic", "--part", "rounds", "--rounds", "2", "--layouts", ",".join(QUIET)]
    rows = measured(*options, capsys=capsys)
    assert [row["stage"] for row in rows] == list(QUIET)
    assert sum(row["page_rounds"] for row in rows) == len(QUIET) * 2 * 14
    assert all(row["true_edits"] >= len(CHANGES) / 2 for row in rows)
    assert {row["stage"]: (row["false_alarms"], row["missed_edits"]) for row in rows} == dict.fromkeys(
        QUIET, (0, 0)
    )
    assert sum(row["typographic_edits_announced"] for row in rows) == 0


def test_on_small_sites_of_well_known_systems_only_true_changes_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    layouts = ("joomla", "ghost", "right_to_left")
    options = ["--sites", "systems", "--part", "rounds", "--rounds", "2", "--posts", "10"]
    rows = measured(*options, "--layouts", ",".join(layouts), capsys=capsys)
    assert [row["stage"] for row in rows] == list(layouts)
    for row in rows:
        assert (row["false_alarms"], row["missed_edits"], row["exact_texts"]) == (0, 0, 20)


def test_on_a_real_wordpress_with_all_its_noise_only_true_changes_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        wordpress.folder()
    except Misuse as error:
        pytest.skip(str(error))
    rows = measured("--posts", "6", "--rounds", "2", "--themes", "oldsite", capsys=capsys)
    known = {row["part"]: row for row in rows}
    assert {row["names"] for row in rows} == {"known names"}
    assert set(known) == {"rounds", "redesign"}
    for row in known.values():
        assert row["page_rounds"] > 25
        assert row["true_edits"] > 10
        assert row["false_alarms"] == row["missed_edits"] == row["typographic_edits_announced"] == 0
        assert row["edits_shown_word_for_word"] == row["silence_flagged_rightly"] == row["true_edits"]
        assert row["exact_texts"] == row["page_rounds"]
    assert known["rounds"]["events"] == {}
    assert known["redesign"]["events"] == {"template": 1}


def test_other_ways_to_judge_are_measured_on_the_same_pages(capsys: pytest.CaptureFixture[str]) -> None:
    options = "--sites synthetic --part rounds --rounds 1 --layouts soup --posts 3 --json"
    assert main(options.split()) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["judge"]: row["page_rounds"] for row in rows} == dict.fromkeys(
        (VARIORUM, TRAFILATURA, WHOLE_PAGE), 3
    )


def test_without_a_wordpress_the_command_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(wordpress.VARIABLE, str(tmp_path / "nowhere"))
    assert main([]) == 2
    output = capsys.readouterr().err
    assert f"no test WordPress in {tmp_path / 'nowhere'}" in output
    assert "wp.py" in output


# ---- what it counts


def test_an_edit_that_is_told_as_it_was_is_no_fault() -> None:
    assert wrong(EDIT, SHOWN) == []


def test_an_edit_that_is_not_told_is_missed() -> None:
    assert wrong(EDIT, Sight(NEW.lines)) == [MISSED]


def test_a_change_without_an_edit_is_a_false_alarm() -> None:
    assert wrong(None, SHOWN) == [FALSE_ALARM]


def test_an_edit_that_is_told_with_noise_in_it_is_blurred() -> None:
    noisy = Sight(
        NEW.lines, announced=True, gone=SHOWN.gone, come=SHOWN.come + Counter(["views: 2"]), silent=False
    )
    assert wrong(EDIT, noisy) == [BLURRED]


def test_typography_that_is_told_is_counted_by_itself() -> None:
    curly = Article("Rain", ("It rains.", "It’s pouring."))
    assert wrong(Edit("/", "quotes", OLD, curly), Sight(curly.lines, announced=True), curly) == [TYPOGRAPHIC]


def test_a_moved_paragraph_that_is_told_as_put_in_and_taken_out_is_not_shown_as_moved() -> None:
    turned = Article("Rain", ("It pours.", "It rains."))
    line = Counter(["It rains."])
    sight = Sight(turned.lines, announced=True, gone=line, come=line, silent=False)
    assert wrong(Edit("/", "moved", OLD, turned), sight, turned) == [BLURRED, UNMOVED]


def test_a_text_with_one_line_more_is_inexact() -> None:
    assert wrong(None, Sight((*NEW.lines, "views: 2"))) == [INEXACT]


# ---- how it edits


@pytest.mark.parametrize("rounds", [2, 5, 12])
def test_every_kind_of_edit_comes_and_what_goes_there_comes_back(rounds: int) -> None:
    pages = {f"/{number}/": article for number, article in enumerate(articles(14, Random(3)))}
    plans = planned(pages, rounds, Random(7))
    assert {edit.kind for plan in plans for edit in plan} == set(CHANGES) | {BACK}
    for plan in plans:
        assert len({edit.page for edit in plan}) == len(plan)
        for edit in plan:
            assert pages[edit.page] == edit.old != edit.new
            assert (edit.old.headline, edit.old.lines) != (edit.new.headline, edit.new.lines)
        pages |= {edit.page: edit.new for edit in plan}


def test_the_edits_depend_on_the_seed_alone() -> None:
    pages = {f"/{number}/": article for number, article in enumerate(articles(14, Random(3)))}
    assert planned(pages, 4, Random(1)) == planned(pages, 4, Random(1)) != planned(pages, 4, Random(2))


def test_an_article_in_markup_shows_its_lines() -> None:
    markup = (
        "<ul><li>First</li><li>Second with <b>bold</b></li></ul>",
        "<table><tr><th>Year</th><th>Persons</th></tr><tr><td>2016</td><td>280</td></tr></table>",
        "<blockquote><p>A quotation.</p><cite>Somebody</cite></blockquote>",
    )
    assert Article("", markup).lines == (
        "- First", "- Second with bold", "Year | Persons", "2016 | 280", "A quotation.", "Somebody",
    )  # fmt: skip


def test_a_disguise_renames_the_boxes_of_the_noise_and_nothing_else() -> None:
    body = b'<p class="text">sharedaddy</p><div class="sharedaddy share-buttons" id="block-0a1b2c">x</div>'
    worn = Disguise(1).put_on(body)
    assert worn == Disguise(1).put_on(body) != Disguise(2).put_on(body)
    assert b'<p class="text">sharedaddy</p>' in worn
    assert b'"sharedaddy' not in worn
    assert b"-0a1b2c" in worn
