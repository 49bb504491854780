"""The lock that lets one process at a time work, tried with real processes."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.command import objects, variorum, workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.lock import BRIEFLY, held, is_held, notify_lock, run_lock
from variorum.storage.store import Store

HOLDER = """
import sys
from pathlib import Path
from variorum.crawler.lock import held
with held(Path(sys.argv[1]), "the first"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_and_told_the_number_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db.lock"
    with (
        holder(path) as process,
        pytest.raises(VariorumError, match=f"the second runs already, as process {process.pid}:") as raised,
        held(path, "the second"),
    ):
        pass
    assert not isinstance(raised.value, Misuse)


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db.lock"
    with holder(path) as process:
        process.kill()
        process.wait()
        with held(path, "the second"):
            assert path.read_text() != str(process.pid)


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db.lock"
    with held(path, "the first"):
        pass
    with held(path, "the second"):
        pass


def test_a_lock_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "variorum.db.lock"
    with pytest.raises(VariorumError, match=f"can't start: {path}"), held(path, "the daemon"):
        pass


def test_whether_a_lock_is_held_is_known_from_the_kernel_and_not_from_the_number_in_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "variorum.db.press.lock"
    assert not is_held(path)
    path.write_text(str(os.getpid()))  # as after a restart of the container, where numbers begin anew
    assert not is_held(path)
    with holder(path):
        assert is_held(path)
    assert not is_held(path)


def test_somebody_who_only_looks_keeps_nobody_from_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db.press.lock"
    path.touch()
    looker = path.open()
    fcntl.flock(looker, fcntl.LOCK_SH)
    threading.Timer(2 * BRIEFLY, looker.close).start()  # so slow is the machine
    with held(path, "a run"):
        assert is_held(path)


def test_a_site_called_notify_is_crawled_while_news_are_sent(tmp_path: Path) -> None:
    database = tmp_path / "variorum.db"
    with held(notify_lock(database), "the notifier"), held(run_lock(database, "notify"), "a run of notify"):
        pass


def test_a_killed_run_is_interrupted_also_where_its_process_number_lives_again(tmp_path: Path) -> None:
    root = workspace(tmp_path, press='url = "https://ormhead.example/"\n')
    with closing(Store.open(root / "variorum.db")) as store:
        store.enrol("press", "https://ormhead.example/")
        store.begin_run("press", "2026-03-01T06:00:00Z")
    lock = run_lock(root / "variorum.db", "press")
    lock.write_text(str(os.getpid()))
    assert state(root) == "interrupted"
    with holder(lock):
        assert state(root) == "running"


def state(root: Path) -> str:
    """What `variorum status` says of the one site."""
    [found] = objects("-C", root, "status")
    return str(found["sites"][0]["state"])


@pytest.mark.parametrize("source", ["warc", "dumps", "wayback"])
def test_an_import_waits_for_the_end_of_a_run_of_its_site(tmp_path: Path, source: str) -> None:
    root = workspace(tmp_path, press='url = "https://ormhead.example/"\n', other='url = "https://b.example/"')
    file = tmp_path / "home-2018-02.txt"
    file.write_text("The bridge at Ormhead\n\nIt was opened in 1887, and it still stands.\n")
    what: dict[str, list[str | Path]] = {
        "warc": [file],
        "dumps": [file],
        "wayback": ["https://ormhead.example/", "--endpoint", "http://127.0.0.1:9"],
    }
    with held(run_lock(root / "variorum.db", "press"), "a run"):
        result = variorum("-C", root, "import", source, *what[source], "--site", "press")
    assert result.exit_code == 1
    assert f"a run of press runs already, as process {os.getpid()}: stop that one first" in result.stderr
    assert not (root / "variorum.db").exists()
