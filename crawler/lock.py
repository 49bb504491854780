"""Provides lock files for jobs of one process at a time. The kernel frees them however the process ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from variorum.crawler.errors import VariorumError

LOOK_AGAIN = 0.1
"""The seconds between two attempts to get a lock that another process has."""
BRIEFLY = 0.3
"""The seconds to wait for the lock of a process that is about to end."""


def run_lock(database: Path, site: str) -> Path:
    """The lock file of a site, for everything that writes its history: runs, imports, `reextract`."""
    return Path(f"{database}.{site}.lock")


def notify_lock(database: Path) -> Path:
    """The lock file of notifications. No site can have its name: none begins with a hyphen."""
    return Path(f"{database}-notify.lock")


def watch_lock(database: Path) -> Path:
    """The lock file of the daemon, one for each database."""
    return Path(f"{database}.lock")


@contextmanager
def held(path: Path, what: str, *, patience: float = BRIEFLY) -> Iterator[None]:
    """Hold the lock file inside the block, with the id of this process in it.

    Raises VariorumError if another process, whose id it names, still holds it after `patience` seconds, or if
    the file can't be written. Whoever only asks `is_held` is waited for, however slow it is. The file stays:
    if it were removed, two processes could each lock a file of that name.
    """
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise VariorumError(f"{what} can't start: {path}: {error.strerror}.") from error
    with file:
        give_up = time.monotonic() + patience
        while not _is_ours(file):
            if time.monotonic() >= give_up and not _is_only_looked_at(file):
                raise VariorumError(f"{what} runs already, as process {_holder(path)}: stop that one first.")
            time.sleep(LOOK_AGAIN)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def is_held(path: Path) -> bool:
    """Whether some process holds the lock file, according to the kernel: the id in the file may be reused."""
    try:
        file = path.open("r", encoding="ascii")
    except OSError:
        return False
    with file:
        return not _is_ours(file, fcntl.LOCK_SH)


def _is_ours(file: IO[str], how: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_only_looked_at(file: IO[str]) -> bool:
    """Whether nobody holds the lock but processes that ask `is_held`: these share it."""
    shared = _is_ours(file, fcntl.LOCK_SH)
    if shared:
        fcntl.flock(file, fcntl.LOCK_UN)
    return shared


def _holder(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() or "unknown"
