"""A real PostgreSQL in a folder of its own, reached by a socket in it: Debian's package, and no other port.

    with Postgres(folder) as postgres:
        connect(postgres.address)

It refuses to run as root, so for root it runs as the user `postgres`, or as nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
BINARIES = next((place for place in PLACES if (place / "initdb").exists()), None)
needs_postgres = pytest.mark.skipif(
    BINARIES is None, reason="no PostgreSQL is installed here: apt-get install postgresql"
)
STOP_SECONDS = 60


class Postgres:
    """A server; `stop` and `start` it as often as needed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="variorum-postgres-"))
        self.address = f"host={self.folder} user=variorum dbname=postgres"
        self._process: subprocess.Popen[bytes] | None = None
        self._as: dict[str, Any] = _unprivileged()
        if self._as:
            shutil.chown(self.folder, self._as["user"])

    def __enter__(self) -> Self:
        initdb = ["initdb", "-D", self.folder / "data", "-U", "variorum", "-A", "trust", "--no-sync"]
        self._run(*initdb, "--locale=C", "-E", "UTF8")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, and wait until it can be used; after `kill`, until its processes have ended."""
        options = ["-o", f"-c listen_addresses= -k {self.folder} -c fsync=off"]
        wait = ["-w", "-t", str(STOP_SECONDS), "-D", self.folder / "data", "-l", self.folder / "log"]
        give_up = time.monotonic() + STOP_SECONDS
        while self._run("pg_ctl", "start", *wait, *options, check=time.monotonic() > give_up):
            time.sleep(0.2)

    def stop(self, how: str = "immediate") -> None:
        """Stop it as after a crash; `fast` stops it in good order."""
        self._run("pg_ctl", "stop", "-w", "-m", how, "-D", self.folder / "data", check=False)

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        pid = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def _run(self, program: str, *words: object, check: bool = True) -> int:
        """The exit code; with `check`, only 0 will do."""
        assert BINARIES
        return subprocess.run(
            [BINARIES / program, *map(str, words)],
            check=check, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as,
        ).returncode  # fmt: skip


def _unprivileged() -> dict[str, Any]:
    """The arguments of subprocess that make root somebody else."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
