"""The commands `variorum verify` and `variorum backup`: check the database, and copy it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from variorum.crawler.cli.options import as_json, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.export.atomic_write import whole_file
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import bar, counted
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
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
@with_reader
def backup(workspace: Workspace, reader: Reader, path: Path, force: bool) -> None:
    """Copy the current database into a file.

    Safe during a crawl. The copy is written to a temporary file, checked, and then renamed, so the file is
    never incomplete. To restore it, stop `variorum watch` and replace the database with it.

    Example: variorum backup ~/backups/variorum-2026-11-30.db
    """
    if path.exists() and (path.is_dir() or path.samefile(workspace.database)):
        raise Misuse(f"{path}: this is {'a folder' if path.is_dir() else 'the database itself'}; name a file")
    if path.exists() and not force:
        raise Misuse(f"{path} exists already; name another file, or replace it with --force")
    with whole_file(path) as file, bar("MB copied") as step:
        copy(reader, Path(file.name), step)
    terminal.line(f"{path}: {path.stat().st_size >> 10} kB, the copy passed its checks")
