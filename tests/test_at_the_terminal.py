"""What people type and read: times in all forms, addresses in their own script, changes in two lines."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.blog import front
from tests.command import Press, in_terminal, objects, quick, variorum, workspace
from tests.local_site import LocalSite, Page, article
from variorum.crawler.config.moment import past_moment
from variorum.crawler.config.site import load_sites
from variorum.crawler.output.address import readable
from variorum.crawler.output.listing import shortened
from variorum.crawler.times import iso

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-05-30", "2026-05-30T00:00:00Z", "2026-05-30T23:59:59Z"),
        ("yesterday", "2026-05-30T00:00:00Z", "2026-05-30T23:59:59Z"),
        ("today", "2026-05-31T00:00:00Z", "2026-05-31T12:00:00Z"),
        ("2d", "2026-05-29T12:00:00Z", "2026-05-29T12:00:00Z"),
        ("1w", "2026-05-24T12:00:00Z", "2026-05-24T12:00:00Z"),
        ("2026-05-30T09:00+02:00", "2026-05-30T07:00:00Z", "2026-05-30T07:00:00Z"),
    ],
)
def test_a_time_has_the_same_forms_everywhere(text: str, start: str, end: str) -> None:
    assert (iso(past_moment(text, NOON)), iso(past_moment(text, NOON, end=True))) == (start, end)


@pytest.mark.parametrize(
    "words", [["changes", "--since"], ["search", "bridge", "--until"], ["export", "--as-of"]]
)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2999-01-01", "is in the future"),
        ("tomorrow", "is in the future"),
        ("monday", "is no time that can be read"),
        ("3 days ago", "is no time that can be read"),
    ],
)
def test_a_time_in_the_future_and_no_time_at_all_are_refused_with_what_is_accepted(
    press: Press, words: list[str], text: str, said: str
) -> None:
    result = press.run(*words, text)
    assert (result.exit_code, f"{text!r} {said}" in result.stderr) == (2, True)
    assert "a day like 2026-05-31, a time like 2026-05-31T14:00Z, today, yesterday" in result.stderr


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/fa/%D8%AE%D8%A7%D9%86%D9%87/?q=1", "https://a.example/fa/خانه/?q=1"),
        ("https://a.example/a%2Fb%20c%1b", "https://a.example/a%2Fb%20c%1b"),
        ("https://a.example/%E2%80%AEgpj.exe", "https://a.example/%E2%80%AEgpj.exe"),
        ("https://a.example/%FF%FE", "https://a.example/%FF%FE"),
        (
            "https://xn--mgbaakc7dvf.example/",
            "https://xn--mgbaakc7dvf.example/".replace("xn--mgbaakc7dvf", b"xn--mgbaakc7dvf".decode("idna")),
        ),
        ("https://xn--pypal-4ve.example/", "https://xn--pypal-4ve.example/"),
    ],
    ids=["persian", "meaning", "override", "not UTF-8", "one script", "mixed scripts"],
)
def test_an_address_is_shown_decoded_where_it_cannot_mislead(url: str, shown: str) -> None:
    assert readable(url) == shown


def test_a_title_is_cut_between_words() -> None:
    assert shortened("The lamp at Ormhead is lit again", 20) == "The lamp at …"
    assert shortened("The lamp", 8) == "The lamp"


def test_a_change_takes_two_lines_of_a_narrow_terminal(press: Press) -> None:
    shown = in_terminal("-C", press.root, "changes", COLUMNS="80").splitlines()
    [place] = [number for number, line in enumerate(shown) if "The bridge" in line and "edited" in line]
    assert f"]8;;{press.url}/bridge/" in shown[place + 1]
    assert f"{press.url}/bridge/" in shown[place + 1].partition("\\")[2]


def test_status_says_how_many_of_the_due_pages_the_next_run_fetches(press: Press, tmp_path: Path) -> None:
    root = Path(shutil.copytree(press.root, tmp_path / "press"))
    for due, fetched in ((7, 3), (7, 7)):
        with closing(sqlite3.connect(root / "variorum.db")) as conn, conn:
            conn.execute("UPDATE sites SET due_pages = ?, next_pages = ?", [due, fetched])
        said = variorum("-C", root, "status").stdout
        assert "7 due by the next run" in said
        [[found]] = [one["sites"] for one in objects("-C", root, "status")]
        assert (found["due"], found["due_in_next_run"]) == (due, fetched)
        few = "of 7 pages due by then, the next run fetches 3, if the requests left allow"
        assert (few in said) == (fetched < due)


def test_a_page_whose_first_fetch_failed_is_counted_once_as_due(
    tmp_path: Path, local_site: LocalSite
) -> None:
    local_site.pages |= {
        "/": front(["/lamp/", "/quay/"]),
        "/lamp/": article("The lamp", "The lamp at Ormhead is lit again."),
        "/quay/": Page("", status=500),
    }
    root = workspace(tmp_path, press=quick(local_site))
    variorum("-C", root, "crawl")
    [[found]] = [one["sites"] for one in objects("-C", root, "status")]
    assert found["waiting"] > 0
    assert found["due"] == found["due_in_next_run"] == found["known"]


def test_the_address_of_a_site_is_a_link_however_narrow_the_terminal_is(press: Press) -> None:
    shown = in_terminal("-C", press.root, "sites", COLUMNS="80")
    assert shown.count(f";{press.url}/\x1b\\") >= 2  # it is folded, and each part leads there


def test_a_page_takes_two_lines_of_a_narrow_terminal(press: Press) -> None:
    shown = in_terminal("-C", press.root, "pages", "press", COLUMNS="80").splitlines()
    [place] = [number for number, line in enumerate(shown) if f"]8;;{press.url}/lost/" in line]
    assert shown[place - 1].split() == ["gone", "gone", "HTTP", "404"]
    assert "not due" in shown[place]


def test_the_text_of_a_page_that_is_gone_says_so(press: Press) -> None:
    result = press.run("text", f"{press.url}/lost/")
    assert "umbrella" in result.stdout
    assert "This page is gone" in result.stderr


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("one.toml", b"\xef\xbb\xbfurl = 'https://a.example/'", "byte order mark"),
        ("one.toml", "url = “https://a.example/”".encode(), "curly quotes (“ ”)"),
        ("one.TOML", b"url = 'https://a.example/'", "ends in .toml, in small letters"),
    ],
)
def test_slips_of_editors_in_a_site_file_are_named(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    [fault] = load_sites(tmp_path).faults["one"]
    assert said in fault
