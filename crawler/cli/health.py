"""The commands `variorum status` and `variorum doctor`: the state of the crawls and of the installation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import as_json, sites_and_faults, with_workspace
from crawler.config.workspace import Workspace
from crawler.health.doctor import examine
from crawler.health.status import state_of
from crawler.output import terminal


@click.command()
@click.argument("name", metavar="[SITE]", required=False)
@as_json
@with_workspace
def status(workspace: Workspace, name: str | None, as_json: bool) -> None:
    """Show crawl status, for all sites or for one.

    For one site, also show the coverage of each source: how many pages it lists and how many are stored.

    Example: variorum status nejatngo
    """
    found = state_of(workspace, sites_and_faults(workspace, [name] if name else []), with_coverage=bool(name))
    if as_json:
        terminal.json_lines([found])
        return
    terminal.status(found)


@click.command()
@as_json
@click.pass_obj
def doctor(root: Path, as_json: bool) -> None:
    """Check that everything is in place.

    Checks the program, the workspace, the database, the disk and the clock. Exits with 1 if a check fails.

    Example: variorum doctor
    """
    checks = examine(root)
    ok = all(one.ok for one in checks)
    if as_json:
        terminal.json_lines([{"ok": ok, "checks": [asdict(one) for one in checks]}])
    else:
        for one in checks:
            terminal.line(f"{'ok  ' if one.ok else 'FAIL'} {one.name}: {one.detail}")
    click.get_current_context().exit(0 if ok else 1)
