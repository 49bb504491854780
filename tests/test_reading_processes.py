"""Pages read in processes of their own: the same readings as in one, whatever becomes of a process."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from benchmarks.crawl.articles import article
from benchmarks.crawl.contenders import Variorum
from benchmarks.crawl.design import page
from benchmarks.crawl.rounds import unmeasured
from benchmarks.crawl.site import NewsSite
from tests.command import workspace
from variorum.crawler.classification.outcome import Context, Outcome
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.extraction.boilerplate.template import Template
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.runtime import child
from variorum.crawler.runtime.forks import Forks
from variorum.crawler.runtime.reading_processes import ReadingProcesses, serve
from variorum.crawler.tracking.reading import ReadAhead, Reading, ReadingJob, read
from variorum.storage.store import Store

URL = "https://ormhead.example/"
SITE = Site(name="ormhead", url=URL)
PAGES = 30
MEGABYTES = 1500
SPENT = 1.0
"""Seconds of CPU of a busy process."""
VERSIONS = """
    SELECT url, versions.title, text, digest, versions.language, author, versions.published, extractor
    FROM versions JOIN pages ON pages.id = page
"""


class Bomb:
    """Ends the process that unpacks it: always, or only where the file does not exist yet."""

    def __init__(self, fuse: Path | None = None) -> None:
        self.fuse = fuse

    def __reduce__(self) -> tuple[Callable[[str], str], tuple[str]]:
        return burn, (str(self.fuse or ""),)


def burn(fuse: str) -> str:
    if fuse and Path(fuse).exists():
        return ""
    if fuse:
        Path(fuse).touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


class Greedy(PageReader):
    def read_fetched(self, fetched: FetchResult) -> Extract:
        raise AssertionError(len(bytearray(400 << 20)))


class Busy(PageReader):
    def read_fetched(self, fetched: FetchResult) -> Extract:
        until = time.process_time() + SPENT
        while time.process_time() < until:
            pass
        return super().read_fetched(fetched)


class Broken(PageReader):
    def read_fetched(self, fetched: FetchResult) -> Extract:
        raise ZeroDivisionError


def job(number: int, detail: Any = "") -> ReadingJob:
    shown = article(number)
    url = URL + shown.path[1:]
    headers = {"content-type": "text/html"}
    fetched = FetchResult(
        url, url, "2026-03-01T10:00:00Z", 200, headers, page(shown, PAGES, 1), "utf-8", detail=detail
    )
    return ReadingJob(fetched, PageReader(SITE), Context(url, url))


def results(
    *jobs: ReadingJob, count: int = 2, renew: Callable[[ReadingJob], ReadingJob | None] = lambda job: job
) -> list[ReadAhead | None]:
    """What the processes make of these jobs."""

    async def begin() -> list[ReadAhead | None]:
        processes = ReadingProcesses(count, forks.start)
        try:
            return await asyncio.gather(*(processes.begin(one, renew) for one in jobs))
        finally:
            processes.close()

    forks = Forks(partial(serve, megabytes=MEGABYTES))
    try:
        return asyncio.run(begin())
    finally:
        forks.end()


def cpu_of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def reading(done: ReadAhead | None) -> Reading:
    assert done is not None
    assert isinstance(done.result, Reading)
    return done.result


def test_a_page_is_read_as_in_the_process_of_the_run() -> None:
    jobs = [job(number) for number in range(5)]
    for one, done in zip(jobs, results(*jobs), strict=True):
        assert reading(done) == read(one.fetched, one.reader, one.context)
        assert reading(done).verdict.outcome is Outcome.ok


def test_a_page_whose_process_is_killed_is_read_in_a_new_one(tmp_path: Path) -> None:
    done = results(job(1), job(2, Bomb(tmp_path / "fuse")), job(3))
    assert all(reading(one).extract for one in done)


def test_a_page_over_which_each_process_crashes_has_failed_and_no_other_page_has() -> None:
    before, crashed, after = results(job(1), job(2, Bomb()), job(3), count=1)
    assert reading(before).extract
    assert reading(after).extract
    assert crashed is not None
    assert str(crashed.result) == "each of 2 processes that read it crashed"


def test_a_page_beyond_the_bounds_of_a_page_fails_as_it_does_in_the_run() -> None:
    [done] = results(replace(job(1), reader=Greedy(SITE)), count=1)
    assert done is not None
    assert "more than 300 MB" in str(done.result)


def test_what_breaks_in_our_code_is_left_to_the_run_to_report() -> None:
    assert results(replace(job(1), reader=Broken(SITE)), job(2), count=1)[0] is None


def test_where_no_process_can_be_had_the_run_reads_by_itself() -> None:
    forks = Forks(idle)
    forks.end()

    async def begin() -> ReadAhead | None:
        return await ReadingProcesses(2, forks.start).begin(job(1))

    assert asyncio.run(begin()) is None


def test_a_job_that_has_waited_is_done_by_the_reader_of_then() -> None:
    """The run may learn the design of the site while pages wait for a process."""
    learned = PageReader(SITE, Template(version=1))
    asked: list[ReadingJob] = []

    def renew(waited: ReadingJob) -> ReadingJob | None:
        asked.append(waited)
        return replace(waited, reader=learned) if len(asked) < 3 else None

    jobs = [job(1), job(2), job(3)]
    first, second, dropped = results(*jobs, count=1, renew=renew)
    assert asked == jobs
    assert [done.job.reader for done in (first, second) if done] == [learned, learned]
    assert dropped is None


def test_the_cpu_time_of_all_processes_counts_for_the_run() -> None:
    before = cpu_of_children()
    [busy] = results(replace(job(1), reader=Busy(SITE)), count=1)
    assert busy
    assert cpu_of_children() - before > SPENT


def test_processes_end_with_the_run_even_in_the_middle_of_a_page() -> None:
    forks = Forks(sleep_on)
    connections = [forks.start(), forks.start()]
    for connection in connections:
        assert connection.recv() == "begun"
    forks.end()
    for connection in connections:
        with pytest.raises(EOFError):
            connection.recv()


def test_processes_end_when_the_run_is_killed() -> None:
    code = "import sys; sys.argv[1:] = []; from tests.test_reading_processes import main; main()"
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    number = int(run.stdout.readline())
    assert Path(f"/proc/{number}").exists()
    run.kill()
    run.communicate()
    while Path(f"/proc/{number}").exists():
        time.sleep(0.01)


def main() -> None:
    """A run with one idle process, whose id it prints."""
    forks = Forks(idle)
    connection = forks.start()
    print(connection.recv(), flush=True)
    signal.pause()


def idle(connection: Connection) -> None:
    connection.send(os.getpid())
    serve(connection, MEGABYTES)


def sleep_on(connection: Connection) -> None:
    connection.send("begun")
    signal.pause()


def test_what_reading_needs_is_loaded_once_before_a_first_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(child, "load_reading", lambda: loaded.append("reading"))
    monkeypatch.setattr(child, "Forks", lambda serve: "forks")
    found = replace(load_workspace(workspace(tmp_path)), processes=2)

    def loads(job: str = "full") -> bool:
        loaded.clear()
        assert child._forks(found, SITE, job)
        return loaded == ["reading"]

    assert loads()
    assert not loads("remote"), "a worker has no database, and does not know"
    with closing(Store.open(found.database)) as store:
        store.enrol("other", "https://other.example/")
        store.begin_run("other", "2026-03-01T10:00:00Z")
        assert loads()
        store.enrol(SITE.name, SITE.url)
        store.begin_run(SITE.name, "2026-03-01T10:00:00Z")
    assert not loads()
    found.database.write_bytes(b"no database")
    assert not loads(), "the run itself reports what is wrong with it"


# ---- a whole crawl


def stored(root: Path, site: NewsSite, processes: int) -> list[tuple[Any, ...]]:
    """What a first crawl stores of each page."""
    crawling = Variorum(root, f"processes = {processes}\n")
    unmeasured(crawling.command(site.url))
    with closing(sqlite3.connect(crawling.database)) as conn:
        return sorted(conn.execute(VERSIONS))


def test_a_crawl_in_several_processes_stores_what_it_stores_in_one(tmp_path: Path) -> None:
    with NewsSite(PAGES) as site:
        site.freeze()
        alone = stored(tmp_path / "one", site, 1)
        assert len(alone) == PAGES
        assert stored(tmp_path / "two", site, 2) == alone
    started = "process 2 of 2 that read pages has started"
    assert started in (tmp_path / "two/logs/courier.log").read_text(encoding="utf-8")
    assert started not in (tmp_path / "one/logs/courier.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(("sites", "each"), [(1, 6), (2, 3), (4, 1), (100, 1)])
def test_runs_at_once_share_the_processes(tmp_path: Path, sites: int, each: int) -> None:
    settings = workspace(tmp_path) / "variorum.toml"
    settings.write_text("processes = 6\nruns_at_once = 4\n", encoding="utf-8")
    assert load_workspace(tmp_path).shared(sites).processes == each
