"""Runs `variorum prune` in a process of its own, once a day, for the daemon.

A prune may wait a minute for another process to let go of the database; a process can be ended at any time.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT

from variorum.crawler.config.workspace import Workspace

logger = logging.getLogger(__name__)


async def prune_now(workspace: Workspace) -> None:
    """Prune the database and log the result; cancelling it ends the process."""
    command = [sys.executable, "-m", "variorum.crawler.cli", "-C", str(workspace.root), "prune"]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        output, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
    how = "pruned" if child.returncode == 0 else "pruning failed"
    logger.info("%s: %s", how, output.decode(errors="replace").strip())
