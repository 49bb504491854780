"""What a command costs: CPU and memory of its whole tree of processes. Linux only."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""
EVERY = 0.2
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command has cost."""

    cpu: float
    """Seconds of CPU of all its processes, user and system."""
    peak: int
    """Bytes of memory of all its processes at once, shared pages counted once (PSS)."""
    seconds: float


def adopt_orphans() -> None:
    """Make this process the parent of what outlives its parent, so that its CPU time is counted."""
    if ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def measured(command: Sequence[str], cwd: Path | None = None) -> Cost:
    """The cost of a command and of all that it starts. Raises CalledProcessError where it fails."""
    before, began, peak = _children_cpu(), time.perf_counter(), 0
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, sum(map(memory, descendants(os.getpid()))))
        with suppress(subprocess.TimeoutExpired):
            process.wait(EVERY)
    seconds = time.perf_counter() - began
    _reap()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(_children_cpu() - before, peak, seconds)


def descendants(ancestor: int) -> set[int]:
    """The ids of all processes below one."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(after_name[1])
    found, more = set[int](), {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in more} - found:
        found |= more
    return found


def memory(pid: int, kind: str = "Pss:") -> int:
    """Bytes of memory of one process, as the kernel counts this kind; 0 where it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith(kind):
                return int(line.split()[1]) << 10
    return 0


def _children_cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _reap() -> None:
    """Wait for the orphans, too."""
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
