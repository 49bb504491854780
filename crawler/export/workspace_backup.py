"""Backs up a whole workspace into a folder: the database, variorum.toml, and the site files.

The folder of a backup has the files under their usual names, and `backup.json`, which lists them with their
digests. It appears only when it is complete and on the disk.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from variorum.crawler import __version__
from variorum.crawler.config.workspace import SETTINGS_FILE, Workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.export.atomic_write import DRAFT, whole_folder
from variorum.crawler.lock import held
from variorum.crawler.times import iso, parse
from variorum.storage import seals
from variorum.storage.maintenance.backup import copy
from variorum.storage.reader import Reader

MANIFEST = "backup.json"
DATABASE = "variorum.db"
"""The name of the database in a backup, whatever it is called in the workspace."""
SITES = "sites"
PREFIX = "variorum-"
LOCK = ".variorum-backup.lock"


class BackedUpFile(msgspec.Struct, frozen=True):
    """A file of a backup, as it was when the backup was made."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What `backup.json` says of a backup."""

    variorum: str
    """The version of the program that made the backup."""
    workspace: str
    made_at: str
    head: str | None
    """The head of the chain of seals, as `variorum verify` prints it; None if nothing is sealed."""
    files: Mapping[str, BackedUpFile]
    """The files by their paths in the backup."""


@dataclass(frozen=True)
class Backup:
    """A complete backup: its folder and its manifest."""

    path: Path
    manifest: Manifest

    @property
    def made_at(self) -> datetime:
        """When the backup was made."""
        return parse(self.manifest.made_at)

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(file.bytes for file in self.manifest.files.values())


def back_up(
    workspace: Workspace, reader: Reader, folder: Path, at: datetime, step: Callable[[], None]
) -> Backup:
    """Make a backup in a new folder within `folder`; calls `step` for each megabyte of the database.

    Raises Misuse if there is no such folder, VariorumError if another backup is being made in it or the disk
    is full, StoreError if the database is damaged.
    """
    if not folder.is_dir():
        raise Misuse(f"{folder}: there is no such folder. Make it, or mount its disk.")
    path = folder / f"{PREFIX}{iso(at).replace(':', '')}"
    with held(folder / LOCK, f"a backup in {folder}"):
        _remove_drafts(folder)
        if path.exists():
            raise VariorumError(f"{path} exists already: wait for a second, and try again.")
        with whole_folder(path, replaceable=False) as draft:
            shutil.copymode(workspace.root, draft)  # whoever may not read the workspace may not read this
            (draft / DATABASE).touch()
            copy(reader, draft / DATABASE, step)
            _copy_settings(workspace, draft)
            manifest = _manifest(workspace, draft, at)
            (draft / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    return Backup(path, manifest)


def backups(folder: Path, workspace: Path, at: datetime) -> list[Backup]:
    """The readable backups of a workspace in a folder that were made until then, the latest first.

    Those of other workspaces are left out, and those of a clock that was ahead.
    """
    found = []
    for path in folder.glob(f"{PREFIX}*"):
        with suppress(Misuse):
            found.append(read_backup(path))
    ours = [one for one in found if one.manifest.workspace == str(workspace) and one.made_at <= at]
    return sorted(ours, key=lambda one: one.manifest.made_at, reverse=True)


def read_backup(path: Path) -> Backup:
    """The backup in that folder. Raises Misuse if it is none."""
    if not path.is_dir():
        raise Misuse(
            f"{path}: this is no folder. A backup of a workspace is a folder with {MANIFEST}; "
            "`variorum docs upkeep` says how a copy of the database alone is restored."
        )
    if not (path / MANIFEST).is_file():
        inside = sorted(one.parent.name for one in path.glob(f"*/{MANIFEST}"))
        hint = f" It holds {len(inside)} backups: name one of them, like {inside[-1]}." if inside else ""
        raise Misuse(f"{path}: this is no backup of a workspace, as it has no {MANIFEST}.{hint}")
    try:
        manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=Manifest)
        parse(manifest.made_at)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Misuse(f"{path / MANIFEST} can't be read: {error}. Use another backup.") from error
    for name in manifest.files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise Misuse(f"{path / MANIFEST} names {name!r}, which is outside of the backup.")
    return Backup(path, manifest)


def remove_old(folder: Path, workspace: Path, keep: int, at: datetime) -> list[Path]:
    """Delete all but the latest backups of a workspace; return the deleted folders."""
    old = [one.path for one in backups(folder, workspace, at)[keep:]]
    for path in old:
        draft = path.with_name(f".{path.name}{DRAFT}")
        path.rename(draft)  # a backup that is half deleted has no name of one
        shutil.rmtree(draft)
    return old


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_settings(workspace: Workspace, draft: Path) -> None:
    shutil.copy2(workspace.root / SETTINGS_FILE, draft / SETTINGS_FILE)
    if workspace.sites_folder.is_dir():
        shutil.copytree(workspace.sites_folder, draft / SITES, ignore_dangling_symlinks=True)


def _manifest(workspace: Workspace, draft: Path, at: datetime) -> Manifest:
    # As a file that nobody writes to: else SQLite would put files of its own beside it.
    uri = f"{(draft / DATABASE).absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as copied:
        head = seals.head(copied)
    files = {str(path.relative_to(draft)): _described(path) for path in sorted(_files(draft))}
    return Manifest(__version__, str(workspace.root), iso(at), head.head if head else None, files)


def _described(path: Path) -> BackedUpFile:
    return BackedUpFile(path.stat().st_size, digest_of(path))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _remove_drafts(folder: Path) -> None:
    """Delete what killed backups have left; nobody else is making one while the folder's lock is held."""
    for draft in folder.glob(f".{PREFIX}*{DRAFT}"):
        shutil.rmtree(draft)
