"""A site that shows a login form or a notice in place of many of its articles: one issue, until it ends."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.blog import publish, publish_listed
from tests.command import next_second, objects, quick, variorum, workspace
from tests.local_site import LocalSite
from tests.quick import Quick

PATHS = [f"/posts/{number}-letter/" for number in range(32)]
LOGIN = (
    "<!doctype html><title>Log in</title><h1>Log in to continue</h1>"
    "<form><input name='user'><input type='password'></form>"
)
MAINTENANCE = (
    "<!doctype html><title>Soon again</title><h1>Soon again</h1>"
    "<p>Our site is currently undergoing maintenance.</p>"
)
SENTENCE = "19 of 33 pages had text before and are now blocked or fail; first error: "


@dataclass(frozen=True)
class Gazette:
    """A workspace with a site of 32 articles and a front page."""

    root: Path
    site: LocalSite

    def crawl(self) -> str:
        """What a run prints; it succeeds."""
        next_second()
        result = variorum("-C", self.root, "crawl", "gazette")
        assert result.exit_code == 0, result.stdout
        return result.stdout

    def stand_in(self, paths: Iterable[str], notice: str) -> None:
        """Show the notice in place of these articles."""
        self.site.pages |= dict.fromkeys(paths, notice)

    def issues(self) -> list[dict[str, object]]:
        """The open issues, as `status` names them."""
        [status] = objects("-C", self.root, "status", "gazette")
        [site] = status["sites"]
        return list(site["issues"])


@pytest.fixture
def gazette(local_site: LocalSite, tmp_path: Path) -> Gazette:
    """That site, crawled once."""
    publish_listed(local_site, PATHS)
    made = Gazette(workspace(tmp_path / "w", gazette=quick(local_site)), local_site)
    made.crawl()
    assert made.issues() == []
    return made


def interleaved(count: int) -> list[str]:
    """So many of the articles, with others between them."""
    return [*PATHS[::2], *PATHS[1::2]][:count]


@pytest.mark.parametrize(("notice", "outcome"), [(LOGIN, "blocked"), (MAINTENANCE, "maintenance")])
def test_many_articles_behind_a_notice_are_an_issue_until_a_run_shows_them_again(
    gazette: Gazette, notice: str, outcome: str
) -> None:
    gazette.stand_in(interleaved(19), notice)
    gazette.crawl()
    [issue] = gazette.issues()
    assert issue["kind"] == "many blocked"
    message = str(issue["message"])
    assert message.startswith(SENTENCE + gazette.site.url)
    assert f": {outcome}, " in message
    told = " ".join(variorum("-C", gazette.root, "status").stdout.split())
    assert "19 of 33 pages had text before" in told
    [site] = objects("-C", gazette.root, "sites")
    assert (site["issues"], site["state"]) == (1, "trouble")

    publish(gazette.site, PATHS)
    gazette.crawl()
    assert gazette.issues() == []


def test_a_run_of_a_few_articles_that_are_shown_does_not_close_it(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish_listed(local_site, PATHS)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    next_second()
    local_site.pages |= dict.fromkeys(interleaved(19), LOGIN)
    watched.crawl()
    next_second()
    watched.crawl(full=False)
    assert [issue.kind for issue in watched.issues()] == ["many blocked"]


def test_the_doctor_names_an_open_issue_with_what_to_do_unless_the_site_is_paused(gazette: Gazette) -> None:
    gazette.stand_in(interleaved(19), LOGIN)
    gazette.crawl()
    told = variorum("-C", gazette.root, "doctor")
    assert (told.exit_code, "FAIL issues: 1 open, of gazette" in told.stdout) == (1, True)
    assert f": {SENTENCE}{gazette.site.url}" in told.stdout
    assert "    to do: open some of the pages in a browser; `variorum pages gazette` says" in told.stdout

    found = variorum("-C", gazette.root, "doctor", "--json")
    assert found.exit_code == 1
    [issue] = json.loads(found.stdout)["issues"]
    assert issue.pop("remedy").startswith("open some of the pages in a browser")
    assert issue.pop("site") == "gazette"
    assert [issue] == gazette.issues()

    variorum("-C", gazette.root, "pause", "gazette")
    assert "ok   issues: none open" in variorum("-C", gazette.root, "doctor").stdout


@pytest.mark.parametrize("count", [1, 10])
def test_a_few_articles_behind_a_login_form_are_no_issue_of_the_site(gazette: Gazette, count: int) -> None:
    gazette.stand_in(interleaved(count), LOGIN)
    assert f"{count} blocked" in gazette.crawl()
    assert gazette.issues() == []


SMALL = {2: [], 3: ["many blocked"], 4: ["many blocked"]}
"""The issues of a site of five articles, by how many of them are behind a login form."""


@pytest.mark.parametrize("count", SMALL)
def test_most_articles_of_a_small_site_behind_a_login_form_are_an_issue(
    local_site: LocalSite, tmp_path: Path, count: int
) -> None:
    publish_listed(local_site, PATHS[:5])
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    next_second()
    local_site.pages |= dict.fromkeys(PATHS[:count], LOGIN)
    watched.crawl()
    assert [issue.kind for issue in watched.issues()] == SMALL[count]
    assert all(issue.message.startswith(f"{count} of 5 pages had text before") for issue in watched.issues())

    next_second()
    publish(local_site, PATHS[:5])
    watched.crawl()
    assert watched.issues() == []


def test_a_run_of_a_few_pages_that_are_blocked_is_no_issue_of_a_site_that_shows_most_others(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish_listed(local_site, PATHS[:8])
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    next_second()
    local_site.pages |= dict.fromkeys(PATHS[:4], LOGIN)
    watched.crawl()
    next_second()
    watched.crawl(full=False)
    assert watched.issues() == []


def test_pages_that_never_had_a_text_are_no_such_issue(local_site: LocalSite, tmp_path: Path) -> None:
    publish_listed(local_site, PATHS)
    gazette = Gazette(workspace(tmp_path / "w", gazette=quick(local_site)), local_site)
    gazette.stand_in(interleaved(19), LOGIN)
    assert "19 blocked" in gazette.crawl()
    assert gazette.issues() == []
