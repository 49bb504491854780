"""A database that the last release made opens, migrates, and shows the same changes and versions."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import objects, variorum

STORES = Path(__file__).with_name("stores")
BRIDGE = "https://riverside.example/bridge/"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace whose database release 0.1.0 wrote."""
    (tmp_path / "variorum.toml").write_text('contact = "tests@example.org"\n')
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "riverside.toml").write_text('url = "https://riverside.example/"\n')
    (tmp_path / "variorum.db").write_bytes(gzip.decompress((STORES / "release-0.1.0.db.gz").read_bytes()))
    return tmp_path


def then(name: str) -> list[dict[str, Any]]:
    """What release 0.1.0 printed of its own database."""
    lines = (STORES / f"release-0.1.0-{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def now(workspace: Path, *command: str) -> list[dict[str, Any]]:
    """What the command prints today, of the keys that release 0.1.0 knew."""
    known = then(command[0])[0].keys()
    return [{key: one[key] for key in known} for one in objects("-C", workspace, *command)]


def test_the_changes_of_the_last_release_are_shown_as_it_showed_them(workspace: Path) -> None:
    assert now(workspace, "changes") == then("changes")


def test_the_versions_of_the_last_release_are_shown_as_it_showed_them(workspace: Path) -> None:
    assert now(workspace, "history", BRIDGE) == then("history")


def test_a_migrated_database_of_the_last_release_is_sound(workspace: Path) -> None:
    now(workspace, "changes")
    assert variorum("-C", workspace, "verify").exit_code == 0
