"""A process that opens its database a second time keeps the locks that it has by the first time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from variorum.storage.reader import Reader
from variorum.storage.store import Store

SHORT_VISIT = (
    "import pathlib, sys; from variorum.storage.reader import Reader;"
    " Reader.open(pathlib.Path(sys.argv[1])).close()"
)


def watch(store: Store, name: str) -> None:
    with store.writing():
        store.db.conn.execute(
            "INSERT INTO sites(name, url) VALUES (?, ?)", [name, f"https://{name}.example/"]
        )


@pytest.mark.parametrize("made", [False, True], ids=["a new database", "one that was there"])
def test_what_is_written_after_a_reader_and_another_process_have_gone_is_stored(
    tmp_path: Path, made: bool
) -> None:
    path = tmp_path / "v.db"
    if made:
        Store.open(path).close()
    with closing(Store.open(path)) as store:
        watch(store, "riverside")
        Reader.open(path).close()
        subprocess.run([sys.executable, "-c", SHORT_VISIT, str(path)], check=True)
        watch(store, "lakeside")
        with closing(sqlite3.connect(path)) as conn:
            assert conn.execute("SELECT count(*) FROM sites").fetchone() == (2,)
