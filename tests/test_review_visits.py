"""What the review page says of when pages are fetched again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import pytest
from lxml import html
from starlette.testclient import TestClient

from tests.command import workspace
from tests.reviewed import BASE
from tests.test_revisits import known
from tests.tracked import HOME, Story, story_after
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.health.visits import plan_object, stored_plan_object, stored_why_object, why_object
from variorum.review.app import make_app
from variorum.review.languages import languages
from variorum.storage.reader import Reader


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_after(twelve_known, tmp_path / "variorum.db") as begun:
        yield begun


def twelve_known(story: Story) -> None:
    known(story, 12)


def browser(story: Story) -> TestClient:
    site = msgspec.structs.replace(story.site, budget=6)

    def why(number: int) -> dict[str, object]:
        with closing(Reader.open(story.path)) as reader:  # in the thread of the request
            return why_object(reader, site, reader.page(number), story.now)

    def plan(_: str) -> dict[str, object]:
        with closing(Reader.open(story.path)) as reader:
            return plan_object(reader, site, story.now, 7)

    app = make_app(
        story.path,
        hosts=["127.0.0.1"],
        password=None,
        plan=plan,
        why=why,
    )
    return TestClient(app, base_url=BASE)


def test_the_page_of_a_site_shows_what_another_budget_would_bring(story: Story) -> None:
    tree = html.fromstring(browser(story).get("/site/riverside").text)
    (curve,) = tree.cssselect("svg.curve")
    labels = [title.text for title in curve.cssselect("circle title")]
    assert len(labels) == 5 and labels[2].startswith("6 requests a day: a change is seen after ")
    heights = [float(dot.get("cy")) for dot in curve.cssselect("circle")]
    assert heights == sorted(heights)
    assert len(curve.getparent().cssselect("tbody tr")) == 5


@pytest.mark.parametrize("language", languages())
def test_the_plan_of_a_site_is_said_in_every_language(story: Story, language: str) -> None:
    answer = browser(story).get(f"/site/riverside?lang={language}")
    assert answer.status_code == 200
    assert 'id="visits"' in answer.text


def test_the_page_of_a_page_says_when_it_is_fetched_next_and_why(story: Story) -> None:
    tree = html.fromstring(browser(story).get(f"/page/{story.page('/log/1/').id}").text)
    (heading,) = tree.cssselect("#next")
    reasons = [one.text_content() for one in heading.xpath("following-sibling::ul")[0]]
    assert reasons[0].startswith("changed 0 times in 30 days")


def test_without_the_file_of_its_site_nothing_is_said(story: Story, tmp_path: Path) -> None:
    home = workspace(tmp_path / "w", other='url = "https://other.example/"\n')
    story.store.db.conn.execute("VACUUM INTO ?", [str(home / "variorum.db")])
    room = load_workspace(home)
    page = story.page("/log/1/").id
    assert stored_plan_object(room, "riverside") is None and stored_why_object(room, page) is None
    workspace(home, riverside=f'url = "{HOME}/"\n')
    assert stored_plan_object(room, "riverside") and stored_why_object(room, page)
    app = make_app(
        home / "variorum.db", hosts=["127.0.0.1"], password=None, plan=partial(stored_plan_object, room)
    )
    assert "svg" in TestClient(app, base_url=BASE).get("/site/riverside").text
