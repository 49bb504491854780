"""Runs `variorum prune` in a process of its own, once a day, for the daemon."""

from __future__ import annotations

import logging

from variorum.crawler.config.workspace import Workspace
from variorum.crawler.runtime.errands import run_command

logger = logging.getLogger(__name__)


async def prune_now(workspace: Workspace) -> None:
    """Prune the database and log the result; cancelling it ends the process."""
    pruned, output = await run_command(workspace.root, "prune")
    logger.info("%s: %s", "pruned" if pruned else "pruning failed", output)
