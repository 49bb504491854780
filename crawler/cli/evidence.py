"""The command `variorum evidence`: a change, to be shown to those who trust nobody."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.cli.options import as_json, whole_number, with_reader
from crawler.config.workspace import Workspace
from crawler.output import terminal
from storage.reader import Reader


@click.command()
@click.argument("change", type=whole_number)
@click.option("-o", "path", type=click.Path(path_type=Path), help="The folder; else evidence-CHANGE.")
@as_json
@with_reader
def evidence(workspace: Workspace, reader: Reader, change: int, path: Path | None, as_json: bool) -> None:
    """Write one folder with all that a change rests on.

    Its README says how to check it all with standard tools alone. It has both captures as WARC, the texts,
    the diff, each look at the page in between, the seals and links that vouch for them, a README and a
    manifest. It is whole, or not there.

    Example: variorum evidence 17 -o harbour
    """
    from crawler.export.evidence import write_evidence  # noqa: PLC0415 - a tenth of a second

    path = path or Path(f"evidence-{change}")
    lacking = write_evidence(reader, change, path)
    if as_json:
        terminal.json_lines([{"change": change, "folder": str(path), "lacking": lacking}])
        return
    terminal.line(f"{path}: see README.md there for how to check it")
    for one in lacking:
        terminal.line(f"  lacking: {one}")
