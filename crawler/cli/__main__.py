"""The command `variorum`: what holds for all commands, and where each is found."""

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
    "What changed, and what stands": {
        "changes": "changes",
        "show": "changes",
        "history": "texts",
        "text": "texts",
        "search": "search",
        "families": "duplicates",
    },
    "Texts handed out, and the past taken in": {"export": "export", "import": "imports"},
    "Saved pages, without a workspace": {"extract": "saved_pages", "compare": "saved_pages"},
    "Review and news": {"review": "review", "notify": "notify"},
    "What is text and what is boilerplate": {"template": "rules", "rules": "rules", "reextract": "rules"},
    "Health, evidence and upkeep": {
        "status": "health",
        "doctor": "health",
        "evidence": "evidence",
        "verify": "maintenance",
        "backup": "maintenance",
        "prune": "prune",
    },
}
"""The commands by what they are for, in the order of their use, each with its module."""
COMMANDS = {name: module for group in GROUPS.values() for name, module in group.items()}
"""The module of each command; a module is imported when one of its commands is asked for."""


class Commands(click.Group):
    """The commands in the order of their use; errors that a person can act on become one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"crawler.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write them by what they are for, each with the first sentence of its help."""
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
        """Run the command; exit with 1 for what failed, 2 for misuse, 130 for Ctrl-C."""
        try:
            return super().invoke(ctx)
        except (VariorumError, StoreError) as error:
            note(f"variorum: {error}")
            ctx.exit(MISUSED if isinstance(error, Misuse | Malformed | ForeignDatabase) else FAILED)
        except sqlite3.DatabaseError as error:  # a database that opens, and is broken further in
            logging.debug("where it happened:", exc_info=True)
            note(f"variorum: the database can't be used: {error}. `variorum verify` tells what is broken.")
            ctx.exit(FAILED)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if not error.filename:  # not about a file: a closed pipe, say, which click knows
                raise
            note(f"variorum: {error.filename}: {error.strerror}")
            ctx.exit(FAILED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "folder", type=click.Path(path_type=Path), metavar="DIR", help="The workspace.")
@click.option("-v", "--verbose", count=True, help="Say more; twice for everything.")
@click.version_option(package_name="variorum", prog_name="variorum")
@click.pass_context
def main(ctx: click.Context, folder: Path | None, verbose: int) -> None:
    """Follow whole web sites: keep every version of every page, and show what truly changed.

    The workspace is the folder given by -C or VARIORUM_HOME, else the present one. Exit codes: 0 for fine,
    1 for failed, 2 for misuse, 130 for Ctrl-C.

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
