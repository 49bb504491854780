"""Fixtures for every test file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.command import Press
from tests.local_site import LocalSite

# No test fails because the machine is busy.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


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
