"""Opens the database and writes to it.

Two rules are kept here. A file whose schema this program does not know is refused before anything in it is
changed. And every writer takes the write lock at once (BEGIN IMMEDIATE): a transaction that reads first and
writes later fails without waiting as soon as another process has written in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from variorum.storage import recognition
from variorum.storage.errors import NewerSchema, StoreError
from variorum.storage.library import Database
from variorum.storage.migrations import migrations

BUSY_SECONDS = 60
MOST_RETURNED = 5_000
"""Pages of 4 kB that are returned to the disk at once, while the write lock is held."""

_REMEDIES = {
    sqlite3.SQLITE_BUSY: "end the process that is writing to it",
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "make room on its disk, or see whether that is broken",
    sqlite3.SQLITE_READONLY: "make the file and its folder writable",
}
"""What to do when SQLite refuses a write. Any other refusal is a bug, and is raised as it is."""
_UNKNOWN = "Is this file a Variorum database, and is its folder writable?"


def open_database(path: Path) -> Database:
    """Open the database at `path`; create or migrate it if needed.

    Raises NewerSchema if a newer Variorum wrote it, ForeignDatabase if it belongs to another program,
    StoreError if the file is no database or can't be opened.
    """
    with _failures_in_words(path):
        recognition.refuse_foreign(path)
        conn = sqlite3.connect(path, timeout=BUSY_SECONDS)
        with _closing_on_failure(conn):
            db = _ready(conn, path)
        recognition.remember(path)
        return db


def open_for_reading(path: Path) -> Database:
    """Open the database at `path` for reading only; a crawl may go on meanwhile.

    Permission to read the file is enough. Raises StoreError if there is no database yet, and what
    `open_database` raises.
    """
    with _failures_in_words(path):
        recognition.refuse_foreign(path)
        if not path.exists():
            raise StoreError(f"{path}: nothing is stored here yet. Run `variorum crawl` first.")
        db = open_database(path) if recognition.may_write(path) else _open_as_it_is(path)
        db.conn.execute("PRAGMA query_only = ON")
        return db


def _open_as_it_is(path: Path) -> Database:
    """Open a database of which this user may only read the file."""
    conn = recognition.connect_quietly(path)
    recognition.remember(path)
    with _closing_on_failure(conn):
        db = Database(conn)
        _refuse_newer(db, path)
        if migrations.pending(db):
            raise StoreError(
                f"{path}: written by an older Variorum, and this user may not bring it up to date. "
                "Run `variorum status` once as a user who may write to the file and its folder."
            )
        return db


@contextmanager
def _failures_in_words(path: Path) -> Iterator[None]:
    """Raise StoreError, with what to do, if SQLite can't open the file."""
    try:
        yield
    except sqlite3.Error as error:
        remedy = _remedy(error)
        todo = f"{remedy[0].upper()}{remedy[1:]}, and try again." if remedy else _UNKNOWN
        raise StoreError(f"{path}: {error}. {todo}") from error


@contextmanager
def _closing_on_failure(conn: sqlite3.Connection) -> Iterator[None]:
    """Close the connection on an error: an open connection leaves files of its own beside the database."""
    try:
        yield
    except BaseException:
        conn.close()
        raise


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """A transaction that holds the write lock from its start; it stores everything or nothing.

    Inside another transaction it is a part of that one. Raises StoreError if the disk is full or broken, or
    if the lock is not free within `BUSY_SECONDS`.
    """
    if db.conn.in_transaction:
        with _part(db.conn):
            yield
        return
    with refusals_in_words("the database"):
        try:
            db.conn.execute("BEGIN IMMEDIATE")
            yield
            db.conn.commit()
        except BaseException:
            db.conn.rollback()
            raise


def return_space(db: Database) -> None:
    """Return the pages of the file that nothing uses to the disk, `MOST_RETURNED` at once.

    A file that was made by an older Variorum keeps them, until `prune --vacuum` has rewritten it. Where the
    disk is full or the lock is taken, they are left for the next time.
    """
    with suppress(sqlite3.OperationalError):
        # As a script: any other call of it ends after the first page.
        db.conn.executescript(f"PRAGMA incremental_vacuum({MOST_RETURNED})")


@contextmanager
def _part(conn: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction: if it raises, what it wrote is undone, and nothing else.

    Parts of parts have the same name, which to SQLite means the innermost, so that each statement is compiled
    once for all.
    """
    conn.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if conn.in_transaction:  # a full disk may have ended all of it
            conn.execute("ROLLBACK TO part")
            conn.execute("RELEASE part")
        raise
    conn.execute("RELEASE part")


@contextmanager
def refusals_in_words(what: str) -> Iterator[None]:
    """Raise StoreError, with what to do, if `what` can't be written because the disk is full or the lock
    is taken."""
    try:
        yield
    except sqlite3.OperationalError as error:
        remedy = _remedy(error)
        if remedy is None:
            raise
        raise StoreError(
            f"{what} can't be written: {error}. What was stored before is sound; {remedy}, and go on."
        ) from error


def _remedy(error: sqlite3.Error) -> str | None:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return _REMEDIES.get(code & 0xFF)  # the rest of it tells the kind of I/O


def _ready(conn: sqlite3.Connection, path: Path) -> Database:
    db = Database(conn)
    _refuse_newer(db, path)
    if migrations.pending(db):
        _prepare(db)
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("PRAGMA synchronous = FULL")  # NORMAL may lose the last commits in a power cut
    return db


def _refuse_newer(db: Database, path: Path) -> None:
    if newer := migrations.applied(db) - migrations.steps.keys():
        raise NewerSchema(
            f"{path}: written by a newer Variorum (it has {', '.join(sorted(newer))}); nothing was changed. "
            "Install that version or newer, or name another database in variorum.toml."
        )


def _prepare(db: Database) -> None:
    db.conn.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a new file only; see return_space
    # Our mark first: whoever opens the file meanwhile knows it for ours.
    db.conn.execute(f"PRAGMA application_id = {recognition.APPLICATION_ID}")
    db.conn.execute("PRAGMA journal_mode = WAL")
    with writing(db):
        migrations.apply(db)
