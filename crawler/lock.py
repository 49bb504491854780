"""One process at a time. The lock is the kernel's, so it ends with the process, however that ended."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import VariorumError


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """While inside, this process alone holds the lock file, which names it by its number.

    Raises VariorumError where another process holds it, with that one's number, or where the file can't be
    written. The file stays behind: if it were removed, two processes could each lock a file of that name.
    """
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise VariorumError(f"{what} can't start: {path}: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise VariorumError(
                f"{what} runs already, as process {_holder(path)}: stop that one first."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _holder(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() or "unknown"
