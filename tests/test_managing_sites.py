"""Pausing, renaming and removing sites, and naming several of them by a tag."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.command import Press, variorum, workspace
from variorum.crawler.config.site import Site
from variorum.crawler.config.timing import is_paused
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.health.visits import stored_plan_object
from variorum.review.app import make_app
from variorum.storage.reader import Reader
from variorum.storage.store import Store

LATER = "2999-12-24"


@pytest.fixture
def copy(press: Press, tmp_path: Path) -> Press:
    """A copy of the crawled workspace, which a test may change."""
    shutil.copytree(press.root, tmp_path / "press")
    return replace(press, root=tmp_path / "press")


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A workspace of three sites that were never crawled, two of them with a tag."""
    return workspace(
        tmp_path,
        one='# Ours.\nurl = "https://one.example/"  # since May\ntags = ["press"]\n\n[expect]\n',
        three='url = "https://three.example/"\n',
        two='url = "https://two.example/"\ntags = ["press", "south"]\n',
    )


def exported(copy: Press, *words: str) -> tuple[dict[str, Any], str]:
    """The documents that are not gone, by their ids, and the cursor for the next increment."""
    found = copy.run("export", *words)
    assert found.exit_code == 0, found.stderr
    cursor = re.findall(r"--since (\S+)", found.stderr)[-1]
    documents = map(json.loads, found.stdout.splitlines())
    return {one["id"]: one for one in documents if "gone" not in one}, cursor


def states(root: Path, *words: str) -> dict[str, str]:
    found = variorum("-C", root, "sites", *words)
    assert found.exit_code == 0, found.stderr
    rows = [line.split("\t") for line in found.stdout.splitlines()[1:]]
    return {row[0]: row[-1] for row in rows}


# ---- pause and resume


def test_a_paused_site_says_so_and_its_file_keeps_its_comments(three: Path) -> None:
    before = (three / "sites" / "one.toml").read_text()
    assert variorum("-C", three, "pause", "one", "--until", LATER).exit_code == 0
    assert f"paused = {LATER}" in (three / "sites" / "one.toml").read_text()
    assert states(three)["one"] == "paused"
    assert variorum("-C", three, "resume", "one").exit_code == 0
    assert (three / "sites" / "one.toml").read_text() == before
    assert states(three)["one"] == "never run"


def test_a_file_that_is_edited_keeps_its_mode(three: Path) -> None:
    file = three / "sites" / "one.toml"
    file.chmod(0o640)
    assert variorum("-C", three, "pause", "one").exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("day", ["2020-01-01", "yesterday", "5h", "2026-13-01"])
def test_a_pause_ends_on_a_later_day_or_is_misuse(three: Path, day: str) -> None:
    assert variorum("-C", three, "pause", "one", "--until", day).exit_code == 2


def test_a_pause_until_a_day_ends_as_that_day_begins_where_the_site_is() -> None:
    site = Site(name="one", url="https://one.example/", paused=date(2026, 12, 24), timezone="Asia/Tehran")
    assert is_paused(site, datetime(2026, 12, 23, 20, 29, tzinfo=UTC))
    assert not is_paused(site, datetime(2026, 12, 23, 20, 30, tzinfo=UTC))


def test_a_crawl_of_all_sites_leaves_out_those_that_are_paused(copy: Press) -> None:
    copy.run("pause", "press")
    result = copy.run("crawl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "press: paused, and not crawled" in result.stderr


def test_a_paused_site_that_is_named_is_crawled_and_said_to_be_paused(copy: Press) -> None:
    copy.run("pause", "press")
    result = copy.run("crawl", "press")
    assert (result.exit_code, result.stdout.count("press: ")) == (0, 1)
    assert "press: paused, and crawled once all the same" in result.stderr


# ---- tags


def test_a_tag_names_all_sites_that_have_it(three: Path) -> None:
    assert list(states(three, "press")) == ["one", "two"]
    assert variorum("-C", three, "pause", "press").stdout.count("paused") == 2
    assert states(three) == {"one": "paused", "three": "never run", "two": "paused"}


def test_a_tag_restricts_what_is_read(copy: Press) -> None:
    file = copy.root / "sites" / "press.toml"
    file.write_text(file.read_text() + 'tags = ["towns"]\n')
    for words in (["changes"], ["search", "bridge"]):
        assert copy.objects(*words, "--site", "towns") == copy.objects(*words, "--site", "press") != []
    assert copy.run("export", "--site", "towns").stdout == copy.run("export").stdout != ""


def test_where_one_site_is_wanted_a_tag_of_several_is_misuse(three: Path) -> None:
    result = variorum("-C", three, "check", "press")
    assert (result.exit_code, result.stderr) == (
        2,
        'variorum: "press" is the tag of 2 sites: name one of one, two.\n',
    )


# ---- rename


def test_a_renamed_site_keeps_its_history(copy: Press) -> None:
    before = [one | {"site": "towns"} for one in copy.objects("changes")]
    assert copy.run("rename", "press", "towns").exit_code == 0
    assert copy.objects("changes") == before
    assert copy.objects("history", f"{copy.url}/bridge/")
    assert list(states(copy.root)) == ["towns"]
    assert copy.run("verify").exit_code == 0


def test_the_documents_of_a_renamed_site_keep_their_ids(copy: Press) -> None:
    before, cursor = exported(copy)
    copy.run("rename", "press", "towns")
    after, _ = exported(copy, "--since", cursor)
    assert after == {name: one | {"site": "towns"} for name, one in before.items()}
    (text,) = copy.objects("text", f"{copy.url}/bridge/")
    assert text["id"] in before
    copy.run("rename", "towns", "valley")
    assert exported(copy)[0].keys() == before.keys()


def test_a_site_never_takes_the_name_of_another(three: Path) -> None:
    result = variorum("-C", three, "rename", "one", "two")
    assert (result.exit_code, sorted(path.name for path in (three / "sites").iterdir())) == (
        2,
        ["one.toml", "three.toml", "two.toml"],
    )


# ---- remove


def test_a_removal_says_what_goes_and_asks(copy: Press) -> None:
    result = copy.run("remove", "press")
    assert result.exit_code == 1
    assert "7 pages, 9 versions, 5 changes" in result.stderr
    assert "Remove? [y/N]" in result.stderr
    assert list(states(copy.root)) == ["press"]


def test_a_removed_site_leaves_nothing_but_the_digests_of_its_versions(copy: Press) -> None:
    noted = copy.objects("verify")[0]["head"]
    exported = copy.run("export").stderr.split("--since ")[1].strip()
    assert copy.run("remove", "press", "--yes").exit_code == 0
    assert copy.run("sites").exit_code == 2
    assert copy.objects("changes") == copy.objects("search", "bridge") == []
    assert copy.run("export").stdout == ""
    later = copy.run("export", "--since", exported).stdout.splitlines()
    assert {json.loads(line)["gone"] for line in later} == {True}
    with closing(Reader.open(copy.root / "variorum.db")) as reader:
        assert reader.sites() == []
        (row,) = Store(reader.db).all_sites().values()
        kept = {table: reader._count(f"SELECT count(*) FROM {table}", []) for table in EMPTIED}
    assert (row.rates, row.due_pages, row.every_days, row.longest_days) == (None,) * 4
    assert set(kept.values()) == {0}
    assert copy.run("verify", "--against", noted).exit_code == 0


@pytest.mark.parametrize("words", [
    ("changes", "--site"), ("search", "bridge", "--site"), ("export", "--site"), ("duplicates", "--site"),
    ("pages",), ("status",), ("remove", "--yes"),
])  # fmt: skip
def test_a_removed_site_is_unknown_until_a_file_of_that_name_is_added(copy: Press, words: list[str]) -> None:
    file = copy.root / "sites" / "press.toml"
    text = file.read_text()
    file.with_name("other.toml").write_text('url = "https://other.example/"\n')
    assert copy.run("remove", "press", "--yes").exit_code == 0
    answer = copy.run(*words, "press")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert 'no site is named "press"' in answer.stderr
    file.write_text(text)
    assert "no site is named" not in copy.run(*words, "press").stderr


def test_no_filter_of_the_review_page_offers_a_removed_site(copy: Press) -> None:
    option = "<option>press</option>"
    assert [option in shown(copy, path) for path in ("/", "/search")] == [True, True]
    assert copy.run("remove", "press", "--yes").exit_code == 0
    assert [option in shown(copy, path) for path in ("/", "/search")] == [False, False]
    assert "no site is called" in shown(copy, "/site/press")


@pytest.mark.parametrize("crawled", [False, True])
def test_a_site_that_is_removed_before_a_page_of_it_was_found_leaves_no_row(
    three: Path, crawled: bool
) -> None:
    with closing(Store.open(three / "variorum.db")) as store:
        store.enrol("one", "https://one.example/")
        if crawled:
            store.begin_run("one", "2026-03-01T00:00:00Z")
    assert variorum("-C", three, "remove", "one", "--yes").exit_code == 0
    with closing(Reader.open(three / "variorum.db")) as reader:
        assert Store(reader.db).all_sites() == {}


EMPTIED = ("versions", "bodies", "changes", "runs", "addresses", "listings", "sources", "templates")


def test_a_history_that_is_kept_can_be_read_and_removed_later(copy: Press) -> None:
    assert copy.run("remove", "press", "--keep-history", "--yes").exit_code == 0
    assert states(copy.root) == {"press": "no file"}
    assert "`variorum remove press`" in copy.run("status").stdout
    assert copy.objects("history", f"{copy.url}/bridge/")
    assert "its file is gone" in copy.run("export").stderr
    assert "Its file is gone" in shown(copy, "/site/press")
    assert copy.run("remove", "press", "--yes").exit_code == 0
    assert copy.objects("changes") == []


def shown(copy: Press, path: str) -> str:
    """A page of the review page."""
    at = load_workspace(copy.root)
    app = make_app(
        at.database, hosts=["testserver"], password=None, plan=lambda name: stored_plan_object(at, name)
    )
    with TestClient(app) as client:
        return client.get(path).text


# ---- init


def test_init_never_brings_back_sites_that_were_removed(tmp_path: Path) -> None:
    variorum("init", tmp_path)
    variorum("-C", tmp_path, "remove", "nejatngo", "--yes")
    variorum("init", tmp_path)
    assert not (tmp_path / "sites" / "nejatngo.toml").exists()
