"""News brought to a real webhook and a real mail server: once, whatever fails or is killed on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.command import PERSIAN
from tests.local_site import LocalSite, Page
from tests.newsroom import MORNING, Newsroom, killed_while_sending, mail_server, newsroom, until
from tests.quick import Quick
from tests.reviewed import morning
from tests.test_run import as_programs
from tests.test_site_wide import MANY, blog_of
from tests.workspace import Watched
from variorum.crawler.notify.message import Form, compose
from variorum.storage.outbox import BatchSize, Outbox
from variorum.storage.text_index.similar_edits import similar_edit

LATER = "2026-03-01T06:0{}:00Z"
WORDS = json.dumps(
    [
        {
            "op": "replace",
            "old_at": 0,
            "new_at": 0,
            "old": ["Built in 1887."],
            "new": ["Built in 1878."],
            "words": [["=", "Built in"], ["-", " 1887"], ["+", " 1878"], ["=", "."]],
        }
    ]
)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path) as found:
        yield found


def variorum(room: Newsroom, *words: str, **env: str) -> list[dict[str, Any]]:
    """What the command prints with --json."""
    results = room.command(*words, "--json", **env)
    return [json.loads(line) for line in results.stdout.splitlines()]


# ---- each once


def test_a_change_is_told_once(room: Newsroom) -> None:
    number = room.happens("The bridge", hunks=WORDS)
    assert [(one.title, one.changes, one.trouble) for one in room.tell()] == [("riverside: 1 edited", 1, "")]
    assert room.tell(LATER.format(1)) == []
    (post,) = room.hook.posts
    assert post["title"] == "riverside: 1 edited"
    assert "Built in [-1887-]{+1878+}." in post["message"]
    assert room.rows("SELECT id FROM changes WHERE sent_at IS NOT NULL") == [{"id": number}]


def test_what_was_found_before_a_target_was_known_is_no_news_to_it(tmp_path: Path) -> None:
    with newsroom(tmp_path, "") as room:
        room.happens("Old")
        room.notify(f'notify = "{room.hook.address()}"')
        room.happens("New")
        room.tell()
        assert (room.hook.sent_count("Old"), room.hook.sent_count("New")) == (0, 1)


def test_what_only_typography_or_an_import_tells_is_no_news(room: Newsroom) -> None:
    room.happens("A dash", typographic=1)
    room.happens("Long ago", backfilled=1)
    assert room.tell() == []


def test_two_processes_at_once_send_one_message(room: Newsroom) -> None:
    room.happens("The bridge")
    room.hook.goes_on.clear()
    with room.teller() as first, room.teller() as second:
        until(lambda: len(room.hook.posts) == 1)
        room.happens("The mill")
        room.hook.goes_on.set()
        assert (first.wait(), second.wait()) == (0, 0)
    assert (room.hook.sent_count("The bridge"), room.hook.sent_count("The mill")) == (1, 1)


def test_nothing_is_lost_or_told_twice_over_restarts(room: Newsroom) -> None:
    """What had not been handed to the service is told by the next process, whenever this one was killed."""
    for number in range(3):
        room.happens(f"Page {number}")
        with room.teller() as process:
            process.kill()
    with room.teller() as process:
        assert process.wait() == 0
    room.happens("Page 3")
    with room.teller() as process:
        assert process.wait() == 0
    assert [room.hook.sent_count(f"Page {number}") for number in range(4)] == [1, 1, 1, 1]


# ---- killed between send and mark


def test_a_message_whose_sender_was_killed_is_not_sent_again_and_said_to_be_in_doubt(
    room: Newsroom,
) -> None:
    room.happens("The bridge")
    with killed_while_sending(room):
        pass
    room.happens("The mill")
    room.tell(LATER.format(5))
    assert (room.hook.sent_count("The bridge"), room.hook.sent_count("The mill")) == (1, 1)
    assert doubtful(room) == 1
    assert "may not have arrived" in room.command("status").stdout
    doctor = room.command("doctor")
    assert doctor.returncode == 1
    assert "variorum notify --settle" in doctor.stdout


def doubtful(room: Newsroom) -> int:
    """As `status` tells it, once the time is over in which a process may be sending."""
    with room.story.store.writing():
        room.story.store.db.conn.execute(
            "UPDATE deliveries SET claimed_at = '2026-03-01T06:00:00Z' WHERE sent_at IS NULL"
            " AND claimed_at IS NOT NULL"
        )
    (found,) = variorum(room, "status")
    return sum(target["doubtful"] for target in found["targets"])


@pytest.mark.parametrize(("decision", "times"), [("sent", 1), ("again", 2)])
def test_a_person_settles_a_doubt(room: Newsroom, decision: str, times: int) -> None:
    room.happens("The bridge")
    with killed_while_sending(room):
        pass
    assert room.command("notify", "--settle", decision).returncode == 0
    room.tell(LATER.format(5))
    assert room.hook.sent_count("The bridge") == times
    assert doubtful(room) == 0


def test_sigterm_ends_after_the_message_that_is_being_sent(tmp_path: Path) -> None:
    with newsroom(tmp_path) as room:
        room.notify(f'notify = ["{room.hook.address("a")}", "{room.hook.address("b")}"]')
        room.happens("The bridge")
        room.hook.goes_on.clear()
        with room.teller() as process:
            until(lambda: len(room.hook.posts) == 1)
            process.terminate()
            room.hook.goes_on.set()
            assert process.wait() == 0
        assert [post["path"] for post in room.hook.posts] == ["/a"]
        assert room.rows("SELECT count(*) AS n FROM deliveries WHERE sent_at IS NULL") == [{"n": 1}]
        room.tell(LATER.format(1))
        assert [post["path"] for post in room.hook.posts] == ["/a", "/b"]


# ---- a service that fails


def test_what_a_service_refused_is_told_again_after_growing_pauses(room: Newsroom) -> None:
    room.happens("The bridge")
    room.hook.status = 500
    (first,) = room.tell()
    assert first.trouble
    tries = []
    for minute in range(1, 60):
        if room.tell(f"2026-03-01T06:{minute:02}:00Z", patient=True):
            tries.append(minute)
    assert tries == [1, 3, 7, 15, 31]
    room.hook.status = 200
    room.happens("The mill")
    assert room.tell("2026-03-01T07:00:00Z", patient=True) == []
    (last,) = room.tell("2026-03-01T07:03:00Z", patient=True)
    assert (last.trouble, last.changes) == ("", 2)
    assert room.tell("2026-03-01T09:00:00Z") == []
    assert room.rows("SELECT failures, trouble, retry_at FROM targets") == [
        {"failures": 0, "trouble": None, "retry_at": None}
    ]


def test_a_pause_is_six_hours_at_most_and_by_hand_there_is_none(room: Newsroom) -> None:
    room.happens("The bridge")
    room.hook.status = 500
    for _ in range(30):
        room.tell()
    assert room.rows("SELECT retry_at FROM targets") == [{"retry_at": "2026-03-01T12:00:00Z"}]
    assert len(room.hook.posts) == 30


def test_a_target_that_fails_keeps_no_other_from_its_news(tmp_path: Path) -> None:
    with newsroom(tmp_path) as room:
        room.notify(f'notify = ["json://127.0.0.1:9/", "env:NOT_SET", "{room.hook.address()}"]')
        room.happens("The bridge")
        troubles = [one.trouble for one in room.tell()]
        assert "Connection error" in troubles[0]
        assert troubles[1] == "env:NOT_SET: the environment variable NOT_SET is not set"
        assert troubles[2] == ""
        assert room.hook.sent_count("The bridge") == 1
        (status,) = variorum(room, "status")
        assert [(one["waiting"], one["failures"]) for one in status["targets"]] == [(1, 1), (1, 1), (0, 0)]
        assert "not accepted 1 time" in room.command("status").stdout


# ---- to whom, and when


def test_each_target_hears_of_its_sites_kinds_weights_and_languages(tmp_path: Path) -> None:
    with newsroom(tmp_path, "") as room:
        a, b, c, d = (room.hook.address(name) for name in "abcd")
        room.notify(
            f'notify = [{{ target = "{a}", kinds = ["gone"] }}, {{ target = "{b}", weight = 0.6 }},'
            f' {{ target = "{c}", sites = ["elsewhere"] }}]',
            site=f'notify = "{d}"',
        )
        room.happens("Light", significance=0.1)
        room.happens("Heavy", significance=0.9)
        room.happens("Lost", kind="gone", significance=0.3)
        room.tell()
        titles = {post["path"]: post["title"] for post in room.hook.posts}
    assert titles == {
        "/a": "riverside: 1 gone",
        "/b": "riverside: 1 edited",
        "/d": "riverside: 2 edited, 1 gone",
    }


def test_a_rule_for_a_tag_is_for_all_sites_that_have_it(tmp_path: Path) -> None:
    with newsroom(tmp_path, "") as room:
        a, b, c = (room.hook.address(name) for name in "abc")
        room.notify(
            f'notify = [{{ target = "{a}", sites = ["press"] }}, {{ target = "{b}", sites = ["shops"] }},'
            f' {{ target = "{c}", sites = ["riverside", "shops"] }}]',
            site='tags = ["press"]',
        )
        room.happens("Light")
        room.tell()
    assert sorted(post["path"] for post in room.hook.posts) == ["/a", "/c"]


def test_a_digest_waits_for_its_hour_and_then_has_all_of_the_day(tmp_path: Path) -> None:
    with newsroom(tmp_path, "") as room:
        room.notify(
            f'notify = {{ target = "{room.hook.address()}", at = "07:30", timezone = "Europe/Tirane" }}'
        )
        room.happens("At noon", found_at="2026-03-01T11:00:00Z")
        room.happens("At night", found_at="2026-03-01T23:00:00Z")
        assert room.tell("2026-03-02T06:29:59Z") == []
        (message,) = room.tell("2026-03-02T06:30:00Z")
        assert message.changes == 2
        room.happens("Too late", found_at="2026-03-02T06:30:01Z")
        assert room.tell("2026-03-02T12:00:00Z") == []
        assert len(room.tell("2026-03-03T06:30:00Z")) == 1


def test_what_is_heavy_comes_at_once_and_the_rest_in_the_digest(tmp_path: Path) -> None:
    with newsroom(tmp_path, "") as room:
        hook = room.hook.address()
        room.notify(
            f'[[notify]]\ntarget = "{hook}"\nat = "07:30"\n[[notify]]\ntarget = "{hook}"\nweight = 0.7\n'
        )
        room.happens("Light", significance=0.1, found_at="2026-03-01T11:00:00Z")
        room.happens("Heavy", significance=0.9, found_at="2026-03-01T11:00:00Z")
        room.tell("2026-03-01T11:00:00Z")
        assert (room.hook.sent_count("Light"), room.hook.sent_count("Heavy")) == (0, 1)
        room.tell("2026-03-02T07:30:00Z")
        assert (room.hook.sent_count("Light"), room.hook.sent_count("Heavy")) == (1, 1)


def test_one_edit_of_many_pages_is_told_once(room: Newsroom) -> None:
    same = {"hunks": WORDS, "similar_edit": similar_edit("edited", None, "x", WORDS)}
    for number in range(40):
        room.happens(f"Page {number}", **same)
    (message,) = room.tell()
    assert message.changes == 40
    (post,) = room.hook.posts
    assert post["message"].count("edited: Page") == 1
    assert "edited: Page 39" in post["message"]
    assert "one edit of 40 pages" in post["message"]
    assert "more: variorum changes" not in post["message"]


# ---- issues


def test_an_issue_is_news_when_it_opens_and_when_it_closes(room: Newsroom) -> None:
    store = room.story.store
    for minute in range(3):
        store.raise_issue("riverside", "unreachable", "no answer", LATER.format(minute))
    room.tell(LATER.format(3))
    store.raise_issue("riverside", "unreachable", "no answer", LATER.format(4))
    assert room.tell(LATER.format(4)) == []
    store.close_issue("riverside", "unreachable", LATER.format(5))
    room.tell(LATER.format(6))
    assert room.tell(LATER.format(7)) == []
    assert room.hook.titles() == ["riverside: unreachable", "riverside: unreachable closed"]


def test_a_site_that_fails_as_a_whole_is_one_message(local_site: LocalSite, tmp_path: Path) -> None:
    """Two crawls of forty pages, each of them refused; then the site is well again."""
    blog_of(local_site, MANY)
    with newsroom(tmp_path, "") as room:
        watched = Quick.make(tmp_path / "w", local_site.url, discover=["sitemap"])
        (watched.root / "variorum.toml").write_text(f'notify = "{room.hook.address()}"')
        command = Newsroom(watched.root, room.story, room.hook).command
        assert command("crawl").returncode == 0
        usual = dict(local_site.pages)
        local_site.pages |= {path: Page("<h1>503</h1>", status=503) for path in usual}
        for _ in range(2):
            assert command("crawl").returncode == 1
        local_site.pages |= usual
        assert command("crawl").returncode == 0
        assert [title.partition(": ")[2] for title in room.hook.titles()] == [
            "unreachable",
            "unreachable closed",
        ]


# ---- mail, and secrets


def test_a_mail_arrives_with_persian_as_it_is(tmp_path: Path) -> None:
    with mail_server() as (box, address), newsroom(tmp_path, f'notify = "{address}"') as room:
        room.happens("خانه‌ای در شهر", hunks=WORDS.replace("1878", PERSIAN))
        assert [one.trouble for one in room.tell()] == [""]
        (mail,) = box.mails
        assert mail["subject"] == "riverside: 1 edited"
        body = mail.get_body(preferencelist=("plain", "html"))
        assert body
        assert "خانه‌ای در شهر" in body.get_content()
        assert "می‌خواهند" in body.get_content()


def test_a_mail_that_is_refused_comes_later(tmp_path: Path) -> None:
    with mail_server() as (box, address), newsroom(tmp_path, f'notify = "{address}"') as room:
        room.happens("The bridge")
        box.answer = "451 come back later"
        assert [bool(one.trouble) for one in room.tell()] == [True]
        box.answer = "250 OK"
        room.tell(LATER.format(2))
        assert [mail["subject"] for mail in box.mails] == ["riverside: 1 edited"]


SECRETS = ("s3cretuser", "s3cretpass", "s3cretpath", "s3cretquery")


def test_an_address_with_secrets_is_shown_nowhere(tmp_path: Path) -> None:
    """Not by the target that takes its news, nor by those that refuse them, can't be had or make no sense."""
    with newsroom(tmp_path, "") as room:
        address = f"json://s3cretuser:s3cretpass@127.0.0.1:{room.hook.port}/s3cretpath?+X=s3cretquery"
        dead = address.replace(str(room.hook.port), "9")
        no = address.replace("s3cretpath", "no/s3cretpath")
        room.notify(f'notify = ["{address}", "{no}", "env:HOOK"]', site=f'notify = "{dead}"')
        room.happens("The bridge")
        words = [["notify", "--dry-run"], ["notify"], ["notify", "--json"], ["status"], ["doctor"]]
        results = [room.command(*one, HOOK=address.replace("json", "nonsense")) for one in words]
        assert room.hook.posts
        output = "".join(one.stdout + one.stderr for one in results)
        assert "json://… (notify 1 in variorum.toml)" in output
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("variorum.db*"))
    assert [secret for secret in SECRETS if secret in output or secret.encode() in stored] == []


def test_an_address_stands_in_no_list_of_processes(
    tmp_path: Path, local_site: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("variorum.crawler.runtime.run.start", as_programs)
    watched = Watched.make(tmp_path / "w", local_site.url)
    watched.set(notify="json://127.0.0.1:9/s3cretpath")
    seen: list[str] = []
    local_site.pages["/"] = lambda request: (seen.append(arguments()), "<h1>Hello</h1>")[1]
    watched.crawl()
    assert [word for word in seen if "variorum.crawler.runtime.child" in word]
    assert [word for word in seen if "s3cretpath" in word] == []


def arguments() -> str:
    """Of all processes, as anybody on the machine can read them."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended since
            found.append(file.read_text("utf-8", errors="replace"))
    return "\n".join(found)


# ---- the command


def test_a_dry_run_shows_the_messages_and_leaves_all_as_it_is(room: Newsroom) -> None:
    room.happens("The bridge", hunks=WORDS)
    before = room.rows("SELECT * FROM targets"), room.rows("SELECT * FROM deliveries")
    shown = room.command("notify", "--dry-run").stdout
    assert "riverside: 1 edited" in shown
    assert "Built in [-1887-]{+1878+}." in shown
    (results,) = variorum(room, "notify", "--dry-run")
    assert (results["sent"], results["trouble"], results["changes"]) == (False, None, 1)
    assert (room.rows("SELECT * FROM targets"), room.rows("SELECT * FROM deliveries")) == before
    assert room.hook.posts == []


def test_the_command_sends_and_says_so(room: Newsroom) -> None:
    room.happens("The bridge")
    (results,) = variorum(room, "notify")
    assert {*results} == {"target", "title", "body", "changes", "issues", "trouble", "sent"}
    assert (results["sent"], results["title"]) == (True, "riverside: 1 edited")
    assert "Nothing is due." in room.command("notify").stderr


def test_a_test_greets_each_target(room: Newsroom) -> None:
    room.happens("The bridge")
    assert room.command("notify", "--test").returncode == 0
    assert room.hook.titles() == ["Variorum"]
    room.hook.status = 500
    assert room.command("notify", "--test").returncode == 1


def test_a_site_file_with_faults_makes_its_news_wait_and_no_others(tmp_path: Path) -> None:
    with newsroom(tmp_path, "") as room:
        a, b = room.hook.address("a"), room.hook.address("b")
        room.notify(f'notify = "{a}"', site=f'notify = "{b}"')
        file = room.root / "sites" / "riverside.toml"
        good = file.read_text()
        file.write_text(f"{good}evrey = 3\n")
        room.happens("The bridge")
        room.tell()
        assert [post["path"] for post in room.hook.posts] == ["/a"]
        file.write_text(good)
        room.tell()
        assert [post["path"] for post in room.hook.posts] == ["/a", "/b"]


def test_where_nobody_is_named_nobody_is_told(tmp_path: Path) -> None:
    with newsroom(tmp_path, "") as room:
        room.happens("The bridge")
        assert room.tell() == []
        assert "no notifications are sent" in room.command("doctor").stdout


def test_what_is_fresh_is_found_without_looking_at_what_is_old(room: Newsroom) -> None:
    """The daemon asks every second, and there may be a hundred thousand changes."""
    statements: list[str] = []
    room.story.store.db.conn.set_trace_callback(statements.append)
    (target,) = room.rows("SELECT id FROM targets")
    outbox = Outbox(room.story.store.db)
    outbox.has_fresh(target["id"])
    outbox.is_due(target["id"], MORNING, LATER.format(9))
    room.story.store.db.conn.set_trace_callback(None)
    plans = [row["detail"] for sql in statements for row in room.rows(f"EXPLAIN QUERY PLAN {sql}")]
    assert "SEARCH changes USING INTEGER PRIMARY KEY (rowid>?)" in plans
    assert [step for step in plans if step.startswith("SCAN")] == [
        "SCAN opened USING COVERING INDEX delivery_of_issue"
    ]


def test_a_new_page_is_told_with_how_it_begins(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        outbox = Outbox(desk.story.store.db)
        outbox.meet("env:X", "env:X", MORNING)
        with outbox.writing():
            outbox.db.conn.execute("UPDATE targets SET last_change = 0")
        outbox.queue("env:X", lambda news: news.at)
        batch = outbox.claim(
            "env:X", "2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z", claimed_at=MORNING, size=BatchSize(20)
        )
        body = compose(batch, Form(10_000)).body
    assert "The library opens its doors again on the first of May." in body
    assert "one edit of 3 pages" in body
