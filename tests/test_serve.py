"""`variorum serve`: daemon and review page as one service, which ends as a whole however one part ends."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.command import VARIORUM, variorum, workspace
from tests.local_site import LocalSite, article
from tests.wheel import path_of
from variorum.crawler.lock import is_held, watch_lock

PATIENCE = 300
DAEMON, PAGE = "watch", "review"


class Service:
    """A running `variorum serve`, with what it prints."""

    def __init__(self, root: Path, *words: str, installed: Path | None = None) -> None:
        self.root, self.log = root, root.with_suffix(".log")
        program = [sys.executable, "-m", "variorum"] if installed else VARIORUM
        command = [*program, "-C", str(root), "serve", "--port", "0", *words]
        where = {"cwd": root, "env": path_of(installed)} if installed else {}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **where)

    def logged(self) -> str:
        return self.log.read_text("utf-8")

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for something to hold."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"waited in vain: {self.logged()}"
            time.sleep(0.1)

    def begin(self) -> None:
        """Wait until both parts are at work."""
        self.until(self.address)
        self.until(lambda: is_held(watch_lock(self.root / "variorum.db")))

    def address(self) -> str:
        found = re.search(r"http://\S+", self.logged())
        return found[0] if found else ""

    def parts(self) -> dict[str, int]:
        """The process id of each part, by its command."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in children.split()}
        return {word: pid for pid, line in lines.items() for word in (DAEMON, PAGE) if word in line}


def is_there(pid: int) -> bool:
    """Whether a process has not ended; one that waits for its parent to take notice has."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@contextlib.contextmanager
def serving(root: Path, *words: str, installed: Path | None = None) -> Iterator[Service]:
    """The service of this workspace, by the wheel in the folder `installed` if one is given."""
    service = Service(root, *words, installed=installed)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.process.terminate()
        service.process.wait(PATIENCE)


@pytest.fixture
def root(local_site: LocalSite, tmp_path: Path) -> Path:
    """A workspace with a site of one page, of which nothing is stored yet."""
    local_site.pages["/"] = article("The bridge", "The old bridge was closed in March.")
    text = f'url = "{local_site.url}/"\nevery = "1h"\ndelay = 0\ndiscover = ["links"]\n'
    return workspace(tmp_path / "home", press=text)


def test_a_new_workspace_is_crawled_and_reviewed_until_a_signal_ends_both(root: Path) -> None:
    with serving(root) as service:
        service.begin()
        parts = service.parts()
        assert set(parts) == {DAEMON, PAGE}
        service.until(lambda: b'"live":1' in sites(service))
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(PATIENCE) == 0
    assert not any(map(is_there, parts.values()))
    assert not is_held(watch_lock(root / "variorum.db"))


def port_of(address: str) -> int:
    return int(address.rstrip("/").rpartition(":")[2])


def sites(service: Service) -> bytes:
    with urllib.request.urlopen(f"{service.address()}sites.json") as answer:
        return bytes(answer.read())


@pytest.mark.parametrize(("victim", "name"), [(DAEMON, "the daemon"), (PAGE, "the review page")])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_if_one_part_ends_so_does_the_other_and_a_message_names_it(
    root: Path, victim: str, name: str, number: signal.Signals
) -> None:
    with serving(root) as service:
        service.begin()
        parts = service.parts()
        os.kill(parts[victim], number)
        assert service.process.wait(PATIENCE) == 1
    assert not any(map(is_there, parts.values()))
    how = "was ended by SIGKILL" if number == signal.SIGKILL else "ended with exit code 0"
    other = {"the daemon": "the review page", "the review page": "the daemon"}[name]
    assert f"variorum: {name} (process {parts[victim]}) {how}, so {other} was ended, too." in service.logged()
    assert "Traceback" not in service.logged()


def test_if_the_service_itself_is_killed_both_parts_end(root: Path) -> None:
    with serving(root) as service:
        service.begin()
        parts = service.parts()
        service.process.kill()
        service.until(lambda: not any(map(is_there, parts.values())))
    assert not is_held(watch_lock(root / "variorum.db"))


def test_a_second_service_of_a_workspace_ends_as_a_whole(root: Path) -> None:
    with serving(root) as service:
        service.begin()
        second = subprocess.run(
            [*VARIORUM, "-C", str(root), "serve", "--port", "0"],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert second.returncode == 1
        assert "runs already" in second.stderr
        assert "the daemon (process" in second.stderr


def test_a_port_that_is_taken_is_misuse_before_anything_starts(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = variorum("-C", root, "serve", "--port", port)
    assert refused.exit_code == 2
    assert f"can't listen on 127.0.0.1, port {port}: it is in use." in refused.stderr
    assert "Choose another with --port" in refused.stderr
    assert not (root / "variorum.db").exists()


def test_an_address_that_others_reach_is_refused_without_a_password(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VARIORUM_PASSWORD", raising=False)
    result = variorum("-C", root, "serve", "--host", "0.0.0.0")
    assert (result.exit_code, "VARIORUM_PASSWORD" in result.stderr) == (2, True)
    assert not (root / "variorum.db").exists()


def test_the_service_of_the_compose_file_is_this_command_and_its_health_check_tells_the_truth(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARIORUM_PASSWORD", "open sesame")
    compose = yaml.safe_load((Path(__file__).parent.parent / "compose.one.yaml").read_text("utf-8"))
    [service] = compose["services"].values()
    command, (_, *check) = service["command"], service["healthcheck"]["test"]
    assert command[0] == "serve"
    with serving(root, *command[1:]) as running:
        running.begin()
        check = [sys.executable, check[1], check[2].replace("8765", str(port_of(running.address())))]
        assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0
