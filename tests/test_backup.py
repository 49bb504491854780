"""`variorum backup`: a whole, sound copy of one moment, or none; whatever goes on meanwhile."""

from __future__ import annotations

import contextlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import VARIORUM, in_terminal, variorum, workspace
from tests.lived import lived
from tests.tracked import HOME
from variorum.storage.maintenance import backup
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader
from variorum.storage.store import Store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose database has lived."""
    workspace(tmp_path / "home")
    with lived(tmp_path / "home" / "variorum.db"):
        pass
    return tmp_path / "home"


def content(path: Path) -> list[str]:
    """All that a database holds, as SQL."""
    with contextlib.closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [line for line in conn.iterdump() if "versions_fts" not in line]


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_a_backup_holds_all_and_is_as_sound_as_the_store(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "backups" / "monday.db"
    copy.parent.mkdir()
    result = variorum("-C", root, "backup", copy)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{copy}: ")
    assert beside(copy) == ["monday.db"]
    assert content(copy) == content(root / "variorum.db")
    with contextlib.closing(Reader.open(copy)) as reader:
        assert verify(reader).faults == []


def test_a_store_is_restored_by_putting_the_copy_in_its_place(root: Path, tmp_path: Path) -> None:
    before = variorum("-C", root, "changes", "--json").stdout
    variorum("-C", root, "backup", tmp_path / "copy.db")
    with contextlib.closing(sqlite3.connect(root / "variorum.db")) as conn, conn:
        conn.execute("UPDATE versions SET text = ''")
    assert variorum("-C", root, "verify").exit_code == 1
    for name in ("variorum.db-wal", "variorum.db-shm"):
        (root / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "copy.db", root / "variorum.db")
    assert variorum("-C", root, "verify").exit_code == 0
    assert variorum("-C", root, "changes", "--json").stdout == before
    with contextlib.closing(Store.open(root / "variorum.db")) as store:
        assert store.db.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_backup_is_of_one_moment_while_others_write(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "STEP", 1)
    before, steps = content(root / "variorum.db"), 0
    copy = tmp_path / "copy.db"
    copy.touch()
    with (
        contextlib.closing(Store.open(root / "variorum.db")) as store,
        contextlib.closing(Reader.open(root / "variorum.db")) as reader,
    ):

        def write() -> None:
            nonlocal steps
            steps += 1
            store.enrol(f"site{steps}", f"{HOME}/{steps}/")

        backup.copy(reader, copy, write)
    assert steps > 20
    assert content(copy) == before
    assert len(content(root / "variorum.db")) >= len(before) + steps - 1


def test_a_file_that_exists_is_replaced_only_where_that_is_said(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("last year's")
    result = variorum("-C", root, "backup", copy)
    assert (result.exit_code, copy.read_text()) == (2, "last year's")
    assert (
        result.stderr == f"variorum: {copy} exists already; name another file, or replace it with --force\n"
    )
    assert variorum("-C", root, "backup", copy, "--force").exit_code == 0
    assert content(copy) == content(root / "variorum.db")


def test_the_database_itself_is_never_written_over(root: Path, tmp_path: Path) -> None:
    before = content(root / "variorum.db")
    (tmp_path / "link.db").symlink_to(root / "variorum.db")
    for path in (root / "variorum.db", tmp_path / "link.db"):
        result = variorum("-C", root, "backup", path, "--force")
        assert (result.exit_code, result.stderr) == (
            2,
            f"variorum: {path}: this is the database itself; name a file\n",
        )
    assert variorum("-C", root, "backup", tmp_path, "--force").exit_code == 2
    assert content(root / "variorum.db") == before


def test_a_folder_that_is_not_there_is_named(root: Path, tmp_path: Path) -> None:
    result = variorum("-C", root, "backup", tmp_path / "missing" / "copy.db")
    assert result.exit_code == 1
    assert "missing" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_database_that_is_broken_makes_no_copy(root: Path, tmp_path: Path) -> None:
    path = root / "variorum.db"
    with contextlib.closing(sqlite3.connect(path)) as conn:
        root_page = "SELECT rootpage FROM sqlite_master WHERE name = 'captures_of_run'"
        [at] = conn.execute(root_page).fetchone()
    with path.open("r+b") as file:
        file.seek((at - 1) * 4096)
        file.write(b"\7" * 4096)
    result = variorum("-C", root, "backup", tmp_path / "copy.db")
    assert result.exit_code == 1
    assert "the copy is not sound, and nor is the database" in result.stderr
    assert "`variorum verify`" in result.stderr
    assert beside(tmp_path / "copy.db") == ["home"]


def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing(root: Path, tmp_path: Path) -> None:
    before = content(root / "variorum.db")

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    command = [*VARIORUM, "-C", str(root), "backup", str(tmp_path / "copy.db")]
    done = subprocess.run(command, preexec_fn=little_room, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("variorum: the copy can't be written: ")
    assert "make room on its disk" in done.stderr
    assert done.stderr.count("\n") == 1
    assert beside(tmp_path / "copy.db") == ["home"]
    assert content(root / "variorum.db") == before


SLOWLY = """
import sys, time
from variorum.storage.maintenance import backup
from variorum.crawler.cli.__main__ import main
backup.STEP = 1
copy = backup.copy
def slowly(reader, into, step):
    copy(reader, into, lambda: (print("step", flush=True), time.sleep(0.05)))
import variorum.crawler.cli.maintenance as upkeep
upkeep.copy = slowly
main(sys.argv[1:])
"""


def test_a_kill_in_the_middle_leaves_nothing_of_that_name(root: Path, tmp_path: Path) -> None:
    before = content(root / "variorum.db")
    command = [sys.executable, "-c", SLOWLY, "-C", str(root), "backup", str(tmp_path / "copy.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for _ in range(3):
            assert process.stdout.readline() == "step\n"
        process.kill()
    assert not (tmp_path / "copy.db").exists()
    assert content(root / "variorum.db") == before
    assert variorum("-C", root, "backup", tmp_path / "copy.db").exit_code == 0
    assert content(tmp_path / "copy.db") == before


def test_progress_shows_on_a_terminal(root: Path, tmp_path: Path) -> None:
    shown = in_terminal("-C", root, "backup", tmp_path / "copy.db")
    assert "MB copied" in shown
