"""`/metrics` of the review page: the numbers that Prometheus gathers of a machine and its sites."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.command import variorum, workspace
from tests.reviewed import Desk, morning
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.lock import held, watch_lock
from variorum.crawler.times import parse
from variorum.review.app import add_workspace, allow_tokens


def numbers(desk: Desk, **headers: str) -> dict[tuple[str | None, ...], float]:
    """The value of each metric, by its name, its site, and its state or count."""
    answer = desk.get("/metrics", **headers)
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {
        (one.name, one.labels.get("site"), one.labels.get("state", one.labels.get("count"))): one.value
        for family in families
        for one in family.samples
    }


def test_the_numbers_are_those_of_the_store(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        desk.story.store.raise_issue("riverside", "silence", "nothing new", "2026-03-01T06:00:00Z")
        found = numbers(desk)
        last = desk.story.reader.last_run("riverside")
        assert last is not None
        assert found["variorum_pages", "riverside", "gone"] == 1
        assert found["variorum_pages", "riverside", "live"] == len(desk.story.store.live_pages("riverside"))
        assert found["variorum_last_run", "riverside", "fetched"] == last.fetched
        assert found["variorum_open_issues", "riverside", None] == 1
        assert found["variorum_failures_in_a_row", "riverside", None] == 0
        assert found["variorum_database_bytes", None, None] == desk.path.stat().st_size
        assert found["variorum_daemon_up", None, None] == 0
        assert ("variorum_last_backup_timestamp_seconds", None, None) not in found
        with held(watch_lock(desk.path), "`variorum watch`"):
            assert numbers(desk)["variorum_daemon_up", None, None] == 1


def test_the_latest_backup_is_among_them(tmp_path: Path) -> None:
    root = workspace(tmp_path / "home")
    (tmp_path / "backups").mkdir()
    (root / "variorum.toml").write_text(f'[backup]\nfolder = "{tmp_path / "backups"}"\n')
    with morning(root) as desk:
        add_workspace(desk.client.app, load_workspace(root))
        assert numbers(desk)["variorum_last_backup_timestamp_seconds", None, None] == 0
        assert variorum("-C", root, "backup").exit_code == 0
        [made] = [path for path in (tmp_path / "backups").iterdir() if path.is_dir()]
        day, _, time = made.name.removeprefix("variorum-").partition("T")
        at = parse(f"{day}T{time[:2]}:{time[2:4]}:{time[4:6]}Z").timestamp()
        assert numbers(desk)["variorum_last_backup_timestamp_seconds", None, None] == at


def test_prometheus_needs_a_token_or_the_password_where_there_is_one(tmp_path: Path) -> None:
    with morning(tmp_path, password="open sesame") as desk:
        allow_tokens(desk.client.app, ["a-token-of-prometheus"])
        assert desk.get("/metrics").status_code == 401
        assert numbers(desk, authorization="Bearer a-token-of-prometheus")


def test_without_the_extra_the_command_that_installs_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "variorum.review.metrics", raising=False)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with morning(tmp_path) as desk:
        answer = desk.get("/metrics")
    assert (answer.status_code, "-m pip install" in answer.json()["error"]) == (501, True)
