"""What is installed is `variorum` alone: it stands beside a project that has its own `spiders` and
`crawler`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import quick, workspace
from tests.local_site import LocalSite, article
from tests.wheel import run

ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of somebody else's project, whose modules have the names of ours."""
    for name in ("crawler", "review", "spiders", "storage"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('this is another project')")
    return tmp_path


def test_the_wheel_has_one_package(installed: Path) -> None:
    assert [path.name for path in installed.iterdir() if path.suffix != ".dist-info"] == ["variorum"]


def test_the_wheel_has_what_the_review_page_needs(installed: Path) -> None:
    review = installed / "variorum/review"
    for folder, kind in (("templates", "html"), ("static", "js"), ("locale/fa/LC_MESSAGES", "po")):
        there = {path.name for path in (ROOT / "review" / folder).glob(f"*.{kind}")}
        assert there
        assert there == {path.name for path in (review / folder).glob(f"*.{kind}")}


def test_it_is_imported_and_run_by_its_name(project: Path, installed: Path) -> None:
    assert run(project, installed, "-c", "import variorum; print(variorum.__file__)").startswith(
        str(installed)
    )
    assert run(project, installed, "-m", "variorum", "--version").startswith("variorum, version ")


def test_it_crawls_beside_a_project_that_has_its_own_spiders(
    project: Path, installed: Path, local_site: LocalSite
) -> None:
    local_site.pages["/"] = article("A bridge", "It was built in 1887, and it still stands.")
    root = workspace(project / "watch", press=quick(local_site))
    assert "1 baseline" in run(project, installed, "-m", "variorum", "-C", root, "crawl")
    assert "1887" in run(project, installed, "-m", "variorum", "-C", root, "text", f"{local_site.url}/")
    assert "# Commands" in run(project, installed, "-m", "variorum", "docs", "commands")
