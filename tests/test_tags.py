"""The tags of sites, as queries ask for them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.command import workspace
from variorum.crawler.config.site import site_files
from variorum.crawler.config.workspace import load_workspace
from variorum.review import tags
from variorum.storage.library import Database


def test_a_query_looks_at_the_site_files_once_for_all_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load_workspace(workspace(tmp_path, one='url = "https://one.example/"\ntags = ["press"]\n'))
    looked: list[Path] = []

    def counted(folder: Path) -> list[Path]:
        looked.append(folder)
        return list(site_files(folder))

    monkeypatch.setattr(tags, "site_files", counted)
    db = Database(sqlite3.connect(":memory:"))
    tags.know_tags(db, found)
    rows = db.conn.execute(
        "SELECT has_tag(name, 'press') FROM (SELECT 'one' AS name UNION ALL VALUES ('two'), ('one'))"
    )
    assert sorted(rows) == [(0,), (1,), (1,)]
    assert len(looked) == 1
