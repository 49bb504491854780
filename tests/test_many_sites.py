"""A thousand site files: each is read when it changes, and looked at in turn, a few at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from variorum.crawler.config import schema
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.health.status import overview
from variorum.crawler.runtime import watchlist
from variorum.crawler.runtime.daemon import Daemon
from variorum.crawler.runtime.watchlist import AT_A_TIME, Watchlist
from variorum.storage.store import Store

MANY = 1000
NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)


def site_file(root: Path, name: str, every: str = "6h") -> Path:
    """Write the file of a site."""
    path = root / "sites" / f"{name}.toml"
    path.write_text(f'url = "https://{name}.example/"\nevery = "{every}"\n')
    return path


def a_workspace(root: Path, sites: int) -> Workspace:
    (root / "sites").mkdir(parents=True)
    (root / "variorum.toml").write_text('contact = "tests@example.org"\n')
    for number in range(sites):
        site_file(root, f"site{number:04}")
    return load_workspace(root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return a_workspace(tmp_path / "many", MANY)


@pytest.fixture
def stats(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files and folders whose state the watchlist asks for."""
    asked: list[Path] = []
    ask = watchlist._stamp

    def stamp(path: Path) -> watchlist.Stamp | None:
        asked.append(path)
        return ask(path)

    monkeypatch.setattr(watchlist, "_stamp", stamp)
    return asked


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The TOML texts that are parsed."""
    parsed: list[str] = []
    loads = schema.tomllib.loads

    def counted(text: str) -> object:
        parsed.append(text)
        return loads(text)

    monkeypatch.setattr(schema.tomllib, "loads", counted)
    return parsed


def round_of(sites: Watchlist) -> Iterator[bool]:
    """The refreshes in which every file is looked at once."""
    return (sites.refresh() for _ in range(MANY // AT_A_TIME + 1))


def test_a_refresh_looks_at_a_few_files_and_reads_none_that_stands_as_it_was(
    workspace: Workspace, stats: list[Path], reads: list[str]
) -> None:
    sites = Watchlist(workspace)
    assert len(sites.sites) == len(reads) == MANY
    stats.clear()
    assert not any(round_of(sites))
    assert len(reads) == MANY
    assert set(stats) >= {workspace.sites_folder / f"site{number:04}.toml" for number in range(MANY)}
    stats.clear()
    sites.refresh()
    assert len(stats) <= AT_A_TIME + 1


def test_a_file_that_is_edited_in_place_is_read_again_within_a_round(
    workspace: Workspace, reads: list[str]
) -> None:
    sites = Watchlist(workspace)
    sites.refresh()
    reads.clear()
    site_file(workspace.root, "site0000", every="12h")
    assert any(round_of(sites))
    assert len(reads) == 1
    assert sites.sites["site0000"].every == "12h"


def test_a_new_file_is_read_at_the_next_refresh_and_one_that_is_removed_is_watched_no_longer(
    workspace: Workspace,
) -> None:
    sites = Watchlist(workspace)
    sites.refresh()
    new = site_file(workspace.root, "zennor")
    assert sites.refresh()
    assert sites.sites["zennor"].url == "https://zennor.example/"
    new.unlink()
    assert sites.refresh()
    assert "zennor" not in sites.sites


def test_files_that_come_at_each_refresh_keep_no_other_file_waiting(workspace: Workspace) -> None:
    sites = Watchlist(workspace)
    site_file(workspace.root, "site0999", every="12h")
    for number in range(2 * MANY // AT_A_TIME):
        site_file(workspace.root, f"a{number:04}")
        sites.refresh()
    assert sites.sites["site0999"].every == "12h"


def test_all_files_of_a_small_folder_are_looked_at_by_each_refresh(tmp_path: Path) -> None:
    small = a_workspace(tmp_path / "small", 3)
    sites = Watchlist(small)
    for every in ("7h", "8h", "9h"):
        site_file(small.root, "site0001", every=every)
        assert sites.refresh()
        assert sites.sites["site0001"].every == every


def test_planning_a_thousand_sites_takes_a_few_transactions_and_planning_again_writes_nothing(
    workspace: Workspace,
) -> None:
    with closing(Store.open(workspace.database)) as store:
        daemon = Daemon(workspace, Watchlist(workspace), store, None)
        statements: list[str] = []
        store.db.conn.set_trace_callback(statements.append)
        daemon.plan(NOW)
        assert sum(one.startswith("COMMIT") for one in statements) < 20
        assert len(store.due_sites("2026-03-01T06:00:00Z")) == MANY
        statements.clear()
        daemon.plan(NOW)
        assert [one for one in statements if one.startswith(("INSERT", "UPDATE"))] == []


def test_a_site_costs_as_many_statements_beside_many_sites_as_beside_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, more, many = (
        statements_of_overview(tmp_path / str(sites), sites, monkeypatch) for sites in (10, 20, 40)
    )
    assert many - more == 2 * (more - few)


def statements_of_overview(root: Path, sites: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of queries that `variorum sites` makes; each site was run once and has an issue."""
    workspace = a_workspace(root, sites)
    listed = Watchlist(workspace).sites
    with closing(Store.open(workspace.database)) as store:
        for site in listed.values():
            store.enrol(site.name, site.url)
            store.begin_run(site.name, "2026-03-01T06:00:00Z")
            store.raise_issue(site.name, "trap", "a calendar", "2026-03-01T06:00:00Z")
    asked: list[str] = []
    connect = sqlite3.connect

    def listening(*args: object, **more: object) -> sqlite3.Connection:
        conn = connect(*args, **more)  # type: ignore[call-overload]
        conn.set_trace_callback(asked.append)
        return conn  # type: ignore[no-any-return]

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", listening)
        found = overview(workspace, listed)
    assert len(found) == sites
    return sum("site" in one for one in asked if one.startswith("SELECT") and "sqlite_" not in one)
