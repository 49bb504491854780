"""Restores a workspace from a backup: everything is checked before the first file gets its name."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from variorum.crawler.config.workspace import SETTINGS_FILE, load_workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.export.atomic_write import sync_all, sync_folder
from variorum.crawler.export.workspace_backup import DATABASE, MANIFEST, SITES, Backup, digest_of
from variorum.crawler.lock import is_held, watch_lock
from variorum.storage.maintenance.verification import Progress, Verification, verify
from variorum.storage.reader import Reader

DRAFT = ".restore.draft"
"""The folder in the workspace in which a backup is checked."""
OF_SQLITE = ("-wal", "-shm", "-journal")
"""The suffixes of the files beside a database that SQLite would take for its own."""
_VARIABLE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True)
class Restored:
    """A restored workspace, and what was found when its database was verified."""

    database: Path
    verification: Verification
    unset: tuple[str, ...]
    """The environment variables that its settings name and that are not set."""


def restore(backup: Backup, root: Path, environment: Mapping[str, str], shown: Progress) -> Restored:
    """Restore a backup as the workspace `root`, which may not exist yet, or have no workspace in it.

    Raises Misuse if something would be overwritten, VariorumError if the backup is damaged. Then the folder
    is as it was before.
    """
    root.mkdir(parents=True, exist_ok=True)
    _refuse_overwriting([root / SETTINGS_FILE, *(root / SITES).glob("*")])
    draft = root / DRAFT
    shutil.rmtree(draft, ignore_errors=True)  # of a restore that was killed
    try:
        draft.mkdir()
        _copy_checked(backup, draft)
        database = _place_of_database(draft, root)
        _refuse_overwriting([database, *(database.with_name(database.name + end) for end in OF_SQLITE)])
        if is_held(watch_lock(database)):
            raise Misuse(f"`variorum watch` of {database} is running: stop it first.")
        verification = _verified(backup, draft / DATABASE, shown)
        sync_all(draft)
        _put_in_place(draft, root, database)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Restored(database, verification, tuple(sorted(_variables(root) - environment.keys())))


def _refuse_overwriting(paths: list[Path]) -> None:
    if there := [str(path) for path in paths if os.path.lexists(path)]:
        raise Misuse(
            f"nothing was restored, as it would overwrite {', '.join(there)}. "
            "Move it away, or name another folder to restore to."
        )


def _copy_checked(backup: Backup, draft: Path) -> None:
    """Copy the files of a backup. Raises VariorumError for one that is missing or was altered."""
    for name, file in backup.manifest.files.items():
        target = draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(backup.path / name, target)
        except FileNotFoundError as error:
            raise _damaged(backup, f"{name} is missing") from error
        if digest_of(target) != file.sha256:
            raise _damaged(backup, f"{name} is not as it was when the backup was made")
    if missing := {DATABASE, SETTINGS_FILE} - backup.manifest.files.keys():
        raise _damaged(backup, f"{MANIFEST} does not list {', '.join(sorted(missing))}")


def _damaged(backup: Backup, why: str) -> VariorumError:
    return VariorumError(f"{backup.path} is damaged: {why}. Nothing was restored; use another backup.")


def _place_of_database(draft: Path, root: Path) -> Path:
    """Where the restored settings say that the database is."""
    named = load_workspace(draft).database
    return root / named.relative_to(draft) if named.is_relative_to(draft) else named


def _verified(backup: Backup, database: Path, shown: Progress) -> Verification:
    """The verification of the copied database, up to the head of the backup. Raises VariorumError."""
    with closing(Reader.open(database)) as reader:
        found = verify(reader, backup.manifest.head, shown)
    if found.faults:
        first = found.faults[0]
        why = f"`variorum verify` finds {found.wrong} faults; the first is {first.table} {first.id}: "
        raise _damaged(backup, why + first.detail)
    return found


def _put_in_place(draft: Path, root: Path, database: Path) -> None:
    """Give the files their names; variorum.toml comes last, which makes the folder a workspace."""
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(draft / DATABASE, database)  # it may be on another disk
    (root / SITES).mkdir(exist_ok=True)  # it may be there, and be another disk
    for path in (draft / SITES).glob("*"):
        shutil.move(path, root / SITES / path.name)
    (draft / SETTINGS_FILE).rename(root / SETTINGS_FILE)
    sync_folder(database.parent)
    sync_folder(root)


def _variables(root: Path) -> set[str]:
    """The environment variables that variorum.toml and the site files name."""
    found: set[str] = set()
    for path in (root / SETTINGS_FILE, *(root / SITES).glob("*.toml")):
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue  # `variorum doctor` names the fault
        found.update(named[1] for text in _texts(table) if (named := _VARIABLE.fullmatch(text)))
    return found


def _texts(value: Any) -> Iterator[str]:
    """All texts in a TOML value, however deep."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)
