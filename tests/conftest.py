"""Fixtures for every test file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests import local_site as sites
from tests.command import Press
from tests.local_site import LocalSite
from tests.wheel import unpacked
from variorum.crawler.runtime import processes

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.quick import Quick
    from tests.wordpress import WordPress

# No test fails because the machine is busy, and each run draws the same values. To search for new ones:
# pytest --hypothesis-profile searching
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("repeatable")

# Each fork imports the main program of its parent, that is pytest where there are no workers: once is enough.
processes.PRELOADED.append("pytest")


TOGETHER = {
    "tests/test_first_morning.py": "tests/test_wheel.py",
    "tests/test_review_browser.py": "tests/test_wordpress.py",
}
"""Files that share a wheel, or a WordPress."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """A site may answer requests in any order. To search for tests that lean on one: pytest --disorder 1"""
    parser.addoption("--disorder", type=int, help="local sites answer after random pauses; the seed of these")


def pytest_configure(config: pytest.Config) -> None:
    seed = config.getoption("--disorder")
    sites.PAUSES = None if seed is None else Random(seed)


class Scheduling(LoadFileScheduling):
    """Gives each worker whole files, and to one worker those that are to run together."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """With several workers: which of them runs which tests."""
    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def forked_runs() -> Iterator[None]:
    """Runs that tests start in their own process are forked, in a tenth of the time."""

    async def fork(arguments: Sequence[str], *, warm: bool) -> processes.Child:
        return await processes.start(arguments, warm=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("variorum.crawler.runtime.run.start", fork)
        yield


@pytest.fixture
def started_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that this test starts are new programs, which have the limits and files of this process."""
    monkeypatch.setattr("variorum.crawler.runtime.run.start", processes.start)


@pytest.fixture
def local_site() -> Iterator[LocalSite]:
    """A running, empty web site on loopback; see tests/local_site.py."""
    with LocalSite() as site:
        yield site


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test makes its database."""
    return tmp_path / "variorum.db"


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    """A workspace that was crawled three times; its site still runs. To be read only."""
    with LocalSite() as site:
        yield Press.crawled(tmp_path_factory.mktemp("press"), site)


@pytest.fixture(scope="session")
def oldsite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WordPress, Quick]]:
    """A WordPress with a classic theme, and a workspace in which it was crawled once: to be copied."""
    from tests.wordpress import crawled

    with crawled(tmp_path_factory.mktemp("oldsite"), "debian", "oldsite") as found:
        yield found


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked, as pip does it."""
    return unpacked(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running browser."""
    from tests.browser import browser

    with browser() as found:
        yield found
