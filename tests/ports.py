"""Ports for servers that are told theirs before they start."""

from __future__ import annotations

import os
import socket

FIRST, LAST = 10_000, 32_000
"""Below those that Linux gives to whoever asks for any port: none of these is taken in the meantime."""


def free_port() -> int:
    """A port of this machine that nobody uses now, another one in each process."""
    ports = range(FIRST + os.getpid() * 10 % (LAST - FIRST - 1000), LAST)
    return next(port for port in ports if _is_free(port))


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("", port)).close()
    except OSError:
        return False
    return True
