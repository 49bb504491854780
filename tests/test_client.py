"""The client for Python, as docs/python.md shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.command import objects, variorum
from tests.local_site import article
from tests.tracked import HOME, Story, story_at
from variorum.crawler.client import Misuse, NotFound, StoreError, open_workspace

BRIDGE, NEW_BRIDGE = "The old bridge was closed in March.", "The old bridge was opened in April."
DOC = (Path(__file__).parent.parent / "docs/python.md").read_text(encoding="utf-8")


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A workspace in the folder `watched`, with a page of two versions."""
    root = tmp_path / "watched"
    (root / "sites").mkdir(parents=True)
    (root / "variorum.toml").touch()
    (root / "sites" / "riverside.toml").write_text(f'url = "{HOME}/"', encoding="utf-8")
    with story_at(root / "variorum.db") as story:
        for text in (BRIDGE, NEW_BRIDGE):
            with story.run() as run:
                run.sees("/bridge/", article("The bridge", text))
        yield story


def test_it_gives_what_the_commands_print(story: Story) -> None:
    root = story.path.parent
    with open_workspace(root) as workspace:
        (change,) = workspace.changes(site="riverside", since="2026-03-01")
        assert [change] == objects("-C", root, "show", change["id"])
        assert workspace.versions(f"{HOME}/bridge") == objects("-C", root, "history", f"{HOME}/bridge/")
        assert workspace.text(f"{HOME}/bridge/") == NEW_BRIDGE
        assert workspace.text(f"{HOME}/bridge/", version=1) == BRIDGE
        assert workspace.text(f"{HOME}/bridge/", as_of=datetime(2026, 3, 1, 9, 30, tzinfo=UTC)) == BRIDGE
        exported = variorum("-C", root, "export", "--unit", "passage").stdout.splitlines()
        assert list(workspace.rows("passage")) == [json.loads(line) for line in exported]
        since = workspace.cursor()
        assert list(workspace.rows(since=since)) == []


def test_the_examples_of_the_document_run(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pandas")
    monkeypatch.chdir(story.path.parent.parent)
    first, second = re.findall(r"```python\n(.*?)```", DOC, flags=re.S)
    exec(first, {})
    assert NEW_BRIDGE in capsys.readouterr().out
    names: dict[str, Any] = {}
    exec(second, names)
    assert list(names["pages"]["text"]) == [NEW_BRIDGE]
    assert list(names["changes"]["kind"]) == ["edited"]


def test_what_is_wrong_is_said_in_words(story: Story, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no workspace in"):
        open_workspace(tmp_path)
    (tmp_path / "variorum.toml").touch()
    with pytest.raises(StoreError, match="nothing is stored here yet"):
        open_workspace(tmp_path)
    with open_workspace(story.path.parent) as workspace:
        with pytest.raises(NotFound, match="mill"):
            workspace.changes(site="mill")
        with pytest.raises(NotFound):
            workspace.text(f"{HOME}/nowhere/")
        with pytest.raises(Misuse, match="'yesterday evening' is not a date"):
            workspace.changes(since="yesterday evening")
        with pytest.raises(Misuse, match="'chapter' is no unit"):
            workspace.rows("chapter")  # type: ignore[arg-type]


def test_a_kind_that_does_not_exist_is_refused(story: Story) -> None:
    with open_workspace(story.path.parent) as workspace, pytest.raises(Misuse, match="zz"):
        workspace.changes(kind="zz")
