"""The command `variorum`: its global options, its list of commands, and its error messages."""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import logging
import os
import sqlite3
import sys
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any, NoReturn

import click

from variorum.crawler import __version__
from variorum.crawler.errors import Misuse, VariorumError
from variorum.storage.errors import ForeignDatabase, Malformed, StoreError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "Sites": {
        "init": ("sites", "Create a workspace with the default sites."),
        "add": ("sites", "Detect how a site works, and add it to the workspace."),
        "sites": ("sites", "List all sites, or those with a tag, with their crawl status."),
        "check": ("sites", "Test a site's file on a few pages, and store nothing."),
        "pause": ("manage", "Start no more runs of these sites, until they are resumed."),
        "resume": ("manage", "Start runs of paused sites again."),
        "rename": ("manage", "Give a site another name; its history is kept."),
        "remove": ("manage", "Remove sites, with all that is stored of them."),
    },
    "Runs": {
        "crawl": ("crawl", "Crawl the named sites, or all sites, once."),
        "watch": ("watch", "Crawl every site on its schedule, until stopped."),
        "serve": ("serve", "Run the daemon and the review page together, until stopped."),
        "worker": ("worker", "Crawl for the hub of a cluster, until stopped."),
        "service": ("service", "Start `watch` with the machine, as a service of systemd."),
        "plan": ("plan", "Show how often a site's pages are fetched, and what other budgets would bring."),
        "pages": ("pages", "List the pages of a site, with the outcome of the last fetch of each."),
        "why": ("plan", "Say when a page is fetched next, and why then."),
    },
    "Changes and texts": {
        "changes": ("changes", "List changes, the newest first."),
        "show": ("changes", "Show the word diff of one change."),
        "history": ("texts", "List all versions of a page, the oldest first."),
        "text": ("texts", "Print the clean text of a page."),
        "search": ("search", "Search the text of all pages, current and removed."),
        "duplicates": ("duplicates", "List pages with the same or nearly the same text."),
    },
    "Export and import": {
        "export": ("export", "Export the current text of every page."),
        "import": ("imports", "Import earlier captures of a site from other archives."),
    },
    "Saved pages, without a workspace": {
        "extract": ("saved_pages", "Print the text of a saved page as it would be stored."),
        "compare": ("saved_pages", "Show the change between two saved captures of a page."),
    },
    "Review and notifications": {
        "review": ("review", "Serve the review page, where people read and judge changes."),
        "datasette": ("datasette", "Explore the database in Datasette, for reading only."),
        "mcp": ("mcp", "Let an assistant read the workspace, by the Model Context Protocol (MCP)."),
        "notify": ("notify", "Send the notifications that are due now."),
    },
    "Extraction rules and boilerplate": {
        "template": ("rules", "List the boilerplate of a site, and override it."),
        "rules": ("rules", "Test extraction rules before you add them to a site's file."),
        "reextract": ("rules", "Extract the texts of all stored pages again."),
    },
    "Status, evidence and maintenance": {
        "status": ("status", "Show crawl status, for all sites or for one."),
        "doctor": ("doctor", "Check that everything is in place."),
        "upgrade-check": (
            "upgrade_check",
            "Say what this release reads differently from the one used so far, and change nothing.",
        ),
        "completion": ("shell", "Print the script that completes commands and options in a shell."),
        "man": ("shell", "Print the manual page of all commands."),
        "docs": ("docs", "Print a document, or list all of them."),
        "evidence": ("evidence", "Write a folder with the complete evidence for a change."),
        "verify": ("maintenance", "Verify that no stored data was altered."),
        "backup": ("maintenance", "Back up the workspace: the database, the settings and the site files."),
        "restore": ("maintenance", "Restore a workspace from a backup."),
        "prune": ("prune", "Delete old captures and raw pages that are not needed."),
    },
}
"""The commands by topic, in the order of their use: the module of each, and the first sentence of its help.

The sentence is repeated here so that `variorum --help` imports no module of a command.
"""
COMMANDS = {name: module for group in GROUPS.values() for name, (module, _) in group.items()}
"""The module of each command; it is imported when one of its commands is used."""
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
        module = import_module(f"variorum.crawler.cli.{COMMANDS[cmd_name]}")
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(module, f"{name}_" if iskeyword(name) else name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by topic, each with the first sentence of its help."""
        wide = max(map(len, COMMANDS))
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(wide), sentence) for name, (_, sentence) in commands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 1 for a failure, 2 for misuse, 130 for Ctrl-C."""
        try:
            return super().invoke(ctx)
        except (VariorumError, StoreError) as error:
            misused = isinstance(error, Misuse | Malformed | ForeignDatabase)
            _fail(ctx, str(error), MISUSED if misused else FAILED)
        except sqlite3.DatabaseError as error:  # a database that opens, and is broken further in
            logging.debug("where it happened:", exc_info=True)
            _fail(ctx, f"the database can't be used: {error}. `variorum verify` shows what is broken.")
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if not error.filename:  # not about a file: for example a closed pipe, which click handles
                raise
            _fail(ctx, f"{error.filename}: {error.strerror}")


def _fail(ctx: click.Context, message: str, code: int = FAILED) -> NoReturn:
    from variorum.crawler.output.terminal import note  # noqa: PLC0415 - `variorum --help` has no use for it

    note(f"variorum: {message}")
    ctx.exit(code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-C", "folder", type=click.Path(path_type=Path), metavar="DIR", help="The workspace folder.")
@click.option("-v", "--verbose", count=True, help="Log more; -vv logs everything.")
@click.version_option(__version__, prog_name="variorum")
@click.pass_context
def main(ctx: click.Context, folder: Path | None, verbose: int) -> None:
    """Crawl whole web sites, keep every version of every page, and show what changed.

    The workspace is the folder given by -C or VARIORUM_HOME, else the current one. Exit codes: 0 for
    success, 1 for a failure, 2 for misuse, 130 for Ctrl-C.

    Example: variorum -C ~/press crawl
    """
    from variorum.crawler.config.workspace import find_workspace  # noqa: PLC0415 - as above

    atexit.register(gc.freeze)  # or the end of Python would look through all modules for garbage
    ctx.obj = find_workspace(folder, os.environ)
    level = [logging.WARNING, logging.INFO, logging.DEBUG][min(verbose, 2)]
    logging.basicConfig(level=level, format="%(message)s")
    for stream in (sys.stdout, sys.stderr):  # a terminal without Persian letters gets their codes
        with contextlib.suppress(AttributeError, io.UnsupportedOperation):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


if __name__ == "__main__":
    main(prog_name="variorum")
