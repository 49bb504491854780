"""`variorum review` as a process: it starts in a new workspace, and ends in good order."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import httpx

from tests.command import VARIORUM, workspace

PATIENCE = 300


def test_the_page_of_a_new_workspace_is_served_and_ends_while_somebody_follows_runs(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    command = [*VARIORUM, "-C", str(root), "review", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        url = server.stdout.readline().split()[2]
        assert "Add a site" in httpx.get(f"{url}sites", timeout=PATIENCE).text
        with httpx.stream("GET", f"{url}running/events", timeout=PATIENCE) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("data: ")
            server.send_signal(signal.SIGTERM)
            assert "No site is being crawled." in "".join(lines)
        _, errors = server.communicate(timeout=PATIENCE)
    assert (server.returncode, errors) == (0, "")
