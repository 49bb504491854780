"""What a crawl learns of block paths: it classifies a design's first pages only, and that makes no change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.test_known_design import BOATS, page
from tests.tracked import Run, Story, story_at
from variorum.crawler.extraction import extract as reading
from variorum.crawler.extraction.boilerplate.template import EMPTY, Piece, Template
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.tracking import template_learning, tracker
from variorum.crawler.tracking.reextraction import read_again, to_read_again

PAGES = 70


def path(number: int) -> str:
    return f"/berth-{number}/"


def crawl(run: Run, numbers: range, look: int, edited: tuple[int, ...] = ()) -> None:
    """A run as the spider makes it: these articles, and those that are to be fetched once more."""
    queue = [path(number) for number in numbers]
    while queue:
        for at in queue:
            number, look = int(at.strip("/").removeprefix("berth-")), look + 1
            text = page(number, beside=f"<p>{BOATS[look % 10]} seen {look} times today</p>").decode()
            run.sees(at, text.replace("calm", "rough") if number in edited else text)
        queue = run.requested_again()


@pytest.fixture
def classified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the pages that were classified."""
    seen: list[str] = []
    judge = reading.judge
    monkeypatch.setattr(reading, "judge", lambda page, weights: seen.append(page.url) or judge(page, weights))
    return seen


@pytest.fixture
def story(tmp_path: Path, classified: list[str]):
    with story_at(tmp_path / "v.db") as story:
        with story.run() as run:
            crawl(run, range(10), 0)  # the first batch of a site of which nothing is known
            crawl(run, range(10, PAGES), 100)
        yield story


def test_only_the_first_pages_of_a_design_are_classified(story: Story, classified: list[str]) -> None:
    saved = story.store.template("riverside")
    assert saved and Template.from_json(saved.pieces).known
    assert story.texts(path(PAGES - 1))[-1].startswith("The Dotterel came into berth 69")
    assert not any(f"berth-{number}/" in url for url in classified for number in range(50, PAGES))


def test_a_first_sight_whose_text_block_paths_tell_is_not_looked_through_for_its_design(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_through: list[bytes] = []
    shows = template_learning.shows
    monkeypatch.setattr(
        template_learning, "shows", lambda body, known: looked_through.append(body) or shows(body, known)
    )
    with story.run() as run:
        crawl(run, range(PAGES, PAGES + 3), 1_000)
        assert looked_through == []
        run.sees("/crew/", "<html><body><h1>The crew</h1><p>Nine sailors and a cook.</p></body></html>")
        assert len(looked_through) == 1  # no page of that design


def test_in_a_later_run_with_other_noise_nothing_is_classified_and_each_edit_is_found(
    story: Story, classified: list[str]
) -> None:
    classified.clear()
    with story.run() as run:
        crawl(run, range(PAGES), 1_000, edited=(3, 31, 66))
    assert classified == []
    assert story.news() == [("edited", path(number)) for number in (3, 31, 66)]


def test_a_page_with_other_noise_is_not_read_once_its_design_is_known(story: Story) -> None:
    for look in (1_000, 2_000):
        with story.run() as run:
            crawl(run, range(PAGES), look, edited=(3,) if look == 2_000 else ())
    assert run.tracker.needs == {"same text": PAGES - 1, "read": 1}
    assert story.news() == [("edited", path(3))]


def test_an_edited_page_is_compared_with_its_last_text_and_not_with_its_last_capture(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*captures: object) -> None:
        raise AssertionError("both captures were read")

    with story.run() as run, monkeypatch.context() as patched:
        patched.setattr(PageReader, "read_together", read)
        crawl(run, range(60, PAGES), 1_000, edited=(66,))
    assert story.news() == [("edited", path(66))]
    learner = run.tracker.learning.learner
    learner.keep(replace(learner.template, version=learner.template.version + 1), PAGES)
    with story.run() as run, monkeypatch.context() as patched, pytest.raises(AssertionError, match="both"):
        patched.setattr(PageReader, "read_together", read)
        crawl(run, range(60, PAGES), 2_000, edited=(65, 66))


def test_what_a_page_that_was_classified_shows_is_stored_when_it_is_read_again_by_its_block_paths(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*page: object) -> None:
        raise AssertionError("its last capture was loaded")

    assert story.page(path(3)).content_digest
    with story.run() as run, monkeypatch.context() as patched:
        patched.setattr(tracker, "last_body", load)
        crawl(run, range(PAGES), 1_000, edited=(3,))
    assert run.tracker.needs == {"same text": PAGES - 1, "read": 1}
    assert story.news() == [("edited", path(3))]


def test_a_page_that_states_another_date_is_read_though_its_text_is_the_same(story: Story) -> None:
    dated = '<meta property="article:modified_time" content="2026-02-0{}T06:00:00Z"></head>'
    needs = []
    for number, day in enumerate((1, 1, 2)):
        with story.run() as run:
            text = page(9, beside=f"<p>Noise {number}</p>").decode().replace("</head>", dated.format(day))
            run.sees(path(9), text)
        needs += run.tracker.needs
    assert needs == ["read", "same text", "read"]


def test_a_new_template_reads_again_only_the_pages_from_which_it_cuts_other_pieces(
    story: Story, classified: list[str]
) -> None:
    before = PageReader(story.site, replace(EMPTY, version=1))
    store, versions = story.store, story.store.latest_versions("riverside")
    read_again(store, before, to_read_again(store, before, PageReader(story.site), versions))
    classified.clear()
    crossing = "Her master said that the crossing had been calm, and that the Ruff was a day behind."
    piece = Piece("html>body>div>p", crossing, "repeated", 3)
    now = PageReader(story.site, replace(EMPTY, version=2, pieces=frozenset([piece])))
    read_again(store, now, to_read_again(store, now, before, store.latest_versions("riverside")))
    touched = [path(number) for number in range(PAGES) if BOATS[(number + 3) % 10] == "Ruff"]
    assert sorted(url.removeprefix("https://riverside.example") for url in classified) == sorted(touched)
    assert {version.extractor for version in store.latest_versions("riverside")} == {now.label}
    assert all("a day behind" not in story.texts(one)[-1] for one in touched)


def test_all_pages_have_the_text_that_the_classifier_gives_them(story: Story) -> None:
    for number in range(PAGES):
        (text,) = story.texts(path(number))
        assert text.split("\n") == reading.extract(page(number), "https://riverside.example/").text.split(
            "\n"
        )
