"""Fixtures for every test file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local_site import LocalSite


@pytest.fixture
def local_site() -> Iterator[LocalSite]:
    """A running, empty web site on loopback; see tests/local_site.py."""
    with LocalSite() as site:
        yield site
