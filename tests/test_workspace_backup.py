"""The backup of a whole workspace: made on a schedule or by hand, and restored only where it is sound."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.command import VARIORUM, variorum, workspace
from tests.lived import lived
from variorum.crawler.config.backup import BackupPlan
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.export import workspace_backup
from variorum.crawler.export.workspace_backup import MANIFEST, backups
from variorum.crawler.lock import held, watch_lock
from variorum.crawler.runtime.backup_schedule import BackupSchedule, is_due
from variorum.crawler.times import now, parse

SITE = 'url = "https://riverside.example/"\nnotify = ["env:PRESS_MAIL"]\n'
PATIENCE = 300


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose database has lived. To be read only."""
    root = workspace(tmp_path_factory.mktemp("lived") / "home", riverside=SITE)
    (root / "sites" / "notes.txt").write_text("Ask before the weekend.")
    with lived(root / "variorum.db"):
        pass
    return root


@pytest.fixture
def root(lived_in: Path, tmp_path: Path) -> Path:
    """A copy of that workspace."""
    return Path(shutil.copytree(lived_in, tmp_path / "home"))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder for backups."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def plan(root: Path, kept: Path, **keys: object) -> None:
    """Set `[backup]` of a workspace."""
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in ({"folder": str(kept)} | keys).items()]
    (root / "variorum.toml").write_text('contact = "me@example.org"\n[backup]\n' + "".join(lines))


def backed_up(root: Path, kept: Path) -> Path:
    """A new backup, made by hand."""
    result = variorum("-C", root, "backup", "--into", kept, "--json")
    assert result.exit_code == 0, result.stderr
    return Path(json.loads(result.stdout)["path"])


def files(root: Path) -> dict[str, bytes]:
    return {str(one.relative_to(root)): one.read_bytes() for one in root.rglob("*") if one.is_file()}


def test_a_workspace_is_restored_whole_and_says_what_to_do_next(
    root: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRESS_MAIL", raising=False)
    changes = variorum("-C", root, "changes", "--json").stdout
    made = backed_up(root, kept)
    assert sorted(files(made)) == [
        MANIFEST, "sites/notes.txt", "sites/riverside.toml", "variorum.db", "variorum.toml",
    ]  # fmt: skip
    settings = {name: data for name, data in files(root).items() if not name.startswith("variorum.db")}
    shutil.rmtree(root)
    found = variorum("restore", made, tmp_path / "new")
    assert found.exit_code == 0, found.stderr
    assert f"{tmp_path / 'new'}: restored as of 20" in found.stdout
    assert "No fault found: " in found.stdout
    assert "PRESS_MAIL" in found.stderr
    assert f"variorum -C {tmp_path / 'new'} doctor" in found.stderr
    restored = files(tmp_path / "new")
    assert {name: restored[name] for name in settings} == settings
    assert set(restored) == {*settings, "variorum.db"}
    assert changes
    assert variorum("-C", tmp_path / "new", "changes", "--json").stdout == changes


def test_the_database_returns_to_where_the_settings_say(root: Path, kept: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    for place in ("data/press.db", str(tmp_path / "disk" / "press.db")):
        (root / "data").mkdir(exist_ok=True)
        database = root / place
        (root / "variorum.toml").write_text(f"database = {json.dumps(place)}\n")
        shutil.copy(root / "variorum.db", database)
        made = backed_up(root, kept)
        database.unlink()
        target = tmp_path / f"new-{len(place)}"
        assert variorum("restore", made, target).exit_code == 0
        assert (target / place).exists()
        assert not (target / "variorum.db").exists()
        shutil.rmtree(made)


@pytest.mark.parametrize("there", ["variorum.toml", "sites/mine.toml", "variorum.db", "variorum.db-wal"])
def test_nothing_is_overwritten(root: Path, kept: Path, tmp_path: Path, there: str) -> None:
    made = backed_up(root, kept)
    target = tmp_path / "new"
    (target / there).parent.mkdir(parents=True)
    (target / there).write_text("mine")
    result = variorum("restore", made, target)
    assert result.exit_code == 2
    assert f"it would overwrite {target / there}. Move it away" in result.stderr
    assert files(target) == {there: b"mine"}


def test_a_database_that_a_daemon_still_watches_is_not_restored_to(
    root: Path, kept: Path, tmp_path: Path
) -> None:
    made = backed_up(root, kept)
    (tmp_path / "new").mkdir()
    with held(watch_lock(tmp_path / "new" / "variorum.db"), "`variorum watch`"):
        result = variorum("restore", made, tmp_path / "new")
    assert (result.exit_code, "stop it first" in result.stderr) == (2, True)


def one_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "database": ("variorum.db is not as it was", lambda path: one_byte(path / "variorum.db")),
    "site": ("sites/riverside.toml is not as it was", lambda path: one_byte(path / "sites/riverside.toml")),
    "missing": ("variorum.toml is missing", lambda path: (path / "variorum.toml").unlink()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_named_and_not_restored(
    root: Path, kept: Path, tmp_path: Path, damage: str
) -> None:
    made = backed_up(root, kept)
    message, do = DAMAGES[damage]
    do(made)
    result = variorum("restore", made, tmp_path / "new")
    assert (result.exit_code, message in result.stderr) == (1, True), result.stderr
    assert files(tmp_path / "new") == {}


def manifest(made: Path, **other: object) -> None:
    """Rewrite the manifest of a backup with other values."""
    path = made / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | other))


def test_a_text_that_was_altered_with_its_digest_is_found_by_the_seals(
    root: Path, kept: Path, tmp_path: Path
) -> None:
    made = backed_up(root, kept)
    with closing(sqlite3.connect(made / "variorum.db")) as conn, conn:
        conn.execute("PRAGMA journal_mode = DELETE")
        conn.execute("UPDATE versions SET title = 'Another title' WHERE id = 1")
    data = (made / "variorum.db").read_bytes()
    described = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest(made, files=json.loads((made / MANIFEST).read_text())["files"] | {"variorum.db": described})
    result = variorum("restore", made, tmp_path / "new")
    assert (result.exit_code, "`variorum verify` finds" in result.stderr) == (1, True), result.stderr
    assert files(tmp_path / "new") == {}


def test_a_path_out_of_the_backup_is_refused(root: Path, kept: Path, tmp_path: Path) -> None:
    made = backed_up(root, kept)
    for name in ("../../escaped", "/tmp/escaped"):
        manifest(made, files={name: {"bytes": 1, "sha256": ""}})
        result = variorum("restore", made, tmp_path / "new")
        assert (result.exit_code, "outside of the backup" in result.stderr) == (2, True)


def test_what_is_no_backup_is_said_to_be_none(root: Path, kept: Path) -> None:
    made = backed_up(root, kept)
    assert f"name one of them, like {made.name}" in variorum("restore", kept).stderr
    assert "the database alone" in variorum("restore", root / "variorum.db").stderr
    (made / MANIFEST).write_text("{")
    result = variorum("restore", made)
    assert (result.exit_code, "Use another backup" in result.stderr) == (2, True)
    assert backups(kept, root, now()) == []


def test_without_a_folder_for_backups_it_says_where_to_name_one(root: Path, tmp_path: Path) -> None:
    result = variorum("-C", root, "backup")
    assert (result.exit_code, "[backup] of variorum.toml" in result.stderr) == (2, True)
    result = variorum("-C", root, "backup", "--into", tmp_path / "unmounted")
    assert (result.exit_code, "mount its disk" in result.stderr) == (2, True)
    assert variorum("-C", root, "backup", "a.db", "--into", tmp_path).exit_code == 2


def test_so_many_backups_are_kept_as_the_settings_say_and_no_other_is_touched(
    root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(root, kept, keep=2)
    other = workspace(root.parent / "other")
    shutil.copy(root / "variorum.db", other / "variorum.db")
    began = now()
    monkeypatch.setattr("variorum.crawler.cli.maintenance.now", lambda: began - timedelta(days=9))
    others = backed_up(other, kept)
    for days in (4, 3, 2, 1):
        monkeypatch.setattr("variorum.crawler.cli.maintenance.now", lambda days=days: began - timedelta(days))
        assert variorum("-C", root, "backup").exit_code == 0
    left = [one.made_at for one in backups(kept, root, now())]
    assert left == [parse(workspace_backup.iso(began - timedelta(days))) for days in (1, 2)]
    assert others.is_dir()
    assert len([one for one in kept.iterdir() if one.is_dir()]) == 3


def test_a_backup_of_a_clock_that_was_ahead_counts_for_nothing_and_is_kept(
    root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(root, kept, keep=1)
    with monkeypatch.context() as patch:
        patch.setattr("variorum.crawler.cli.maintenance.now", lambda: now() + timedelta(days=3650))
        ahead = backed_up(root, kept)
    assert is_due(load_workspace(root), now())
    assert "there is no backup in" in variorum("-C", root, "doctor").stdout
    assert variorum("-C", root, "backup").exit_code == 0
    (made,) = backups(kept, root, now())
    assert made.path.is_dir()
    assert ahead.is_dir()
    assert not is_due(load_workspace(root), now())


SLOWLY = """
import sys, time
import variorum.crawler.export.workspace_backup as made
copy = made.copy
def slowly(*given):
    copy(*given)
    print("copied", flush=True)
    time.sleep(600)
made.copy = slowly
from variorum.crawler.cli.__main__ import main
main(sys.argv[1:])
"""


def test_what_a_killed_backup_leaves_is_no_backup_and_the_next_one_removes_it(root: Path, kept: Path) -> None:
    command = [sys.executable, "-c", SLOWLY, "-C", str(root), "backup", "--into", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "copied\n"
        second = variorum("-C", root, "backup", "--into", kept)
        assert (second.exit_code, "runs already" in second.stderr) == (1, True)
        process.kill()
    [draft] = [one for one in kept.iterdir() if one.is_dir()]
    assert draft.name.endswith(".draft")
    assert backups(kept, root, now()) == []
    made = backed_up(root, kept)
    assert [one for one in kept.iterdir() if one.is_dir()] == [made]


# ---- on a schedule


NIGHTLY = BackupPlan("x", at="03:00", timezone="Europe/Tirane")


@pytest.mark.parametrize(
    ("of", "last", "at", "due"),
    [
        (NIGHTLY, None, "2026-03-01T12:00", True),
        (NIGHTLY, "2026-03-01T02:00:30", "2026-03-02T01:59:59", False),
        (NIGHTLY, "2026-03-01T02:00:30", "2026-03-02T02:00", True),
        (NIGHTLY, "2026-02-20T02:00:30", "2026-03-01T12:00", True),
        (NIGHTLY, "2026-03-28T02:00:30", "2026-03-29T00:59", False),  # clocks are put forward that night
        (NIGHTLY, "2026-03-28T02:00:30", "2026-03-29T01:00", True),
        (BackupPlan("x"), "2026-03-01T03:00", "2026-03-02T02:59", False),
        (BackupPlan("x"), "2026-03-01T03:00", "2026-03-02T03:01", True),
        (BackupPlan("x", every="12h"), "2026-03-01T03:00", "2026-03-01T14:59", False),
        (BackupPlan("x", every="12h"), "2026-03-01T03:00", "2026-03-01T15:00", True),
    ],
)
def test_a_backup_is_due_at_its_hour_and_once(of: BackupPlan, last: str | None, at: str, due: bool) -> None:
    made: datetime | None = parse(last) if last else None
    assert of.is_due(made, parse(at)) is due


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"at": "03:00", "every": "1d"}, "exclude each other"),
        ({"at": "25:00"}, "backup.at"),
        ({"keep": 0}, "backup.keep"),
        ({"folder": ""}, "backup.folder"),
        ({"every": "often"}, "backup.every"),
    ],
)
def test_a_fault_in_the_settings_is_named(
    root: Path, kept: Path, keys: dict[str, object], fault: str
) -> None:
    plan(root, kept, **keys)
    result = variorum("-C", root, "status")
    assert (result.exit_code, fault in result.stderr) == (2, True), result.stderr


def test_the_daemon_makes_a_backup_that_can_be_restored(root: Path, kept: Path, tmp_path: Path) -> None:
    (root / "sites" / "riverside.toml").write_text('url = "https://riverside.example/"\npaused = true\n')
    plan(root, kept, every="1h")
    with subprocess.Popen([*VARIORUM, "-C", str(root), "watch"], stderr=subprocess.PIPE, text=True) as daemon:
        deadline = time.monotonic() + PATIENCE
        while not (made := backups(kept, root, now())):
            assert time.monotonic() < deadline
            assert daemon.poll() is None
            time.sleep(0.1)
        assert daemon.stderr
        while "backed up: " not in (line := daemon.stderr.readline()):
            assert line
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=PATIENCE)
    assert variorum("restore", made[0].path, tmp_path / "new").exit_code == 0
    assert not is_due(load_workspace(root), now())


def test_a_backup_that_fails_is_logged_tried_again_after_an_hour_and_known_to_the_doctor(
    root: Path, kept: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(root, kept / "unmounted")
    schedule, began = BackupSchedule(load_workspace(root)), now()
    for minutes, failures in ((0, 1), (1, 1), (59, 1), (60, 2)):
        moment = began + timedelta(minutes=minutes)
        monkeypatch.setattr("variorum.crawler.times.now", lambda moment=moment: moment)
        with caplog.at_level(logging.INFO):
            asyncio.run(schedule.tick())
        assert caplog.text.count("the backup failed") == failures
    assert "mount its disk" in caplog.text
    assert "unmounted, the folder for backups, is not there" in variorum("-C", root, "doctor").stdout


def test_the_doctor_knows_of_a_backup_that_is_too_old(
    root: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(root, kept)
    assert "there is no backup in" in variorum("-C", root, "doctor").stdout
    long_ago = now() - timedelta(days=3)
    with monkeypatch.context() as patch:
        patch.setattr("variorum.crawler.cli.maintenance.now", lambda: long_ago)
        assert variorum("-C", root, "backup").exit_code == 0
    assert "is too old" in variorum("-C", root, "doctor").stdout
    assert variorum("-C", root, "backup").exit_code == 0
    assert "2 kept" in variorum("-C", root, "doctor").stdout
