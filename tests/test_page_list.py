"""What is going on: every page with its last outcome, what was not kept, and what a run has left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blog import front
from tests.command import Press, objects, quick, variorum, workspace
from tests.local_site import LocalSite, Page, article
from variorum.crawler.output.run_text import run_ahead

ALONE = article("A pier", "It stands.", menu=[])


def test_every_page_is_listed_with_its_last_outcome(press: Press) -> None:
    found = {one["url"].removeprefix(press.url): one for one in press.objects("pages", "press")}
    assert (found["/bridge/"]["state"], found["/bridge/"]["version"]) == ("live", 2)
    assert (found["/lost/"]["state"], found["/lost/"]["outcome"]) == ("gone", "gone")
    assert (found["/lost/"]["due_at"], found["/bridge/"]["due_at"] > "2026") == (None, True)
    assert found["/"]["not_kept"] == 'a list of pages, which is only followed; watch = "all" keeps such pages'


def test_a_page_that_is_gone_has_no_time_of_its_next_fetch(press: Press) -> None:
    said = press.run("why", f"{press.url}/lost/").stdout.splitlines()
    assert said[0] == f"{press.url}/lost/: fetched ever more rarely"
    assert said[1].startswith("  it is gone")


def test_a_name_that_no_site_has_is_refused(press: Press) -> None:
    refused = press.run("pages", "nosuch")
    assert (refused.exit_code, refused.stderr) == (
        2,
        'variorum: no site is named "nosuch". There are: press.\n',
    )


def test_the_list_can_be_restricted(press: Press) -> None:
    assert {one["outcome"] for one in press.objects("pages", "press", "--outcome", "gone")} == {"gone"}
    assert {one["state"] for one in press.objects("pages", "press", "--state", "live")} == {"live"}
    assert [one["kind"] for one in press.objects("pages", "press", "--not-kept")] == ["listing"]


@pytest.fixture
def troubled(tmp_path: Path, local_site: LocalSite) -> tuple[Path, str]:
    """A workspace after a crawl of three pages, of which one was refused."""
    pages = {"/a/": article("A pier", "It stands."), "/b/": article("A bridge", "It stands, too.")}
    local_site.pages |= {"/": front({**pages, "/secret/": ""}), **pages, "/secret/": Page("no", status=403)}
    return workspace(tmp_path, press=quick(local_site)), local_site.url


def test_a_page_that_is_not_kept_says_why_at_once(troubled: tuple[Path, str]) -> None:
    root, url = troubled
    result = variorum("-C", root, "crawl")
    assert f"press: fetched and not kept: {url}/secret/: blocked, HTTP 403" in result.stderr
    assert f"{url}/: a list" not in result.stderr
    [site] = objects("-C", root, "status")[0]["sites"]
    assert [page["url"] for page in site["blocked_pages"]] == [f"{url}/secret/"]
    assert f"{url}/secret/: HTTP 403" in variorum("-C", root, "status").stdout


def test_a_reason_that_names_the_outcome_says_it_once(tmp_path: Path, local_site: LocalSite) -> None:
    local_site.pages |= {"/": front({"/secret/": ""}), "/secret/": Page("no", status=403)}
    root = workspace(tmp_path, press=quick(local_site))
    variorum("-C", root, "crawl")
    local_site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /secret/\n")
    variorum("-C", root, "crawl")
    [secret] = objects("-C", root, "pages", "press", "--outcome", "robots")
    assert secret["not_kept"] == secret["reason"]
    assert secret["reason"].startswith("robots: ")


def test_what_robots_txt_forbids_is_counted_and_is_no_page(tmp_path: Path, local_site: LocalSite) -> None:
    local_site.pages |= {"/": front(["/a/", "/go/?17", "/go/?18"]), "/a/": ALONE}
    local_site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /go/\n")
    root, url = workspace(tmp_path, press=quick(local_site)), local_site.url
    for _ in range(2):  # the second run finds the same links again
        result = variorum("-C", root, "crawl")
        said = "press: 2 URLs not requested because of robots.txt, for example"
        assert f"{said}: {url}/robots.txt forbids {url}/go/" in result.stderr
        assert "fetched and not kept" not in result.stderr
        [site] = objects("-C", root, "status")[0]["sites"]
        assert (site["known"], site["waiting"], site["due"], site["failed_pages"]) == (2, 0, 2, [])
        assert site["last_run"]["forbidden"] == 2
    assert "robots.txt: 2 URLs not requested in the last run" in variorum("-C", root, "status").stdout


def test_pages_whose_host_hides_its_robots_txt_go_on_waiting(tmp_path: Path, local_site: LocalSite) -> None:
    local_site.pages |= {"/": front(["/a/", "/b/"]), "/a/": ALONE, "/b/": ALONE}
    links = quick(local_site) + 'discover = ["links"]\n'
    root = workspace(tmp_path, press=links + "budget = 4\n")
    variorum("-C", root, "crawl")
    [before] = objects("-C", root, "status")[0]["sites"]
    local_site.pages["/robots.txt"] = Page("", status=503)
    (root / "sites" / "press.toml").write_text(links)
    assert variorum("-C", root, "crawl").exit_code == 1
    [after] = objects("-C", root, "status")[0]["sites"]
    assert before["waiting"] == after["waiting"] == 1


def test_of_many_pages_that_are_not_kept_the_first_are_named(tmp_path: Path, local_site: LocalSite) -> None:
    paths = [f"/{number}/" for number in range(13)]
    local_site.pages |= {"/": front([*paths, "/a/"]), "/a/": ALONE}
    local_site.pages |= {path: Page("no", status=480 + n) for n, path in enumerate(paths)}
    result = variorum("-C", workspace(tmp_path, press=quick(local_site)), "crawl")
    assert result.stderr.count("fetched and not kept") == 11
    assert "fetched and not kept: 3 others, see `variorum pages press --not-kept`" in result.stderr


def test_the_counts_of_a_first_run_add_up(tmp_path: Path, local_site: LocalSite) -> None:
    paths = [f"/{number}/" for number in range(6)]
    local_site.pages |= {
        path: article(f"Pier {path}", f"It stands at {path} since then.", menu=[]) for path in paths
    }
    local_site.pages |= {"/": front([*paths, "/no/"])}
    [run] = objects("-C", workspace(tmp_path, press=quick(local_site)), "crawl")
    assert run["again"] > 0
    assert (run["baseline"], run["unchanged"], run["not_found"]) == (6, 1, 1)  # the front page is followed
    assert run["fetched"] == 6 + 1 + 1 + run["again"]


def test_a_small_site_that_has_changed_as_a_whole_is_no_failure(
    tmp_path: Path, local_site: LocalSite
) -> None:
    paths = [f"/{number}/" for number in range(24)]
    local_site.pages["/"] = front(paths)
    root = workspace(tmp_path, press=quick(local_site))
    for word in ("stood", "fell"):
        for path in paths:
            words = [f"{word}{path[1:-1]}", *(f"{path[1:-1]}word{number}" for number in range(40))]
            local_site.pages[path] = article(f"Pier {path}", " ".join(words) + ".", menu=[])
        result = variorum("-C", root, "crawl")
        assert result.exit_code == 0
    assert ("24 changed" in result.stdout, "finished" in result.stdout) == (True, True)
    assert objects("-C", root, "status")[0]["sites"][0]["issues"] == []


def test_a_run_that_used_up_its_budget_says_what_is_left(troubled: tuple[Path, str]) -> None:
    root, _ = troubled
    file = root / "sites" / "press.toml"
    file.write_text(file.read_text() + "budget = 7\n")
    result = variorum("-C", root, "crawl")
    assert "the budget of the day is used up" in result.stdout
    assert "4 pages not fetched in this run, 4 of them never so far. Requests are left again" in result.stderr
    [again] = objects("-C", root, "crawl")
    assert (again["reason"], again["left"]) == ("budget", 6)


@pytest.mark.parametrize(
    ("pages", "delay", "budget", "said"),
    [
        (9800, 1.0, 2000, "s: 9,800 pages to fetch, one every 1 s and 2,000 a day: about 5 days"),
        (600, 2.0, 2000, "s: 600 pages to fetch, one every 2 s and 2,000 a day: about 20 minutes"),
        (10, 1.0, 2000, ""),
    ],
)
def test_a_long_first_crawl_says_how_long(pages: int, delay: float, budget: int, said: str) -> None:
    planned = {"site": "s", "waiting": pages, "delay": delay, "concurrency": 1, "budget": budget}
    assert run_ahead({**planned, "first": True, "left": budget}) == said


@pytest.mark.parametrize(
    ("pages", "left", "said"),
    [
        (600, 900, "s: 600 pages to fetch, one every 1 s, 900 requests left today: about 10 minutes"),
        (
            600,
            120,
            "s: 600 pages to fetch, one every 1 s, 120 requests left today: about 2 minutes;"
            " 480 are left for later runs",
        ),
        (5, 900, ""),
    ],
)
def test_a_long_run_says_how_long_and_what_it_leaves(pages: int, left: int, said: str) -> None:
    planned = {"site": "s", "waiting": pages, "delay": 1.0, "concurrency": 1, "budget": 2000}
    assert run_ahead({**planned, "first": False, "left": left}) == said
