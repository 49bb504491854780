"""Serves the application on a port of this machine."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.applications import Starlette

PATIENCE = 5
"""The seconds that current requests have when the server ends."""


class _Server(uvicorn.Server):
    """Tells the application of a signal, so that streams end; what else goes on may finish."""

    app: Starlette

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.app.state.ending = True
        super().handle_exit(sig, frame)


def serve(app: Starlette, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, then let current requests finish; streams end by `app.state.ending`.

    `ready` is called once a signal ends it in good order.
    """
    app.state.ending = False
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=PATIENCE,
    )
    server = _Server(config)
    server.app = app

    def end(number: int, frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn hands them on to these when it has ended
        signal.signal(number, end)
    ready()
    server.run(sockets=[listening])
