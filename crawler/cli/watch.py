"""The command `variorum watch`: run crawls on schedule."""

from __future__ import annotations

import asyncio

import click

from crawler.cli.options import with_workspace
from crawler.config.site import load_sites
from crawler.config.workspace import Workspace
from crawler.health.haste import warn_of_haste
from crawler.output.logs import log_to_stderr
from crawler.runtime.daemon import watch as watch_sites
from storage.recognition import refuse_foreign


@click.command()
@with_workspace
def watch(workspace: Workspace) -> None:
    """Crawl every site on its schedule, until stopped.

    Runs until Ctrl-C or SIGTERM. Logs to standard error. Reloads site files that are changed, added or
    removed.

    Example: variorum -C ~/press watch
    """
    refuse_foreign(workspace.database)
    warn_of_haste(load_sites(workspace.sites_folder, workspace.defaults).values())
    log_to_stderr()
    asyncio.run(watch_sites(workspace))
