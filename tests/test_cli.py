"""The command as a whole: its words, its exit codes, crawling by it, and how the sites fare."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.blog import front
from tests.command import VARIORUM, Press, objects, quick, variorum, workspace
from tests.local_site import LocalSite, Page, Request, article
from variorum.crawler.cli.__main__ import COMMANDS, main
from variorum.crawler.config.site import Site
from variorum.crawler.health.haste import hasty
from variorum.crawler.lock import held

RUN_KEYS = [
    *("site", "run", "fetched", "not_modified", "new", "changed", "unchanged", "moved", "gone", "returned"),
    *("blocked", "failed", "seconds"),
]


# ---- every command


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example(name: str) -> None:
    result = variorum(name, "--help")
    assert result.exit_code == 0
    assert re.search(rf"Example: variorum .*\b{name}\b", result.stdout)


@pytest.mark.parametrize("columns", ["80", "100"])
@pytest.mark.parametrize("group", [[], ["import"], ["rules"]])
def test_no_line_about_a_command_is_cut_off(
    group: list[str], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = variorum(*group, "--help").stdout.partition("Options:")[2]
    assert [line for line in shown.splitlines() if line.endswith("...")] == []


def test_each_command_is_listed_once_under_what_it_is_for() -> None:
    listed = re.findall(r"^  ([a-z-]+) +[A-Z]", variorum("--help").stdout.partition("\nSites:\n")[2], re.M)
    assert listed == list(COMMANDS)


def test_the_earlier_name_of_a_command_still_works_and_is_not_listed() -> None:
    result = variorum("families", "--help")
    assert (result.exit_code, "Example: variorum duplicates" in result.stdout) == (0, True)
    assert "families" not in variorum("--help").stdout


def test_the_version_is_told() -> None:
    assert variorum("--version").stdout.startswith("variorum, version ")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["show"], ["show", "x"], ["show", 10**30], ["crawl", "--fast"]]
)
def test_what_is_no_command_is_misuse(words: list[object], press: Press) -> None:
    assert press.run(*words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "abc"], "'abc' is not a whole number from 1 to 2147483648."),
        (["show", "0"], "'0' is not a whole number from 1 to 2147483648."),
        (["plan", "--days", "x"], "'x' is not a whole number from 1 to 366."),
        (["review", "--port", "70000"], "'70000' is not a whole number from 0 to 65535."),
    ],
)
def test_a_wrong_number_is_refused_with_the_range_that_is_expected(words: list[str], said: str) -> None:
    result = variorum(*words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_folder_that_is_no_workspace_is_misuse(tmp_path: Path) -> None:
    result = variorum("-C", tmp_path, "changes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"run `variorum init {tmp_path}`" in result.stderr


def test_the_folder_on_the_command_line_counts_before_the_variable(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VARIORUM_HOME", str(press.root))
    assert [one["name"] for one in objects("sites")] == ["press"]
    assert variorum("-C", tmp_path, "sites").exit_code == 2


def test_init_makes_a_workspace_and_says_what_comes_next(tmp_path: Path) -> None:
    result = variorum("init", tmp_path / "new")
    assert result.exit_code == 0
    assert f"wrote {tmp_path / 'new' / 'variorum.toml'}" in result.stdout
    assert "crawl" in result.stderr
    assert "nejatngo" in [one["name"] for one in objects("-C", tmp_path / "new", "sites")]


def test_init_leaves_files_that_exist_as_they_are(press: Press) -> None:
    before = (press.root / "variorum.toml").read_text(encoding="utf-8")
    result = CliRunner().invoke(main, ["init", str(press.root)])
    for path in (press.root / "sites").iterdir():
        if path.stem != "press":
            path.unlink()
    assert result.exit_code == 0
    assert str(press.root / "variorum.toml") not in result.stdout
    assert (press.root / "variorum.toml").read_text(encoding="utf-8") == before


# ---- crawling


def test_a_crawl_tells_of_each_run_in_the_promised_keys(press: Press) -> None:
    assert [list(run)[: len(RUN_KEYS)] for run in press.runs] == [RUN_KEYS] * 3
    assert [run["run"] for run in press.runs] == [1, 2, 3]
    assert (press.runs[0]["baseline"], press.runs[0]["new"], press.runs[0]["failed"]) == (5, 0, 0)
    assert (press.runs[1]["new"], press.runs[1]["changed"]) == (1, 3)
    assert press.runs[2]["gone"] == 1


BRIDGE = "The bridge at Ormhead was opened in 1887, and it still stands, whatever the river does."
BAD_FILES = {"one": "url = 17\n", "two": 'urll = "https://example.org/"\n'}


def test_bad_site_files_are_told_of_at_once_and_stop_no_other_site(
    tmp_path: Path, local_site: LocalSite
) -> None:
    root = workspace(tmp_path, good=quick(local_site), **BAD_FILES)
    result = variorum("-C", root, "crawl", "--json")
    assert result.exit_code == 1
    runs = {run["site"]: run for run in map(json.loads, result.stdout.splitlines())}
    assert {name: run["reason"] for name, run in runs.items()} == {
        "good": "finished",
        "one": "not begun",
        "two": "not begun",
    }
    assert "one.toml: url" in runs["one"]["trouble"]
    assert 'did you mean "url"?' in result.stderr


def test_a_bad_site_file_is_in_nobody_elses_way(
    tmp_path: Path, local_site: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_site.pages["/"] = article("Ormhead", BRIDGE)
    root = workspace(tmp_path, good=quick(local_site), **BAD_FILES)
    monkeypatch.chdir(root)
    assert objects("crawl", "good")[0]["reason"] == "finished"
    assert objects("status", "good")[0]["sites"][0]["state"] == "ok"
    assert objects("check", "good")
    assert variorum("changes", "--site", "good").exit_code == 0
    assert variorum("reextract").exit_code == 0


def test_a_bad_site_file_that_is_named_is_misuse(tmp_path: Path, local_site: LocalSite) -> None:
    root = workspace(tmp_path, good=quick(local_site), **BAD_FILES)
    for words in (["crawl", "good", "one"], ["check", "one"]):
        result = variorum("-C", root, *words)
        assert result.exit_code == 2
        assert "one.toml: url" in result.stderr
    assert local_site.requests == []


def test_a_bad_site_file_is_an_issue_of_its_site_until_it_is_mended(
    tmp_path: Path, local_site: LocalSite
) -> None:
    local_site.pages["/"] = article("Ormhead", BRIDGE)
    root = workspace(tmp_path, good=quick(local_site))
    file = root / "sites" / "good.toml"
    written = file.read_text()
    assert objects("-C", root, "crawl")
    file.write_text("url = ")
    (root / "sites" / "fresh.toml").write_text('url = "127.0.0.1:8090"\n')
    [found] = objects("-C", root, "status")
    fresh, good = found["sites"]
    assert [(one["site"], one["state"]) for one in (fresh, good)] == [
        ("fresh", "trouble"),
        ("good", "trouble"),
    ]
    assert (good["known"] > 0, good["url"]) == (True, f"{local_site.url}/")
    assert [issue["kind"] for issue in good["issues"]] == ["site file"]
    assert "fresh.toml: url" in fresh["issues"][0]["message"]
    assert [one["issues"] for one in objects("-C", root, "sites")] == [1, 1]
    assert "good.toml: not TOML" in variorum("-C", root, "status", "good").stdout
    doctor = variorum("-C", root, "doctor")
    assert (doctor.exit_code, "FAIL sites" in doctor.stdout) == (1, True)
    assert variorum("-C", root, "crawl").exit_code == 2
    file.write_text(written)
    (root / "sites" / "fresh.toml").unlink()
    assert objects("-C", root, "status")[0]["sites"][0]["issues"] == []
    assert "ok   sites: good" in variorum("-C", root, "doctor").stdout


@pytest.mark.parametrize("notify", ["", 'notify = "mailto://user:word@127.0.0.1:1"'])
def test_a_crawl_says_a_fault_in_a_file_once_and_none_of_a_site_that_is_not_meant(
    tmp_path: Path, local_site: LocalSite, caplog: pytest.LogCaptureFixture, notify: str
) -> None:
    root = workspace(tmp_path, good=quick(local_site), broken="url = ")
    with (root / "variorum.toml").open("a") as settings:
        settings.write(f"\n{notify}\n")
    of_all = variorum("-C", root, "crawl")
    assert of_all.exit_code == 1
    said = [line for line in of_all.stderr.splitlines() if "broken" in line]
    assert len(said) == 1
    assert said[0].startswith("not crawled: ")
    assert "broken.toml: not TOML" in said[0]
    of_one = variorum("-C", root, "crawl", "good")
    assert of_one.exit_code == 0
    assert "broken" not in of_one.stdout + of_one.stderr + caplog.text


def test_an_unknown_site_is_answered_with_the_known_ones(tmp_path: Path, local_site: LocalSite) -> None:
    root = workspace(tmp_path, press=quick(local_site), other='url = "https://example.org/"\n')
    result = variorum("-C", root, "crawl", "press", "pres")
    assert result.exit_code == 2
    assert 'no site is named "pres". There are: other, press.' in result.stderr
    assert local_site.requests == []


def test_a_site_that_fails_as_a_whole_fails_the_command(tmp_path: Path) -> None:
    root = workspace(tmp_path, dead='url = "http://127.0.0.1:1/"\ndelay = 0\nrobots = false\n')
    result = variorum("-C", root, "crawl", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["trouble"].startswith("no page could be fetched")
    plain = variorum("-C", root, "crawl")
    assert plain.exit_code == 1
    assert "dead failed: no page could be fetched" in plain.stderr
    assert objects("-C", root, "status")[0]["sites"][0]["issues"][0]["kind"] == "unreachable"


def test_what_kept_a_site_from_being_read_is_said_once(tmp_path: Path) -> None:
    root = workspace(tmp_path, dead='url = "http://127.0.0.1:1/"\ndelay = 0\n')
    shown = variorum("-C", root, "crawl").stderr
    assert "last error: http://127.0.0.1:1/: robots: http://127.0.0.1:1/robots.txt could not be read" in shown
    assert "no page could be fetched: robots: http://" in variorum("-C", root, "check", "dead").stderr
    assert ", 1 time: no page could be fetched" in variorum("-C", root, "status").stdout


def test_a_failed_page_does_not_fail_the_command(tmp_path: Path, local_site: LocalSite) -> None:
    local_site.pages |= {"/": front(["/broken/"]), "/broken/": Page("oh no", status=500)}
    [run] = objects("-C", workspace(tmp_path, press=quick(local_site)), "crawl")
    assert run["trouble"] is None
    assert run["failed"] == 1


def test_a_site_that_another_process_crawls_is_left_to_it(tmp_path: Path, local_site: LocalSite) -> None:
    root = workspace(tmp_path, press=quick(local_site))
    with held(root / "variorum.db.press.lock", "a crawl"):
        result = variorum("-C", root, "crawl")
    assert result.exit_code == 1
    assert f"a run of press runs already, as process {os.getpid()}: stop that one first." in result.stderr
    assert local_site.requests == []


def test_ctrl_c_ends_a_crawl_in_order(tmp_path: Path, local_site: LocalSite) -> None:
    posts = [f"/posts/{number}/" for number in range(50)]
    local_site.pages |= {"/": front(posts), **{path: Page(article(path, path), delay=0.5) for path in posts}}
    root = workspace(tmp_path, press=f'url = "{local_site.url}/"\ndelay = 0\n')
    command = [*VARIORUM, "-C", str(root), "crawl", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not any(path.startswith("/posts/") for path in local_site.paths()):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        shown, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert json.loads(shown)["reason"] == "shutdown"
    assert "Traceback" not in errors


def test_a_crawl_that_is_stopped_before_its_first_page_says_so(tmp_path: Path, local_site: LocalSite) -> None:
    posts = [f"/posts/{number}/" for number in range(50)]
    local_site.pages |= {"/": front(posts), **{path: Page(article(path, path), delay=0.5) for path in posts}}
    root = workspace(tmp_path, press=f'url = "{local_site.url}/"\ndelay = 0\n')
    command = [*VARIORUM, "-C", str(root), "crawl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:

        def answer(request: Request) -> str:
            process.send_signal(signal.SIGTERM)
            return ""

        local_site.pages["/robots.txt"] = answer
        shown, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert shown.startswith("press: ")
    assert "; stopped by a signal, " in shown
    assert "broke down" not in shown + errors


def test_a_delay_of_hardly_anything_is_only_for_servers_of_ones_own() -> None:
    assert hasty(Site(name="a", url="https://example.org/", delay=0.1))
    assert not hasty(Site(name="a", url="https://example.org/", delay=0.5))
    assert not hasty(Site(name="a", url="http://127.0.0.1:8080/", also=("http://localhost/",), delay=0))
    assert hasty(Site(name="a", url="http://127.0.0.1:8080/", also=("https://example.org/",), delay=0))


# ---- health


def test_sites_and_status_tell_how_each_site_fares(press: Press) -> None:
    [site] = press.objects("sites")
    assert list(site) == ["name", "url", "pages", "last_run", "next_run", "changes", "issues", "state"]
    assert (site["name"], site["changes"], site["issues"], site["state"]) == ("press", 5, 0, "ok")
    [found] = press.objects("status")
    [one] = found["sites"]
    assert (one["gone"], one["changes"], one["last_run"]["id"], one["waiting"]) == (1, 5, 3, 0)
    assert one["requests_last_day"] == sum(run["requests"] for run in press.runs)
    assert "coverage" not in one
    [ledger] = press.objects("status", "press")
    [sitemap_row] = [row for row in ledger["sites"][0]["coverage"] if row["source"] == "sitemap"]
    assert (sitemap_row["listed"], sitemap_row["never_fetched"]) == (5, 0)
    assert "press: ok; last run" in press.run("status").stdout


def test_a_site_that_never_ran_is_listed_too(tmp_path: Path, local_site: LocalSite) -> None:
    root = workspace(tmp_path, press=quick(local_site))
    assert objects("-C", root, "sites")[0]["state"] == "never run"
    assert objects("-C", root, "status")[0]["sites"][0]["last_run"] is None
    assert variorum("-C", root, "status").exit_code == 0


def test_the_doctor_finds_a_sound_workspace_well(press: Press) -> None:
    [found] = press.objects("doctor")
    assert found["ok"] is True
    assert {check["name"] for check in found["checks"]} >= {
        "python", "libraries", "sqlite", "workspace", "sites", "contact", "database", "disk", "clock",
        "issues",
    }  # fmt: skip
    assert found["issues"] == []


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        ({"here": 0}, "a site on this machine needs no delay: here"),
        ({"there": 1}, "every site has a polite delay between two requests"),
        (
            {"here": 0, "there": 1},
            "a site on this machine needs no delay: here;"
            " every other site has a polite delay between two requests",
        ),
    ],
)
def test_the_doctor_calls_no_site_polite_that_needs_no_delay(
    tmp_path: Path, sites: dict[str, int], said: str
) -> None:
    urls = {"here": "http://127.0.0.1:8080/", "there": "https://example.org/"}
    files = {name: f'url = "{urls[name]}"\ndelay = {delay}\n' for name, delay in sites.items()}
    [found] = objects("-C", workspace(tmp_path, **files), "doctor")
    [manners] = [check for check in found["checks"] if check["name"] == "manners"]
    assert (manners["ok"], manners["detail"]) == (True, said)


def test_the_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    root = workspace(tmp_path, press='url = "https://example.org/"\ndelay = 0\n')
    (root / "variorum.toml").write_text("", encoding="utf-8")
    (root / "variorum.db").write_bytes(b"this is no database, but some bytes that somebody left here" * 20)
    result = variorum("-C", root, "doctor", "--json")
    assert result.exit_code == 1
    checks = json.loads(result.stdout)["checks"]
    assert {check["name"] for check in checks if not check["ok"]} == {
        "manners",
        "contact",
        "database",
        "clock",
        "issues",
    }
    assert "FAIL contact" in variorum("-C", root, "doctor").stdout


def test_a_database_that_is_broken_further_in_is_told_so(press: Press, tmp_path: Path) -> None:
    root = shutil.copytree(press.root, tmp_path / "broken")
    with closing(sqlite3.connect(root / "variorum.db")) as broken:
        broken.execute("DROP TABLE changes")
    result = variorum("-C", root, "changes")
    assert result.exit_code == 1
    assert result.stderr.startswith("variorum: the database can't be used: no such table: changes. ")


def test_a_run_whose_time_is_past_is_due(press: Press, tmp_path: Path) -> None:
    root = shutil.copytree(press.root, tmp_path / "left")
    with closing(sqlite3.connect(root / "variorum.db")) as left:
        left.execute("UPDATE sites SET next_due = '2020-01-01T00:00:00Z'")
        left.commit()
    assert ", due since 2020-01-01T00:00:00Z" in variorum("-C", root, "status").stdout


def test_a_file_that_is_no_database_is_told_so(tmp_path: Path, local_site: LocalSite) -> None:
    root = workspace(tmp_path, press=quick(local_site))
    (root / "variorum.db").write_bytes(b"this is no database, but some bytes that somebody left here" * 20)
    for words in (["changes"], ["sites"], ["crawl"], ["export"]):
        result = variorum("-C", root, *words)
        assert result.exit_code == 1
        assert "variorum.db" in result.stderr
