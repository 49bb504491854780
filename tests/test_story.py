"""The whole way, by the commands a person types: a site is followed, it changes, and its texts are handed on.

The site is a small paper in English, Persian and Albanian. Its pages carry a menu, a sidebar, a footer,
and a counter that never stands still.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.blog import front, sitemap
from tests.command import variorum
from tests.local_site import LocalSite, Page, Request, article
from tests.postgres import Postgres, needs_postgres

BRIDGE, LIBRARY, FERRY, WELL, MILL = "/bridge/", "/fa/کتابخانه/", "/trageti/", "/well/", "/mill/"
OPENING, MOVED_WELL = "/opening/", "/the-well-on-the-square/"
HOURS = "کتابخانهٔ شهر هر روز از ساعت ۸ باز می‌شود و بچه‌ها می‌توانند تا ۱۹ در آن‌جا بمانند."
ADDRESS = "نشانی: خیابان آزادی، پلاک ۲۴."
THE_WELL = ("The well", "Last summer the well on the square ran dry.", "It has had water again since May.")
visitors = count(1)


@dataclass(frozen=True)
class Person:
    """Types commands at a terminal and reads the output."""

    workspace: Path
    site: LocalSite

    def types(self, *words: str) -> str:
        """What `variorum` prints; it must end well."""
        done = variorum("-C", self.workspace, *words)
        assert done.exit_code == 0, f"{words}\n{done.stderr}"
        return done.stdout

    def asks(self, *words: str) -> list[dict[str, Any]]:
        """The objects that it prints with --json."""
        return [json.loads(line) for line in self.types(*words, "--json").splitlines()]

    def changes(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All changes, by kind and path."""
        return {(one["kind"], self.path(one["url"])): one for one in self.asks("changes")}

    def path(self, url: str) -> str:
        """The address within the site, readable."""
        return unquote(url.removeprefix(self.site.url))


def publish(site: LocalSite, path: str, title: str, *paragraphs: str) -> None:
    """Put an article on the site, with a counter beside it that no two requests see alike."""

    def answer(_: Request) -> str:
        seen = f"<p>You are visitor {next(visitors)}.</p>"
        return article(title, *paragraphs, lang="fa" if path.startswith("/fa/") else "en", extra=seen)

    site.pages[path] = answer
    announce(site)


def announce(site: LocalSite) -> None:
    """Let the front page and the sitemap name the articles that are there."""
    paths = [path for path, page in site.pages.items() if callable(page)]
    site.pages |= {"/": front(paths), "/sitemap.xml": sitemap(site.url, paths)}


@dataclass(frozen=True)
class HubPerson(Person):
    """Has two more machines, which crawl: the first `crawl` finds a hub and two workers."""

    cluster: Any
    running: ExitStack

    def types(self, *words: str) -> str:
        """What `variorum` prints; it must end well."""
        if words[0] == "crawl" and not self.cluster.rows("SELECT * FROM runs"):
            self.start()
        return super().types(*words)

    def start(self) -> None:
        """Start the hub, which begins no run by itself, and the workers."""
        super().types("pause", *(file.stem for file in self.workspace.glob("sites/*.toml")))
        settings = (self.workspace / "variorum.toml").read_text()
        self.running.enter_context(self.cluster.hub(settings))
        for name in ("one", "two"):
            self.running.enter_context(self.cluster.worker(name))
        self.cluster.until(lambda: len(self.asks("status")[0]["cluster"]["workers"]) == 2)


@pytest.fixture
def with_two_workers(
    local_site: LocalSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Person]:
    """Somebody whose runs are carried out by workers, all of them."""
    pytest.importorskip("procrastinate", reason="the extra `cluster` is not installed")
    from tests.cluster import Cluster

    with Postgres() as postgres, ExitStack() as running:
        cluster = Cluster(tmp_path, postgres)
        for name, value in cluster.secrets.items():
            monkeypatch.setenv(name, value)
        yield HubPerson(cluster.root, local_site, cluster, running)
        runs = cluster.rows("SELECT id FROM runs")
        assert cluster.logged().count("town: run started by worker") == len(runs) > 0


@pytest.fixture
def alone(local_site: LocalSite, tmp_path: Path) -> Person:
    """Somebody whose own machine crawls."""
    return Person(tmp_path / "watch", local_site)


@pytest.fixture(params=["alone", pytest.param("with_two_workers", marks=needs_postgres)])
def person(request: pytest.FixtureRequest) -> Person:
    """Whoever follows a site."""
    found: Person = request.getfixturevalue(request.param)
    return found


def test_a_site_is_followed_changes_overnight_and_its_texts_are_handed_on(
    person: Person, local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, BRIDGE, "The bridge", "It was built in 1887.", "It still carries the road.")
    publish(local_site, LIBRARY, "کتابخانهٔ تازه", HOURS, ADDRESS)
    publish(local_site, FERRY, "Trageti i ri", "Trageti niset çdo mëngjes në orën nëntë.")
    publish(local_site, WELL, *THE_WELL)
    publish(local_site, MILL, "The mill", "The mill by the river is for sale.", "Nobody wants it.")

    # A workspace, with no pause between requests, since the site is our own. `add` looks at the site.
    person.types("init", str(person.workspace))
    (person.workspace / "variorum.toml").write_text("[defaults]\ndelay = 0\nconcurrency = 4\n")
    person.types("add", f"{local_site.url}/", "--name", "town")

    # The first crawl is the baseline: what stood there before is no change.
    [first] = person.asks("crawl", "town")
    assert (first["baseline"], first["new"], first["failed"]) == (5, 0, 0)

    # Overnight one article is edited in Persian, one gets another headline, one is published, one renamed,
    # one deleted.
    publish(local_site, LIBRARY, "کتابخانهٔ تازه", HOURS.replace("۱۹", "۲۱"), ADDRESS)
    publish(local_site, FERRY, "Trageti i vjetër", "Trageti niset çdo mëngjes në orën nëntë.")
    publish(local_site, OPENING, "An opening", "The school opens its doors again on the first of May.")
    local_site.pages[WELL] = Page(status=301, headers={"Location": MOVED_WELL})
    publish(local_site, MOVED_WELL, *THE_WELL)
    del local_site.pages[MILL]
    announce(local_site)

    # In the morning each is told as what it is. A page counts as gone when a second crawl has missed it.
    [second] = person.asks("crawl", "town")
    assert [second[kind] for kind in ("new", "changed", "moved", "gone")] == [1, 2, 1, 0]
    [third] = person.asks("crawl", "town")
    assert [third[kind] for kind in ("new", "changed", "moved", "gone")] == [0, 0, 0, 1]
    changes = person.changes()
    assert set(changes) == {
        ("edited", LIBRARY), ("retitled", FERRY), ("new", OPENING), ("moved", MOVED_WELL), ("gone", MILL),
    }  # fmt: skip
    assert person.path(changes["moved", MOVED_WELL]["old_url"]) == WELL

    # One of them, word for word.
    edit = changes["edited", LIBRARY]
    assert (edit["words_added"], edit["words_removed"]) == (1, 1)
    assert "[-۱۹-]{+۲۱+}" in person.types("show", str(edit["id"]))

    # The page's history, and its text as it was.
    url = local_site.url + LIBRARY
    assert [version["version"] for version in person.asks("history", url)] == [1, 2]
    assert person.types("text", url, "--version", "1") == f"کتابخانهٔ تازه\n\n{HOURS}\n{ADDRESS}\n"

    # The clean texts, for other tools: one document for each article that stands, in its own language.
    person.types("export", "-o", str(tmp_path / "town.jsonl"))
    lines = (tmp_path / "town.jsonl").read_text(encoding="utf-8").splitlines()
    documents = {person.path(one["url"]): one for one in map(json.loads, lines)}
    assert set(documents) == {BRIDGE, LIBRARY, FERRY, OPENING, MOVED_WELL}
    assert documents[LIBRARY]["text"] == f"{HOURS.replace('۱۹', '۲۱')}\n{ADDRESS}"
    assert documents[BRIDGE]["text"] == "It was built in 1887.\nIt still carries the road."
    assert [documents[path]["language"] for path in (BRIDGE, LIBRARY, FERRY)] == ["en", "fa", "sq"]
