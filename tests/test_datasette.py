"""`variorum datasette`: a real Datasette on a real store, with labels, queries and texts, to read only."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.command import VARIORUM, variorum, workspace
from tests.reviewed import night
from tests.tracked import HOME, story_after
from variorum.crawler.cli.docs import FOLDER
from variorum.crawler.output.datasette import QUERIES, metadata
from variorum.storage.reader import Reader

PATIENCE = 300
DESCRIBED = metadata((FOLDER / "database.md").read_text("utf-8"), "variorum")["databases"]["variorum"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a site that changed overnight. To be read only."""
    root = workspace(tmp_path_factory.mktemp("datasette") / "home")
    with story_after(night, root / "variorum.db"):
        return root


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[str]:
    """The address of a Datasette that the command has started."""
    log = root.with_suffix(".log")
    with log.open("w") as out:
        process = subprocess.Popen(
            [*VARIORUM, "-C", str(root), "datasette", "--port", "0"], stdout=out, stderr=out
        )
    deadline = time.monotonic() + PATIENCE
    while "running on http" not in log.read_text():
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    yield log.read_text().partition("running on ")[2].split()[0]
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, log.read_text()


def rows(address: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(address) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())
    return found


def test_columns_are_labelled_and_queries_give_histories_and_texts(served: str) -> None:
    with urllib.request.urlopen(f"{served}/variorum/changes") as answer:
        assert "found_at" in (page := answer.read().decode())
        assert DESCRIBED["tables"]["changes"]["columns"]["found_at"] in page
    of_page = urlencode({"url": f"{HOME}/bridge/", "_shape": "array"})
    history = rows(f"{served}/variorum/history_of_a_page.json?{of_page}")
    assert [one["number"] for one in history] == [1, 2]
    [text] = rows(f"{served}/variorum/text_of_a_page.json?{of_page}")
    assert "1878" in text["text"]
    long = urlencode({"url": f"{HOME}/long/", "_shape": "array"})
    [text] = rows(f"{served}/variorum/text_of_a_page.json?{long}")
    assert text["text"].count("word ") > 30_000


def test_nothing_can_be_written(served: str) -> None:
    query = urlencode({"sql": "DELETE FROM changes", "_shape": "array"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        rows(f"{served}/variorum.json?{query}")
    assert refused.value.code == 400
    assert rows(f"{served}/variorum/changes.json?_shape=array")


@pytest.mark.parametrize("name", QUERIES)
def test_each_query_runs(root: Path, name: str) -> None:
    with closing(Reader.open(root / "variorum.db")) as reader:
        values = {"site": "riverside", "url": f"{HOME}/bridge/"}
        found = list(reader.rows(QUERIES[name][1], values))
    assert found or name in {"open_issues", "significant_and_not_reviewed"}


def test_each_column_of_the_document_has_its_label(root: Path) -> None:
    with closing(sqlite3.connect(root / "variorum.db")) as conn:
        for table, described in DESCRIBED["tables"].items():
            columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
            assert sorted(described["columns"]) == sorted(columns)
            assert all(described["columns"].values())
            assert described["description"]


def test_the_files_are_written_for_a_datasette_of_ones_own(root: Path, tmp_path: Path) -> None:
    result = variorum("-C", root, "datasette", "-o", tmp_path / "files")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"datasette serve {root / 'variorum.db'} --metadata ")
    assert json.loads((tmp_path / "files" / "metadata.json").read_text())["databases"] == {
        "variorum": DESCRIBED
    }


def test_without_datasette_the_command_that_installs_it_is_said(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("variorum.crawler.cli.datasette.find_spec", lambda name: None)
    result = variorum("-C", root, "datasette")
    assert (result.exit_code, "-m pip install" in result.stderr) == (2, True)
