"""The command group `variorum import`: adds earlier captures of a site from other archives."""

from __future__ import annotations

from importlib import import_module

import click

SOURCES = {"dumps": "import_dumps", "warc": "import_warc", "wayback": "import_wayback"}
"""The module of each kind of source; it is imported when its command is used."""


class Sources(click.Group):
    """The group `import`, which loads the module of a subcommand only when that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        return list(SOURCES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None if there is none."""
        if cmd_name not in SOURCES:
            return None
        module = import_module(f"variorum.crawler.cli.{SOURCES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.command("import", cls=Sources)
def import_() -> None:
    """Import earlier captures of a site from other archives.

    Each capture is inserted at its time. The changes that follow from it are marked as backfilled, and no
    notification is sent for them.

    Example: variorum import warc old-site.warc.gz --site nejatngo
    """
