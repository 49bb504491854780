"""docs/database.md names every table and column that there is, and its queries run without Variorum."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.local_site import article
from tests.tracked import HOME, story_at

DOC = (Path(__file__).parent.parent / "docs/database.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", DOC, flags=re.M | re.S))


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The database of a page with two versions, opened by the standard library alone."""
    path = tmp_path_factory.mktemp("store") / "variorum.db"
    with story_at(path) as story:
        for text in ("The old bridge was closed in March.", "The old bridge was opened in April."):
            with story.run() as run:
                run.sees("/bridge/", article("The bridge", text))
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        yield conn


def named(text: str) -> list[str]:
    """The names in the first cell of each row of a table."""
    cells = re.findall(r"^\| (`.*?`) \|", text, flags=re.M)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_every_table_and_view_is_explained_and_no_other(conn: sqlite3.Connection) -> None:
    rows = conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    stored = {name for (name,) in rows if not re.match(r"_?sqlite|versions_fts_(?!edits$)", name)}
    assert {*SECTIONS, *named(DOC.partition("keeps for itself")[2])} == stored


@pytest.mark.parametrize("table", SECTIONS)
def test_every_column_is_explained_and_no_other(conn: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
    assert sorted(named(SECTIONS[table])) == sorted(columns)


def test_the_queries_run_in_any_program(conn: sqlite3.Connection) -> None:
    (queries,) = re.findall(r"```sql\n(.*?)```", DOC, flags=re.S)
    titles, *others = [one for one in queries.split(";") if one.strip()]
    ours = titles.replace("https://www.nejatngo.org/en/posts/1204", f"{HOME}/bridge/")
    assert [row[1:] for row in conn.execute(ours)] == [("The bridge", 7), ("The bridge", 7)]
    assert [conn.execute(one).fetchall() for one in others] == [[], []]


def test_the_view_has_a_row_for_each_version_and_marks_the_latest(conn: sqlite3.Connection) -> None:
    rows = conn.execute("SELECT site, url, number, latest, origin FROM page_versions ORDER BY number")
    assert rows.fetchall() == [
        ("riverside", f"{HOME}/bridge/", 1, 0, "crawl"),
        ("riverside", f"{HOME}/bridge/", 2, 1, "crawl"),
    ]
