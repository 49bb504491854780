"""The command `variorum watch`: run crawls on schedule."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import click

from variorum.crawler.cli.options import with_workspace
from variorum.crawler.config.site import load_sites
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.extras import install_command
from variorum.crawler.health.haste import warn_of_haste
from variorum.crawler.output.logs import log_to_stderr
from variorum.crawler.runtime.daemon import watch as watch_sites
from variorum.storage.recognition import refuse_foreign


@click.command()
@with_workspace
def watch(workspace: Workspace) -> None:
    """Crawl every site on its schedule, until stopped.

    Runs until Ctrl-C or SIGTERM. Logs to standard error. Reloads site files that are changed, added or
    removed. With [cluster] in variorum.toml, workers on other machines crawl.

    Example: variorum -C ~/press watch
    """
    refuse_foreign(workspace.database)
    warn_of_haste(load_sites(workspace.sites_folder, workspace.defaults).values())
    log_to_stderr()
    asyncio.run(_of_hub(workspace) if workspace.cluster else watch_sites(workspace))


def _of_hub(workspace: Workspace) -> Coroutine[None, None, None]:
    """The daemon that lets the workers of a cluster crawl."""
    try:
        from variorum.crawler.cluster.hub import watch as watch_workers  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise Misuse(f"variorum.toml has [cluster], and {error}: {install_command('cluster')}") from error
    return watch_workers(workspace)
