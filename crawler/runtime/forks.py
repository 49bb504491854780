"""Forks processes of a run from one that was forked at its start, before it had threads or an event loop.

They share the memory of what was imported by then, and of what reading a first page loads. They end with the
run, however that ends: each serves one end of a connection whose other end the run holds.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection

CAN_FORK = sys.platform.startswith("linux")
"""Elsewhere, libraries of the system do not survive it."""
PAGE = b"""<!doctype html><html lang="en"><head><title>The ferry</title></head><body>
<ul><li><a href="/">Home</a></ul><main><h1>The ferry</h1>
<p>The ferry to Ormhead left the quay at nine, an hour late, with few aboard.</p>
<p>In the harbour the boats lay still until the tide had turned.</p></main></body></html>"""

Serve = Callable[[Connection], None]


class Forks:
    """The process from which others are forked; `serve` is what these do."""

    def __init__(self, serve: Serve) -> None:
        """Fork it. Raises OSError where the system has no room for it."""
        self._control, theirs = socket.socketpair()
        self._pid = os.fork()
        if not self._pid:
            self._control.close()
            try:
                _fork_on_demand(theirs, serve)
            finally:
                os._exit(0)
        theirs.close()

    def start(self) -> Connection:
        """Our end of the connection to a new process. Raises OSError where none can be forked."""
        ours, theirs = Pipe()
        with theirs:
            socket.send_fds(self._control, [b"."], [theirs.fileno()])
        return ours

    def end(self) -> None:
        """End it, after it has killed all processes that were forked from it."""
        self._control.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _fork_on_demand(control: socket.socket, serve: Serve) -> None:
    """Fork a process for each connection that comes, until the run closes the socket or dies.

    Then kill them, and wait for them: so their CPU time counts as that of the run.
    """
    os.setpgid(0, 0)
    _let_go_of_the_run()
    is_warm = False
    forks: list[int] = []
    while (received := socket.recv_fds(control, 1, 1))[0]:
        if not is_warm:
            load_reading()
            is_warm = True
        [end] = received[1]
        if not (pid := os.fork()):
            control.close()
            serve(Connection(end))
            return
        forks.append(pid)
        os.close(end)
    for pid in forks:
        os.kill(pid, signal.SIGKILL)
    for pid in forks:
        os.waitpid(pid, 0)


def _let_go_of_the_run() -> None:
    """Keep none of its standard streams open: who listens to them learns from their end that it has ended."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.close(nothing)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # those that have ended are waited for
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def load_reading() -> None:
    """Load what reading needs, by reading a page, once for all that are forked afterwards."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start threads, which no fork has
    import_module("variorum.crawler.extraction.extract").extract(PAGE, "https://ormhead.example/ferry/")
    gc.collect()
    gc.freeze()  # or the first collection of each fork would write to, and so copy, all of this memory
