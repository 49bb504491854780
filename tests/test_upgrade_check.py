"""`variorum upgrade-check`: a new release says what it reads differently, and touches nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.command import Press, variorum, workspace
from tests.tracked import HOME
from variorum.crawler.extraction import reader as reading
from variorum.crawler.extraction.extract import EXTRACTOR

STORES = Path(__file__).parent / "stores"


@pytest.fixture
def root(press: Press, tmp_path: Path) -> Path:
    """A workspace that was crawled, which a test may change."""
    return Path(shutil.copytree(press.root, tmp_path / "home"))


def files(root: Path) -> dict[str, str]:
    """The digest of each file of a folder."""
    return {
        str(one.relative_to(root)): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in root.rglob("*")
        if one.is_file()
    }


def checked(root: Path, *words: str) -> dict[str, Any]:
    result = variorum("-C", root, "upgrade-check", "--json", *words)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_same_release_reads_every_page_the_same_and_writes_nothing(root: Path) -> None:
    before = files(root)
    found = checked(root)
    [site] = found["sites"]
    assert (found["migrations"], found["faults"], found["extractor"]) == ([], [], EXTRACTOR)
    assert site["pages"] == site["same"] > 3
    assert site["read_with"] == [EXTRACTOR]
    assert files(root) == before


def test_a_release_that_reads_differently_names_the_pages_and_the_words(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(root)
    read = reading.kept_extract
    monkeypatch.setattr(reading, "EXTRACTOR", "reading 99")

    def without_years(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        return type(found)(**{**vars_of(found), "text": found.text.replace("1878", "")})

    monkeypatch.setattr(reading, "kept_extract", without_years)
    [site] = checked(root)["sites"]
    [one] = site["differing"]
    assert (site["differ"], site["by_release"], one["url"].endswith("/bridge/")) == (1, 1, True)
    assert ["1878" in block for block in one["lost"]] == [True]
    told = variorum("-C", root, "upgrade-check")
    assert "1 differ (1 by the release alone)" in told.stdout
    assert "- It was built in 1878." in told.stdout
    assert files(root) == before


def vars_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def test_only_so_many_pages_of_a_site_are_read(root: Path) -> None:
    assert checked(root, "--pages", "2")["sites"][0]["pages"] <= 2


def test_a_site_file_that_this_release_refuses_is_a_fault(root: Path) -> None:
    with (root / "sites" / "press.toml").open("a") as file:
        file.write("key_of_another_release = 1\n")
    result = variorum("-C", root, "upgrade-check")
    assert (result.exit_code, "key_of_another_release" in result.stdout) == (1, True)


def test_a_database_of_an_older_release_is_migrated_as_a_copy_only(tmp_path: Path) -> None:
    root = workspace(tmp_path / "home", riverside=f'url = "{HOME}/"\n')
    (root / "variorum.db").write_bytes(gzip.decompress((STORES / "release-0.1.0.db.gz").read_bytes()))
    before = files(root)
    found = checked(root)
    assert found["migrations"]
    assert files(root) == before
    assert "they succeed on a copy of it" in variorum("-C", root, "upgrade-check").stdout


def test_a_workspace_of_which_nothing_is_stored_is_said_to_be_one(tmp_path: Path) -> None:
    result = variorum(
        "-C", workspace(tmp_path / "home", press='url = "https://a.example/"\n'), "upgrade-check"
    )
    assert (result.exit_code, "nothing is stored here yet" in result.stderr) == (1, True)
