"""How well unknown pages are read: a bar, where the pages lie beside the project; and the scorer itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.pages.__main__ import main
from benchmarks.pages.scoring import scored
from benchmarks.reader.data import fold, shared
from benchmarks.reader.scoring import bag_f1, gram_f1, words

SAID = "The barge came at noon, and left again at dusk."


def record(**more: object) -> dict[str, object]:
    return {"id": "1", "url": "https://lock.example/1", "type": "article", "gold": SAID, "html": "", **more}


def test_a_text_is_scored_by_its_words_and_by_runs_of_four():
    got, gold = words("The barge came at dusk."), words(SAID)
    assert bag_f1(got, gold) == pytest.approx(2 * 5 / (5 + 10))
    assert gram_f1(got, gold) == pytest.approx(2 * 1 / (2 + 7))
    assert (bag_f1([], []), gram_f1([], gold), bag_f1(got, [])) == (1.0, 0.0, 0.0)


def test_snippets_that_must_and_must_not_be_there_are_counted():
    score = scored(
        "x", lambda _: SAID, record(**{"with": ["Came at noon", "by ship"], "without": ["at dusk"]})
    )
    assert (score.bag, score.found, score.kept_out) == (1.0, 0.5, 0.0)


def test_a_reader_that_fails_has_read_nothing():
    def fails(_: object) -> str:
        raise ValueError("odd page")

    score = scored("x", fails, record())
    assert (score.bag, score.error) == (0.0, "ValueError: odd page")


def test_a_host_is_always_in_the_same_part():
    assert [fold(site, 4) for site in ("a.example", "b.example")] == [
        fold(s, 4) for s in ("a.example", "b.example")
    ]


def test_where_there_are_no_pages_the_benchmark_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["--shared", str(tmp_path)]) == 2
    assert "there are no pages" in capsys.readouterr().err


@pytest.mark.skipif(not (shared() / "pages").is_dir(), reason="the pages are no part of the project")
def test_a_sample_of_real_pages_is_read_as_well_as_it_was(capsys: pytest.CaptureFixture[str]):
    """The weights have learned from these pages: this bar shows that the program reads as it did, no more."""
    main(["--sample", "150", "--largest", "400", "--readers", "variorum", "--json"])
    scores = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(scores) == 150
    assert sum(score["bag"] for score in scores) / 150 > 0.91
