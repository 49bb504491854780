"""The lock that lets one process at a time work, tried with real processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.errors import Misuse, VariorumError
from crawler.running.lock import held

HOLDER = """
import sys
from pathlib import Path
from crawler.running.lock import held
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
