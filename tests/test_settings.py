"""Workspaces: found, made, read; and the writing of new site files."""

from __future__ import annotations

import logging
import re
import tomllib
from pathlib import Path

import pytest

from variorum.crawler.config.new_files import init_workspace, write_site
from variorum.crawler.config.site import load_site, load_sites
from variorum.crawler.config.workspace import find_workspace, load_workspace
from variorum.crawler.errors import Misuse


def workspace(folder: Path, text: str = "") -> Path:
    (folder / "variorum.toml").write_text(text, encoding="utf-8")
    return folder


# ---- finding one


def test_a_workspace_is_named_by_option_then_variable_else_it_is_the_present_folder() -> None:
    env = {"VARIORUM_HOME": "/srv/home"}
    assert find_workspace(Path("/srv/chosen"), env) == Path("/srv/chosen")
    assert find_workspace(None, env) == Path("/srv/home")
    assert find_workspace(None, {"VARIORUM_HOME": ""}) == Path()


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=f"no workspace in {tmp_path}: run `variorum init {tmp_path}`"):
        load_workspace(tmp_path)


# ---- reading one


def test_an_empty_file_is_a_workspace(tmp_path: Path) -> None:
    found = load_workspace(workspace(tmp_path))
    assert found.database == tmp_path / "variorum.db"
    assert found.sites_folder == tmp_path / "sites"
    assert (found.max_run_seconds, found.max_memory_mb, found.runs_at_once) == (21600, 1500, 4)
    assert dict(found.defaults) == {}


def test_paths_hold_wherever_the_program_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace(tmp_path, 'database = "data/web.db"')
    monkeypatch.chdir(tmp_path)
    assert load_workspace(Path()).database == tmp_path / "data" / "web.db"


def test_requests_name_the_program_and_the_contact(tmp_path: Path) -> None:
    agent = load_workspace(workspace(tmp_path, 'contact = "you@example.org"')).user_agent
    assert agent.startswith("Variorum")
    assert agent.endswith(" (+you@example.org)")


def test_without_a_contact_requests_name_nobody(tmp_path: Path) -> None:
    agent = load_workspace(workspace(tmp_path)).user_agent
    assert agent.startswith("Variorum")
    assert "@" not in agent
    assert "+" not in agent


def test_a_user_agent_of_ones_own_is_kept_as_written(tmp_path: Path) -> None:
    found = load_workspace(workspace(tmp_path, 'user_agent = "Ours/2"\ncontact = "you@example.org"'))
    assert found.user_agent == "Ours/2"


def test_defaults_hold_for_the_sites(tmp_path: Path) -> None:
    workspace(tmp_path, '[defaults]\ndelay = 3\nremove = "div.ticker"')
    site = write_site(tmp_path / "sites", "news", {"url": "https://example.org/"})
    found = load_workspace(tmp_path)
    loaded = load_site(site, found.defaults)
    assert loaded.delay == 3
    assert [rule.css for rule in loaded.remove] == ["div.ticker"]


def test_every_fault_of_the_settings_is_named_at_once(tmp_path: Path) -> None:
    text = """
        databse = "x.db"
        contact = "you@example.org\\r\\nX-Injected: 1"
        user_agent = "ناظر"
        runs_at_once = 0
        max_memory_mb = 1
        [defaults]
        url = "https://example.org/"
        delay = -1
        timezone = "Tirana"
    """
    with pytest.raises(Misuse) as raised:
        load_workspace(workspace(tmp_path, text))
    keys = [line.strip().split(": ")[1] for line in str(raised.value).splitlines()[1:]]
    assert keys == [
        "databse",
        "contact",
        "user_agent",
        "runs_at_once",
        "max_memory_mb",
        "defaults.url",
        "defaults.delay",
        "defaults.timezone",
    ]


def test_defaults_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="both every and cron"):
        load_workspace(workspace(tmp_path, '[defaults]\nevery = "6h"\ncron = "0 3 * * *"'))


def test_settings_that_are_no_toml_are_named_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="line 1"):
        load_workspace(workspace(tmp_path, "contact you"))


# ---- making one


def test_a_new_workspace_has_the_listed_sites_ready_to_load(tmp_path: Path) -> None:
    root = tmp_path / "new" / "watch"
    written = {path.relative_to(root).as_posix() for path in init_workspace(root)}
    assert written == {
        "variorum.toml",
        "sites/example.toml.sample",
        "sites/iran-interlink.toml",
        "sites/nejatngo.toml",
        "sites/nototerrorism-cults.toml",
    }
    found = load_workspace(root)
    assert len(load_sites(found.sites_folder, found.defaults)) == 3


def test_what_the_new_settings_offer_as_comments_is_true(tmp_path: Path) -> None:
    """Each commented setting of the sample is one that can be read once its mark is taken away."""
    init_workspace(tmp_path)
    sample = (tmp_path / "variorum.toml").read_text(encoding="utf-8")
    lines = [re.sub(r"^# (?=\[|.* = )", "", line) for line in sample.splitlines()]
    found = load_workspace(workspace(tmp_path, "\n".join(lines)))
    assert found.contact == "you@example.org"
    assert found.defaults["quiet"] == ["22:00-06:00"]
    assert found.retention == {"captures": "365d", "bodies": "2y"}


def test_making_a_workspace_again_overwrites_nothing_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    init_workspace(tmp_path)
    ours = tmp_path / "sites" / "nejatngo.toml"
    ours.write_text('url = "https://example.org/"', encoding="utf-8")
    (tmp_path / "variorum.toml").unlink()
    with caplog.at_level(logging.WARNING):
        assert init_workspace(tmp_path) == [tmp_path / "variorum.toml"]
    assert ours.read_text(encoding="utf-8") == 'url = "https://example.org/"'
    assert f"{ours} exists already" in caplog.text


# ---- a new site file


def test_a_new_site_file_says_what_was_found_and_reads_back(tmp_path: Path) -> None:
    values = {
        "url": "https://example.org/fa/",
        "scope": ["/fa/اخبار/"],
        "expect": {"languages": ["fa", "sq"]},
    }
    path = write_site(tmp_path, "lajme", values, ["WordPress, with a sitemap.", "زبان: فارسی"])
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# WordPress, with a sitemap.\n# زبان: فارسی\n")
    assert tomllib.loads(text) == values
    assert load_site(path).expect.languages == ("fa", "sq")


def test_a_site_file_is_never_overwritten(tmp_path: Path) -> None:
    path = write_site(tmp_path, "news", {"url": "https://example.org/"})
    with pytest.raises(Misuse, match="exists already"):
        write_site(tmp_path, "news", {"url": "https://other.example/"})
    assert load_site(path).url == "https://example.org/"


@pytest.mark.parametrize("name", ["../news", "/etc/news", "..", "خبر", "", "a/b", "news\n"])
def test_a_name_from_outside_is_no_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "sites"
    with pytest.raises(Misuse, match="can't be a site's name"):
        write_site(folder, name, {"url": "https://example.org/"})
    assert list(tmp_path.rglob("*")) == []


def test_writing_leaves_no_drafts_behind(tmp_path: Path) -> None:
    write_site(tmp_path, "news", {"url": "https://example.org/"})
    assert [path.name for path in tmp_path.iterdir()] == ["news.toml"]
