"""A run says what it is doing: to a terminal, to a pipe, and to every process that asks."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.command import in_terminal, quick, workspace
from tests.local_site import LocalSite, Page, Request, article
from tests.workspace import Watched
from variorum.crawler.lock import held, run_lock
from variorum.crawler.output.progress import ProgressLines
from variorum.crawler.output.run_text import progress_line
from variorum.crawler.runtime.run_progress import forget, keep, progress_file, running

PATIENCE = 300
PROGRESS = {
    "site": "press", "run": 1, "pid": 0, "phase": "fetching pages", "started_at": "2026-03-01T06:00:00Z",
    "at": "2026-03-01T06:01:00Z", "done": 120, "known": 9800, "requests": 130, "left": 1870, "waiting": None,
}  # fmt: skip


def test_a_run_tells_its_phases_and_other_processes_can_read_it_while_it_goes_on(
    tmp_path: Path, local_site: LocalSite
) -> None:
    seen, told = threading.Event(), list[dict[str, Any]]()
    database = tmp_path / "home" / "variorum.db"
    from_elsewhere: list[dict[str, Any]] = []

    def slow(request: Request) -> str:
        assert seen.wait(PATIENCE)
        return article("The mill", "The mill turns again, after the flood of the spring.")

    def hear(event: dict[str, Any]) -> None:
        if event["event"] == "progress":
            told.append(event)
            if event["phase"] == "fetching pages":
                from_elsewhere.extend(running(database))
                seen.set()

    local_site.pages |= {
        "/": article("The bridge", "It was built.", menu=[("/mill/", "Mill")]),
        "/mill/": slow,
    }
    watched = Watched.make(tmp_path / "home", local_site.url)
    watched.set(discover=["links"]).crawl(on_event=hear)
    phases = list(dict.fromkeys(event["phase"] for event in told))
    assert phases == ["reading sources", "fetching pages", "finishing"]
    assert (told[-1]["done"], told[-1]["known"]) == (4, 4), local_site.paths()
    assert told[-1]["left"] == 2000 - told[-1]["requests"]
    assert [(one["site"], one["phase"]) for one in from_elsewhere[:1]] == [("watched", "fetching pages")]
    assert running(database) == []
    assert not progress_file(database, "watched").exists()


def test_a_run_that_waits_for_a_host_says_for_which_and_until_when(
    tmp_path: Path, local_site: LocalSite
) -> None:
    answers = iter([Page("later", status=503, headers={"Retry-After": "5"})])
    mill = article("The mill", "The mill turns again, after the flood of the spring.")
    local_site.pages |= {
        "/": article("The bridge", "It was built.", menu=[("/mill/", "Mill")]),
        "/mill/": lambda request: next(answers, mill),
    }
    told: list[dict[str, Any]] = []
    watched = Watched.make(tmp_path / "home", local_site.url).set(discover=["links"])
    watched.crawl(on_event=told.append)
    waits = [one["waiting"] for one in told if one["event"] == "progress" and one["waiting"]]
    (event,) = [one for one in told if one["event"] == "waiting"]
    assert waits[0] == {"host": event["host"], "until": event["until"]}


# ---- the file


def test_what_a_killed_run_left_does_not_count(tmp_path: Path) -> None:
    database = tmp_path / "variorum.db"
    keep(database, PROGRESS)
    assert running(database) == []
    with held(run_lock(database, "press"), "an import"):  # by another process than the one that was killed
        assert running(database) == []
        pid = int(run_lock(database, "press").read_text())
        keep(database, PROGRESS | {"pid": pid})
        assert running(database) == [PROGRESS | {"pid": pid}]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"site": "press"}'])
def test_a_file_that_is_no_progress_is_left_out(tmp_path: Path, text: str) -> None:
    database = tmp_path / "variorum.db"
    progress_file(database, "press").write_text(text)
    assert running(database) == []
    forget(database, "press")
    forget(database, "press")
    assert not progress_file(database, "press").exists()


def test_progress_that_cannot_be_written_stops_no_run(tmp_path: Path) -> None:
    keep(tmp_path / "no" / "variorum.db", PROGRESS)
    assert not (tmp_path / "no").exists()


# ---- what is printed


def test_a_line_says_all_that_is_known() -> None:
    assert progress_line(PROGRESS) == "press: fetching pages, 120 of 9,800 pages, 1,870 requests left today"
    waits = {"host": "press.example", "until": "2026-03-01T07:00:00Z"}
    assert progress_line(PROGRESS | {"waiting": waits}).endswith(
        ", waits for press.example until 2026-03-01T07:00:00Z"
    )


def test_a_pipe_gets_a_line_a_minute_for_each_run(capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    hear = ProgressLines(60, lambda: clock[0])
    for site in ("press", "towns"):
        hear({"event": "started", "site": site})
    for second in range(0, 150, 2):
        clock[0] = second
        for site in ("press", "towns"):
            hear({"event": "progress", **PROGRESS, "site": site, "done": second})
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" of ")[0] for line in lines] == [
        "press: fetching pages, 60", "towns: fetching pages, 60", "press: fetching pages, 120",
        "towns: fetching pages, 120",
    ]  # fmt: skip


def test_a_terminal_shows_the_phase_and_the_pages(tmp_path: Path, local_site: LocalSite) -> None:
    local_site.pages["/"] = Page(article("The bridge", "It was built in the year of the flood."), delay=2)
    root = workspace(tmp_path, press=quick(local_site) + 'discover = ["links"]\n')
    shown = in_terminal("-C", root, "crawl")
    assert "press: reading sources" in shown
    assert json.dumps("requests left today").strip('"') in shown
