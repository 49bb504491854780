"""Reading needs no leave to write: another user, a folder, a file or a disk that is read-only."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Press, variorum
from tests.test_foreign_database import unmarked
from tests.unprivileged import as_nobody, open_to_all, read_only, writable
from variorum.storage.store import Store

READING = [
    "changes",
    "export",
    "status",
    "show",
    "history",
    "text",
    "search",
    "sites",
    "duplicates",
    "verify",
]


@pytest.fixture
def library(press: Press) -> Iterator[Path]:
    """A copy of a workspace that was crawled, in a place that everybody may enter."""
    with open_to_all() as folder:
        root = folder / "w"
        shutil.copytree(press.root, root)
        writable(root)
        yield root
        writable(root)


def words(press: Press, command: str) -> list[str]:
    """The command with what it is to be asked."""
    more = {
        "show": [str(press.change("/bridge/", "edited"))],
        "history": [f"{press.url}/bridge/"],
        "text": [f"{press.url}/bridge/"],
        "search": ["bridge"],
    }
    return [command, *more.get(command, [])]


def unmoving(output: str) -> str:
    """What does not depend on the moment at which it was asked."""
    return "\n".join(line for line in output.splitlines() if " at " not in line)


def kept(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.glob("variorum.db*") if "lock" not in path.name}


@contextlib.contextmanager
def crawled_meanwhile(root: Path) -> Iterator[None]:
    """Somebody writes, and what has been written is still in the log."""
    with contextlib.closing(Store.open(root / "variorum.db")) as store:
        store.raise_issue("press", "tide", "the tide is out", "2026-05-01T00:00:00Z")
        yield


@pytest.mark.parametrize("command", READING)
def test_a_command_that_reads_answers_on_a_read_only_folder_as_anywhere(
    press: Press, library: Path, command: str
) -> None:
    expected = variorum("-C", library, *words(press, command))
    assert expected.exit_code == 0, expected.stderr
    read_only(library)
    before = kept(library)
    code, output, errors = as_nobody("-C", library, *words(press, command))
    assert (code, errors) == (0, expected.stderr)
    assert unmoving(output) == unmoving(expected.stdout)
    assert kept(library) == before


@pytest.mark.parametrize("command", READING)
def test_a_command_that_reads_answers_another_user_while_a_crawl_writes(
    press: Press, library: Path, command: str
) -> None:
    with crawled_meanwhile(library):
        expected = variorum("-C", library, *words(press, command))
        code, output, errors = as_nobody("-C", library, *words(press, command))
    assert (code, errors) == (0, expected.stderr)
    assert unmoving(output) == unmoving(expected.stdout)
    assert ("the tide is out" in output) == (command == "status")


@pytest.mark.parametrize("left", [("-wal", "-shm"), ("-wal",)])
def test_what_a_killed_crawl_has_left_in_the_log_is_read_on_a_read_only_folder(
    library: Path, left: tuple[str, ...]
) -> None:
    copy = library.parent / "copy"
    with crawled_meanwhile(library):
        shutil.copytree(library, copy)
    for end in {"-wal", "-shm"} - set(left):
        (copy / f"variorum.db{end}").unlink()
    variorum("-C", library, "status")
    read_only(copy)
    before = kept(copy)
    code, output, errors = as_nobody("-C", copy, "status")
    assert (code, errors) == (0, "")
    assert "the tide is out" in output
    assert kept(copy) == before
    writable(copy)


def test_a_file_that_may_only_be_read_is_read_in_a_folder_that_may_be_written_to(library: Path) -> None:
    expected = variorum("-C", library, "changes")
    (library / "variorum.db").chmod(0o444)
    library.chmod(0o777)
    code, output, errors = as_nobody("-C", library, "changes")
    assert (code, output, errors) == (0, expected.stdout, expected.stderr)
    assert set(kept(library)) == {"variorum.db"}


def test_a_file_that_may_not_be_read_is_named_with_what_to_do(library: Path) -> None:
    variorum("-C", library, "changes")
    (library / "variorum.db").chmod(0o600)
    code, output, errors = as_nobody("-C", library, "changes")
    assert (code, output) == (1, "")
    assert "variorum.db: Permission denied. Ask its owner for permission to read it" in errors


def test_an_older_database_that_may_not_be_brought_up_to_date_says_who_can(library: Path) -> None:
    shutil.copy(unmarked(library / "old.db"), library / "variorum.db")
    variorum("-C", library.parent / "w2", "changes")
    read_only(library)
    code, _, errors = as_nobody("-C", library, "changes")
    assert code == 1
    assert "written by an older Variorum" in errors
    assert "Run `variorum status` once as a user who may write" in errors
