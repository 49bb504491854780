"""The command `variorum docs`: the documents that come with the program."""

from __future__ import annotations

from pathlib import Path

import click

from variorum.crawler.config.schema import meant
from variorum.crawler.errors import Misuse
from variorum.crawler.output import terminal

FOLDER = Path(__file__).parents[2] / "docs"


@click.command()
@click.argument("topic", required=False)
def docs(topic: str | None) -> None:
    """Print a document, or list all of them.

    Example: variorum docs site-file
    """
    found = {path.stem: path for path in sorted(FOLDER.glob("*.md"))}
    if topic is None:
        terminal.table(("topic", "title"), [(name, _title(path)) for name, path in found.items()])
    elif topic in found:
        terminal.page(found[topic].read_text(encoding="utf-8"))
    else:
        raise Misuse(f'there is no document "{topic}"{meant(topic, found)}. `variorum docs` lists all.')


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().strip("# \n")
