"""History from elsewhere: what others captured of a site, taken in at its place in time."""

from __future__ import annotations

from importlib import import_module

import click

SOURCES = {"dumps": "import_dumps", "warc": "import_warc", "wayback": "import_wayback"}
"""The module of each kind of source; it is imported when its command is asked for."""


class Sources(click.Group):
    """One command for each kind of source."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(SOURCES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in SOURCES:
            return None
        module = import_module(f"crawler.cli.{SOURCES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.command("import", cls=Sources)
def import_() -> None:
    """Take in what others captured of a site.

    Each capture takes its place in time. What it shows to have changed becomes changes that are marked as
    found later and never sent as news.

    Example: variorum import warc old-site.warc.gz --site nejatngo
    """
