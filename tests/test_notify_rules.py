"""Rules for words, patterns and pages, in what came and in what went; and what a webhook gets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_site import article
from tests.newsroom import Newsroom, mail_server, newsroom
from tests.test_notify import LATER, WORDS, variorum
from variorum.crawler.config.notification import NotificationRule
from variorum.crawler.config.site import load_site
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.notify.matching import Matcher
from variorum.storage.outbox import ChangedText, Fresh

TRADE = ChangedText("The trade deal holds.", "The nuclear deal holds.")
AT = "2026-03-01T06:00:00Z"
DOCS = Path(__file__).parent.parent / "docs"


def is_told(*texts: tuple[str, str], url: str = "https://press.example/en/news/1", **rule: Any) -> bool:
    news = Fresh(1, None, 0, "press", "edited", 0.5, "en", AT, url)
    matcher = Matcher("env:X", lambda change: [ChangedText(*one) for one in texts])
    return matcher.holds(NotificationRule("env:X", **rule), news)


@pytest.mark.parametrize(
    ("came", "told"),
    [
        ("nuclear deal", True),  # a word in it is new
        ("NUCLEAR", True),
        ("nucl*", True),
        ("trade", False),  # it went
        ("deal holds", False),  # it stayed
        ("nuclear holds", False),  # words in a row
        ("/nuc.ear|oil/", True),
        (r"/\bdeal\b/", False),
    ],
)
def test_a_rule_asks_for_words_or_a_pattern_in_what_came(came: str, told: bool) -> None:
    assert is_told(TRADE, match=(came,)) is told


def test_a_rule_asks_for_what_went_and_with_both_keys_for_either() -> None:
    assert is_told(TRADE, match_removed=("trade deal",))
    assert not is_told(TRADE, match_removed=("nuclear",))
    assert is_told(TRADE, match=("trade",), match_removed=("trade",))
    assert is_told(TRADE, match=("gas", "nuclear"))


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("می خواهند", "آنها می‌خواهند بروند"),
        ("كتاب", "کتاب تازه"),
        ("۱۴۰۳", "سال 1403"),
        ("Deces", "un décès"),
    ],
)
def test_words_are_compared_as_a_search_compares_them(asked: str, text: str) -> None:
    assert is_told(("", text), match=(asked,))


def test_text_that_only_moved_neither_came_nor_went() -> None:
    moved = "A nuclear deal."
    assert not is_told((moved, moved), match=("nuclear",), match_removed=("nuclear",))


@pytest.mark.parametrize(
    ("path", "told"), [("/en/news/", True), ("/en/", True), ("/fa/", False), ("^/(en|fa)/news/\\d+$", True)]
)
def test_a_rule_asks_for_a_section(path: str, told: bool) -> None:
    assert is_told(paths=(path,)) is told
    assert is_told(TRADE, paths=(path,), match=("nuclear",)) is told
    assert not is_told(TRADE, paths=(path,), match=("trade",))


def test_a_change_on_which_a_pattern_takes_too_long_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever writes the page decides how long a pattern takes; the news must not wait for it."""
    assert is_told(("", "a" * 60 + "!"), match=("/(a+)+$/",))
    assert "a pattern takes too long on change 1 of https://press.example/en/news/1" in caplog.text


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ('match = "/(/"', 'notify.match: "/(/" is not allowed (bad regular expression: '),
        ('match = "/x*/"', 'notify.match: "/x*/" is not allowed (it matches where there is no text)'),
        (
            'match_removed = ["gas", "?!"]',
            'notify.match_removed: "?!" is not allowed (there is no word in it)',
        ),
        ('paths = "en/"', 'notify.paths: "en/" is not allowed (it begins with neither / nor ^)'),
        ('secret = "s3cret"', "notify: the value is not allowed (secret signs what is sent to a webhook"),
    ],
)
def test_a_bad_rule_is_refused_with_file_and_key(setting: str, fault: str, tmp_path: Path) -> None:
    notify = f'notify = {{ target = "mailto://x", {setting} }}'
    (tmp_path / "press.toml").write_text(f'url = "https://press.example/"\n{notify}', encoding="utf-8")
    (tmp_path / "variorum.toml").write_text(notify, encoding="utf-8")
    for file, load in (("press.toml", load_site), ("", load_workspace)):
        with pytest.raises(Misuse) as refused:
            load(tmp_path / file)
        assert f"{tmp_path / (file or 'variorum.toml')}: {fault}" in str(refused.value)
        assert "s3cret" not in str(refused.value)


# ---- in a workspace


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path, "") as found:
        yield found


def test_each_target_is_told_of_its_words_and_pages(room: Newsroom) -> None:
    a, b, c, d = (room.hook.address(name) for name in "abcd")
    room.notify(
        f'notify = [{{ target = "{a}", match = "1878" }}, {{ target = "{b}", match_removed = "1887" }},'
        f' {{ target = "{c}", paths = "/1/" }}, {{ target = "{d}", match = "1887" }}]'
    )
    room.happens("Bridge", hunks=WORDS)
    room.happens("Mill", hunks="[]")
    room.story.store.raise_issue("riverside", "unreachable", "no answer", AT)
    room.tell()
    told = {post["path"]: [one["title"] for one in post["changes"]] for post in room.hook.posts}
    assert told == {"/a": ["Bridge"], "/b": ["Bridge"], "/c": ["Mill"]}


def test_the_whole_text_of_a_new_page_came_and_that_of_a_gone_page_went(room: Newsroom) -> None:
    a, b = room.hook.address("a"), room.hook.address("b")
    room.notify(
        f'notify = [{{ target = "{a}", match = "ferry" }}, {{ target = "{b}", match_removed = "ferry" }}]'
    )
    text = "The ferry crosses the river every day, from the old harbour to the mill. " * 8
    with room.story.run() as run:
        run.sees("/", article("Home", "A list of things that are here. " * 20))
    with room.story.run() as run:
        run.sees("/ferry/", article("Ferry", text))
    assert ("new", "/ferry/") in room.story.news()
    room.tell("2027-01-01T00:00:00Z")
    assert [(post["path"], post["title"]) for post in room.hook.posts] == [("/a", "riverside: 1 new")]


# ---- webhooks


def test_a_webhook_gets_the_objects_of_changes_and_show(room: Newsroom) -> None:
    room.notify(f'notify = "{room.hook.address()}"')
    number = room.happens("Bridge", hunks=WORDS)
    room.story.store.raise_issue("riverside", "unreachable", "no answer", AT)
    room.tell()
    (post,) = room.hook.posts
    assert post["changes"] == variorum(room, "show", str(number))
    issue = {"id": 1, "site": "riverside", "kind": "unreachable", "message": "no answer"}
    assert post["issues"] == [{**issue, "since": AT, "closed_at": None}]
    assert "Built in [-1887-]{+1878+}." in post["message"]


def test_a_webhook_gets_every_change_in_as_many_messages_as_it_takes(room: Newsroom) -> None:
    room.notify(f'notify = "{room.hook.address()}"')
    numbers = [room.happens(f"Page {number}") for number in range(230)]
    assert [one.changes for one in room.tell()] == [100, 100, 30]
    assert [one["id"] for post in room.hook.posts for one in post["changes"]] == numbers
    assert room.tell() == []


def test_a_webhook_that_refuses_gets_the_same_again(room: Newsroom) -> None:
    room.notify(f'notify = "{room.hook.address()}"')
    for number in range(130):
        room.happens(f"Page {number}")
    room.hook.status = 500
    (refused,) = room.tell()
    assert refused.trouble == "the webhook answered with status 500"
    room.hook.status = 200
    assert [one.changes for one in room.tell(LATER.format(5))] == [100, 30]


def test_what_a_webhook_gets_is_signed_as_the_documents_verify_it(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "opensesame")
    room.notify(f'notify = {{ target = "{room.hook.address()}", secret = "env:HOOK_SECRET" }}')
    room.happens("خانه‌ای در شهر")
    assert [one.trouble for one in room.tell()] == [""]
    ((headers, body),) = room.hook.raw
    (example,) = re.findall(
        r"```python\n(import hmac.*?)```", (DOCS / "notifications.md").read_text(encoding="utf-8"), flags=re.S
    )
    found: dict[str, Any] = {}
    exec(example, found)
    assert found["is_genuine"]("opensesame", headers, body)
    assert not found["is_genuine"]("opensesame", headers, body.replace(b"riverside", b"mountain"))
    assert not found["is_genuine"]("another", headers, body)


def test_a_secret_that_is_not_set_is_said_and_nothing_is_sent_unsigned(room: Newsroom) -> None:
    room.notify(f'notify = {{ target = "{room.hook.address()}", secret = "env:NOT_SET" }}')
    room.happens("Bridge")
    (message,) = room.tell()
    assert message.trouble.endswith("the environment variable NOT_SET is not set")
    assert room.hook.raw == []


def test_fields_and_headers_of_the_address_are_used(room: Newsroom) -> None:
    room.notify(f'notify = "{room.hook.address("hook?+X-Desk=7&:message=text&:attachments=&:desk=river")}"')
    room.happens("Bridge")
    room.tell()
    ((headers, body),) = room.hook.raw
    sent = json.loads(body)
    assert headers["X-Desk"] == "7"
    assert ("message" in sent, "attachments" in sent, sent["desk"]) == (False, False, "river")
    assert "edited: Bridge" in sent["text"]


# ---- mail


@pytest.mark.parametrize(
    ("more", "kinds"), [("", ["text/plain", "text/html"]), ("&format=text", ["text/plain"])]
)
def test_a_mail_has_the_diff_as_text_and_as_html(tmp_path: Path, more: str, kinds: list[str]) -> None:
    with mail_server() as (box, address), newsroom(tmp_path, f'notify = "{address}{more}"') as room:
        room.happens("Bridge", hunks=WORDS)
        assert [one.trouble for one in room.tell()] == [""]
        (mail,) = box.mails
        parts = {
            part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()
        }
    assert list(parts) == kinds
    assert "Built in [-1887-]{+1878+}." in parts["text/plain"]
    if "text/html" in parts:
        assert "<del " in parts["text/html"]
