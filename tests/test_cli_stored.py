"""Asking for what is stored: changes, texts, exports; and hostile words in them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.command import (
    CSI,
    HOSTILE,
    OVERRIDE,
    PERSIAN,
    VARIORUM,
    Press,
    in_terminal,
    quick,
    variorum,
    workspace,
)
from tests.local_site import LocalSite
from variorum.crawler.output.terminal import harmless

CHANGE_KEYS = [
    *("id", "site", "url", "title", "kind", "seen_old", "seen_new", "significance", "words_added"),
    *("words_removed", "silent", "version"),
]
VERSION_KEYS = ["version", "captured_at", "digest", "title", "words"]
DOCUMENT_KEYS = [
    *("id", "url", "site", "kind", "title", "text", "language", "author", "published", "modified", "version"),
    *("captured_at", "digest"),
]


# ---- changes


def test_changes_have_the_promised_keys_newest_first(press: Press) -> None:
    found = press.objects("changes")
    assert [list(one)[: len(CHANGE_KEYS)] for one in found] == [CHANGE_KEYS] * 5
    assert [one["id"] for one in found] == sorted((one["id"] for one in found), reverse=True)
    assert {(one["url"].removeprefix(press.url), one["kind"]) for one in found} == {
        ("/bridge/", "edited"), ("/fa/house/", "edited"), ("/hostile/", "edited"),
        ("/opening/", "new"), ("/lost/", "gone"),
    }  # fmt: skip
    assert {one["silent"] for one in found} <= {True, False, None}
    assert all(one["seen_new"].endswith("Z") for one in found)


def test_changes_are_chosen_by_kind_time_and_number(press: Press) -> None:
    assert [one["kind"] for one in press.objects("changes", "--kind", "gone")] == ["gone"]
    assert len(press.objects("changes", "--since", "1h", "--site", "press", "--unreviewed")) == 5
    assert press.run("changes", "--since", "2100-01-01").exit_code == 2
    assert len(press.objects("changes", "--limit", 2)) == 2


def test_a_time_that_is_none_is_misuse(press: Press) -> None:
    for bad in ("tomorrow", "2026-13-01", "999999d", "0001-01-01T00:00+23:00"):
        result = press.run("changes", "--since", bad)
        assert (result.exit_code, bad in result.stderr) == (2, True)


def test_a_change_shows_the_words_struck_out_and_put_in_between_unchanged_blocks(press: Press) -> None:
    result = press.run("show", press.change("/bridge/", "edited"))
    assert result.stdout.startswith(f"edited: The bridge\n{press.url}/bridge/\nbetween ")
    assert "\n\nIt was built in [-1887-]{+1878+}.\nNobody knows by whom.\n" in result.stdout
    assert "It still stands" not in result.stdout
    persian = press.run("show", press.change("/fa/house/", "edited")).stdout
    assert "خانه‌ای در شهر [-قدیم-]{+تازه+} ساخته شد" in persian


def test_a_change_as_json_has_its_hunks(press: Press) -> None:
    number = press.change("/bridge/", "edited")
    [found] = press.objects("show", number)
    listed = {key: found[key] for key in found if key not in ("hunks", "links")}
    assert press.objects("changes", "--kind", "edited").count(listed) == 1
    assert [(hunk["op"], hunk["old"], hunk["new"]) for hunk in found["hunks"]] == [
        ("replace", ["It was built in 1887."], ["It was built in 1878."])
    ]


def test_a_new_page_shows_its_text_and_a_gone_one_what_it_said(press: Press) -> None:
    assert "The library opens its doors" in press.run("show", press.change("/opening/", "new")).stdout
    assert "An umbrella was found" in press.run("show", press.change("/lost/", "gone")).stdout


def test_a_change_that_does_not_exist_is_told_so(press: Press) -> None:
    result = press.run("show", 999)
    assert result.exit_code == 1
    assert result.stderr == "variorum: there is no change 999: `variorum changes` lists them\n"


def test_on_a_terminal_words_are_struck_out_and_without_colour_where_none_is_wanted(press: Press) -> None:
    number = press.change("/bridge/", "edited")
    coloured = in_terminal("-C", press.root, "show", number)
    assert "\x1b[9;33m1887\x1b[0m\x1b[4;36m1878\x1b[0m" in coloured
    plain = in_terminal("-C", press.root, "show", number, NO_COLOR="1")
    assert "\x1b[9m1887\x1b[0m\x1b[4m1878\x1b[0m" in plain
    assert "[-1887-]{+1878+}" in in_terminal("-C", press.root, "show", number, TERM="dumb")


def test_before_the_first_crawl_there_is_nothing_to_show(tmp_path: Path, local_site: LocalSite) -> None:
    root = workspace(tmp_path, press=quick(local_site))
    result = variorum("-C", root, "changes")
    assert result.exit_code == 1
    assert "Run `variorum crawl` first" in result.stderr
    assert not (root / "variorum.db").exists()


# ---- texts


def test_the_history_of_a_page_has_the_promised_keys(press: Press) -> None:
    found = press.objects("history", f"{press.url}/bridge/")
    assert [list(one)[: len(VERSION_KEYS)] for one in found] == [VERSION_KEYS] * 2
    assert [one["version"] for one in found] == [1, 2]


def test_a_page_is_found_however_its_address_is_spelled(press: Press) -> None:
    for url in (f"{press.url}/bridge", press.url.removeprefix("http://") + "/bridge/?utm_source=x#top"):
        assert press.run("text", url).stdout.startswith("The bridge\n\nIt was built in 1878.\n")


def test_the_text_of_any_version_and_moment_is_there(press: Press) -> None:
    url = f"{press.url}/bridge/"
    [first, second] = press.objects("history", url)
    assert "1887" in press.run("text", url, "--version", 1).stdout
    assert "1887" in press.run("text", url, "--as-of", first["captured_at"]).stdout
    assert "1878" in press.run("text", url, "--as-of", second["captured_at"]).stdout
    [document] = press.objects("text", f"{press.url}/fa/house/", "--version", 1)
    assert list(document)[: len(DOCUMENT_KEYS)] == DOCUMENT_KEYS
    assert (document["title"], document["text"], document["language"]) == ("خانه", PERSIAN, "fa")


def test_a_version_is_asked_for_in_one_way_only(press: Press) -> None:
    result = press.run("text", f"{press.url}/bridge/", "--version", 1, "--as-of", "2020-01-01")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


@pytest.mark.parametrize("command", ["history", "text"])
def test_an_address_that_is_not_stored_fails_and_one_that_is_none_is_misuse(
    command: str, press: Press
) -> None:
    assert press.run(command, f"{press.url}/never/").exit_code == 1
    assert press.run(command, "ftp://example.org/").exit_code == 2
    assert press.run(command, "http://[").exit_code == 2


def test_an_export_has_the_promised_keys_and_leaves_out_what_is_gone(press: Press) -> None:
    result = press.run("export", "--site", "press")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [set(DOCUMENT_KEYS) - set(one) for one in found] == [set()] * len(found)
    assert {one["url"].removeprefix(press.url) for one in found} == {
        "/bridge/", "/fa/house/", "/long/", "/hostile/", "/opening/",
    }  # fmt: skip


def test_an_export_into_a_file_tells_the_cursor_for_the_next_one(press: Press, tmp_path: Path) -> None:
    result = press.run("export", "-o", tmp_path / "all.jsonl")
    assert (result.exit_code, result.stdout) == (0, "")
    assert len((tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()) == 5
    cursor = result.stderr.split()[-1]
    assert press.run("export", "--since", cursor).stdout == ""


def test_an_export_that_cannot_be_written_says_where(press: Press, tmp_path: Path) -> None:
    result = press.run("export", "-o", tmp_path / "missing" / "all.jsonl")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"variorum: {tmp_path / 'missing' / 'all.jsonl'} can't be written: ")
    assert press.run("export", "--since", "rubbish").exit_code == 2
    assert press.run("export", "--site", "nobody").exit_code == 2


@pytest.mark.parametrize("words", ["export", "text {url}/long/", "text {url}/long/ --json"])
def test_output_into_a_closed_pipe_ends_quietly(words: str, press: Press) -> None:
    command = [*VARIORUM, "-C", str(press.root), *words.format(url=press.url).split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""


# ---- hostile words


def test_words_of_a_page_cannot_command_the_terminal(press: Press) -> None:
    number = press.change("/hostile/", "edited")
    url = f"{press.url}/hostile/"
    for words in (["changes"], ["changes", "--json"], ["show", number], ["text", url], ["history", url]):
        output = press.run(*words).stdout
        assert "of [red]ill[/red] will" in output
        assert OVERRIDE not in output
        assert CSI not in output
    assert "of [red]ill[/red] will" in in_terminal("-C", press.root, "changes")


def test_json_still_says_what_the_page_says(press: Press) -> None:
    assert {one["title"] for one in press.objects("history", f"{press.url}/hostile/")} == {HOSTILE}


def test_text_is_made_harmless_and_persian_stays_what_it_is() -> None:
    assert (
        harmless("\x1b]0;owned\x07 \x9b2J \u202eabc\u2066") == "\\x1b]0;owned\\x07 \\x9b2J \\u202eabc\\u2066"
    )
    assert harmless("line\n\tline") == "line\n\tline"
    assert harmless(PERSIAN + "\u200f") == PERSIAN + "\u200f"
