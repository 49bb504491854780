"""One process at a time. The lock is the kernel's, so it ends with the process, however that ended."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from crawler.errors import VariorumError

LOOK_AGAIN = 0.1
"""Seconds between two looks at a lock that somebody else has."""


@contextmanager
def held(path: Path, what: str, *, patience: float = 0) -> Iterator[None]:
    """While inside, this process alone holds the lock file, which names it by its number.

    Raises VariorumError where another process still holds it after `patience` seconds, with that one's
    number, or where the file can't be written. The file stays behind: if it were removed, two processes could
    each lock a file of that name.
    """
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise VariorumError(f"{what} can't start: {path}: {error.strerror}.") from error
    with file:
        give_up = time.monotonic() + patience
        while not _is_ours(file):
            if time.monotonic() >= give_up:
                raise VariorumError(f"{what} runs already, as process {_holder(path)}: stop that one first.")
            time.sleep(LOOK_AGAIN)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _is_ours(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() or "unknown"
