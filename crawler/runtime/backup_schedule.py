"""Runs `variorum backup` in a process of its own when a backup is due, for the daemon.

When the latest one was made is read from the folder of backups, so a restart forgets nothing, and a backup
that was missed is made up for.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from variorum.crawler import times
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.export.workspace_backup import backups
from variorum.crawler.runtime.errands import run_command

TRY_AGAIN = timedelta(hours=1)
"""The time after a failed backup in which no other is tried."""

logger = logging.getLogger(__name__)


class BackupSchedule:
    """The backups of one workspace, as `[backup]` in variorum.toml plans them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._not_before = datetime.min.replace(tzinfo=UTC)

    async def tick(self) -> None:
        """Make a backup if one is due, and log the result; cancelling it ends the process."""
        now = times.now()
        if now < self._not_before or not is_due(self._workspace, now):
            return
        succeeded, output = await run_command(self._workspace.root, "backup")
        if succeeded:
            logger.info("backed up: %s", output)
        else:
            self._not_before = now + TRY_AGAIN
            logger.error("the backup failed, and is tried again in an hour: %s", output)


def is_due(workspace: Workspace, now: datetime) -> bool:
    """Whether a backup is due now; where the folder can't be used, `variorum backup` says why."""
    if workspace.backup is None or workspace.backup_folder is None:
        return False
    made = [one.made_at for one in backups(workspace.backup_folder, workspace.root, now)[:1]]
    return workspace.backup.is_due(made[0] if made else None, now)
