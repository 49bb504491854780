"""The command `variorum serve`: the daemon and the review page as one service."""

from __future__ import annotations

import asyncio

import click

from variorum.crawler.cli.options import with_workspace
from variorum.crawler.cli.review import listening_on, password_for, where_to_listen
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.runtime.parts import Part, run_together
from variorum.storage.store import Store

PART = "variorum.crawler.cli.part"


@click.command()
@where_to_listen
@with_workspace
def serve(workspace: Workspace, port: int, host: str, names: tuple[str, ...]) -> None:
    """Run the daemon and the review page together, until stopped.

    The same as `watch` and `review` side by side. Ctrl-C or SIGTERM ends both. If one of them ends by itself,
    so does the other, and the exit code is 1.

    Example: variorum -C ~/press serve --port 8765
    """
    password_for(host)
    listening_on(host, port).close()  # before a run begins that would be ended at once
    Store.open(workspace.database).close()  # the review page does not start without a database
    verbose = ["-v"] * click.get_current_context().find_root().params["verbose"]
    common = [*verbose, "-C", str(workspace.root)]
    listening = ["--host", host, "--port", str(port), *(word for name in names for word in ("--name", name))]
    daemon = Part("the daemon", PART, [*common, "watch"])
    page = Part("the review page", PART, [*common, "review", *listening])
    asyncio.run(run_together([daemon, page]))
