"""A watched site whose runs are forked from a process that has everything imported: a run in a second.

What runs is the job of `variorum.crawler.runtime.child`, without the second or more that Python takes to
import it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib import import_module
from inspect import isasyncgenfunction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from tests.empty_store import begin_store
from tests.small_crawl import FORKS
from tests.workspace import NAME, Watched
from variorum.crawler.config.site import load_site
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.child import crawl, run_settings
from variorum.crawler.runtime.processes import PRELOADED
from variorum.spiders.spiders.loader import spider_of

PRELOADED.append("tests.quick")
FORKS.set_forkserver_preload(PRELOADED)
TIMEOUT = 300


@dataclass(frozen=True)
class Quick(Watched):
    """A workspace with one site, as `Watched`."""

    @classmethod
    def make(cls, root: Path, url: str, **keys: Any) -> Self:
        """A new workspace, in which a store is begun; `keys` go into the site's file."""
        made = super().make(root, url, **keys)
        begin_store(load_workspace(root).database)
        return made

    def crawl(self, *, full: bool = True, broken: str = "", error: Exception | None = None) -> RunReport:
        """One run now; in it the method `broken`, named like "module:Class.method", raises the error."""
        ours, theirs = FORKS.Pipe()
        child = FORKS.Process(target=_run, args=(self, full, theirs, broken, error), daemon=True)
        child.start()
        theirs.close()
        event: dict[str, Any] = {}
        while event.get("event") != "ended":
            assert ours.poll(TIMEOUT), "the run did not end"
            event = ours.recv()
        child.join(TIMEOUT)
        trouble, reason = event.pop("trouble"), event.pop("reason")
        return RunReport(NAME, failed=bool(trouble), reason=reason, trouble=trouble, counts=event)

    def status(self) -> dict[str, Any]:
        """What `variorum status` has to tell of the site."""
        return self._read(lambda reader: reader.status(NAME))

    def coverage(self) -> list[dict[str, Any]]:
        """What `variorum status SITE` reports about each source of the site."""
        return self._read(lambda reader: reader.coverage(NAME))


def _run(watched: Quick, full: bool, results: Connection, broken: str, error: Exception | None) -> None:
    """The run itself, in the child."""
    if broken:
        _break(broken, error or ZeroDivisionError("as if"))

    def tell(event: dict[str, Any]) -> None:
        results.send(event)

    workspace = load_workspace(watched.root)
    site = load_site(workspace.sites_folder / f"{NAME}.toml", workspace.defaults)
    crawl(run_settings(workspace, NAME, {"FULL": full, "ON_EVENT": tell}), spider_of(site))


def _break(name: str, error: Exception) -> None:
    """From now on the method raises."""
    module, _, path = name.partition(":")
    owner, _, method = path.partition(".")
    where = getattr(import_module(module), owner)

    def raises(*_: object, **__: object) -> None:
        raise error

    async def raises_in_time(*_: object) -> AsyncIterator[None]:
        raises()
        yield

    setattr(where, method, raises_in_time if isasyncgenfunction(getattr(where, method)) else raises)
