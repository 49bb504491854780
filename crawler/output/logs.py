"""The log of long-running commands: one line with a time on standard error for each event."""

from __future__ import annotations

import logging
import time

from variorum.crawler.output.terminal import harmless


class _Harmless(logging.Formatter):
    """Escapes control characters: names and errors in a message may come from elsewhere."""

    def format(self, record: logging.LogRecord) -> str:
        """The message with its time, safe for a terminal."""
        return harmless(super().format(record))


def log_to_stderr() -> None:
    """Send all log messages to standard error, with times in UTC."""
    handler = logging.StreamHandler()
    formatter = _Harmless("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=min(logging.INFO, logging.getLogger().level), handlers=[handler], force=True)
