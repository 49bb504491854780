"""More sites are due at once than may run at once: each gets its turn. Clock and runs are the test's own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.daemon import Daemon
from variorum.crawler.runtime.watchlist import Watchlist
from variorum.storage.store import Store

SITES, AT_ONCE = 100, 4
RUN_TICKS = 3
"""How many ticks a run takes."""
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Simulation:
    """A daemon whose clock goes on a second a tick, and whose runs end after some ticks."""

    def __init__(self, workspace: Workspace, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        self.begun: list[str] = []
        self.most = 0
        self._ends: dict[str, datetime] = {}
        monkeypatch.setattr("variorum.crawler.times.now", lambda: self.now)
        monkeypatch.setattr("variorum.crawler.runtime.daemon.run_child", self._run)
        self.daemon = Daemon(workspace, Watchlist(workspace), store, None)

    async def _run(self, workspace: Workspace, site: Site, **_: Any) -> RunReport:
        self.begun.append(site.name)
        self.most = max(self.most, len(self.daemon.running))
        ends = self.now + timedelta(seconds=RUN_TICKS)
        while self.now < ends:
            await asyncio.sleep(0)
        return RunReport(site.name, failed=False, reason="finished")

    def run(self, enough: Callable[[], bool], ticks: int) -> None:
        """Tick until it is enough; fails after so many ticks."""

        async def tick() -> None:
            self.daemon.plan(self.now)
            for _ in range(ticks):
                await self.daemon.tick()
                self.now += timedelta(seconds=1)
                for _ in range(10):
                    await asyncio.sleep(0)
                if enough():
                    return
            pytest.fail(f"{len(set(self.begun))} sites have run after {ticks} ticks")

        asyncio.run(tick())


@pytest.fixture
def simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Simulation]]:
    """Makes a simulation of so many sites, with that interval for every third of them."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "variorum.toml").write_text(f"runs_at_once = {AT_ONCE}\n")
    workspace = load_workspace(tmp_path)
    with closing(Store.open(workspace.database)) as store:

        def simulation(often: str) -> Simulation:
            for number in range(SITES):
                every = often if number % 3 == 0 else "15m"
                text = f'url = "https://{number:02}.example/"\nevery = "{every}"\n'
                (tmp_path / "sites" / f"{number:02}.toml").write_text(text)
            return Simulation(workspace, store, monkeypatch)

        yield simulation


def test_sites_that_are_due_at_once_run_once_each_and_as_many_at_a_time_as_may(
    simulated: Callable[[str], Simulation],
) -> None:
    simulation = simulated("15m")
    simulation.run(lambda: len(simulation.begun) >= SITES, ticks=SITES // AT_ONCE * (RUN_TICKS + 1))
    assert Counter(simulation.begun) == Counter(f"{number:02}" for number in range(SITES))
    assert simulation.most == AT_ONCE


def test_sites_that_are_always_due_keep_no_other_from_its_run(
    simulated: Callable[[str], Simulation],
) -> None:
    simulation = simulated("1s")
    simulation.run(lambda: len(simulation.begun) >= 3 * SITES, ticks=4 * SITES * RUN_TICKS // AT_ONCE)
    runs = Counter(simulation.begun)
    assert len(runs) == SITES
    assert simulation.most == AT_ONCE
    often = [runs[f"{number:02}"] for number in range(0, SITES, 3)]
    assert max(often) - min(often) <= 2  # those due in one second have no order among them
