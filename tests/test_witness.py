"""The text in the site's API beside the text on its pages: do they agree, and is it said where they don't?"""

from pathlib import Path

import pytest

from tests.local_site import article
from tests.tracked import HOME, Run, Story, story_at
from variorum.crawler.extraction.source_text import agree, of_markup
from variorum.crawler.fetch_result import DiscoveredUrl

TEXT = "<p>The lamp&nbsp;burns &#8220;again&#8221;.</p><p>It is seen from the islands.</p>"


def lists(run: Run, text: str = TEXT) -> None:
    source_text_digest = of_markup("The lamp", text)
    run.lists(
        "wordpress",
        DiscoveredUrl(
            f"{HOME}/lamp/", "wordpress", source_id="post:1@/", source_text_digest=source_text_digest
        ),
    )


@pytest.fixture
def story(tmp_path: Path):
    with story_at(tmp_path / "v.db") as story:
        yield story


def test_typography_and_markup_are_no_disagreement():
    assert agree(of_markup("", TEXT), 'The lamp burns "again".\nIt is seen from the islands.')
    assert not agree(of_markup("", TEXT), "The lamp burns.\nIt is seen from the islands.")


def test_what_plugins_put_into_the_text_is_no_part_of_it():
    row = "<div class='sharedaddy'>Share on all networks</div>"
    assert of_markup("A", TEXT + row) == of_markup("A", TEXT)


def test_a_page_that_reads_as_the_api_has_it_agrees(story: Story):
    with story.run() as run:
        lists(run)
        run.sees("/lamp/", article("The lamp", "The lamp burns “again”.", "It is seen from the islands."))
    assert story.reader.witnesses("riverside") == {"agree": 1, "differ": 0, "differing": None}


def test_a_page_that_lacks_what_the_api_has_is_told_of(story: Story):
    with story.run() as run:
        lists(run)
        run.sees("/lamp/", article("The lamp", "The lamp burns “again”."))
    assert story.reader.witnesses("riverside")["differing"] == f"{HOME}/lamp/"


def test_a_page_that_a_cache_still_shows_as_it_was_is_looked_at_again_in_the_next_run(story: Story):
    old = article("The lamp", "The lamp burns “again”.", "It is seen from the islands.")
    with story.run() as run:
        lists(run)
        run.sees("/lamp/", old)
    with story.run() as run:
        lists(run, TEXT.replace("again", "no more"))
        run.sees("/lamp/", old)
    with story.run(full=False) as run:
        lists(run, TEXT.replace("again", "no more"))
        assert f"{HOME}/lamp/" in [page_request.url for page_request in run.frontier.next_requests()]
        run.sees("/lamp/", old.replace("again", "no more"))
    assert story.news() == [("edited", "/lamp/")]
