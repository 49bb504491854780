"""The classifier: trees as plain arrays, the numbers that they weigh, and the cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from trafilatura import external

from variorum.crawler.extraction.classifier.block_features import Runs
from variorum.crawler.extraction.classifier.classifier import (
    WEIGHTS,
    Judged,
    Weights,
    judge,
    page_of,
    shipped,
)
from variorum.crawler.extraction.classifier.layout import name_words
from variorum.crawler.extraction.classifier.stop_words import StopWords
from variorum.crawler.extraction.classifier.text_choice import best_cut, probable_blocks
from variorum.crawler.extraction.classifier.trees import Trees
from variorum.crawler.extraction.html.blocks import blocks
from variorum.crawler.extraction.html.markup import parse

lightgbm = pytest.importorskip("lightgbm")


def trained(rows: np.ndarray, target: np.ndarray):
    """A small model of the kind that the reader is made of."""
    more = {"objective": "binary", "num_leaves": 15, "min_data_in_leaf": 5, "verbose": -1, "num_threads": 1}
    return lightgbm.train(more, lightgbm.Dataset(rows, target), 30)


def test_trees_as_plain_arrays_say_what_lightgbm_says():
    from benchmarks.reader.arrays import as_arrays

    lot = np.random.default_rng(5)
    rows = lot.normal(size=(600, 8)).astype(np.float32)
    rows[:, 3] = lot.integers(0, 4, 600)  # many equal numbers, so that some lie on a threshold
    target = (rows[:, 0] + rows[:, 3] > 1).astype(np.float32)
    model = trained(rows, target)
    ours = as_arrays(model)
    assert np.abs(ours.probability(rows) - model.predict(rows)).max() < 1e-6
    alone = [float(ours.probability(row[None, :])[0]) for row in rows[:50]]
    assert alone == list(ours.probability(rows)[:50]), (
        "a row has the same probability whatever others there are"
    )
    saved = ours.arrays("some")
    assert np.array_equal(Trees.of(saved, "some").probability(rows), ours.probability(rows))


def test_a_block_is_in_a_text_by_its_runs_of_three_words_or_as_a_whole():
    parts = ["Boats", "The lock", "The lock keeper counts boats", "A lock keeper counts", "Lock the"]
    tree = parse(f"<html><body>{''.join(f'<p>{part}</p>' for part in parts)}</body></html>".encode(), "u")
    runs = Runs(blocks(tree))
    shares = runs.shares("The lock keeper counts all boats.")
    assert shares is not None
    assert list(shares) == [1, 1, 2 / 3, 1 / 2, 0]
    assert not np.any(runs.shares("counts"))
    assert runs.shares("…") is None


def test_the_words_of_names_have_the_order_of_the_names():
    assert name_words("entryContent-2 entry wide") == ("entry", "content", "wide")


def test_the_weights_are_small_and_fit_the_numbers_of_a_page():
    assert WEIGHTS.stat().st_size < 2_000_000
    prose = "".join(
        f"<p>On day {n} the keeper counted the barges, and wrote it all down.</p>" for n in range(9)
    )
    tree = parse(
        f"<html><body><nav><a href='/'>Start</a></nav><div>{prose}</div></body></html>".encode(), "u"
    )
    judged = judge(page_of(tree, "https://lock.example/1"), shipped())
    assert len(judged.probability) == 10
    assert judged.probability[1:].min() > judged.probability[0]
    widest = max(int(trees.feature.max()) for trees in (shipped().every, shipped().article))
    from variorum.crawler.extraction.classifier.features import describe

    assert widest < describe(judged.page).numbers(shipped().vocabulary).shape[1]


def test_a_page_is_judged_the_same_each_time():
    tree = parse(b"<html><body><p>The barge came at noon, and left again at dusk.</p></body></html>", "u")
    first, second = (judge(page_of(tree, "u"), shipped()).probability for _ in range(2))
    assert np.array_equal(first, second)


def test_the_stop_words_of_trafilatura_are_hashed_once_for_all_pages(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(external, "JT_STOPLIST", None)
    tree = parse(b"<html><body><p>The barge came at noon.</p></body></html>", "u")
    page_of(tree, "u")
    words = external.JT_STOPLIST
    page_of(tree, "u")
    assert isinstance(words, StopWords)
    assert external.JT_STOPLIST is words
    assert vars(words) == {"_hash": hash(tuple(words))}


def test_the_cut_lies_where_most_is_right_to_be_expected():
    assert best_cut(np.array([0.9, 0.8, 0.1]), np.array([10, 10, 10])) == 0.8
    assert best_cut(np.array([0.4, 0.35, 0.3]), np.array([10, 10, 10])) == 0.3


@pytest.mark.parametrize(("og_type", "expected"), [("product", ["Oars"]), ("website", ["Oars", "Rope"])])
def test_on_a_page_of_a_product_less_of_what_stands_around_it_is_text(og_type: str, expected: list[str]):
    tree = parse(
        f"<html><head><meta property='og:type' content='{og_type}'></head><body><div>Oars</div>"
        "<p>Rope</p></body></html>".encode(),
        "u",
    )
    judged = Judged(page_of(tree, "u"), np.array([0.6, 0.36]), article=0.0)
    assert [block.text for block in probable_blocks(judged)] == expected


def test_weights_are_read_as_they_were_saved(tmp_path: Path):
    shipped().save(tmp_path / "weights.npz")
    again = Weights.load(tmp_path / "weights.npz")
    assert (again.label, again.vocabulary) == (shipped().label, shipped().vocabulary)
    assert np.array_equal(again.every.threshold, shipped().every.threshold)
