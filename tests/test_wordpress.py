"""The whole crawl against a real WordPress: what one night brings is reported as what it is, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wordpress import WordPress, lines_of, plain, running
from tests.workspace import Watched

KINDS = {
    "oldsite": ("debian", "oldsite"),
    "block theme": ("debian", "twentytwentythree"),
    "core 6.5": ("6.5", "oldsite"),
}
"""WordPress 6.1 with a classic and with a block theme; 6.5, whose sitemaps have dates."""

on_each = pytest.mark.parametrize(
    "seeded", [pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in KINDS], indirect=True
)
on_oldsite = pytest.mark.parametrize(
    "seeded", [pytest.param("oldsite", marks=pytest.mark.xdist_group("oldsite"))], indirect=True
)
on_core_65 = pytest.mark.parametrize(
    "seeded", [pytest.param("core 6.5", marks=pytest.mark.xdist_group("core 6.5"))], indirect=True
)

PARTS = {"/three-pages/2/", "/three-pages/3/"}
"""Further pages of one long post: no source lists them, the post itself leads there."""
NO_REST = ("^/wp-json", 503)
NO_SITEMAP = ("sitemap.*xml", 503)
NO_FEED = ("/feed/", 503)


@pytest.fixture(scope="session")
def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WordPress, Watched]]:
    """A WordPress full of posts, and a workspace in which it has been crawled once."""
    folder = tmp_path_factory.mktemp("wordpress")
    with running(folder / "site", *KINDS[request.param]) as wordpress:
        watched = Watched.make(folder / "workspace", wordpress.url)
        report = watched.crawl()
        assert (report.reason, report.failed) == ("finished", False), report
        yield wordpress, watched


@pytest.fixture
def wordpress(seeded: tuple[WordPress, Watched]) -> WordPress:
    """The WordPress as it was seeded."""
    seeded[0].reset()
    return seeded[0]


@pytest.fixture
def watched(seeded: tuple[WordPress, Watched], tmp_path: Path) -> Watched:
    """A workspace for this test alone, in which the site has been crawled once."""
    return seeded[1].copy(tmp_path / "workspace")


@pytest.fixture
def unseen(wordpress: WordPress, tmp_path: Path) -> Watched:
    """A workspace for this test alone, in which the site was never crawled."""
    return Watched.make(tmp_path / "unseen", wordpress.url)


def articles(watched: Watched) -> list[str]:
    """The paths of pages that have a version."""
    return sorted(path for path, page in watched.pages().items() if page.version)


def test_the_first_run(wordpress: WordPress, watched: Watched) -> None:
    ...
