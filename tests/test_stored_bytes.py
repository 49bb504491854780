"""What a page, a look at it and a new version take in the store, on made-up pages of real size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from benchmarks.crawl.articles import article, edited
from benchmarks.crawl.design import page
from benchmarks.stored_bytes import Writer
from variorum.storage.store import Store

PAGES, EDITED = 24, 4
COUNTED = "SELECT name, sum(payload) FROM dbstat GROUP BY name"
"""The bytes of the rows of each table and index, without what SQLite leaves free around them."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, float]]]:
    """By event, the bytes that each table and index has grown by for one of them."""
    with closing(Store.open(tmp_path_factory.mktemp("bytes") / "variorum.db")) as store:
        try:
            store.db.conn.execute(COUNTED)
        except sqlite3.OperationalError:
            pytest.skip("this SQLite does not count bytes by table")
        yield played(Writer(store))


def played(writer: Writer) -> dict[str, dict[str, float]]:
    counts, found = [counted(writer.store)], {}
    pages = [writer.page(article(number).path) for number in range(PAGES)]
    for number, row in enumerate(pages):
        writer.version(row, 1, article(number), page(article(number), PAGES, noise=1))
    counts.append(counted(writer.store))
    for number, row in enumerate(pages[:EDITED]):
        shown = edited(article(number))
        writer.version(row, 2, shown, page(shown, PAGES, noise=2))
    counts.append(counted(writer.store))
    for number, row in enumerate(pages):
        shown = article(number)
        writer.capture(row, shown.path, page(shown, PAGES, noise=3), kept=False)
    counts.append(counted(writer.store))
    for at, (event, times) in enumerate({"sight": PAGES, "version": EDITED, "look": PAGES}.items()):
        before, after = counts[at : at + 2]
        found[event] = {name: (size - before.get(name, 0)) / times for name, size in after.items()}
    return found


def counted(store: Store) -> dict[str, int]:
    """The bytes of each table and index; those of search as they are once merged."""
    with store.writing():
        for table in ("versions_fts", "versions_fts_edits"):
            store.db.conn.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
    return dict(store.db.conn.execute(COUNTED))


def test_a_first_sight_of_a_page_takes_an_eighth_of_its_bytes(grown: dict[str, dict[str, float]]) -> None:
    assert sum(grown["sight"].values()) < 18_000


def test_a_look_at_a_page_that_has_not_changed_takes_few_bytes(grown: dict[str, dict[str, float]]) -> None:
    assert sum(grown["look"].values()) < 70


def test_a_new_version_takes_what_differs_and_the_words_to_search_in(
    grown: dict[str, dict[str, float]],
) -> None:
    version = grown["version"]
    assert version["bodies"] < 2_500, "the noise of the page, most of it"
    assert version["versions"] < 320, "a compressed text and its columns"
    words = sum(size for name, size in version.items() if name.startswith("versions_fts"))
    assert words < 800, "what differs from the version before"
    assert sum(version.values()) - version["bodies"] - words < 1_500
