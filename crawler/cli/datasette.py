"""The command `variorum datasette`: the database in Datasette, with labels and queries, for reading only."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import click

from variorum.crawler.cli.docs import FOLDER
from variorum.crawler.cli.options import WholeNumber, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.extras import install_command
from variorum.crawler.output import terminal
from variorum.crawler.output.datasette import PLUGIN, metadata
from variorum.storage.reader import Reader


@click.command()
@click.option("--port", type=WholeNumber(0, 65535), default=8001, show_default=True, help="0 for any.")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Only write the files."
)
@with_reader
def datasette(workspace: Workspace, reader: Reader, port: int, folder: Path | None) -> None:
    """Explore the database in Datasette, for reading only.

    Starts Datasette on this machine, with a label for each column, and queries for changes, histories and
    texts. With -o, writes these files into a folder, for a Datasette of your own.

    Example: variorum datasette --port 8001
    """
    reader.close()
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        terminal.line(" ".join(_written(workspace, folder, port)))
        return
    if find_spec("datasette") is None:
        raise Misuse(f"Datasette is not installed: {install_command('datasette')}")
    with tempfile.TemporaryDirectory(prefix="variorum-datasette-") as files:
        code = _run([sys.executable, "-m", *_written(workspace, Path(files), port)])
    if code:
        raise VariorumError(f"Datasette ended with exit code {code}; its messages above say why.")


def _written(workspace: Workspace, folder: Path, port: int) -> list[str]:
    """Write the files for Datasette into a folder; return the command that starts it with them."""
    described = metadata((FOLDER / "database.md").read_text(encoding="utf-8"), workspace.database.stem)
    (folder / "plugins").mkdir(exist_ok=True)
    (folder / "plugins" / "variorum_texts.py").write_text(PLUGIN, encoding="utf-8")
    about = folder / "metadata.json"
    about.write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    options = ["--metadata", str(about), "--plugins-dir", str(folder / "plugins")]
    return [
        *("datasette", "serve", str(workspace.database), *options),
        *("--host", "127.0.0.1", "--port", str(port), "--setting", "allow_download", "off"),
    ]


def _run(command: list[str]) -> int:
    """Run a command until it ends, or SIGTERM or Ctrl-C ends it; return its exit code, 0 after a signal."""
    process = subprocess.Popen(command)  # noqa: S603 - our own words
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    code = process.wait()
    return 0 if stopped else code
