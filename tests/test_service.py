"""The systemd unit that starts the daemon with the machine."""

from __future__ import annotations

import configparser
import sys
from pathlib import Path

import pytest

from tests.command import variorum, workspace
from variorum.crawler.cli.service import unit, unit_name


def read(text: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(text)
    return found


def test_a_user_gets_a_unit_for_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    root = workspace(tmp_path / "press")
    result = variorum("-C", root, "service", "install", "--user")
    [path] = (tmp_path / "config" / "systemd" / "user").iterdir()
    found = read(path.read_text())
    assert path.name == "variorum-press.service"
    assert found["Service"]["ExecStart"].startswith(f'"{sys.executable}" -m ')
    assert found["Service"]["ExecStart"].endswith(f'-C "{root}" watch')
    assert found["Install"]["WantedBy"] == "default.target"
    assert f"systemctl --user enable --now {path.name}" in result.stderr


def test_the_unit_can_start_the_review_page_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    root = workspace(tmp_path / "press")
    assert variorum("-C", root, "service", "install", "--user", "--serve").exit_code == 0
    [path] = (tmp_path / "config" / "systemd" / "user").iterdir()
    assert read(path.read_text())["Service"]["ExecStart"].endswith(f'-C "{root}" serve')


def test_a_path_stays_one_word_whatever_is_in_it() -> None:
    found = read(unit(Path('/home/a b/50%/"x"/$HOME'), Path("/usr/bin/python3"), user=False))
    assert found["Service"]["ExecStart"].endswith(r'-C "/home/a b/50%%/\"x\"/$$HOME" watch')
    assert found["Install"]["WantedBy"] == "multi-user.target"


@pytest.mark.parametrize(
    ("root", "name"), [("/home/a/press", "press"), ("/", "workspace"), ("/a/b c/", "b-c")]
)
def test_a_unit_is_named_after_the_workspace(root: str, name: str) -> None:
    assert unit_name(Path(root)) == name
