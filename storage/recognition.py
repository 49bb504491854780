"""Finds out whose database a file is before anything is changed, and reads it without leaving a trace.

The header of an SQLite file has two numbers for programs: `application_id` names the program, `user_version`
is its own. They are read from the bytes of the file. Only a file without an `application_id` is opened: its
tables show whether it is a Variorum database of the time before the mark.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import struct
import threading
from contextlib import closing
from pathlib import Path

from variorum.storage.errors import ForeignDatabase, NewerSchema, StoreError

APPLICATION_ID = 0x5641524D
"""`VARM`: the file is a Variorum database."""
FORMAT = 1
"""The version of the file format, as `user_version`; a program refuses those that it does not know."""

_MAGIC = b"SQLite format 3\0"
_HEADER = 100  # bytes
_OURS = {"_sqlite_migrations", "sites", "pages", "captures"}
"""Tables that every Variorum database has had from the beginning."""

_recognized: set[tuple[Path, int, int]] = set()
"""Path, device and inode of the databases that this process has open, or had open.

Reading such a file besides SQLite does harm: as soon as a process closes a file, POSIX drops all locks that
the process has on it, SQLite's too. Another process would then believe to be the last one and delete the log
beside the database, and later writes of this process would be lost.
"""
_looking = threading.Lock()


def refuse_foreign(path: Path) -> None:
    """Do nothing if there is no database yet, or if it is a Variorum database.

    Raises ForeignDatabase if it belongs to another program, NewerSchema if its format is newer, StoreError if
    the file can't be read. The file and its folder stay as they are.
    """
    with _looking:
        _refuse_foreign(path)


def remember(path: Path) -> None:
    """Remember that this process has the database open: from now on, only SQLite reads its file."""
    if identity := _identity(path):
        _recognized.add(identity)


def _identity(path: Path) -> tuple[Path, int, int] | None:
    try:
        real = path.resolve()
        found = real.stat()
    except OSError:
        return None
    return real, found.st_dev, found.st_ino


def _refuse_foreign(path: Path) -> None:
    mark = _mark(path)
    if mark is None:
        return
    application, generation = mark
    if application not in (0, APPLICATION_ID):
        raise _foreign(path, f"its application_id is {application}")
    if application == 0:
        with closing(connect_quietly(path)) as conn:
            _refuse_unmarked(conn, path, generation)
    elif generation > FORMAT:
        raise NewerSchema(
            f"{path}: written by a newer Variorum (format {generation}; this one knows {FORMAT}); "
            "nothing was changed. Install that version or newer, or name another database in variorum.toml."
        )


def may_write(path: Path) -> bool:
    """Whether this user may write to the database, and create the files that SQLite needs beside it."""
    real = path.resolve()
    return os.access(real, os.R_OK | os.W_OK) and os.access(real.parent, os.W_OK | os.X_OK)


def connect_quietly(path: Path) -> sqlite3.Connection:
    """A connection that only reads: it changes no byte of the database and leaves no file beside it.

    It also reads what a crawl, finished or killed, has written to the log beside the database.
    """
    real = path.resolve()
    log, shared = Path(f"{real}-wal"), Path(f"{real}-shm")
    if log.exists() and shared.exists():
        return _connect(real, "mode=ro")  # someone writes to it, or has been killed: SQLite tells which
    if log.exists() and log.stat().st_size:
        # Nobody has it open, so that no lock is needed; and the index of the log is made in memory.
        conn = _connect(real, "mode=ro&vfs=unix-none")
        conn.execute("PRAGMA locking_mode = EXCLUSIVE")
        return conn
    return _connect(real, "immutable=1")


def _connect(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?{how}", uri=True)


def _mark(path: Path) -> tuple[int, int] | None:
    """`application_id` and `user_version` of an SQLite file; None for any other file, or for none."""
    try:
        if _identity(path) in _recognized:
            return _mark_by_sqlite(path)
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        todo = "Ask its owner for permission to read it, or name another file in variorum.toml."
        raise StoreError(f"{path}: {error.strerror}. {todo}") from error
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        return None
    generation, application = struct.unpack_from(">i4xi", header, 60)
    return application, generation


def _refuse_unmarked(conn: sqlite3.Connection, path: Path, generation: int) -> None:
    names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    if not names and not generation:
        return  # nothing is in it
    if (
        not names >= _OURS
        or not conn.execute("SELECT 1 FROM _sqlite_migrations WHERE migration_set = 'variorum'").fetchone()
    ):
        held = ", ".join(sorted(names)[:3]) or "nothing"
        raise _foreign(path, f"it holds {held}{' ...' if len(names) > 3 else ''}")  # noqa: PLR2004


def _foreign(path: Path, sign: str) -> ForeignDatabase:
    return ForeignDatabase(
        f"{path}: a database of another program ({sign}); nothing in it was read or changed. "
        "Name another file as `database` in variorum.toml."
    )


def _mark_by_sqlite(path: Path) -> tuple[int, int]:
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with closing(connect_quietly(path)) as conn:
        (application,) = conn.execute("PRAGMA application_id").fetchone()
        (generation,) = conn.execute("PRAGMA user_version").fetchone()
        return application, generation
