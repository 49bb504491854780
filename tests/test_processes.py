"""Runs that are forked from one warm process: nothing crosses the fork that must not."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from tests.blog import front, text_of
from tests.local_site import LocalSite, Request, article
from tests.small_crawl import FORKS, TIMEOUT
from tests.test_run import last_run, lock_of, workspace_of
from tests.workspace import NAME, Watched
from variorum.crawler.config.site import load_sites
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.runtime import child
from variorum.crawler.runtime.handover import packed
from variorum.crawler.runtime.recorder import RecordingPipeline
from variorum.crawler.runtime.run import run_child, run_sites

PATHS = [f"/letters/{number}/" for number in range(3)]
WARM = """
import os, sys
import variorum.crawler.runtime.warm
opened = [os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")[:-1]]
print("twisted.internet.reactor" in sys.modules, len(os.listdir("/proc/self/task")), *opened, sep="\\n")
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="runs are forked on Linux only")


@pytest.fixture
def watched(local_site: LocalSite, tmp_path: Path) -> Watched:
    local_site.pages["/"] = front(PATHS)
    local_site.pages |= {path: article(f"Letter {path}", *text_of(path)) for path in PATHS}
    return Watched.make(tmp_path / "home", local_site.url, discover=["links"])


def test_what_runs_are_forked_from_has_no_reactor_no_thread_and_no_database() -> None:
    looked = subprocess.run([sys.executable, "-c", WARM], capture_output=True, text=True, check=True)
    reactor, threads, *opened = looked.stdout.split("\n")
    assert (reactor, threads) == ("False", "1")
    assert [path for path in opened if ".db" in path] == []


def test_a_forked_run_finds_everything_imported(watched: Watched) -> None:
    ours, theirs = FORKS.Pipe()
    arguments = [*map(packed, workspace_of(watched)), "full"]
    process = FORKS.Process(target=_newly_imported, args=(arguments, theirs))
    process.start()
    theirs.close()
    assert ours.poll(TIMEOUT)
    found = {name for name in ours.recv() if not name.startswith("encodings.")}
    process.join(TIMEOUT)
    assert last_run(watched)["reason"] == "finished"
    assert found == {"twisted.internet.reactor"}


def _newly_imported(arguments: list[str], told: Connection) -> None:
    """In the fork: a run, and what it had to import."""
    before = set(sys.modules)
    os.dup2(os.pipe()[0], 0)  # that never ends
    child.main(*arguments)
    told.send(sys.modules.keys() - before)


def held_back(local_site: LocalSite, path: str) -> threading.Event:
    """The page at that path comes when the event is set: no run that wants it ends before."""
    goes_on, page = threading.Event(), article("The last letter", *text_of(path))

    def answer(request: Request) -> str:
        goes_on.wait(TIMEOUT)
        return page

    local_site.pages[path] = answer
    return goes_on


def test_a_forked_run_has_its_memory_bounded_and_a_session_of_its_own(
    watched: Watched, local_site: LocalSite
) -> None:
    (watched.root / "variorum.toml").write_text("max_memory_mb = 1234\n")
    seen: set[tuple[str, bool]] = set()
    looked = held_back(local_site, PATHS[-1])

    def look(event: dict[str, Any]) -> None:
        if event["event"] == "page" and not looked.is_set():
            pid = int(lock_of(watched).read_text())
            limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
            [bound] = [line.split()[3] for line in limits if line.startswith("Max address space")]
            seen.add((bound, os.getsid(pid) == pid))
            looked.set()

    asyncio.run(run_child(*workspace_of(watched), full=True, stop=asyncio.Event(), on_event=look, warm=True))
    assert seen == {(str(1234 << 20), True)}


def test_a_forked_run_that_is_killed_takes_no_other_with_it(watched: Watched, local_site: LocalSite) -> None:
    other = f'url = "{local_site.url}/other/"\ndelay = 0\ndiscover = ["links"]\n'
    (watched.root / "sites" / "other.toml").write_text(other)
    local_site.pages["/other/"] = front(["/other/letter/"])
    dead = held_back(local_site, "/other/letter/")
    workspace = load_workspace(watched.root)

    def kill(event: dict[str, Any]) -> None:
        if event["event"] == "page" and event["site"] == "other" and not dead.is_set():
            os.kill(int(Path(f"{workspace.database}.other.lock").read_text()), signal.SIGKILL)
            dead.set()

    sites = list(load_sites(workspace.sites_folder).values())
    killed, ended = asyncio.run(run_sites(workspace, sites, on_event=kill))
    assert (killed.site, killed.reason) == ("other", "died")
    assert killed.trouble.startswith("the run broke down (exit -9)")
    assert (ended.site, ended.reason) == (NAME, "finished")


def test_a_signal_before_the_first_request_ends_a_run_in_good_order(
    watched: Watched, local_site: LocalSite
) -> None:
    process = FORKS.Process(target=_signalled_at_once, args=([*map(packed, workspace_of(watched)), "full"],))
    process.start()
    process.join(TIMEOUT)
    assert process.exitcode == 0
    assert last_run(watched)["reason"] == "shutdown"
    assert not set(PATHS) & set(local_site.paths())


def _signalled_at_once(arguments: list[str]) -> None:
    """In the fork: a run that is sent SIGTERM as soon as it is opened, before the engine runs."""
    opened = RecordingPipeline.open_spider

    def open_spider(recorder: RecordingPipeline) -> None:
        opened(recorder)
        os.kill(os.getpid(), signal.SIGTERM)

    RecordingPipeline.open_spider = open_spider
    os.dup2(os.pipe()[0], 0)
    child.main(*arguments)
