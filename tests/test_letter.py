"""A message of news: what is in it, in which order, within its bounds; and that nothing in it does harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from apprise.conversion import convert_between

from tests.command import PERSIAN
from variorum.crawler.notify.message import ChangeMessage, Form, compose
from variorum.storage.outbox import ChangeNews, IssueNews, MessageBatch

ROOM = 10_000
AT = "2026-03-01T06:00:00Z"


def change(title: str = "The bridge", **more: Any) -> ChangeNews:
    values: dict[str, Any] = {
        "id": 17, "site": "press", "kind": "edited", "url": "https://press.example/bridge/", "title": title,
        "seen_old": "2026-02-28T06:00:00Z", "seen_new": AT, "significance": 0.5, "found_at": AT,
        "explanation": "a number replaced", "hunks": "[]", "links": "[]", "pages": 1,
    }  # fmt: skip
    return ChangeNews(**dict.fromkeys(ChangeNews.__dataclass_fields__) | values | more)


def replaced(*words: tuple[str, str]) -> str:
    hunk = {"op": "replace", "old_at": 0, "new_at": 0, "old": [], "new": ["x"], "words": words}
    return json.dumps([hunk])


def put_in(*blocks: str) -> str:
    return json.dumps([{"op": "insert", "old_at": 0, "new_at": 0, "old": [], "new": blocks, "words": []}])


def letter(*changes: ChangeNews, issues: list[IssueNews] | None = None, **more: Any) -> ChangeMessage:
    counts: dict[tuple[str, str], int] = {}
    for one in changes:
        counts[one.site, one.kind] = counts.get((one.site, one.kind), 0) + one.pages
    tallies = [(site, kind, number) for (site, kind), number in counts.items()]
    batch = MessageBatch([], issues or [], more.pop("counts", tallies), list(changes), list(changes), 0)
    return compose(batch, Form(more.pop("room", ROOM), **more.pop("form", {})), **more)


def issue(**more: Any) -> IssueNews:
    values = {"id": 1, "site": "press", "kind": "unreachable", "message": "no answer", "since": AT}
    return IssueNews(**{**values, "closed_at": None, "closed": 0} | more)


def test_a_change_is_told_with_all_that_a_reader_asks() -> None:
    words = replaced(("=", "Built in"), ("-", " 1887"), ("+", " 1878"), ("=", "."))
    found = letter(change(hunks=words, silent=1, old_title="A bridge"), review_url="https://review.example/")
    assert found.title == "press: 1 edited"
    assert found.body.split("\n") == [
        "edited: The bridge",
        "press, between 2026-02-28T06:00:00Z and 2026-03-01T06:00:00Z",
        "0.50: a number replaced",
        "silent: the site did not change its modified date",
        "[-A bridge-]{+The bridge+}",
        "Built in [-1887-]{+1878+}.",
        "https://press.example/bridge/",
        "review: https://review.example/change/17",
    ]


def test_a_new_page_begins_in_the_message() -> None:
    body = letter(change(kind="new", seen_old=None, begins="The library opens.\n" + "Again. " * 200)).body
    assert "\nThe library opens. Again. Again." in body
    assert len(body) < 500


def test_issues_come_first_then_changes_as_they_are_ordered() -> None:
    over = issue(id=2, kind="silence", closed=1, closed_at="2026-03-02T06:00:00Z")
    found = letter(change("Heavy"), change("Light", kind="gone"), issues=[issue(), over])
    assert found.title == "press: unreachable, silence closed, 1 edited, 1 gone"
    heads = [entry.partition("\n")[0] for entry in found.body.split("\n\n")]
    assert heads == ["issue: unreachable", "closed: silence", "edited: Heavy", "gone: Light"]
    assert "from 2026-03-01T06:00:00Z to 2026-03-02T06:00:00Z" in found.body


def test_over_several_sites_the_title_counts() -> None:
    assert letter(change(), change(site="mill")).title == "2 changes on press, mill"
    assert (
        letter(change(site="mill"), issues=[issue()], counts=[("mill", "new", 5)]).title
        == "1 issues and 5 changes on press, mill"
    )


def test_what_is_not_shown_is_counted() -> None:
    found = letter(change("One"), change("Two"), counts=[("press", "edited", 30)])
    assert found.body.endswith("\n\n… and 28 more: variorum changes")
    one_edit = letter(change("One", pages=30))
    assert "one edit of 30 pages" in one_edit.body
    assert "more" not in one_edit.body


@pytest.mark.parametrize("room", [120, 500, 2_000, 10_000])
def test_a_message_has_room_for_what_its_service_takes(room: int) -> None:
    many = [change(f"{PERSIAN} {number}", hunks=put_in(PERSIAN * 50)) for number in range(20)]
    found = letter(*many, room=room)
    assert 0 < len(found.body.encode()) <= room
    assert len(found.title) <= 150


def test_long_words_are_cut_and_the_changed_ones_kept() -> None:
    long = "word " * 40_000
    found = letter(change(hunks=replaced(("=", long), ("-", " spring"), ("+", " autumn"), ("=", long))))
    assert "[-spring-]{+autumn+}" in found.body
    assert len(found.body) < 1_000


def test_persian_keeps_its_joiners() -> None:
    found = letter(change("خانه‌ای در شهر", hunks=put_in(PERSIAN)))
    assert "خانه‌ای در شهر" in found.body
    assert PERSIAN in found.body


HOSTILE = "\x1b[31m\u202e\x00@everyone <!channel> <@U123>\r\nSubject: x\u2028edited: a lie"


def test_a_hostile_text_is_nothing_but_text() -> None:
    found = letter(
        change(
            HOSTILE, hunks=put_in(HOSTILE), url="javascript:alert(1)", explanation=HOSTILE, old_url="\x1b"
        ),
        issues=[issue(message=HOSTILE)],
    )
    assert not set("\x1b\u202e\x00\r\u2028") & set(found.title + found.body)
    assert "\\x1b[31m\\u202e\\x00" in found.body
    assert "javascript:" not in found.body
    assert not [call for call in ("@everyone", "<!channel", "<@U") if call in found.body]
    lines = found.body.split("\n")
    assert not [line for line in lines if line.startswith(("Subject", "edited: a lie"))]


def test_an_address_of_mail_in_a_text_stays_as_it_is() -> None:
    assert "write to press@example.org" in letter(change(hunks=put_in("write to press@example.org"))).body


# ---- as HTML


def test_a_mail_strikes_removed_words_out_and_its_text_has_the_marks() -> None:
    words = replaced(("=", "Built in"), ("-", " 1887"), ("+", " 1878"), ("=", "."))
    found = letter(change(hunks=words), form={"html": True}).html
    assert '<del style="color:#a11;text-decoration:line-through">' in found
    assert "Built in [-1887-]{+1878+}." in convert_between("html", "text", found)
    assert '<a href="https://press.example/bridge/">' in found


def test_a_hostile_text_is_no_html() -> None:
    evil = '<script>alert(1)</script>" onclick="x\u202e'
    found = letter(
        change(evil, hunks=put_in(evil), url='https://x.example/"onclick=1'), form={"html": True}
    ).html
    assert "<script" not in found
    assert "\u202e" not in found
    assert 'href="https://x.example/&quot;onclick=1"' in found


def test_a_long_change_is_cut_in_a_mail() -> None:
    found = letter(change(hunks=put_in(*["word " * 100] * 50)), form={"html": True, "words": 2000}).html
    assert 2000 < len(found) < 4000
    assert "<p>…</p>" in found
