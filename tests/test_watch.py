"""What `watch` in a site's file decides: whether home pages and archives have versions of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest
from lxml.html import document_fromstring

from tests.tracked import SITE, Story
from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.config.site import Watch
from variorum.crawler.extraction.html.blocks import blocks
from variorum.crawler.extraction.lines import lines_of
from variorum.crawler.fetch_result import FetchResult

LEADS = {
    "The lock at Ormhead opens": "Barges had waited since March for the new gates.",
    "A ferry for the winter": "Nobody crossed by water in December until now.",
    "Three gulls counted twice": "The census of the harbour has to begin again.",
    "The mill wheel turns again": "Its oak came from a church that fell in the storm.",
    "Bells on both banks": "Ringers met on Tuesday and agreed on an hour.",
    "A bridge without a road": "It will lead to the marsh as long as the council argues.",
    "The harbour master retires": "She knew each hull by the sound of its engine.",
}
HEADLINES = list(LEADS)


def front(headlines: Sequence[str]) -> str:
    """A home page with an entry for each headline: a linked heading, a lead, and how long ago it was."""
    entries = "".join(
        f'<article class="post"><h2><a href="/{headline.split()[-1]}/">{headline}</a></h2>'
        f"<p>{LEADS[headline]}</p>"
        f"<span>{n + 2} hours ago</span></article>"
        for n, headline in enumerate(headlines)
    )
    return f"<html><head><title>Ormhead Courier</title></head><body class='home blog'>{entries}</body></html>"


@contextmanager
def story_of(path: Path, watch: str) -> Iterator[Story]:
    story = Story(path / "variorum.db", msgspec.structs.replace(SITE, watch=watch))
    try:
        with story.run() as run:
            run.sees("/", front(HEADLINES[1:]))
        with story.run() as run:
            run.sees("/", front(HEADLINES[:-1]))
        yield story
    finally:
        story.close()


def test_an_entry_that_came_and_one_that_went_are_one_line_each(tmp_path: Path) -> None:
    with story_of(tmp_path, "all") as story:
        (change,) = story.changes()
        hunks = json.loads(change.hunks)
    assert [(hunk["op"], len(hunk["old"]), len(hunk["new"])) for hunk in hunks] == [
        ("insert", 0, 1),
        ("delete", 1, 0),
    ]
    assert hunks[0]["new"] == ["The lock at Ormhead opens | Barges had waited since March for the new gates."]


def test_a_home_page_has_versions_where_all_is_watched(tmp_path: Path) -> None:
    with story_of(tmp_path, "all") as story:
        assert story.news() == [("edited", "/")]
        assert [version.number for version in story.versions("/")] == [1, 2]


def test_a_home_page_only_leads_to_pages_where_articles_are(tmp_path: Path) -> None:
    with story_of(tmp_path, SITE.watch) as story:
        assert story.news() == []
        assert story.versions("/") == []


def test_an_entry_that_is_a_text_of_its_own_keeps_its_lines() -> None:
    long = "Barges had waited since March. " * 12
    every = blocks(document_fromstring(front(HEADLINES).replace("Barges had", f"{long}Barges had")))
    lines = lines_of(every, as_entries=True)
    assert lines[:2] == ["The lock at Ormhead opens", f"{long}{LEADS[HEADLINES[0]]}"]
    assert len(lines) == len(HEADLINES) + 1


@pytest.mark.parametrize(("watch", "stored"), [("all", "version"), ("articles", "listing")])
def test_an_old_capture_of_a_home_page_is_imported_where_all_is_watched(
    tmp_path: Path, watch: Watch, stored: str
) -> None:
    page = FetchResult(
        url=SITE.url, final_url=SITE.url, fetched_at="2021-08-01T00:00:00Z", status=200,
        headers={"content-type": "text/html"}, body=front(HEADLINES).encode(), encoding="utf-8",
    )  # fmt: skip
    site = msgspec.structs.replace(SITE, watch=watch)
    with closing(Story(tmp_path / "variorum.db", site)) as story:
        backfill = Backfill(story.store, site, "warc:old.warc.gz")
        assert backfill.add(page) == stored
        assert [page.kind for page in story.store.pages(site.name)] == (["listing"] if watch == "all" else [])
