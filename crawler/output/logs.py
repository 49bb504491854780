"""The log of what runs for long: a line on standard error for each thing that happens, with its time."""

from __future__ import annotations

import logging
import time


def log_to_stderr() -> None:
    """From now on, what is logged goes to standard error, in UTC."""
    handler = logging.StreamHandler()
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.basicConfig(level=min(logging.INFO, logging.getLogger().level), handlers=[handler], force=True)
