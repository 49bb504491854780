"""A file system that is really full: each command says so in one sentence, and what was stored is sound.

Each story ends in SQLite's own check of the file, in `verify`, and in a comparison with what should be there.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.command import VARIORUM, variorum, workspace
from tests.lived import lived
from tests.local_site import LocalSite
from tests.small_disk import SmallDisk, small_disk
from tests.test_faults import PATHS, assert_holds_what_was_served, crawl, database, letters
from tests.test_prune import holdings
from tests.test_prune import prune as prune_all
from variorum.storage.maintenance.pruning import Pruning
from variorum.storage.maintenance.retention import RetentionLimits
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader

LATER = "2027-01-01T00:00:00Z"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", megabytes=6) as disk:
        yield disk


@pytest.fixture
def home(disk: SmallDisk) -> Path:
    """A workspace on that disk, whose database has lived."""
    root = workspace(disk.root / "home")
    with lived(root / "variorum.db"):
        pass
    return root


def assert_one_sentence(done: Result, *phrases: str) -> None:
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("variorum: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert all(one in done.stderr for one in phrases), done.stderr


def assert_sound(path: Path) -> None:
    with contextlib.closing(Reader.open(path)) as reader:
        assert reader.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert verify(reader).faults == []


def content(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as conn:
        return [line for line in conn.iterdump() if "versions_fts" not in line]


@pytest.mark.parametrize("room", [0, 300_000, 900_000])
def test_a_crawl_says_so_and_the_next_one_with_room_goes_on(
    disk: SmallDisk, local_site: LocalSite, room: int
) -> None:
    quick = letters(local_site, disk.root / "home")
    disk.fill(leaving=room)
    report = crawl(quick)
    assert report.failed
    assert "\n" not in report.trouble
    disk.clear()
    assert sum(bool(quick.pages().get(path) and quick.versions(path)) for path in PATHS) < len(PATHS)
    quick.crawl()
    assert_holds_what_was_served(quick)
    assert_sound(database(quick))
    assert quick.issues() == []


@pytest.mark.parametrize("room", [0, 60_000])
def test_a_prune_says_so_and_ends_its_work_when_there_is_room(
    disk: SmallDisk, home: Path, tmp_path: Path, room: int
) -> None:
    path, whole = home / "variorum.db", tmp_path / "whole.db"
    shutil.copy(path, whole)
    prune_all(whole, RetentionLimits(LATER, LATER))
    disk.fill(leaving=room)
    words = ("-C", home, "prune", "--captures", "1d", "--bodies", "1d")
    assert_one_sentence(variorum(*words), "ake room on its disk")
    disk.clear()
    assert_sound(path)
    assert variorum(*words).exit_code == 0
    assert_sound(path)
    assert holdings(path) == holdings(whole)


def test_a_vacuum_without_room_leaves_the_file_as_it_was(disk: SmallDisk, home: Path) -> None:
    path = home / "variorum.db"
    before = content(path)
    disk.fill(leaving=100_000)
    with (
        contextlib.closing(Pruning.open(path)) as store,
        pytest.raises(Exception, match="make room on its disk"),
    ):
        store.vacuum()
    disk.clear()
    assert content(path) == before
    assert_sound(path)


@pytest.mark.parametrize("room", [0, 100_000])
def test_a_backup_says_so_and_leaves_nothing(disk: SmallDisk, home: Path, room: int) -> None:
    before = content(home / "variorum.db")
    (disk.root / "backups").mkdir()
    variorum("-C", home, "status")  # SQLite's own files beside the database are there
    disk.fill(leaving=room)
    done = variorum("-C", home, "backup", disk.root / "backups" / "copy.db")
    assert_one_sentence(done, "ake room on its disk")
    assert list((disk.root / "backups").iterdir()) == []
    disk.clear()
    assert content(home / "variorum.db") == before
    assert variorum("-C", home, "backup", disk.root / "backups" / "copy.db").exit_code == 0
    assert content(disk.root / "backups" / "copy.db") == before
    assert_sound(disk.root / "backups" / "copy.db")


@pytest.mark.parametrize("room", [0, 12_000])
def test_evidence_says_so_and_leaves_nothing(disk: SmallDisk, tmp_path: Path, room: int) -> None:
    root = workspace(tmp_path / "home")
    with lived(root / "variorum.db"):
        pass
    before = content(root / "variorum.db")
    disk.fill(leaving=room)
    done = variorum("-C", root, "evidence", 1, "-o", disk.root / "evidence")
    assert_one_sentence(done, "make room on its disk", str(disk.root / "evidence"))
    assert [path.name for path in disk.root.iterdir()] == ["ballast"]
    disk.clear()
    assert variorum("-C", root, "evidence", 1, "-o", disk.root / "evidence").exit_code == 0
    assert content(root / "variorum.db") == before
    assert_sound(root / "variorum.db")


def test_an_export_says_so_and_leaves_nothing(disk: SmallDisk, tmp_path: Path) -> None:
    root = workspace(tmp_path / "home")
    with lived(root / "variorum.db"):
        pass
    disk.fill(leaving=0)
    command = [*VARIORUM, "-C", str(root), "export", "-o", str(disk.root / "all.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("variorum: ")
    assert "make room on its disk" in done.stderr
    assert str(disk.root / "all.jsonl") in done.stderr
    assert [path.name for path in disk.root.iterdir()] == ["ballast"]
