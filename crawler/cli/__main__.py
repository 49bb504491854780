"""The command `variorum`: its global options, its list of commands, and its error messages."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sqlite3
import sys
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click

from crawler.config.workspace import find_workspace
from crawler.errors import Misuse, VariorumError
from crawler.output.terminal import note
from storage.errors import ForeignDatabase, Malformed, StoreError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130

GROUPS = {
    "Sites": {"init": "sites", "add": "sites", "sites": "sites", "check": "sites"},
    "Runs": {"crawl": "runs", "watch": "runs"},
    "Changes and texts": {
        "changes": "changes",
        "show": "changes",
        "history": "texts",
        "text": "texts",
        "search": "search",
        "duplicates": "duplicates",
    },
    "Export and import": {"export": "export", "import": "imports"},
    "Saved pages, without a workspace": {"extract": "saved_pages", "compare": "saved_pages"},
    "Review and notifications": {"review": "review", "notify": "notify"},
    "Extraction rules and boilerplate": {"template": "rules", "rules": "rules", "reextract": "rules"},
    "Status, evidence and maintenance": {
        "status": "health",
        "doctor": "health",
        "evidence": "evidence",
        "verify": "maintenance",
        "backup": "maintenance",
        "prune": "prune",
    },
}
"""The commands by topic, in the order of their use, each with its module."""
COMMANDS = {name: module for group in GROUPS.values() for name, module in group.items()}
"""The module of each command; a module is imported when one of its commands is used."""
ALIASES = {"families": "duplicates"}
"""Earlier names of commands, which still work and are not listed."""


class Commands(click.Group):
    """The group of all commands; it prints an expected error as one line and sets the exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, without aliases."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name or alias, or None if there is none."""
        cmd_name = ALIASES.get(cmd_name, cmd_name)
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"crawler.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by topic, each with the first sentence of its help."""
        wide = max(map(len, COMMANDS))
        for heading, names in GROUPS.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            rows = [
                (name.ljust(wide), one.get_short_help_str(formatter.width - wide - 4))
                for name, one in commands
                if one
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 1 for a failure, 2 for misuse, 130 for Ctrl-C."""
        try:
            return super().invoke(ctx)
        except (VariorumError, StoreError) as error:
            note(f"variorum: {error}")
            ctx.exit(MISUSED if isinstance(error, Misuse | Malformed | ForeignDatabase) else FAILED)
        except sqlite3.DatabaseError as error:  # a database that opens, and is broken further in
            logging.debug("where it happened:", exc_info=True)
            note(f"variorum: the database can't be used: {error}. `variorum verify` shows what is broken.")
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if not error.filename:  # not about a file: for example a closed pipe, which click handles
                raise
            note(f"variorum: {error.filename}: {error.strerror}")
            ctx.exit(FAILED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "folder", type=click.Path(path_type=Path), metavar="DIR", help="The workspace folder.")
@click.option("-v", "--verbose", count=True, help="Log more; -vv logs everything.")
@click.version_option(package_name="variorum", prog_name="variorum")
@click.pass_context
def main(ctx: click.Context, folder: Path | None, verbose: int) -> None:
    """Crawl whole web sites, keep every version of every page, and show what changed.

    The workspace is the folder given by -C or VARIORUM_HOME, else the current one. Exit codes: 0 for
    success, 1 for a failure, 2 for misuse, 130 for Ctrl-C.

    Example: variorum -C ~/press crawl
    """
    ctx.obj = find_workspace(folder, os.environ)
    level = [logging.WARNING, logging.INFO, logging.DEBUG][min(verbose, 2)]
    logging.basicConfig(level=level, format="%(message)s")
    for stream in (sys.stdout, sys.stderr):  # a terminal without Persian letters gets their codes
        with contextlib.suppress(AttributeError, io.UnsupportedOperation):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


if __name__ == "__main__":
    main(prog_name="variorum")
