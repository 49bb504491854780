"""A command run by somebody who may only read: root, whom no permission stops, becomes `nobody` for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from tests.command import variorum

NOBODY = 65534
TIMEOUT = 60


@contextmanager
def open_to_all() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own may be entered by one."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def as_nobody(*words: object) -> tuple[int, str, str]:
    """Exit code, output and errors of the command, in a process that may write to nothing of ours.

    Run the command once before: what it imports may be out of that user's reach.
    """
    forks = get_context("fork")
    ours, theirs = forks.Pipe()
    child = forks.Process(target=_run, args=(words, theirs), daemon=True)
    child.start()
    theirs.close()
    assert ours.poll(TIMEOUT), "the command did not end"
    found: tuple[int, str, str] = ours.recv()
    child.join(TIMEOUT)
    return found


def read_only(root: Path) -> None:
    """Take the leave to write away from everybody, of all that is in the folder."""
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def writable(root: Path) -> None:
    """Give it back to the owner."""
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def _run(words: tuple[object, ...], results: Connection) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    result = variorum(*words)
    results.send((result.exit_code, result.stdout, result.stderr))
