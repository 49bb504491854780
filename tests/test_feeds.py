"""Feeds of changes, as their readers get them: what is in them, when they answer 304, what breaks none."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import html

from tests.reviewed import BASE, RTL_OVERRIDE, Desk, desk, morning
from tests.tracked import story_at
from variorum.storage.text_index.similar_edits import similar_edit

AT = "2026-03-01T06:00:00Z"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("feeds")) as desk:
        yield desk


def atom(desk: Desk, address: str = "/feed.atom") -> Any:
    """The feed as a reader of feeds understands it."""
    answer = desk.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/atom+xml")
    found = feedparser.parse(answer.content, sanitize_html=False)
    assert not found.bozo, found.bozo_exception
    return found


def entry(desk: Desk, title: str) -> Any:
    (found,) = [one for one in atom(desk).entries if title in one.title]
    return found


def titles(desk: Desk, address: str) -> list[str]:
    return [one.title for one in atom(desk, address).entries]


def add(desk: Desk, title: str, url: str = "https://riverside.example/a/", **more: Any) -> int:
    """A change, put into the store as a run does."""
    values = {
        "site": "riverside", "kind": "edited", "url": url, "title": title,
        "seen_new": AT, "found_at": AT, "significance": 0.5,
    }  # fmt: skip
    return desk.story.store.add_change(values | more)


# ---- what a feed has


def test_a_feed_has_the_latest_changes_each_with_its_words(read: Desk) -> None:
    bridge = entry(read, "The bridge")
    words = html.fromstring(f"<div>{bridge.content[0].value}</div>")
    assert [one.text for one in words.cssselect("del")] == ["1887"]
    assert [one.text for one in words.cssselect("ins")] == ["1878"]
    assert "a number replaced in the first paragraph" in words.text_content()
    assert "between 2026-03-01T09:01:00Z and 2026-03-01T12:10:00Z" in words.text_content()
    assert "silent: the site did not change its modified date" not in words.text_content()


def test_an_entry_leads_to_its_review_and_to_the_page(read: Desk) -> None:
    bridge = entry(read, "The bridge")
    links = {link.rel: link.href for link in bridge.links}
    assert links["alternate"] == f"{BASE}/change/{read.change('/bridge/')}"
    assert links["related"] == "https://riverside.example/bridge/"
    assert (bridge.author, bridge.tags[0].term) == ("riverside", "edited")


def test_the_feed_says_when_its_latest_change_was_found(read: Desk) -> None:
    feed = atom(read)
    assert feed.feed.updated == max(one.updated for one in feed.entries)
    assert [one.updated for one in feed.entries] == sorted(
        (one.updated for one in feed.entries), reverse=True
    )


def test_one_edit_of_many_pages_is_one_entry(read: Desk) -> None:
    mill = entry(read, "Mill")
    assert mill.title == "edited: Mill 2"
    assert "the same edit on 2 other pages" in mill.content[0].value


def test_a_new_page_begins_in_its_entry(read: Desk) -> None:
    assert "The library opens its doors again" in entry(read, "An opening").content[0].value


def test_persian_stands_right_to_left_with_its_joiners(read: Desk) -> None:
    content = entry(read, "خانه").content[0].value
    assert '<p dir="auto">' in content
    assert "می‌خواهند" in content
    assert "ZWNJ removed" in content


def test_the_json_feed_has_the_same_entries(read: Desk) -> None:
    feed = read.get("/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [(one["id"], one["title"]) for one in feed["items"]] == [
        (one.id, one.title) for one in atom(read).entries
    ]
    (bridge,) = [one for one in feed["items"] if "The bridge" in one["title"]]
    assert bridge["external_url"] == "https://riverside.example/bridge/"
    assert bridge["content_html"] == entry(read, "The bridge").content[0].value


def test_the_id_of_an_entry_is_its_own_wherever_the_feed_is_asked(tmp_path: Path) -> None:
    with morning(tmp_path, hosts=["127.0.0.1", "press.example"]) as desk:
        here = desk.get("/feed.json?site=riverside").json()["items"]
        there = desk.get("/feed.json", host="press.example").json()["items"]
    assert [one["id"] for one in here] == [one["id"] for one in there]
    assert len({one["id"] for one in here}) == len(here)
    assert there[0]["url"].startswith("http://press.example/change/")


# ---- which changes


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=gone", ["gone: Lost and found"]),
        ("?kind=new&site=riverside", ["new: An opening"]),
        ("?language=fa", ["edited: خانه"]),
        ("?words=1887", ["edited: The bridge"]),
        ("?site=elsewhere", []),
    ],
)
def test_the_query_of_the_list_chooses(read: Desk, query: str, expected: list[str]) -> None:
    assert titles(read, f"/feed.atom{query}") == expected


def test_a_change_stays_in_the_feed_when_it_is_reviewed(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        desk.say(desk.change("/bridge/"), "reviewed")
        assert "edited: The bridge" in titles(desk, "/feed.atom")
        assert "edited: The bridge" not in titles(desk, "/feed.atom?reviewed=no")


def test_a_query_that_is_none_is_refused(read: Desk) -> None:
    assert read.get("/feed.atom?weight=heavy").status_code == 400
    assert "weight" in read.get("/feed.json?weight=heavy").json()["error"]


def test_a_feed_has_fifty_entries_whatever_a_night_brings(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        numbers = [add(found, f"Page {n}", significance=n / 100) for n in range(60)]
        assert titles(found, "/feed.atom") == [f"edited: Page {n - 1}" for n in reversed(numbers[10:])]


def test_the_list_leads_to_the_feed_of_what_it_shows(read: Desk) -> None:
    tree = read.tree("/?kind=gone")
    (feed,) = tree.xpath("//link[@rel='alternate'][@type='application/atom+xml']/@href")
    assert titles(read, feed) == ["gone: Lost and found"]
    assert tree.xpath("//a[text()='Feed']/@href") == [feed]
    assert read.tree(f"/change/{read.change('/bridge/')}").xpath("//link[@rel='alternate']/@href") == [
        "/feed.atom"
    ]


# ---- asked again


@pytest.mark.parametrize("address", ["/feed.atom", "/feed.json"])
def test_what_is_known_already_is_not_sent_again(read: Desk, address: str) -> None:
    first = read.get(address)
    for name, value in {
        "If-None-Match": first.headers["etag"],
        "if-none-match": f'"other", W/{first.headers["etag"]}',
        "If-Modified-Since": first.headers["last-modified"],
    }.items():
        again = read.get(address, **{name: value})
        assert (again.status_code, again.content) == (304, b""), name
        assert again.headers["etag"] == first.headers["etag"]


def test_the_tag_goes_before_the_date(read: Desk) -> None:
    dated = {"If-Modified-Since": read.get("/feed.atom").headers["last-modified"]}
    assert read.get("/feed.atom", **dated, **{"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("date", ["yesterday", "Sun, 01 Mar 2026 06:00:00 -0000", ""])
def test_a_date_that_is_none_gets_the_feed(read: Desk, date: str) -> None:
    assert read.get("/feed.atom", **{"If-Modified-Since": date}).status_code == 200


def test_the_two_feeds_and_each_choice_have_tags_of_their_own(read: Desk) -> None:
    addresses = ["/feed.atom", "/feed.json", "/feed.atom?kind=gone"]
    assert len({read.get(address).headers["etag"] for address in addresses}) == 3


def test_a_new_change_is_sent(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        known = {"If-None-Match": desk.get("/feed.atom").headers["etag"]}
        add(desk, "The mill")
        answer = desk.get("/feed.atom", **known)
        assert "The mill" in answer.text


def test_a_feed_whose_last_change_is_fresh_has_no_date_to_ask_by(tmp_path: Path) -> None:
    """What was found a moment before it may be stored a moment after it, and would be missed for ever."""
    from variorum.crawler.times import iso, now

    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        add(found, "Fresh", found_at=iso(now()))
        headers = found.get("/feed.atom").headers
        assert "last-modified" not in headers
        assert headers["etag"]


# ---- behind a password, and against what is hostile


def test_behind_a_password_a_reader_of_feeds_names_itself(tmp_path: Path) -> None:
    with morning(tmp_path, password="open sesame") as desk:
        refused = desk.get("/feed.atom")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
        known = b64encode(b"reader:open sesame").decode()
        assert desk.get("/feed.atom", authorization=f"Basic {known}").status_code == 200


HOSTILE = f"\x1b]8;;x\x07\x00</title><script>alert(1)</script>]]>{RTL_OVERRIDE}\ufffe\uffff&amp;{{{{7*7}}}}"


def test_a_hostile_title_breaks_no_feed(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    words = [["-", HOSTILE], ["+", f"<img src=x onerror=alert(1)>{HOSTILE}"]]
    hunk = {"op": "replace", "old_at": 0, "new_at": 0, "old": ["a"], "new": ["b"], "words": words}
    with story_at(path) as story, desk(story, path) as found:
        add(found, HOSTILE, url="javascript:alert(1)", old_title=HOSTILE * 2, hunks=json.dumps([hunk]))
        feed = atom(found)
        (one,) = feed.entries
        assert "</title><script>alert(1)</script>]]>" in one.title
        assert not {"\x1b", "\x07", "\x00", RTL_OVERRIDE, "\ufffe", "\uffff"} & set(json.dumps(one.title))
        tree = html.fromstring(f"<div>{one.content[0].value}</div>")
        assert tree.xpath("//script | //img | //*[@*[starts-with(name(), 'on')]]") == []
        assert tree.xpath("//a") == []
        assert "<img src=x onerror=alert(1)>" in tree.text_content()
        assert {link.rel for link in one.links} == {"alternate"}
        assert found.get("/feed.json").json()["items"][0]["title"] == one.title


def test_a_lone_surrogate_in_an_address_breaks_no_feed(read: Desk) -> None:
    assert atom(read, "/feed.atom?words=%ED%A0%80%1B%00&site=%FF").entries == []


def test_a_long_change_is_told_in_short(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    blocks = ["word " * 40_000, *(f"Block {n}." for n in range(10_000))]
    hunk = {"op": "insert", "old_at": 0, "new_at": 0, "old": [], "new": blocks, "words": []}
    with story_at(path) as story, desk(story, path) as found:
        add(found, "word " * 40_000, hunks=json.dumps([hunk]))
        assert len(found.get("/feed.atom").content) < 20_000
        assert "more blocks" in atom(found).entries[0].content[0].value


def test_the_latest_are_found_along_an_index(tmp_path: Path) -> None:
    from variorum.storage.queries import change_list
    from variorum.storage.queries.change_list import Filters

    path = tmp_path / "v.db"
    with story_at(path) as story:
        queries: list[str] = []
        story.reader.db.conn.set_trace_callback(queries.append)
        change_list.latest(story.reader, Filters(reviewed="all", site="riverside", kind="new"), 50)
        story.reader.db.conn.set_trace_callback(None)
        plans = [
            row[3] for sql in queries for row in story.reader.db.conn.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]
    assert "SEARCH c USING INDEX changes_by_day (visibility=?)" in plans
    assert not [step for step in plans if step.startswith("SCAN") and "VIRTUAL" not in step]


def test_the_same_edit_of_many_pages_leads_with_its_latest(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    hunk = {"op": "insert", "old_at": 0, "new_at": 0, "old": [], "new": ["A notice."], "words": []}
    same = {
        "hunks": json.dumps([hunk]),
        "similar_edit": similar_edit("edited", None, "x", json.dumps([hunk])),
    }
    with story_at(path) as story, desk(story, path) as found:
        for n in range(120):
            add(found, f"Page {n}", **same)
        assert titles(found, "/feed.atom") == ["edited: Page 119"]
