"""A cluster as it really runs: PostgreSQL, a hub, workers; the same history as on one machine."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from benchmarks.crawl.articles import article
from benchmarks.crawl.design import page
from tests.blog import POSTS, front, post, publish, publish_listed, sitemap
from tests.command import variorum
from tests.local_site import LocalSite
from tests.postgres import Postgres, needs_postgres
from tests.reviewed import WORKERS
from tests.test_review_twins import faults
from tests.workspace import Watched
from variorum.crawler import times
from variorum.crawler.config.site import Site, load_site
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.extraction.boilerplate.template import EMPTY
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.lock import is_held, run_lock
from variorum.crawler.managing.run_now import run_now
from variorum.crawler.runtime.run_record import Traffic
from variorum.crawler.tracking.reading import ReadingJob, read
from variorum.review.app import add_workers
from variorum.review.app import make_app as review_app
from variorum.storage.store import Store

pytest.importorskip("procrastinate", reason="the extra `cluster` is not installed")

import psycopg
from procrastinate.exceptions import ConnectorException

from tests.cluster import NAME, PATIENCE, Cluster
from tests.kills import VICTIMS, Disturbed, Slow
from variorum.crawler.cluster.app import make_app
from variorum.crawler.cluster.asked import AskedRuns
from variorum.crawler.cluster.link import VERSION
from variorum.crawler.cluster.queue import log_unheard
from variorum.crawler.cluster.runs import Disorder, OpenRuns, UnknownRun
from variorum.crawler.cluster.session import Session
from variorum.crawler.cluster.wire import (
    Answer,
    Batch,
    Begun,
    Closed,
    End,
    Fetched,
    Read,
    ReadAgain,
    Refused,
    ToRead,
    pack,
    unpack,
)
from variorum.crawler.cluster.worker import offset

pytestmark = needs_postgres

REVIEW = Path(__file__).parent.parent / "review"
HOUR = 3600
WHAT_IS_STORED = {
    "pages": "SELECT url, kind, state, found_by, text_digest, content_digest, checks FROM pages ORDER BY url",
    "versions": """
        SELECT pages.url, number, versions.title, text, digest, versions.language, author, links, extractor
        FROM versions JOIN pages ON pages.id = page ORDER BY pages.url, number
    """,
    "changes": """
        SELECT changes.kind, pages.url FROM changes LEFT JOIN pages ON pages.id = page
        ORDER BY changes.kind, pages.url
    """,
    "captures": """
        SELECT pages.url, status, outcome, reason, captures.digest FROM captures JOIN pages ON pages.id = page
        ORDER BY pages.url, captures.id
    """,
    "sources": "SELECT kind, address, entries FROM sources ORDER BY address",
    "issues": "SELECT kind, message FROM issues ORDER BY kind",
    "runs": "SELECT fetched, new, changed, unchanged, gone, failed, complete, requests, reason FROM runs",
}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as postgres:
        yield postgres


@pytest.fixture
def cluster(tmp_path: Path, postgres: Postgres, local_site: LocalSite) -> Cluster:
    publish(local_site, POSTS)
    local_site.pages["/sitemap.xml"] = sitemap(local_site.url, POSTS, {POSTS[0]: "2025-01-01"})
    local_site.pages["/"] = front(POSTS)
    return Cluster(tmp_path, postgres, local_site.url)


def change(site: LocalSite) -> None:
    """Edit one article, remove another one, and publish a third."""
    site.pages[POSTS[0]] = post(POSTS[0], paragraphs=["All of it was written anew.", "By another hand."])
    del site.pages[POSTS[1]]
    site.pages["/posts/new/"] = post("/posts/new/")
    paths = [*POSTS[:1], *POSTS[2:], "/posts/new/"]
    site.pages |= {"/sitemap.xml": sitemap(site.url, paths, {POSTS[0]: "2025-02-01"}), "/": front(paths)}


Stored = dict[str, list[tuple[Any, ...]]]


def stored(root: Path) -> Stored:
    with closing(sqlite3.connect(root / "variorum.db")) as conn:
        return {name: conn.execute(sql).fetchall() for name, sql in WHAT_IS_STORED.items()}


def assert_same(found: Stored, expected: Stored) -> None:
    """Fail for the first row that differs."""
    for table, rows in expected.items():
        assert sorted(map(repr, found[table])) == sorted(map(repr, rows)), table


def test_a_site_crawled_through_a_worker_has_the_history_that_it_has_on_one_machine(
    cluster: Cluster, local_site: LocalSite, tmp_path: Path
) -> None:
    with cluster.hub() as hub, cluster.worker("one") as one:
        cluster.until(lambda: cluster.runs() == 1, hub, one)
        first = stored(cluster.root)
        alone = Watched.make(tmp_path / "alone", local_site.url, concurrency=1)
        assert alone.crawl(full=False).reason == "finished"
        assert_same(stored(alone.root), first)
        change(local_site)
        for number in (2, 3):
            cluster.run_now()
            cluster.until(lambda number=number: cluster.runs() == number, hub, one)  # type: ignore[misc]
            alone.crawl(full=False)
        assert one.stop() == 0
        assert hub.stop() == 0
    assert_same(stored(alone.root), stored(cluster.root))
    assert {kind for kind, _ in stored(cluster.root)["changes"]} >= {"edited", "new", "gone"}


def test_a_run_that_is_asked_for_on_the_review_page_is_of_all_pages_by_a_worker_too(
    cluster: Cluster, local_site: LocalSite
) -> None:
    with cluster.hub() as hub, cluster.worker("one") as one:
        cluster.until(lambda: cluster.runs() == 1, hub, one)
        workspace = load_workspace(cluster.root)
        cluster.until(lambda: not is_held(run_lock(workspace.database, NAME)), hub, one)
        local_site.clear()
        run_now(workspace, load_site(cluster.root / "sites" / f"{NAME}.toml"))
        cluster.until(lambda: cluster.runs() == 2, hub, one)
        cluster.until(lambda: cluster.rows("SELECT asked_at FROM sites") == [(None,)], hub, one)
        assert f"{NAME}: run started by worker one" in hub.log.read_text("utf-8")
    assert set(POSTS) <= {unquote(path) for path in local_site.paths()}  # none of which was due


# ---- what goes wrong


def assert_whole(cluster: Cluster, site: LocalSite) -> None:
    """Fail unless each article has one version, and no fetch of it is recorded twice."""
    versions = cluster.rows("SELECT pages.url, number FROM versions JOIN pages ON pages.id = page")
    assert len(versions) == len(set(versions)) == len(POSTS)
    captures = cluster.rows("SELECT pages.url FROM captures JOIN pages ON pages.id = page")
    recorded = Counter(unquote(url.removeprefix(site.url)) for (url,) in captures)
    assert recorded <= Counter(map(unquote, site.paths()))
    assert cluster.rows("PRAGMA integrity_check") == [("ok",)]


def test_whoever_is_killed_in_the_middle_of_a_run_nothing_is_lost_and_nothing_twice(
    tmp_path: Path, local_site: LocalSite
) -> None:
    with Postgres() as postgres:
        cluster = Cluster(tmp_path, postgres, local_site.url, lost_after="10s")
        (cluster.root / "sites/press.toml").unlink()
        with Disturbed(cluster) as disturbed:
            undisturbed = disturbed.crawled(None, 0)
            assert len(undisturbed["versions"]) == len(POSTS)
            for number, victim in enumerate(VICTIMS):
                assert disturbed.crawled(victim, after=4 + number) == undisturbed, victim
        assert cluster.rows("PRAGMA integrity_check") == [("ok",)]


def test_without_postgresql_the_hub_says_so_and_runs_the_site_itself_if_it_may(
    cluster: Cluster, postgres: Postgres, local_site: LocalSite
) -> None:
    cluster.address = cluster.address.replace(str(postgres.folder), "/nowhere")
    with cluster.hub("fallback = true\n") as hub:
        cluster.until(lambda: cluster.runs() == 1, hub)
        state = json.loads(cluster.variorum("status", "--json"))["cluster"]
        assert state["trouble"].startswith("PostgreSQL can't be used: ")
        assert "FAIL queue: PostgreSQL can't be used" in cluster.variorum("doctor")
    assert_whole(cluster, local_site)


def test_a_run_waits_until_postgresql_is_there(tmp_path: Path, local_site: LocalSite) -> None:
    publish_listed(local_site, POSTS)
    with Postgres() as postgres:
        cluster = Cluster(tmp_path, postgres, local_site.url)
        postgres.stop()
        with cluster.hub() as hub, cluster.worker("one") as one:
            cluster.until(lambda: "PostgreSQL can't be used" in hub.log.read_text("utf-8"), hub, one)
            assert cluster.rows("SELECT id FROM runs") == []
            postgres.start()
            cluster.run_now()
            cluster.until(lambda: cluster.runs() == 1, hub, one)
    assert_whole(cluster, local_site)


def test_a_worker_gives_the_run_back_if_the_hub_is_away_for_too_long(
    tmp_path: Path, postgres: Postgres, local_site: LocalSite
) -> None:
    publish_listed(local_site, POSTS)
    slow = Slow(local_site, after=4)
    cluster = Cluster(tmp_path, postgres, local_site.url, lost_after="10s")
    cluster.give_up_after = "2s"
    with cluster.worker("one") as one:
        with cluster.hub() as hub:
            cluster.until(slow.reached.is_set, hub, one)
        slow.goes_on.set()
        cluster.until(lambda: "press: given back to the queue" in one.log.read_text("utf-8"), one)
        away = (tmp_path / "one/logs/press.log").read_text("utf-8")
        assert away.count("the hub is away") == away.count("the hub is back") + 1  # before, it may be slow
        assert away.count("the run ends here") == 1
        asked = len(local_site.requests)
        with cluster.hub() as hub:
            assert len(local_site.requests) == asked
            cluster.until(lambda: cluster.runs() == 1, hub, one)
    assert_whole(cluster, local_site)


def test_a_worker_that_stood_still_for_too_long_fetches_nothing_more_and_tells_nothing_more(
    tmp_path: Path, postgres: Postgres, local_site: LocalSite
) -> None:
    publish_listed(local_site, POSTS)
    slow = Slow(local_site, after=4)
    cluster = Cluster(tmp_path, postgres, local_site.url, lost_after="10s")
    with cluster.hub() as hub, cluster.worker("one") as one:
        cluster.until(slow.reached.is_set, hub, one)
        one.signal_all(signal.SIGSTOP)
        slow.goes_on.set()
        with cluster.worker("two") as two:
            cluster.until(lambda: cluster.runs() == 1, hub, two)
            assert two.stop() == 0
            asked, begun = len(local_site.requests), hub.log.read_text("utf-8").count("run started")
            one.signal_all(signal.SIGCONT)
            cluster.until(lambda: "press: run ended: hub lost" in one.log.read_text("utf-8"), hub, one)
        if hub.log.read_text("utf-8").count("run started") == begun:  # none was handed out meanwhile
            assert len(local_site.requests) == asked
        assert local_site.busiest == 1
        assert_whole(cluster, local_site)
        cluster.run_now()  # and it works on
        cluster.until(lambda: cluster.runs() >= 2, hub, one)
    assert cluster.runs("worker lost") >= 1
    assert "Traceback" not in cluster.logged()


def test_a_worker_whose_clock_is_wrong_goes_by_that_of_the_hub(
    tmp_path: Path, postgres: Postgres, local_site: LocalSite
) -> None:
    publish_listed(local_site, POSTS)
    slow = Slow(local_site, after=4)
    cluster = Cluster(tmp_path, postgres, local_site.url, lost_after="10s")
    early = times.iso(times.now())
    with cluster.hub() as hub, cluster.worker_with_clock_off("one", 3 * HOUR) as one:
        cluster.until(slow.reached.is_set, hub, one)
        one.signal_all(signal.SIGKILL)
        slow.goes_on.set()
        with cluster.worker_with_clock_off("two", -3 * HOUR) as two:
            cluster.until(lambda: cluster.runs() == 1, hub, two)
    assert local_site.busiest == 1
    assert_whole(cluster, local_site)
    [[first, last]] = cluster.rows("SELECT min(fetched_at), max(fetched_at) FROM captures")
    assert early <= first <= last <= times.iso(times.now())


def test_a_clock_is_corrected_only_by_what_the_wait_for_the_answer_does_not_explain() -> None:
    asked = times.parse("2026-03-01T10:00:00.5Z")
    answered = times.parse("2026-03-01T10:00:02.5Z")
    for shown, seconds in (("10:00:00", 0), ("10:00:02", 0), ("09:00:00", -3600.5), ("11:00:02", 3599.5)):
        assert offset(f"2026-03-01T{shown}Z", asked, answered).total_seconds() == seconds


def test_what_a_hub_or_worker_cannot_use_is_told_in_words(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cluster.secrets.items():
        monkeypatch.setenv(name, value)
    root = cluster.write(cluster.root, f'listen = "{cluster.listen}"\n')
    host, port = cluster.listen.split(":")
    with socket.create_server((host, int(port))):
        done = variorum("-C", root, "watch")
        assert (done.exit_code, done.stderr.count("can't listen on 127.")) == (2, 1)
    with socket.create_server(("", 0)) as taken:
        done = variorum("-C", root, "worker", "--metrics", taken.getsockname()[1])
        assert (done.exit_code, "no metrics can be served on port" in done.stderr) == (2, True)
    assert "can't be a worker's name" in variorum("-C", root, "worker", "--name", "one\x1b[2J").stderr
    assert "'EU' can't be a queue" in variorum("-C", root, "worker", "--queue", "EU").stderr
    cluster.write(root, 'listen = "127.0.0.1:65536"\n')
    assert "not a host and a port" in variorum("-C", root, "watch").stderr


def test_a_job_whose_end_the_queue_can_not_note_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    error = ConnectorException("Database error.")
    error.__cause__ = psycopg.errors.RaiseException("Job was not found\nCONTEXT: a function")
    loop = asyncio.new_event_loop()
    log_unheard(loop, {"message": "Task exception was never retrieved", "exception": error})
    assert caplog.messages == ["the queue has not noted the end of a job: Job was not found"]
    log_unheard(loop, {"message": "something else", "exception": ValueError("x")})
    assert caplog.messages[1:] == ["something else"]
    loop.close()


def test_a_worker_has_no_sites_of_its_own_and_shows_the_cluster(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cluster.secrets.items():
        monkeypatch.setenv(name, value)
    root = cluster.write(cluster.folder / "one", f'hub = "http://{cluster.listen}"\n')
    done = variorum("-C", root, "status")
    assert (done.exit_code, done.stdout[:20]) == (0, "cluster: ! the hub h")
    assert "ok   sites: none here" in variorum("-C", root, "doctor").stdout


def test_a_worker_with_another_token_ends_and_says_why(cluster: Cluster) -> None:
    with cluster.hub() as hub:
        cluster.until(lambda: "the hub listens" in cluster.logged(), hub)
        with cluster.worker("one", TEST_TOKEN="another token") as one:
            assert one.popen.wait(PATIENCE) == 2
            assert "the hub refuses the token of this machine" in one.log.read_text("utf-8")


def test_workers_are_seen_and_each_takes_the_runs_of_its_own_queue(
    cluster: Cluster, local_site: LocalSite
) -> None:
    cluster.site(f"{local_site.url}/sq", name="regional", where='"eu"')
    with cluster.hub() as hub, cluster.worker("one", "--queue", "eu") as one:
        cluster.until(lambda: "worker one is there" in cluster.logged(), hub, one)
        cluster.until(lambda: "default: 1 waiting" in cluster.variorum("status"), hub, one)
        assert "worker one (eu): heard of" in cluster.variorum("status")
        assert "ok   hub: http://" in cluster.variorum("doctor")
        document = json.loads((REVIEW / "openapi.json").read_text("utf-8"))
        of_twin = document["paths"]["/workers.json"]["get"]["responses"]["200"]["content"]
        state = json.loads(cluster.variorum("status", "--json"))["cluster"]
        assert state["workers"][0]["queues"] == ["eu"]
        assert faults(document, of_twin["application/json"]["schema"], state, "") == []
        assert 'variorum_jobs{queue="default",state="todo"} 1.0' in cluster.metrics()
        cluster.until(lambda: "regional: run started by worker one" in cluster.logged(), hub, one)
    assert cluster.rows("SELECT id FROM runs WHERE site = 'press'") == []


# ---- the hub's side of one run


@pytest.fixture
def open_runs(tmp_path: Path) -> Iterator[OpenRuns]:
    (tmp_path / "variorum.toml").touch()
    runs = OpenRuns(load_workspace(tmp_path), 60, lambda site, closed: None)
    yield runs
    runs.close()


PARTS = ("verdict", "extract", "content_digest", "path_scores")
SITE = Site(name="press", url="https://press.example/")


def fetched(number: int) -> Fetched:
    body = post(POSTS[number]).encode()
    url = f"https://press.example{POSTS[number]}"
    answer = FetchResult(url, url, f"2026-03-01T10:00:{number:02}Z", 200, {"content-type": "text/html"}, body)
    return Fetched(number, answer)


def test_a_batch_that_is_sent_twice_is_recorded_once(open_runs: OpenRuns, tmp_path: Path) -> None:
    async def send() -> None:
        begun = await open_runs.begin(SITE, "one")
        assert isinstance(begun, Begun)
        first = pack(Batch(Traffic(), [fetched(0), fetched(1)]))
        answer = await open_runs.take(begun.id, 1, first)
        assert await open_runs.take(begun.id, 1, first) == answer
        orders = unpack(answer, Answer).to_read
        assert [order.number for order in orders] == [0, 1]
        readings = pack(Batch(Traffic(), readings=[Read(0), Read(1)]))
        recorded = await open_runs.take(begun.id, 2, readings)
        assert await open_runs.take(begun.id, 2, readings) == recorded
        assert unpack(recorded, Answer).recorded == [0, 1]
        with pytest.raises(Disorder):
            await open_runs.take(begun.id, 4, first)
        assert open_runs.is_busy("press")
        open_runs.finish(begun.id, Closed(False, "finished"))
        with pytest.raises(UnknownRun):
            await open_runs.take(begun.id, 3, first)

    asyncio.run(send())
    with closing(sqlite3.connect(tmp_path / "variorum.db")) as conn:
        assert conn.execute("SELECT count(*), count(DISTINCT page) FROM captures").fetchone() == (2, 2)


def test_the_hub_reads_no_page_that_a_worker_has_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "variorum.toml").touch()
    session = Session(load_workspace(tmp_path), SITE)
    session.begin()
    answer = session.answer(Batch(Traffic(), [fetched(0), fetched(1)]))
    assert answer.reader is not None
    readings = []
    for order in answer.to_read:
        job = ReadingJob(fetched(order.number).fetched, answer.reader, order.context)
        readings.append(Read(order.number, *attrgetter(*PARTS)(read(job.fetched, job.reader, job.context))))
    monkeypatch.delattr("variorum.crawler.tracking.tracker.read")
    assert session.answer(Batch(Traffic(), readings=readings)).recorded == [0, 1]
    session.answer(Batch(Traffic(), question=End("finished")))
    with closing(sqlite3.connect(tmp_path / "variorum.db")) as conn:
        assert conn.execute("SELECT outcome FROM captures").fetchall() == [("ok",), ("ok",)]


class Worker:
    """Reads for a session what that orders, as a worker does."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.fetched: dict[int, FetchResult] = {}
        self.readers: dict[str, PageReader] = {}
        self.read_again = 0

    def sends(self, *fetches: Fetched) -> None:
        """Send fetches, and then readings for as long as the session orders some."""
        self.fetched |= {one.number: one.fetched for one in fetches}
        answer = self.session.answer(Batch(Traffic(), fetches))
        while answer.to_read or answer.again:
            if answer.reader:
                self.readers[answer.reader.label] = answer.reader
            readings = [self.read(one, self.fetched[one.number]) for one in answer.to_read]
            again = [self.read(one, one.fetched) for one in answer.again]
            self.read_again += len(again)
            answer = self.session.answer(Batch(Traffic(), readings=readings, again=again))

    def read(self, order: ToRead | ReadAgain, fetched: FetchResult) -> Read:
        """The reading that was ordered."""
        found = read(fetched, self.readers[order.label], order.context)
        return Read(order.number, *attrgetter(*PARTS)(found))


def test_what_was_read_before_the_design_was_known_is_read_again_by_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "variorum.toml").touch()
    session = Session(load_workspace(tmp_path), SITE)
    session.begin()
    worker = Worker(session)
    for module in ("tracking.learning", "cluster.rereading"):
        monkeypatch.delattr(f"variorum.crawler.{module}.read_again")
    monkeypatch.delattr("variorum.crawler.tracking.tracker.read")
    for number in range(12):
        url = f"https://press.example{article(number).path}"
        body = page(article(number), 12, 1)
        at = f"2026-03-01T10:00:{number:02}Z"
        worker.sends(Fetched(number, FetchResult(url, url, at, 200, {"content-type": "text/html"}, body)))
    session.record.tracker.learning.learn()  # as the second fetch of some pages lets it
    worker.sends(Fetched(12, FetchResult(f"{SITE.url}x", f"{SITE.url}x", "2026-03-01T10:00:13Z", 404)))
    assert worker.read_again >= 10
    labels = {version.extractor for version in session.record.store.latest_versions("press")}
    assert labels == {session.record.tracker.reader.label}
    assert session.record.tracker.reader.template.version
    monkeypatch.undo()
    assert session.answer(Batch(Traffic(), question=End("finished"))).report is not None


def test_a_reading_by_an_older_template_is_ordered_again(tmp_path: Path) -> None:
    (tmp_path / "variorum.toml").touch()
    session = Session(load_workspace(tmp_path), SITE)
    session.begin()
    ordered = session.answer(Batch(Traffic(), [fetched(0)]))
    assert [order.number for order in ordered.to_read] == [0]
    session.record.tracker.learning.reader = PageReader(SITE, replace(EMPTY, version=7))
    again = session.answer(Batch(Traffic(), readings=[Read(0)]))
    assert (again.recorded, [order.number for order in again.to_read]) == ([], [0])
    assert again.reader is not None
    assert again.to_read[0].label == again.reader.label != ordered.to_read[0].label
    assert session.answer(Batch(Traffic(), readings=[Read(0)])).recorded == [0]
    session.answer(Batch(Traffic(), question=End("finished")))


def test_a_run_that_is_not_heard_of_is_closed_and_its_site_is_free(tmp_path: Path) -> None:
    (tmp_path / "variorum.toml").touch()
    ended: list[tuple[Any, ...]] = []
    runs = OpenRuns(load_workspace(tmp_path), 0, lambda *told: ended.append(told))

    async def begin_twice() -> None:
        assert isinstance(await runs.begin(SITE, "one"), Begun)
        while runs.is_busy("press"):
            runs.expire()
        again = await runs.begin(SITE, "two")
        while isinstance(again, Refused):  # until the process of the first run has let the site go
            again = await runs.begin(SITE, "two")

    asyncio.run(begin_twice())
    runs.close()
    assert ended[0] == (SITE, Closed(True, "worker lost"))
    with closing(sqlite3.connect(tmp_path / "variorum.db")) as conn:
        [message] = conn.execute("SELECT message FROM issues WHERE closed_at IS NULL").fetchone()
    assert message.startswith("the worker that crawled the site was lost, before any page was fetched")


def test_a_worker_of_another_version_is_refused_with_clear_words() -> None:
    with TestClient(make_app(Nothing(), "secret")) as client:  # type: ignore[arg-type]
        headers = {"Authorization": "Bearer secret", "Variorum-Version": "Variorum 0.0.1 with nothing"}
        answer = client.post("/workers", json={}, headers=headers)
        assert answer.status_code == 426
        assert "this worker Variorum 0.0.1 with nothing: install the same on both" in answer.text
        assert client.post("/workers", json={}).status_code == 401
        assert client.get("/state").status_code == 401
        assert client.get("/health").text == "ok"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"name": 1}', b'{"name": "%s"}' % (b"w" * 1000)])
@pytest.mark.parametrize("path", ["/runs", "/runs/1/end", "/workers"])
def test_a_request_that_cannot_be_read_is_refused_and_says_why(path: str, body: bytes) -> None:
    with TestClient(make_app(Nothing(), "secret")) as client:  # type: ignore[arg-type]
        headers = {"Authorization": "Bearer secret", "Variorum-Version": VERSION}
        answer = client.post(path, content=body, headers=headers)
        assert answer.status_code == 400
        assert answer.text.startswith("the hub can't read the request: ")


class Nothing:
    """A hub that is not to be asked."""


# ---- crawling by hand


def test_a_run_that_is_asked_for_is_told_of_when_one_that_began_later_has_ended() -> None:
    asked = AskedRuns()
    assert not asked.begin("press")
    asked.ask("press", full=True)
    asked.end("press", {"run": 1})  # which had begun before
    assert asked.ended("press") is None
    assert asked.begin("press")
    asked.lose("press")
    asked.end("press", {"run": 2})
    assert asked.ended("press") is None
    assert asked.begin("press")
    asked.end("press", {"run": 3})
    assert asked.ended("press") == {"run": 3}
    assert not asked.begin("press")
    with pytest.raises(KeyError):
        asked.ended("another")


def test_without_a_hub_a_site_is_crawled_here_and_that_is_said(
    cluster: Cluster, local_site: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cluster.secrets.items():
        monkeypatch.setenv(name, value)
    cluster.write(cluster.root, f'listen = "{cluster.listen}"\n')
    done = variorum("-C", cluster.root, "crawl")
    assert done.exit_code == 0, done.stderr
    assert f"crawled here and by no worker: the hub http://{cluster.listen} can't be reached" in done.stderr
    assert cluster.runs() == 1
    assert_whole(cluster, local_site)


# ---- the review page


def test_the_review_page_shows_who_crawls_and_what_waits(tmp_path: Path) -> None:
    Store.open(tmp_path / "variorum.db").close()
    app = review_app(tmp_path / "variorum.db", hosts=["testserver"], password=None)
    with TestClient(app) as client:
        assert client.get("/workers").status_code == 404
    add_workers(app, lambda: WORKERS)
    with TestClient(app) as client:
        shown = client.get("/workers").text
        assert client.get("/workers.json").json() == WORKERS
        assert '<a href="/workers"' in client.get("/sites").text
    cells = re.findall(r"<t[hd][^>]*>(?:<bdi>)?(.*?)(?:</bdi>)?</t[hd]>", shown)
    assert cells[5:10] == ["one", "eu, default", "1", "3 s ago, lost", "riverside"]
    assert cells[-5:] == ["eu", "4", "1", "2", "0"]
    assert "PostgreSQL can&#39;t be used" in shown
