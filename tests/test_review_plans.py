"""No page of the review reads a big table from end to end: what SQLite says of every question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.reviewed import Desk, morning
from variorum.storage.reader import Reader

SMALL = {
    "sites",
    "issues",
    "json_each",
    "CONSTANT",
    "found",
    "saved_filters",
    "removals",
    "main.versions_fts_config",
    "main.versions_fts_edits_config",
}
"""Tables of a few rows; a list of values; the step of a recursion; settings of the index of words."""

PAGES = [
    "/", "/?reviewed=all&site=riverside&weight=0.1", "/?reviewed=important&kind=gone&language=fa",
    "/?since=2026-01-01&until=2026-12-31&words=bridge", "/?reviewed=yes&shelf=history", "/?words=written",
    "/?after=1", "/?before=1", "/changes.json", "/feed.atom", "/feed.json?site=riverside",
    "/change/{change}", "/change/{change}?view=source&reviewed=all", "/change/{change}/rule",
    "/page/1", "/page/1.json", "/page/1/since", "/page/1/compare", "/page/1/1..2", "/capture/1",
    "/sites", "/sites.json", "/site/riverside", "/site/riverside.json?until=2026-03-03",
    "/site/riverside/pages", "/site/riverside/pages?outcome=ok&state=live&not_kept=1&after=https",
    "/site/riverside/pages.json?outcome=suspect", "/site/riverside/pages?outcome=none",
    "/search", "/search?words=umbrella", "/search?words=the&site=riverside&language=en&since=2026-01-01",
    "/search?words=1887&page=1&fate=removed",
    "/pages.json?site=riverside&state=live", "/pages.json?after=3", "/page/1/version.json?as_of=1h",
    "/changes/after/1.json", "/changes/after/1.json?site=riverside&kind=edited",
]  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning")) as desk:
        desk.say(desk.change("/mill/1/"), "important")
        yield desk


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All SQL that pages ask meanwhile, with its values."""
    found: list[str] = []
    begin = Reader.__init__

    def listening(self: Reader, db: Any) -> None:
        begin(self, db)
        db.conn.set_trace_callback(found.append)

    monkeypatch.setattr(Reader, "__init__", listening)
    return found


def scans(path: Path, statements: list[str]) -> list[str]:
    """The tables, none of them small, that these questions read from end to end."""
    with closing(Reader.open(path)) as reader:
        reader.db.conn.create_function("has_words", 1, bool)  # of Python, where words are frequent
        selects = [
            sql for sql in dict.fromkeys(statements) if sql.lstrip().upper().startswith(("SELECT", "WITH"))
        ]
        steps = [
            row[3]
            for sql in selects
            for row in reader.db.conn.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        ]
    assert steps
    return [
        step for step in steps
        if step.startswith("SCAN") and "VIRTUAL TABLE INDEX" not in step
        and step.split()[1] not in SMALL and not step.split()[1].startswith("(")
    ]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_no_page_reads_a_big_table_from_end_to_end(read: Desk, statements: list[str], address: str) -> None:
    read.text(address.format(change=read.change("/mill/1/")))
    assert scans(read.path, list(statements)) == []


def test_a_table_that_is_read_whole_would_be_told(read: Desk) -> None:
    assert scans(read.path, ["SELECT * FROM changes WHERE note = 'x'"]) == ["SCAN changes"]
    assert scans(read.path, ["SELECT count(*) FROM captures"]) != []
