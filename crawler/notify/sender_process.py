"""Sends notifications for the daemon in a child process, so that a slow service blocks nothing else."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.notify.notify import is_news
from variorum.crawler.notify.target import Target, targets_of
from variorum.crawler.times import iso
from variorum.storage.outbox import Outbox
from variorum.storage.store import Store

PAUSE = timedelta(seconds=20)
"""The pause between two starts of the child; what is found meanwhile goes into one message."""
POLL_SECONDS = 0.1

logger = logging.getLogger(__name__)


class SenderProcess:
    """The process that sends notifications for a daemon; at most one runs at a time."""

    def __init__(self, workspace: Workspace, store: Store) -> None:
        self._workspace = workspace
        self._outbox = Outbox(store.db)
        self._targets: list[Target] = []
        self._child: subprocess.Popen[bytes] | None = None
        self._again_at: datetime | None = None

    def meet(self, sites: Iterable[Site], now: datetime) -> None:
        """Register the targets of these sites."""
        self._targets = targets_of(self._workspace, sites)
        for target in self._targets:
            self._outbox.meet(target.id, target.shown, iso(now))

    def tick(self, now: datetime) -> None:
        """Start a child process if notifications are due."""
        if self._is_busy() or (self._again_at and now < self._again_at <= now + PAUSE):
            return
        if any(is_news(self._outbox, target, now) for target in self._targets):
            self._again_at = now + PAUSE
            command = [sys.executable, "-m", "variorum.crawler.notify.notify", str(self._workspace.root)]
            # A session of its own: a Ctrl-C reaches us alone.
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603

    async def end(self, seconds: float) -> None:
        """Let the child finish its message; if that takes longer than `seconds`, it ends after this
        process does."""
        if not self._is_busy():
            return
        assert self._child
        self._child.send_signal(signal.SIGTERM)
        for _ in range(int(seconds / POLL_SECONDS)):
            if not self._is_busy():
                return
            await asyncio.sleep(POLL_SECONDS)
        logger.info("process %d still waits for a service to accept its message", self._child.pid)

    def _is_busy(self) -> bool:
        return self._child is not None and self._child.poll() is None
