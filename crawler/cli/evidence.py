"""The command `variorum evidence`: a package with which others can check a change independently."""

from __future__ import annotations

from pathlib import Path

import click

from variorum.crawler.cli.options import as_json, whole_number, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.output import terminal
from variorum.storage.reader import Reader


@click.command()
@click.argument("change", type=whole_number)
@click.option(
    "-o", "path", type=click.Path(path_type=Path), help="The folder to write; default: evidence-CHANGE."
)
@as_json
@with_reader
def evidence(workspace: Workspace, reader: Reader, change: int, path: Path | None, as_json: bool) -> None:
    """Write a folder with the complete evidence for a change.

    It contains both captures as WARC files, the texts, the diff, the list of fetches in between, the seals
    with their hash chains, a manifest, and a README that explains how to check everything with standard
    tools. On failure, no folder is left behind.

    Example: variorum evidence 17 -o harbour
    """
    from variorum.crawler.export.evidence import write_evidence  # noqa: PLC0415 - a tenth of a second

    path = path or Path(f"evidence-{change}")
    lacking = write_evidence(reader, change, path)
    if as_json:
        terminal.json_lines([{"change": change, "folder": str(path), "lacking": lacking}])
        return
    terminal.line(f"{path}: see README.md there for how to check it")
    for one in lacking:
        terminal.line(f"  missing: {one}")
