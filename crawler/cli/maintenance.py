"""The commands `variorum verify`, `backup` and `restore`: check what is stored, copy it, and put it back."""

from __future__ import annotations

import os
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from variorum.crawler.cli.options import as_json, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.export.atomic_write import whole_file
from variorum.crawler.export.workspace_backup import back_up, read_backup, remove_old
from variorum.crawler.export.workspace_restore import Restored
from variorum.crawler.export.workspace_restore import restore as put_back
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import bar, counted
from variorum.crawler.times import now
from variorum.storage.maintenance.backup import copy
from variorum.storage.maintenance.verification import Verification
from variorum.storage.maintenance.verification import verify as examine
from variorum.storage.reader import Reader


@click.command()
@click.option("--against", metavar="HEAD", help="A chain head noted earlier; fail if it is missing.")
@as_json
@with_reader
def verify(workspace: Workspace, reader: Reader, against: str | None, as_json: bool) -> None:
    """Verify that no stored data was altered.

    Recomputes every digest and both hash chains of seals, and lists each fault. Prints the head of the chain
    at the end. Keep it outside the workspace: `--against` later verifies that all data up to that head is
    unaltered. Exits with 1 if there is a fault.

    Example: variorum verify --against 1234:9f86d081884c7d65…
    """
    found = examine(reader, against, counted)
    if as_json:
        terminal.json_lines([_object(found)])
    else:
        _print(found)
    click.get_current_context().exit(1 if found.wrong else 0)


def _object(found: Verification) -> dict[str, object]:
    # `says` is the earlier name of `detail`.
    faults = [{**asdict(fault), "says": fault.detail} for fault in found.faults]
    return {"ok": not found.wrong, **found.counts, "head": found.head, "wrong": found.wrong, "faults": faults}


def _print(found: Verification) -> None:
    if found.faults:
        first = found.faults[0]
        of_page = f" of {first.url}" if first.url else ""
        terminal.line(f"FAULT: {first.table} {first.id}{of_page}: {first.detail}")
        terminal.line(f"  {first.remedy}")
        for fault in found.faults[1:]:
            terminal.line(
                f"also {fault.table} {fault.id}{f' of {fault.url}' if fault.url else ''}: {fault.detail}"
            )
        if more := found.wrong - len(found.faults):
            terminal.line(f"and {more} more")
    else:
        terminal.line(f"No fault found: {terminal.counts(found.counts) or 'nothing yet'}.")
    if found.head:
        terminal.line(f"head {found.head}")


@click.command()
@click.argument("path", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option("--into", "folder", type=click.Path(path_type=Path), metavar="DIR", help="The folder for it.")
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@as_json
@with_reader
def backup(
    workspace: Workspace, reader: Reader, path: Path | None, folder: Path | None, force: bool, as_json: bool
) -> None:
    """Back up the workspace: the database, the settings and the site files.

    Makes a new folder in the one that [backup] in variorum.toml names, or --into. With FILE, copies the
    database alone into that file. Safe during a crawl. A backup is checked, and appears only when it is
    complete. `variorum restore` restores it.

    Example: variorum backup --into ~/backups
    """
    if path is not None:
        if folder is not None:
            raise Misuse("FILE is a copy of the database alone: don't combine it with --into")
        made = _database_alone(workspace, reader, path, force=force)
    else:
        made = _whole_workspace(workspace, reader, folder)
    if as_json:
        terminal.json_lines([made])
        return
    terminal.line(f"{made['path']}: {made['bytes'] >> 10} kB, the copy passed its checks")
    for removed in made["removed"]:
        terminal.line(f"deleted {removed}, as `keep` in [backup] says")


def _database_alone(workspace: Workspace, reader: Reader, path: Path, *, force: bool) -> dict[str, Any]:
    if path.exists() and (path.is_dir() or path.samefile(workspace.database)):
        raise Misuse(f"{path}: this is {'a folder' if path.is_dir() else 'the database itself'}; name a file")
    if path.exists() and not force:
        raise Misuse(f"{path} exists already; name another file, or replace it with --force")
    with whole_file(path) as file, bar("MB copied") as step:
        copy(reader, Path(file.name), step)
    return {"path": str(path), "bytes": path.stat().st_size, "head": None, "removed": []}


def _whole_workspace(workspace: Workspace, reader: Reader, folder: Path | None) -> dict[str, Any]:
    """Make a backup; in the folder of [backup], also delete those that are too many."""
    into = folder or workspace.backup_folder
    if into is None:
        raise Misuse("no folder for the backup: name one with --into, or in [backup] of variorum.toml")
    with bar("MB copied") as step:
        made = back_up(workspace, reader, into, now(), step)
    removed: list[Path] = []
    if folder is None and workspace.backup:
        removed = remove_old(into, workspace.root, workspace.backup.keep, now())
    return {
        "path": str(made.path),
        "bytes": made.bytes,
        "head": made.manifest.head,
        "removed": [str(one) for one in removed],
    }


@click.command()
@click.argument("path", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("root", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@as_json
@click.pass_obj
def restore(folder: Path, path: Path, root: Path | None, as_json: bool) -> None:
    """Restore a workspace from a backup.

    DIR is the folder of the workspace; left out, that of -C or VARIORUM_HOME, or the current one. Nothing is
    overwritten: DIR must have no workspace in it. First checks each file, and the database as `verify` does.

    Example: variorum restore ~/backups/variorum-2026-11-30T030000Z ~/press
    """
    found, root = read_backup(path), (root or folder).absolute()
    done = put_back(found, root, os.environ, counted)
    if as_json:
        terminal.json_lines(
            [
                {
                    "workspace": str(root),
                    "database": str(done.database),
                    "made_at": found.manifest.made_at,
                    "head": done.verification.head,
                    "unset": list(done.unset),
                }
            ]
        )
        return
    terminal.line(f"{root}: restored as of {found.manifest.made_at}")
    terminal.line(f"No fault found: {terminal.counts(done.verification.counts) or 'nothing yet'}.")
    _say_next(root, done)


def _say_next(root: Path, done: Restored) -> None:
    """Print what is left to do after a restore."""
    command = f"variorum -C {shlex.quote(str(root))}"
    if done.unset:
        terminal.note(f"Set these environment variables, which its settings name: {', '.join(done.unset)}")
    terminal.note(f"Next: {command} doctor, then {command} watch, or serve.")
    terminal.note("What changed on the sites since the backup is found by the next runs, and sent again.")
