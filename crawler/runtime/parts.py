"""Runs several commands as the parts of one service: they start together and end together.

Each part is a child process in its own session, so Ctrl-C reaches only this process, which tells the parts.
The standard input of a part ends when this process does, however that happens; a part then ends itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass

from variorum.crawler.errors import Misuse, VariorumError

GRACE_SECONDS = 25
"""The seconds that a part has to end after SIGTERM. The daemon needs up to 15."""
MISUSED = 2


@dataclass(frozen=True)
class Part:
    """A command of this program that is one part of a service."""

    name: str
    """What messages call it, like "the daemon"."""
    module: str
    """The module that runs the command, and ends with its standard input."""
    words: Sequence[str]
    """The arguments of the command."""


@dataclass(frozen=True)
class Running:
    """A part with its process."""

    part: Part
    process: Process

    def __str__(self) -> str:
        return f"{self.part.name} (process {self.process.pid})"

    @property
    def end(self) -> str:
        """How the process ended, in words."""
        code = self.process.returncode or 0
        if code >= 0:
            return f"ended with exit code {code}"
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
        return f"was ended by signal {-code}"


async def run_together(parts: Sequence[Part]) -> None:
    """Run all parts until SIGTERM or SIGINT; then let them end. Main thread only.

    If a part ends by itself, the others are ended, and VariorumError says which one it was; Misuse, if it
    refused its arguments. After a signal, VariorumError names the parts that did not end well.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running: list[Running] = []
    try:
        for part in parts:
            running.append(await _start(part))
        ended = await _first_end(running, stop)
    finally:
        killed = await asyncio.gather(*(_end(one) for one in running))
    if ended:
        raise _unasked(ended, [one for one in running if one is not ended])
    if late := [str(one) for one, was_killed in zip(running, killed, strict=True) if was_killed]:
        raise VariorumError(
            f"killed after {GRACE_SECONDS} seconds, in which it did not end: {', '.join(late)}"
        )
    if failed := [f"{one} {one.end}" for one in running if (one.process.returncode or 0) > 0]:
        raise VariorumError(f"not all ended well: {', '.join(failed)}; the messages above say why.")


async def _start(part: Part) -> Running:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", part.module, *part.words, stdin=PIPE, start_new_session=True
    )
    return Running(part, process)


async def _first_end(running: Sequence[Running], stop: asyncio.Event) -> Running | None:
    """Wait for a signal or the end of a part; return that part, or None after a signal."""
    waits = {asyncio.create_task(one.process.wait()): one for one in running}
    stopping = asyncio.create_task(stop.wait())
    done, pending = await asyncio.wait([stopping, *waits], return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return None if stopping in done else waits[done.pop()]


async def _end(one: Running) -> bool:
    """End a part; return whether it had to be killed."""
    with contextlib.suppress(ProcessLookupError):
        one.process.terminate()
    try:
        await asyncio.wait_for(one.process.wait(), GRACE_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            one.process.kill()
        await one.process.wait()
        return True
    return False


def _unasked(ended: Running, others: Sequence[Running]) -> VariorumError:
    """The error for a part that ended by itself."""
    rest = " and ".join(one.part.name for one in others)
    message = f"{ended} {ended.end}, so {rest} was ended, too"
    if ended.process.returncode == MISUSED:
        return Misuse(f"{message}: see its message above.")
    return VariorumError(f"{message}. The messages above may say why; `variorum serve` starts both again.")
