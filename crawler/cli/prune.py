"""The command `variorum prune`: what old captures and raw pages may go."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Any

import click

from crawler.cli.options import as_json, with_workspace
from crawler.config.timing import age
from crawler.config.workspace import Workspace
from crawler.output import terminal
from crawler.output.progress import counted
from crawler.times import iso, now
from storage.maintenance.pruning import Pruned, Pruning, would_prune
from storage.maintenance.retention import Limits
from storage.reader import Reader


class Age(click.ParamType[str]):
    """A number of days, weeks or years."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, where it is an age."""
        try:
            age(value)
        except ValueError:
            self.fail(f"{value!r} is no age in days, weeks or years, like 30d, 26w or 2y", param, ctx)
        return str(value)


@click.command()
@click.option("--captures", type=Age(), help="Captures that are older may go where they show nothing more.")
@click.option("--bodies", type=Age(), help="Raw pages that are older may go, but those of latest versions.")
@click.option("--dry-run", is_flag=True, help="Tell what would go, and take nothing away.")
@click.option("--vacuum", is_flag=True, help="Then make the file smaller, too.")
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
    """Take away old captures and raw pages that show nothing more.

    Nothing that is known of the sites is lost. Every version, change and seal stays; so does each capture
    that made a version, is an end of a change's interval, or shows how long a text stood, and the raw pages
    of each page's two latest versions and of changes that somebody has called important. Without a retention,
    here or in variorum.toml, nothing goes.

    Example: variorum prune --captures 365d --bodies 2y --dry-run
    """
    stated = dict(workspace.retention) | {k: v for k, v in (("captures", captures), ("bodies", bodies)) if v}
    if not stated:
        terminal.note("No retention is stated, so nothing goes: say --captures or --bodies, like 365d.")
    at = now()
    limits = Limits(**{what: iso(at - age(text)) for what, text in stated.items()})
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
        _tell(found, dry_run=dry_run)


def _tried(workspace: Workspace, limits: Limits) -> Pruned:
    with closing(Reader.open(workspace.database)) as reader, reader.held():
        return would_prune(reader.db.conn, limits, counted)


def _tell(found: Pruned, *, dry_run: bool) -> None:
    went = "would go" if dry_run else "went"
    terminal.line(
        f"{found.captures} captures and {found.bodies} bodies ({found.bytes >> 10} kB) {went};"
        f" {found.versions} versions keep their texts without them"
    )
