"""The log of long-running commands: one line with a time on standard error for each event."""

from __future__ import annotations

import logging
import time


def log_to_stderr() -> None:
    """Send all log messages to standard error, with times in UTC."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=min(logging.INFO, logging.getLogger().level), handlers=[handler], force=True)
