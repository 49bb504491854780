"""What a site's own modified date says of an edit: admitted, silent, or hollow."""

from pathlib import Path

import pytest

from tests.local_site import article
from tests.tracked import HOME, Story, story_at
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.output import terminal
from variorum.storage.rows import ChangeRow, read

MONDAY, TUESDAY = "2026-02-02T08:00:00Z", "2026-02-03T08:00:00Z"


@pytest.fixture
def story(tmp_path: Path):
    with story_at(tmp_path / "v.db") as story:
        seen(story, MONDAY, "The lamp burns again.")
        yield story


def seen(story: Story, modified: str, text: str) -> None:
    with story.run() as run:
        run.lists(
            "wordpress", DiscoveredUrl(f"{HOME}/lamp/", "wordpress", source_id="post:1@/", modified=modified)
        )
        run.sees("/lamp/", article("The lamp", text, "It is seen from the islands."))


def dated(story: Story) -> list[tuple[bool | None, bool]]:
    """Of each kept change: whether it was silent, and whether it was hollow."""
    rows = read(ChangeRow, story.reader.db.conn.execute("SELECT * FROM changes ORDER BY id"))
    return [(None if row.silent is None else bool(row.silent), bool(row.date_only)) for row in rows]


def test_an_edit_with_a_new_date_is_admitted(story: Story):
    seen(story, TUESDAY, "The lamp burns once more.")
    assert dated(story) == [(False, False)]
    (change,) = story.changes()
    assert (change.old_modified, change.modified) == (MONDAY, TUESDAY)


def test_an_edit_under_the_old_date_is_silent(story: Story):
    seen(story, MONDAY, "The lamp burns once more.")
    assert dated(story) == [(True, False)]


def test_a_new_date_without_a_word_is_hollow_kept_once_and_not_announced(story: Story):
    for _ in range(2):
        seen(story, TUESDAY, "The lamp burns again.")
    assert dated(story) == [(None, True)]
    assert story.news() == []
    assert len(story.versions("/lamp/")) == 1


def test_a_new_date_for_typography_alone_is_hollow_too(story: Story):
    seen(story, MONDAY, "The “lamp” burns again.")
    seen(story, TUESDAY, 'The "lamp" burns again.')
    assert [hollow for _, hollow in dated(story)][1:] == [True]


def test_a_date_only_update_is_shown_with_both_dates(story: Story, capsys: pytest.CaptureFixture[str]):
    seen(story, TUESDAY, "The lamp burns again.")
    terminal.change(story.reader.change(1))
    shown = capsys.readouterr().out
    assert f"the site changed its modified date from {MONDAY} to {TUESDAY}" in shown
    assert "gives no modified date" not in shown


def test_a_silent_edit_after_a_hollow_one_is_still_silent(story: Story):
    seen(story, TUESDAY, "The lamp burns again.")
    seen(story, TUESDAY, "The lamp burns once more.")
    assert dated(story) == [(None, True), (True, False)]


def page(text: str, head: str = "") -> str:
    return article("The lamp", text, "It is seen from the islands.").replace("</head>", f"{head}</head>", 1)


DATED = '<script type=\'application/ld+json\'>{{"dateModified": "{}"}}</script>'


@pytest.mark.parametrize("source", ["wordpress", "sitemap", "feed", "the page itself"])
@pytest.mark.parametrize(
    ("date", "text", "expected"),
    [
        (MONDAY, "The lamp burns once more.", (True, False)),
        (TUESDAY, "The lamp burns once more.", (False, False)),
        (TUESDAY, "The lamp burns again.", (None, True)),
    ],
)
def test_whoever_dates_a_page_tells_silent_edits_and_hollow_ones(
    tmp_path: Path, source: str, date: str, text: str, expected: tuple[bool | None, bool]
):
    with story_at(tmp_path / "v.db") as story:
        for modified, sentence in ((MONDAY, "The lamp burns again."), (date, text)):
            with story.run() as run:
                by_itself = source == "the page itself"
                if not by_itself:
                    run.lists(source, DiscoveredUrl(f"{HOME}/lamp/", source, modified=modified))
                run.sees("/lamp/", page(sentence, DATED.format(modified) if by_itself else ""))
        (told_of,) = dated(story)
        assert told_of == expected
