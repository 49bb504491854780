"""The command `variorum doctor`: the state of the installation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from variorum.crawler.cli.options import as_json
from variorum.crawler.health.doctor import HealthCheck, examine
from variorum.crawler.output import terminal


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
        terminal.json_lines([{"ok": ok, "checks": [_object(one) for one in checks]}])
    else:
        for one in checks:
            terminal.line(f"{'ok  ' if one.ok else 'FAIL'} {one.name}: {one.detail}")
    click.get_current_context().exit(0 if ok else 1)


def _object(check: HealthCheck) -> dict[str, object]:
    return {**asdict(check), "says": check.detail}  # `says` is the earlier name of `detail`
