"""Writes files and folders atomically: they are complete, or they do not appear.

They are written under another name beside their own, flushed to the disk, and renamed. Whenever the program
ends on the way, the name itself still has its former contents, or nothing.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from variorum.crawler.errors import Misuse, VariorumError

MARK = ".variorum-export"
"""The file in a folder that shows that an export wrote it, and that another export may replace it."""
DRAFT = ".draft"
"""The suffix of incomplete files and folders."""
_CWD, _EXCHANGE = -100, 2  # of Linux: renameat2's AT_FDCWD and RENAME_EXCHANGE


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a temporary file that is renamed to `path` on success. A link there is replaced, not followed.

    Raises VariorumError if the disk is full.
    """
    draft = _draft(path)
    try:
        with draft.open("xb") as file:  # not tempfile: what it makes nobody else may read
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _named(error, path) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def whole_folder(path: Path, *, replaceable: bool = True) -> Iterator[Path]:
    """Give a temporary folder that is renamed to `path` on success, replacing an earlier export.

    A later export may replace the folder in turn, unless it is not `replaceable`. Raises Misuse if `path` is
    anything but a folder that an export wrote, or an empty one; VariorumError if the disk is full.
    """
    _refuse_foreign(path)
    draft = _draft(path)
    try:
        draft.mkdir()
        yield draft
        if replaceable:
            (draft / MARK).touch()
        sync_all(draft)
        if path.exists():
            _swap(draft, path)
        else:
            draft.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise _named(error, path) from error
    finally:
        if draft.exists():
            shutil.rmtree(draft)


def _named(error: OSError, path: Path) -> OSError | VariorumError:
    """The error, if it names another file than a temporary one; the error of a full disk names none."""
    if error.filename and not str(error.filename).endswith(DRAFT):
        return error
    if error.filename:
        return VariorumError(f"{path} can't be written: {error.strerror}")
    message = f"{path} was not written: {error.strerror}. What was there before is unchanged"
    return VariorumError(f"{message}; make room on its disk, and try again.")


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{DRAFT}")


def _refuse_foreign(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise Misuse(f"{path}: this is no folder; name a new one")
    if path.is_dir() and not (path / MARK).exists() and any(path.iterdir()):
        raise Misuse(f"{path}: this folder was not made by an export; name a new one")


def sync_all(folder: Path) -> None:
    """Flush all files of a folder to the disk: at once if the system can, which is many times as fast."""
    if sys.platform == "linux":
        handle = os.open(folder, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).syncfs(handle) == 0:
                return
        finally:
            os.close(handle)
    for file in (*folder.rglob("*"), folder):
        _sync(file)


def _swap(draft: Path, path: Path) -> None:
    """Exchange the names of two folders: at once if the system can, else one after the other."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.renameat2(_CWD, os.fsencode(draft), _CWD, os.fsencode(path), _EXCHANGE) == 0:
            return
    old = _draft(path)
    path.rename(old)
    draft.rename(path)
    old.rename(draft)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Flush a renaming to the disk; not every system can open a folder for that."""
    if sys.platform != "win32":
        _sync(folder)
