"""Starts the child processes of runs: a new program for each, or a fork of one that has imported all.

A fork starts in a tenth of the time and shares the memory of what is imported. To the parent both look alike:
events come from the child's standard output, troubles from its standard error, and its standard input ends
when the parent does.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any, Protocol

LINE_BYTES = 16 << 20
"""The longest line that is read from a child."""
CAN_FORK = sys.platform.startswith("linux")
"""Elsewhere, libraries of the system do not survive it."""
PRELOADED = ["variorum.crawler.runtime.warm"]
"""The modules that the process imports from which others are forked."""

Ends = tuple[Connection, Connection, Connection]
"""The child's ends of its standard input, standard output and standard error."""


class Child(Protocol):
    """A child process, as asyncio has those that it starts itself."""

    stdout: StreamReader | None
    stderr: StreamReader | None

    @property
    def returncode(self) -> int | None:
        """The exit code, or minus the number of the signal that ended it; None while it runs."""

    async def wait(self) -> int:
        """Wait for the end; return the exit code."""

    def send_signal(self, signal: int) -> None:
        """Send a signal. May raise ProcessLookupError where the process has ended."""

    def kill(self) -> None:
        """Send SIGKILL. May raise as `send_signal` does."""


async def start(arguments: Sequence[str], *, warm: bool) -> Child:
    """A child with these arguments, in its own session: Ctrl-C reaches only the parent.

    A `warm` one is forked where the system allows it; the first of them waits until all is imported.
    """
    if warm and CAN_FORK:
        return await Fork.start(arguments)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "variorum.crawler.runtime.child", *arguments,
        stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LINE_BYTES, start_new_session=True,
    )  # fmt: skip


class Fork:
    """A child forked from the fork server of multiprocessing, which has imported warm.py."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Fork it. Raises OSError where that can't be."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        stdin, self._stdin = context.Pipe(duplex=False)
        self._stdout, stdout = context.Pipe(duplex=False)
        self._stderr, stderr = context.Pipe(duplex=False)
        with stdin, stdout, stderr:
            self._process = context.Process(
                target=run_forked, args=((stdin, stdout, stderr), dict(os.environ), arguments)
            )
            self._process.start()
        self.stdout: StreamReader | None = None
        self.stderr: StreamReader | None = None

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> Fork:
        """The child, as soon as it is forked. Raises OSError where that can't be."""
        child = cls(arguments)
        child.stdout, child.stderr = await _reader(child._stdout), await _reader(child._stderr)
        return child

    @property
    def returncode(self) -> int | None:
        """The exit code, or minus the number of the signal that ended it; None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """Wait for the end; return the exit code."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._stdin.close()
        self._process.join()
        return self._process.exitcode or 0

    def send_signal(self, signal: int) -> None:
        """Send a signal. Raises ProcessLookupError where the process has ended."""
        if self.returncode is not None or self._process.pid is None:
            raise ProcessLookupError
        os.kill(self._process.pid, signal)

    def kill(self) -> None:
        """Send SIGKILL. Raises as `send_signal` does."""
        self._process.kill()


def run_forked(ends: Ends, environment: Mapping[str, str], arguments: Sequence[str]) -> None:
    """In the fork: become what `python -m variorum.crawler.runtime.child` with these arguments would be."""
    os.setsid()
    for number, end in enumerate(ends):
        os.dup2(end.fileno(), number)
        end.close()
    os.environ.clear()
    os.environ.update(environment)
    from variorum.crawler.runtime.child import main  # noqa: PLC0415 - the parent must not import it

    main(*arguments)


async def _reader(pipe: Connection) -> StreamReader:
    """The lines that come from a pipe, which is closed at its end."""
    reader = StreamReader(limit=LINE_BYTES)
    with pipe:
        file: Any = os.fdopen(os.dup(pipe.fileno()), "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader
