"""Runs as they really are: child processes that report, obey limits, and lose nothing when killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.blog import front, text_of
from tests.local_site import LocalSite, Page, Request, article
from tests.newsroom import until
from tests.quick import Quick
from tests.workspace import NAME, Watched
from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.lock import held
from variorum.crawler.managing.run_now import run_now
from variorum.crawler.run_report import RunReport
from variorum.crawler.runtime.handover import packed
from variorum.crawler.runtime.processes import Child, start
from variorum.crawler.runtime.run import events_of, run_child, run_sites
from variorum.storage.reader import Reader
from variorum.storage.store import Store

HOUSE = Path(__file__).parent.parent
PATIENCE = 300
PATHS = [f"/letters/{number}/" for number in range(14)]
SLOW = 0.15  # seconds that a page takes where a run is to be caught in the middle

PARENT = """
import asyncio, sys
from pathlib import Path
from variorum.crawler.runtime.run import run_child
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.config.site import load_sites
workspace = load_workspace(Path(sys.argv[1]))
site = load_sites(workspace.sites_folder)["watched"]
tell = lambda event: event["event"] == "progress" or print(event["event"], flush=True)
warm = sys.argv[2] == "True"
asyncio.run(run_child(workspace, site, full=True, stop=asyncio.Event(), on_event=tell, warm=warm))
"""


def letters(local_site: LocalSite, delay: float = 0.0) -> None:
    """A front page that links to the letters; each may take its time."""
    local_site.pages["/"] = front(PATHS)
    for path in PATHS:
        local_site.pages[path] = Page(article(f"Letter {path}", *text_of(path)), delay=delay)


def held_back(watched: Watched, local_site: LocalSite, paths: Iterable[str]) -> None:
    """These letters come when the run has been told to end, and not before: so it can't end by itself."""
    log = watched.root / "logs" / f"{NAME}.log"

    def told_to_end() -> bool:
        return log.exists() and "Received SIGTERM" in log.read_text("utf-8")

    def answer(request: Request) -> str:
        until(told_to_end)
        return article(f"Letter {request.path}", *text_of(request.path))

    local_site.pages |= dict.fromkeys(paths, answer)


@pytest.fixture
def watched(local_site: LocalSite, tmp_path: Path) -> Watched:
    """A workspace that watches the letters by their links."""
    letters(local_site)
    return Watched.make(tmp_path / "home", local_site.url, discover=["links"])


@pytest.fixture(params=[False, True], ids=["program", "fork"])
def warm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether runs are forked: a test with this is carried out both ways."""
    monkeypatch.setattr("variorum.crawler.runtime.run.start", start)
    return bool(request.param)


def workspace_of(watched: Watched) -> tuple[Workspace, Site]:
    workspace = load_workspace(watched.root)
    return workspace, load_sites(workspace.sites_folder)[NAME]


async def as_programs(arguments: Sequence[str], *, warm: bool) -> Child:
    """Starts a new program, whatever is wanted: a fork begins after Python's own start."""
    return await start(arguments, warm=False)


@contextlib.contextmanager
def child_of(watched: Watched) -> Iterator[subprocess.Popen[str]]:
    """A child process as a run starts it, whose parent is this test."""
    workspace, site = workspace_of(watched)
    command = [sys.executable, "-m", "variorum.crawler.runtime.child", packed(workspace), packed(site)]
    pipe = subprocess.PIPE
    child = subprocess.Popen(
        [*command, "full"],
        stdin=pipe, stdout=pipe, stderr=pipe, text=True,
    )  # fmt: skip
    with child:
        try:
            yield child
        finally:
            child.kill()


def events(child: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What the child tells, as it tells it."""
    assert child.stdout
    for line in child.stdout:
        yield json.loads(line)


def pages_reported(child: subprocess.Popen[str], count: int) -> list[str]:
    """The first letters that the child reports as kept."""
    reported = (event["url"] for event in events(child) if event["event"] == "page")
    found = (url for url in reported if "/letters/" in url)
    return [url for url, _ in zip(found, range(count), strict=False)]


def assert_sound(watched: Watched) -> None:
    database = load_workspace(watched.root).database
    with contextlib.closing(sqlite3.connect(database)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []


def assert_holds_what_was_served(watched: Watched) -> None:
    """Every letter has one version, and its text is what the site has there."""
    assert_sound(watched)
    texts = {path: [version.text for version in watched.versions(path)] for path in PATHS}
    assert texts == {path: ["\n".join(text_of(path))] for path in PATHS}
    assert watched.news() == []


def last_run(watched: Watched) -> dict[str, Any]:
    with contextlib.closing(Reader.open(load_workspace(watched.root).database)) as reader:
        (row,) = reader.rows("SELECT * FROM runs ORDER BY id DESC LIMIT 1", {})
        return row


def lock_of(watched: Watched) -> Path:
    return Path(f"{load_workspace(watched.root).database}.{NAME}.lock")


def wait_for_the_lock(watched: Watched) -> None:
    """Until no run of the site goes on."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with held(lock_of(watched), "the test"):
                return
        except VariorumError:
            assert time.monotonic() < deadline, "the run goes on"
            time.sleep(0.1)


# ---- reports


def test_a_run_reports_how_it_ended_and_what_it_brought(watched: Watched) -> None:
    report = watched.crawl()
    assert (report.failed, report.reason, report.trouble) == (False, "finished", "")
    assert report.counts["baseline"] == len(PATHS)
    assert_holds_what_was_served(watched)
    row = last_run(watched)
    assert (row["reason"], row["complete"], row["requests"]) == ("finished", 1, report.counts["requests"])


def test_a_site_that_does_not_answer_is_one_issue_and_the_others_go_on(
    watched: Watched, local_site: LocalSite
) -> None:
    (watched.root / "sites" / "closed.toml").write_text('url = "http://127.0.0.1:1/"\ndelay = 0\n')
    workspace, _ = workspace_of(watched)
    sites = list(load_sites(workspace.sites_folder).values())
    closed_report, report = asyncio.run(run_sites(workspace, sites))
    assert (closed_report.site, closed_report.failed) == ("closed", True)
    assert "refused" in closed_report.trouble
    assert (report.failed, report.reason) == (False, "finished")
    (issue,) = watched.issues()
    assert (issue.site, issue.kind, issue.times) == ("closed", "unreachable", 1)
    assert_holds_what_was_served(watched)


def test_a_site_that_answers_again_has_no_issue_any_more(local_site: LocalSite, tmp_path: Path) -> None:
    local_site.pages["/"] = Page("down", status=500)
    quick = Quick.make(tmp_path / "home", local_site.url, discover=["links"])
    assert quick.crawl().failed
    assert [issue.kind for issue in quick.issues()] == ["unreachable"]
    letters(local_site)
    assert not quick.crawl().failed
    assert quick.issues() == []


# ---- killed


def test_what_a_killed_run_has_reported_is_kept_and_the_next_run_brings_the_rest(
    watched: Watched, local_site: LocalSite
) -> None:
    letters(local_site, delay=SLOW)
    with child_of(watched) as child:
        reported = pages_reported(child, 5)
        child.kill()
    assert len(reported) == 5
    assert_sound(watched)
    for url in reported:
        assert [version.number for version in watched.versions(watched.path(url))] == [1]
    unread = [path for path in PATHS if not watched.versions(path)]
    letters(local_site)
    local_site.clear()
    report = Quick(watched.root, watched.url).crawl(full=False)
    assert report.reason == "finished"
    assert_holds_what_was_served(watched)
    assert set(unread) <= set(local_site.paths())


@pytest.mark.parametrize(
    ("run", "is_made"),
    [
        ({}, True),
        ({"full": False}, False),
        ({"broken": "variorum.spiders.spiders.site:SiteSpider.next_round"}, False),
    ],
    ids=["of all pages", "of those that are due", "broken down"],
)
def test_a_run_of_all_pages_by_hand_is_the_one_that_was_asked_for(
    watched: Watched, run: dict[str, Any], is_made: bool
) -> None:
    run_now(*workspace_of(watched))
    Quick(watched.root, watched.url).crawl(**run)
    with contextlib.closing(Reader.open(load_workspace(watched.root).database)) as reader:
        site = reader.site(NAME)
    assert site
    assert (site.asked_at is None) is is_made


def test_a_run_of_all_pages_that_is_asked_for_while_one_goes_is_still_to_be_made(
    watched: Watched, local_site: LocalSite
) -> None:
    workspace, _ = workspace_of(watched)
    page = article("Letters", "The post came late.")

    def answer(request: Request) -> str:
        with contextlib.closing(Store.open(workspace.database)) as store:
            ((started,),) = store.db.execute("SELECT max(started_at) FROM runs")
            store.ask_for_run(NAME, started)  # in the very second in which it began
        return page

    local_site.pages["/"] = answer
    Quick(watched.root, watched.url).crawl()
    with contextlib.closing(Reader.open(workspace.database)) as reader:
        stored = reader.site(NAME)
    assert stored
    assert stored.asked_at


def test_a_run_that_broke_down_is_an_issue_until_one_goes_well(
    watched: Watched, local_site: LocalSite, warm: bool
) -> None:
    workspace, site = workspace_of(watched)
    dead = threading.Event()

    def answer(request: Request) -> str:
        """A letter that comes when the run is dead, and not before."""
        dead.wait(PATIENCE)
        return article(f"Letter {request.path}", *text_of(request.path))

    local_site.pages |= dict.fromkeys(PATHS, answer)

    def kill(event: dict[str, Any]) -> None:
        if event["event"] == "page" and not dead.is_set():
            os.kill(int(lock_of(watched).read_text()), signal.SIGKILL)
            dead.set()

    report = asyncio.run(
        run_child(workspace, site, full=True, stop=asyncio.Event(), on_event=kill, warm=warm)
    )
    assert (report.failed, report.reason) == (True, "died")
    assert report.trouble.startswith("the run broke down (exit -9)")
    assert [issue.kind for issue in watched.issues()] == ["run broke down"]
    letters(local_site)
    Quick(watched.root, watched.url).crawl()
    assert watched.issues() == []


def test_a_run_ends_in_good_order_when_its_parent_is_killed(
    watched: Watched, local_site: LocalSite, warm: bool
) -> None:
    held_back(watched, local_site, PATHS[4:])
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(watched.root), str(warm)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        reported = [line.strip() for line, _ in zip(parent.stdout, range(4), strict=False)]
        parent.kill()
    assert sorted(reported) == ["page", "page", "planned", "started"]
    wait_for_the_lock(watched)
    row = last_run(watched)
    assert (row["reason"], row["complete"]) == ("shutdown", 0)
    assert 0 < row["fetched"] < len(PATHS)
    assert_sound(watched)


def test_a_second_signal_does_not_cut_a_run_that_is_ending(watched: Watched, local_site: LocalSite) -> None:
    held_back(watched, local_site, PATHS[4:])
    with child_of(watched) as child:
        pages_reported(child, 1)
        for _ in range(3):
            child.send_signal(signal.SIGTERM)
            time.sleep(SLOW)
        last = list(events(child))[-1]
    assert (last["event"], last["reason"], last["trouble"]) == ("ended", "shutdown", "")
    assert last_run(watched)["reason"] == "shutdown"
    [issue] = watched.issues()
    assert issue.kind == "cut short"
    assert issue.message.startswith("a signal ended the run, after ")


def test_a_run_that_is_stopped_settles_what_it_has_seen(watched: Watched, local_site: LocalSite) -> None:
    quick = Quick(watched.root, watched.url)
    quick.crawl()
    del local_site.pages[PATHS[3]]
    quick.crawl()
    assert watched.news() == []
    (watched.root / "logs" / f"{NAME}.log").unlink()
    held_back(watched, local_site, {*PATHS} - {PATHS[3]})
    with child_of(watched) as child:
        reported = events(child)
        assert any(event.get("url") == f"{watched.url}{PATHS[3]}" for event in reported)
        child.send_signal(signal.SIGTERM)
        assert list(reported)[-1]["reason"] == "shutdown"
    assert watched.news() == [("gone", PATHS[3])]


def test_a_run_that_is_stopped_before_it_began_has_not_failed(watched: Watched, warm: bool) -> None:
    async def stopped() -> RunReport:
        stop = asyncio.Event()
        stop.set()
        return await run_child(*workspace_of(watched), full=True, stop=stop, warm=warm)

    report = asyncio.run(stopped())
    assert (report.failed, report.reason) == (False, "shutdown")


# ---- limits


def test_a_run_ends_when_its_time_is_up_and_the_next_one_goes_on(
    watched: Watched, local_site: LocalSite
) -> None:
    letters(local_site, delay=1)
    watched.set(discover=["links"], concurrency=1)
    (watched.root / "variorum.toml").write_text("max_run_seconds = 8\n")
    report = watched.crawl()
    assert (report.failed, report.reason) == (False, "closespider_timeout")
    assert last_run(watched)["complete"] == 0
    [issue] = watched.issues()
    assert issue.kind == "cut short"
    assert "longer than `max_run_seconds`" in issue.message
    (watched.root / "variorum.toml").write_text("")
    letters(local_site)
    Quick(watched.root, watched.url).crawl()
    assert_holds_what_was_served(watched)
    assert watched.issues() == []


def test_a_second_run_of_a_site_is_refused_in_words_while_one_goes_on(watched: Watched) -> None:
    Store.open(load_workspace(watched.root).database).close()
    with held(lock_of(watched), "the first run"):
        report = watched.crawl()
    assert report.failed
    assert f"runs already, as process {os.getpid()}: stop that one first" in report.trouble
    assert watched.pages() == {}
    assert watched.issues() == []


def test_no_more_requests_are_made_in_a_day_than_the_budget_allows(
    watched: Watched, local_site: LocalSite
) -> None:
    watched.set(discover=["links"], budget=10)
    quick = Quick(watched.root, watched.url)
    reports = [quick.crawl() for _ in range(3)]
    assert not any(report.failed for report in reports)
    assert 8 <= len(local_site.requests) <= 10
    assert watched.issues() == []


def test_the_budget_is_fresh_after_a_day(watched: Watched, local_site: LocalSite) -> None:
    watched.set(discover=["links"], budget=10)
    quick = Quick(watched.root, watched.url)
    quick.crawl()
    with contextlib.closing(sqlite3.connect(load_workspace(watched.root).database)) as conn, conn:
        conn.execute("UPDATE runs SET started_at = '2026-01-01T00:00:00Z'")
    seen = len(local_site.requests)
    quick.crawl()
    assert len(local_site.requests) > seen


def test_the_requests_of_a_killed_run_count_against_the_budget(
    watched: Watched, local_site: LocalSite
) -> None:
    letters(local_site, delay=SLOW)
    watched.set(discover=["links"], budget=12, concurrency=1)
    with child_of(watched) as child:
        pages_reported(child, 6)
        child.kill()
    letters(local_site)
    Quick(watched.root, watched.url).crawl()
    # It has not told of robots.txt, of the address that can't exist, and of what was under way.
    assert len(local_site.requests) <= 12 + 3


# ---- what a child says

CHATTERBOX = """
import os, threading, time
def chat():
    while True:
        os.write(1, b'stray\\n{"a": "library"}\\n[1]\\n\\xff\\n')
        time.sleep(0.005)
os.write(1, b"x" * 2_000_000 + b"\\n")
threading.Thread(target=chat, daemon=True).start()
"""


def test_what_a_library_prints_kills_no_run(
    watched: Watched, local_site: LocalSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "sitecustomize.py").write_text(CHATTERBOX)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "chat"))
    other = f'url = "{local_site.url}/letters/0/"\ndelay = 0\ndiscover = ["feed"]\n'
    (watched.root / "sites" / "other.toml").write_text(other)
    workspace, _ = workspace_of(watched)
    heard: list[str] = []
    monkeypatch.setattr("variorum.crawler.runtime.run.start", as_programs)
    sites = list(load_sites(workspace.sites_folder).values())
    reports = asyncio.run(run_sites(workspace, sites, on_event=lambda event: heard.append(event["event"])))
    assert [report.reason for report in reports] == ["finished"] * 2
    assert set(heard) == {"started", "planned", "progress", "page", "ended"}
    assert_holds_what_was_served(watched)


def test_events_are_the_same_in_a_locale_that_knows_ascii_only(
    watched: Watched, local_site: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}.items():
        monkeypatch.setenv(name, value)
    bridge = article("پل اورم‌هد", "پل در سال ۱۸۸۷ ساخته شد و هنوز برپاست.")
    local_site.pages |= dict.fromkeys((*PATHS, "/about/"), bridge)
    watched.set(discover=["feed"], exclude=["/اخبار/"])
    monkeypatch.setattr("variorum.crawler.runtime.run.start", as_programs)
    workspace, site = workspace_of(watched)
    reported = events_of(workspace, site, "check", "1")
    assert "پل در سال" in str(reported)
    assert watched.crawl().reason == "finished"


def test_a_process_that_cannot_be_started_is_a_broken_down_run_and_stops_no_other(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def out_of_processes(arguments: Sequence[str], *, warm: bool) -> Any:
        if any('"other"' in word for word in arguments):
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return await start(arguments, warm=warm)

    monkeypatch.setattr("variorum.crawler.runtime.run.start", out_of_processes)
    (watched.root / "sites" / "other.toml").write_text('url = "https://ormhead.example/"\n')
    workspace, _ = workspace_of(watched)
    other, ours = asyncio.run(run_sites(workspace, list(load_sites(workspace.sites_folder).values())))
    assert (other.failed, other.reason) == (True, "died")
    assert "Resource temporarily unavailable" in other.trouble
    assert ours.reason == "finished"
    assert [(issue.site, issue.kind) for issue in watched.issues()] == [("other", "run broke down")]


# ---- Scrapy's own commands


def scrapy(watched: Watched, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VARIORUM_HOME": str(watched.root)}
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=HOUSE, env=environment, capture_output=True, text=True, check=False)


def test_scrapy_lists_the_sites_of_the_workspace(watched: Watched) -> None:
    (watched.root / "sites" / "another.toml").write_text('url = "https://example.org/"\n')
    assert scrapy(watched, "list").stdout == "another\nwatched\n"


def test_scrapy_crawl_records_as_our_own_run_does(watched: Watched) -> None:
    done = scrapy(watched, "crawl", NAME)
    assert done.returncode == 0, done.stderr
    assert_holds_what_was_served(watched)
    assert last_run(watched)["reason"] == "finished"
