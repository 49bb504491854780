"""What a crawl asks, reads and stores, on the pages of `benchmarks.crawl`: only what is exact, never time."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from benchmarks.crawl.articles import article, edited
from benchmarks.crawl.contenders import NAME, Variorum
from benchmarks.crawl.design import page
from benchmarks.crawl.report import Size, costs, document, plot
from benchmarks.crawl.rounds import ANSWERED_304, EDITS, FIRST, ROUNDS, SAME_BYTES, Played, played, unmeasured
from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.config.site import Site
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.tracking.reextraction import reextract
from variorum.crawler.tracking.template_learning import known
from variorum.storage.store import Store

PAGES = 40
TWICE = 8
"""Articles that a first crawl fetches twice, to learn from."""
BESIDES = 4
"""robots.txt, the front page, the index of sitemaps, the sitemap."""


@pytest.fixture(scope="module")
def variorum(tmp_path_factory: pytest.TempPathFactory) -> Variorum:
    return Variorum(tmp_path_factory.mktemp("crawl") / "workspace")


@pytest.fixture(scope="module")
def rounds(variorum: Variorum) -> dict[str, Played]:
    """What Variorum did in each round."""
    return {name: one for name, [one] in played([variorum], PAGES, unmeasured)}


@pytest.fixture
def store(variorum: Variorum, rounds: dict[str, Played]) -> Iterator[Store]:
    with closing(Store.open(variorum.database)) as opened:
        yield opened


def counted(variorum: Variorum, column: str, name: str) -> Counter[str]:
    """How often each value occurs in a column of the captures of a round."""
    run = ROUNDS.index(name) + 1
    with closing(sqlite3.connect(variorum.database)) as conn:
        return Counter(
            value for (value,) in conn.execute(f"SELECT {column} FROM captures WHERE run = ?", [run])
        )


def test_a_page_has_the_size_of_real_ones_and_differs_at_each_fetch() -> None:
    sizes = [len(page(article(number), PAGES, 1)) for number in range(40)]
    assert min(sizes) > 100_000
    assert max(sizes) < 170_000
    assert page(article(1), PAGES, 1) == page(article(1), PAGES, 1) != page(article(1), PAGES, 2)


def test_an_edit_changes_the_text_of_an_article_and_nothing_else() -> None:
    for number in range(200):
        old, new = article(number), edited(article(number))
        assert (old.path, old.title, old.date) == (new.path, new.title, new.date)
        assert old.sections != new.sections


def test_a_first_crawl_asks_for_each_page_once_and_for_a_few_twice(rounds: dict[str, Played]) -> None:
    assert rounds[FIRST].requests == {200: PAGES + TWICE + BESIDES, 404: 1}


@pytest.mark.parametrize("name", ROUNDS[1:])
def test_a_later_crawl_asks_for_each_page_once(rounds: dict[str, Played], name: str) -> None:
    assert rounds[name].requests.total() == PAGES + BESIDES


def test_all_validators_are_sent_back(rounds: dict[str, Played]) -> None:
    assert rounds[ANSWERED_304].requests[304] == PAGES


def test_every_edited_article_is_found(rounds: dict[str, Played]) -> None:
    assert rounds[EDITS].found == len(rounds[EDITS].edited) == PAGES // 20


@pytest.mark.usefixtures("rounds")
def test_a_page_that_the_server_calls_unmodified_is_not_read(variorum: Variorum) -> None:
    assert counted(variorum, "outcome", ANSWERED_304)[Outcome.not_modified] == PAGES


@pytest.mark.usefixtures("rounds")
def test_a_page_with_the_same_bytes_is_not_read(variorum: Variorum) -> None:
    assert counted(variorum, "reason", SAME_BYTES)["the same bytes"] >= PAGES


def test_a_first_sight_of_a_page_takes_a_third_of_its_size(rounds: dict[str, Played]) -> None:
    assert rounds[FIRST].grown / PAGES < 48_000


@pytest.mark.parametrize("name", [ANSWERED_304, SAME_BYTES])
def test_where_nothing_changed_nothing_is_stored_but_that(rounds: dict[str, Played], name: str) -> None:
    assert not rounds[name].added
    assert rounds[name].grown / PAGES < 2_000


def test_what_is_stored_is_what_a_full_reading_of_each_page_gives(store: Store, variorum: Variorum) -> None:
    reader = PageReader(Site(name=NAME, url="http://127.0.0.1/"), known(store, NAME))
    articles = [
        version for version in store.latest_versions(NAME) if store.page(version.page).kind == "article"
    ]
    assert len(articles) == PAGES
    for version in articles[::6]:
        assert reextract(store, reader, version).text == version.text


def test_the_report_shows_the_ratio_of_each_round_and_a_bar_for_each_program(
    rounds: dict[str, Played],
) -> None:
    size = Size(
        PAGES,
        {name: [_costing(one, PAGES * 0.1), _costing(one, PAGES * 0.05)] for name, one in rounds.items()},
    )
    assert costs(size).count("| 100.0 | 50.0 | 0.50 |") == len(ROUNDS)
    starts = {"python -c pass": 0.01, "variorum --help": 0.05}
    assert "| `variorum --help` | 50 | 5.0 |" in document([size], starts, "plot.svg")
    assert plot(size).count("100.0 ms") == plot(size).count("50.0 ms") == len(ROUNDS)


def _costing(one: Played, cpu: float) -> Played:
    return replace(one, cost=replace(one.cost, cpu=cpu))
