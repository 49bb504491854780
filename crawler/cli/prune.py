"""The command `variorum prune`: deletes old captures and raw pages that are no longer needed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Any

import click

from variorum.crawler.cli.options import as_json, with_workspace
from variorum.crawler.config.timing import age
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import counted
from variorum.crawler.times import iso, now
from variorum.storage.maintenance.pruning import Pruned, Pruning, would_prune
from variorum.storage.maintenance.retention import RetentionLimits
from variorum.storage.reader import Reader


class Age(click.ParamType[str]):
    """An age as a number of days, weeks or years, like 30d."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text unchanged; fails as a usage error if it is not an age."""
        try:
            age(value)
        except ValueError:
            self.fail(f"{value!r} is not an age in days, weeks or years like 30d, 26w or 2y", param, ctx)
        return str(value)


@click.command()
@click.option("--captures", type=Age(), help="Delete captures older than this that are not needed.")
@click.option("--bodies", type=Age(), help="Delete raw pages older than this that are not needed.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted, and delete nothing.")
@click.option("--vacuum", is_flag=True, help="Then also shrink the database file.")
@as_json
@with_workspace
def prune(
    workspace: Workspace,
    captures: str | None,
    bodies: str | None,
    dry_run: bool,
    vacuum: bool,
    as_json: bool,
) -> None:
    """Delete old captures and raw pages that are not needed.

    Keeps every version, change and seal. Also keeps each capture that made a version, bounds the interval of
    a change, or shows how long a text was online; and the raw pages of the two latest versions of each page
    and of changes marked important. Deletes nothing if no retention is set, here or in variorum.toml.

    Example: variorum prune --captures 365d --bodies 2y --dry-run
    """
    stated = dict(workspace.retention) | {k: v for k, v in (("captures", captures), ("bodies", bodies)) if v}
    if not stated:
        terminal.note("No retention is set, so nothing is deleted: give --captures or --bodies, like 365d.")
    at = now()
    limits = RetentionLimits(**{what: iso(at - age(text)) for what, text in stated.items()})
    if dry_run:
        found = _tried(workspace, limits)
    else:
        with closing(Pruning.open(workspace.database)) as store:
            found = store.prune(limits, iso(at), counted)
            if vacuum:
                store.vacuum()
    if as_json:
        terminal.json_lines([{**asdict(found), "dry_run": dry_run}])
    else:
        _print(found, dry_run=dry_run)


def _tried(workspace: Workspace, limits: RetentionLimits) -> Pruned:
    with closing(Reader.open(workspace.database)) as reader, reader.held():
        return would_prune(reader.db.conn, limits, counted)


def _print(found: Pruned, *, dry_run: bool) -> None:
    deleted = "would be deleted" if dry_run else "deleted"
    captures = terminal.quantity(found.captures, "capture")
    bodies = terminal.quantity(found.bodies, "raw page")
    versions = terminal.quantity(found.versions, "version")
    terminal.line(
        f"{captures} and {bodies} ({found.bytes >> 10} kB) {deleted};"
        f" {versions} without raw page keep their text"
    )
