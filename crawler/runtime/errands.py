"""Runs a command of `variorum` in a process of its own, for the daemon.

Such a process may wait a minute for another one to let go of the database; it can be ended at any time.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from pathlib import Path


async def run_command(root: Path, *words: str) -> tuple[bool, str]:
    """Run a command on the workspace `root`; return whether it succeeded, and what it printed.

    Cancelling it ends the process.
    """
    command = [sys.executable, "-m", "variorum.crawler.cli", "-C", str(root), *words]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        output, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
    return child.returncode == 0, output.decode(errors="replace").strip()
