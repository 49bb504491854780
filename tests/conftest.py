"""Fixtures for every test file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest
from hypothesis import settings

from tests import local_site as sites
from tests.command import Press
from tests.local_site import LocalSite
from variorum.crawler.runtime import processes

# No test fails because the machine is busy, and each run draws the same values. To search for new ones:
# pytest --hypothesis-profile searching
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """A site may answer requests in any order. To search for tests that lean on one: pytest --disorder 1"""
    parser.addoption("--disorder", type=int, help="local sites answer after random pauses; the seed of these")


def pytest_configure(config: pytest.Config) -> None:
    seed = config.getoption("--disorder")
    sites.PAUSES = None if seed is None else Random(seed)


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


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    """A workspace that was crawled three times; its site still runs. To be read only."""
    with LocalSite() as site:
        yield Press.crawled(tmp_path_factory.mktemp("press"), site)
