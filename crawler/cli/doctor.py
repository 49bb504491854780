"""The command `variorum doctor`: the state of the installation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from variorum.crawler.cli.options import as_json
from variorum.crawler.health.doctor import Examination, HealthCheck, examine
from variorum.crawler.output import terminal


@click.command()
@as_json
@click.pass_obj
def doctor(root: Path, as_json: bool) -> None:
    """Check that everything is in place.

    Checks the program, the workspace, the database, the disk and the clock. Names the open issues of the
    sites, with what to do. Exits with 1 if a check fails or an issue is open.

    Example: variorum doctor
    """
    found = examine(root)
    if as_json:
        checks, issues = [_object(one) for one in found.checks], [asdict(one) for one in found.issues]
        terminal.json_lines([{"ok": found.ok, "checks": checks, "issues": issues}])
    else:
        _print(found)
    click.get_current_context().exit(0 if found.ok else 1)


def _print(found: Examination) -> None:
    for one in found.checks:
        terminal.line(f"{'ok  ' if one.ok else 'FAIL'} {one.name}: {one.detail}")
    for issue in found.issues:
        times = terminal.quantity(issue.times, "time")
        terminal.line(f"  ! {issue.site}: {issue.kind} since {issue.since}, {times}: {issue.message}")
        terminal.line(f"    to do: {issue.remedy}")


def _object(check: HealthCheck) -> dict[str, object]:
    return {**asdict(check), "says": check.detail}  # `says` is the earlier name of `detail`
