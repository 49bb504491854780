"""What a fetch comes to: told with a real store, and with fetches made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import pytest

from tests.local_site import article
from tests.tracked import HOME, SITE, Run, Story, story_at
from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.config.site import Rule
from variorum.crawler.diffing.diff import Hunk, apply, revert
from variorum.crawler.fetch_result import DiscoveredUrl

BRIDGE = ("The old bridge was closed in March.", "Carts must go round by the mill until the summer fair.")
MILL = (
    "The mill turns again.",
    "Its wheel was mended by the three sisters who have kept it since the flood.",
)
NEW_BRIDGE = ("The old bridge was opened in April.", BRIDGE[1])


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as story:
        yield story


@pytest.fixture
def watched(story: Story) -> Story:
    """A story in which a first run has seen the bridge and the mill."""
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", *BRIDGE))
        run.sees("/mill/", article("The mill", *MILL))
    assert story.news() == []
    return story


def dated(published: str, *paragraphs: str) -> str:
    meta = f'<meta property="article:published_time" content="{published}">'
    return article("A letter", *paragraphs).replace("<head>", f"<head>{meta}")


def hunks(story: Story) -> tuple[Hunk, ...]:
    """The hunks of the latest change."""
    return msgspec.json.decode(story.changes()[-1].hunks, type=tuple[Hunk, ...])


def one_goes_as_others_are_seen(
    story: Story, goes: str, seen: Mapping[str, str], *, missed_first: bool
) -> None:
    """Two runs that miss one page and see others, in either order."""
    for _ in range(2):
        with story.run() as run:
            if missed_first:
                run.misses(goes)
            for path, page in seen.items():
                run.sees(path, page)
            if not missed_first:
                run.misses(goes)


# ---- new, or there before


def test_what_the_first_run_finds_is_the_baseline_and_no_change(story: Story) -> None:
    with story.run() as run:
        tracked = run.sees("/bridge/", article("The bridge", *BRIDGE))
    assert (tracked.outcome, tracked.changes, tracked.baseline) == (Outcome.ok, (), True)
    assert story.news() == []
    assert story.texts("/bridge/") == ["\n".join(BRIDGE)]


def test_a_page_dated_after_the_watch_began_is_new_whoever_leads_to_it(watched: Story) -> None:
    with watched.run() as run:
        tracked = run.sees("/letter/", dated("2026-03-01T11:00:00Z", *BRIDGE[:1]))
    assert (tracked.changes, tracked.baseline) == (("new",), False)
    assert watched.news() == [("new", "/letter/")]


def test_a_page_dated_before_the_watch_began_and_found_later_is_of_the_baseline(watched: Story) -> None:
    with watched.run() as run:
        tracked = run.sees("/letter/", dated("2019-03-01T11:00:00Z", "An old letter, found in the archive."))
    assert (tracked.changes, tracked.baseline) == ((), True)


def test_a_page_without_a_date_is_new_once_a_run_has_followed_everything(watched: Story) -> None:
    with watched.run() as run:
        assert run.sees("/letter/", article("A letter", "A letter without a date.")).changes == ("new",)


def test_a_page_without_a_date_is_of_the_baseline_while_no_run_has_followed_everything(story: Story) -> None:
    with story.run(finished=False) as run:
        run.sees("/bridge/", article("The bridge", *BRIDGE))
    with story.run() as run:
        assert run.sees("/letter/", article("A letter", "A letter without a date.")).baseline


def test_a_page_that_a_source_read_whole_did_not_list_before_is_new_whatever_its_date(story: Story) -> None:
    with story.run(finished=False) as run:
        run.lists("sitemap", "/bridge/")
        run.sees("/bridge/", article("The bridge", *BRIDGE))
    with story.run() as run:
        run.lists("sitemap", "/bridge/", "/letter/")
        tracked = run.sees("/letter/", dated("2019-03-01T11:00:00Z", "Published today, dated back."))
    assert tracked.changes == ("new",)


def test_a_page_that_was_known_in_the_first_run_and_fetched_in_the_second_is_not_new(story: Story) -> None:
    with story.run(finished=False) as run:
        run.lists("sitemap", "/bridge/", "/mill/")
        run.sees("/bridge/", article("The bridge", *BRIDGE))
    with story.run() as run:
        run.lists("sitemap", "/bridge/", "/mill/")
        assert run.sees("/mill/", article("The mill", *MILL)).baseline


def test_a_listing_has_no_versions(story: Story) -> None:
    entries = "".join(f"<article><h2><a href='/{n}/'>Letter {n}</a></h2></article>" for n in range(6))
    for shown in (entries, entries.replace("Letter 3", "Letter 7")):
        with story.run() as run:
            run.sees("/", f"<!doctype html><body class='blog'><main>{shown}</main></body></html>")
    assert story.page("/").kind == "listing"
    assert (story.versions("/"), story.changes()) == ([], [])


# ---- edited


def test_an_edited_page_has_a_second_version_and_a_diff_that_leads_back(watched: Story) -> None:
    with watched.run() as run:
        assert run.sees("/bridge/", article("The bridge", *NEW_BRIDGE)).changes == ("edited",)
    (change,) = watched.changes()
    assert (change.kind, change.old_version, change.version) == ("edited", 1, 2)
    assert (change.words_added, change.words_removed) == (2, 2)
    old, new = watched.texts("/bridge/")
    assert new == "\n".join(NEW_BRIDGE)
    assert apply(old, hunks(watched)) == new
    assert revert(new, hunks(watched)) == old


def test_a_page_with_another_title_is_retitled(watched: Story) -> None:
    with watched.run() as run:
        assert run.sees("/bridge/", article("The closed bridge", *BRIDGE)).changes == ("retitled",)
    (change,) = watched.changes()
    assert (change.kind, change.old_title, change.title) == ("retitled", "The bridge", "The closed bridge")


def test_typography_alone_makes_a_version_and_no_news(watched: Story) -> None:
    with watched.run() as run:
        run.sees("/mill/", article("The mill", "The “mill” turns once more.", MILL[1]))
    with watched.run() as run:
        assert run.sees("/mill/", article("The mill", 'The "mill" turns once more.', MILL[1])).changes == ()
    assert watched.news() == [("edited", "/mill/")]
    assert len(watched.versions("/mill/")) == 3
    stored = list(watched.reader.rows("SELECT typographic FROM changes ORDER BY id", {}))
    assert [row["typographic"] for row in stored] == [0, 1]


def test_a_text_that_returns_to_what_it_was_has_changed_twice(watched: Story) -> None:
    for text in (NEW_BRIDGE, BRIDGE):
        with watched.run() as run:
            assert run.sees("/bridge/", article("The bridge", *text)).changes == ("edited",)
    first, _, third = watched.versions("/bridge/")
    assert first.digest == third.digest
    assert watched.news() == [("edited", "/bridge/")] * 2


def test_what_differs_around_the_article_is_no_change(watched: Story) -> None:
    noise = article("The bridge", *BRIDGE, menu=[("/fair/", "The fair")], extra="<p>1 702 readers today</p>")
    with watched.run() as run:
        assert run.sees("/bridge/", noise, headers={"etag": '"other"'}).changes == ()
    assert len(watched.versions("/bridge/")) == 1


def test_not_modified_is_a_sight_of_the_page(watched: Story) -> None:
    with watched.run() as run:
        assert run.sees("/bridge/", b"", 304).outcome is Outcome.not_modified
    assert watched.page("/bridge/").seen_at == watched.page("/bridge/").checked_at
    assert len(watched.versions("/bridge/")) == 1


@pytest.mark.parametrize("text", [BRIDGE, NEW_BRIDGE], ids=["the same text", "another text"])
def test_the_validators_are_those_of_the_body_that_was_seen_last(watched: Story, text: Sequence[str]) -> None:
    def validators() -> tuple[str | None, str | None]:
        page = watched.page("/bridge/")
        return page.etag, page.last_modified

    date = "Sat, 28 Feb 2026 08:00:00 GMT"
    with watched.run() as run:
        run.sees("/bridge/", article("The bridge", *BRIDGE), headers={"etag": '"one"', "last-modified": date})
    assert validators() == ('"one"', date)
    with watched.run() as run:
        run.sees("/bridge/", b"", 304, headers={"etag": '"one again"'})
    assert validators() == ('"one again"', date)
    with watched.run() as run:
        run.sees("/bridge/", article("The bridge", *text, extra="<p>1 702 readers today</p>"))
    assert validators() == (None, None)


def test_a_page_that_is_not_believed_leaves_the_validators_of_the_last_text(watched: Story) -> None:
    with watched.run() as run:
        run.sees("/bridge/", article("The bridge", *BRIDGE), headers={"etag": '"one"'})
    for status in (200, 503):
        with watched.run() as run:
            nothing = article("The bridge", "Please subscribe.")
            run.sees("/bridge/", nothing, status, headers={"etag": '"another"'})
        assert watched.page("/bridge/").etag == '"one"'


def test_a_change_lies_between_the_last_sight_of_the_old_and_the_first_of_the_new(watched: Story) -> None:
    with watched.run() as run:
        run.sees("/bridge/", article("The bridge", *BRIDGE))
    seen_old = watched.page("/bridge/").checked_at
    for _ in range(2):
        with watched.run() as run:
            assert run.sees("/bridge/", "Forbidden", 403).outcome is Outcome.blocked
    with watched.run() as run:
        run.sees("/bridge/", article("The bridge", *NEW_BRIDGE))
    (change,) = watched.changes()
    assert (change.seen_old, change.seen_new) == (seen_old, watched.page("/bridge/").checked_at)
    assert change.checks_between == 2


# ---- gone and returned


def test_a_page_is_gone_when_two_runs_did_not_find_it(watched: Story) -> None:
    seen_old = watched.page("/bridge/").seen_at
    with watched.run() as run:
        assert run.misses("/bridge/").changes == ()
        first_missed = watched.page("/bridge/").checked_at
    assert watched.news() == []
    assert watched.page("/bridge/").state == "missing"
    with watched.run() as run:
        run.misses("/bridge/")
    assert run.settled == ["gone"]
    (change,) = watched.changes()
    assert (change.kind, change.page_removed, change.old_version) == ("gone", 1, 1)
    assert (change.seen_old, change.seen_new, change.checks_between) == (seen_old, first_missed, 0)
    last = watched.versions("/bridge/")[-1]
    assert (change.words_added, change.words_removed) == (0, last.words)
    assert change.found_at == watched.page("/bridge/").checked_at
    assert watched.page("/bridge/").state == "gone"


def test_a_page_that_says_with_status_200_that_it_is_not_found_is_gone_after_two_runs(watched: Story) -> None:
    sorry = notice("Page not found – Riverside", "<p>Sorry.</p>")
    for _ in range(2):
        assert watched.news() == []
        with watched.run() as run:
            assert run.sees("/bridge/", sorry).outcome is Outcome.soft_404
            assert run.sees("/new/", sorry).outcome is Outcome.soft_404
    assert watched.news() == [("gone", "/bridge/")]
    assert len(watched.versions("/bridge/")) == 1


def test_a_page_missed_twice_in_one_run_is_not_yet_gone(watched: Story) -> None:
    with watched.run() as run:
        run.misses("/bridge/")
        run.misses("/bridge/")
    assert watched.news() == []


def test_a_page_that_no_run_has_looked_for_again_is_not_yet_gone(watched: Story) -> None:
    with watched.run() as run:
        run.misses("/bridge/")
    with watched.run() as run:
        run.sees("/mill/", article("The mill", *MILL))
    assert watched.news() == []


def test_a_run_that_is_cut_short_confirms_nothing(watched: Story) -> None:
    for _ in range(2):
        with watched.run(finished=False) as run:
            run.misses("/bridge/")
    assert watched.news() == []


def test_a_page_that_is_missed_once_and_seen_again_was_never_gone(watched: Story) -> None:
    with watched.run() as run:
        run.misses("/bridge/")
    with watched.run() as run:
        assert run.sees("/bridge/", article("The bridge", *BRIDGE)).changes == ()
    with watched.run() as run:
        run.misses("/bridge/", 410)
    assert watched.news() == []
    assert watched.page("/bridge/").state == "missing"


def gone(story: Story, path: str) -> None:
    for _ in range(2):
        with story.run() as run:
            run.misses(path)
    assert story.news()[-1] == ("gone", path)


def test_a_gone_page_stays_gone_without_further_words(watched: Story) -> None:
    gone(watched, "/bridge/")
    for _ in range(2):
        with watched.run() as run:
            run.misses("/bridge/")
    assert watched.news() == [("gone", "/bridge/")]


def test_a_gone_page_that_is_there_again_has_returned(watched: Story) -> None:
    gone(watched, "/bridge/")
    with watched.run() as run:
        assert run.sees("/bridge/", article("The bridge", *BRIDGE)).changes == ("returned",)
    assert watched.news() == [("gone", "/bridge/"), ("returned", "/bridge/")]
    assert len(watched.versions("/bridge/")) == 1
    assert watched.page("/bridge/").state == "live"


def test_a_page_that_returns_with_another_text_shows_what_differs(watched: Story) -> None:
    gone(watched, "/bridge/")
    with watched.run() as run:
        assert run.sees("/bridge/", article("The bridge", *NEW_BRIDGE)).changes == ("returned",)
    assert apply(watched.texts("/bridge/")[0], hunks(watched)) == watched.texts("/bridge/")[1]


def many(count: int) -> dict[str, str]:
    return {f"/letter-{n}/": article(f"Letter {n}", f"The text of letter {n}.", *MILL) for n in range(count)}


def test_a_site_that_answers_not_found_for_everything_is_one_issue_and_nothing_is_gone(story: Story) -> None:
    letters = many(14)
    with story.run() as run:
        for path, body in letters.items():
            run.sees(path, body)
    for _ in range(3):
        with story.run() as run:
            for path in letters:
                run.misses(path)
    assert story.news() == []
    (issue,) = story.issues()
    assert (issue.kind, issue.times) == ("many missing", 3)
    with story.run() as run:
        for path, body in letters.items():
            run.sees(path, body)
    assert (story.news(), story.issues()) == ([], [])


def test_a_storm_is_seen_also_by_runs_that_look_at_a_small_part_of_a_large_site(story: Story) -> None:
    letters = many(40)
    with story.run() as run:
        for path, body in letters.items():
            run.sees(path, body)
    for _ in range(2):
        with story.run() as run:
            for path in list(letters)[:11]:
                run.misses(path)
    assert story.news() == []
    assert [issue.kind for issue in story.issues()] == ["many missing"]


def test_many_pages_that_their_source_lists_no_longer_are_gone(story: Story) -> None:
    letters = many(40)
    with story.run() as run:
        run.lists("wordpress", *letters)
        for path, body in letters.items():
            run.sees(path, body)
    deleted = list(letters)[:11]
    for _ in range(2):
        with story.run() as run:
            run.lists("wordpress", *(path for path in letters if path not in deleted))
            for path in deleted:
                run.misses(path)
    assert story.news() == [("gone", path) for path in deleted]


# ---- moved


def test_a_page_that_redirects_to_its_new_address_has_moved(watched: Story) -> None:
    with watched.run() as run:
        tracked = run.sees("/bridge/", article("The bridge", *BRIDGE), at="/news/bridge/")
    assert tracked.changes == ("moved",)
    (change,) = watched.changes()
    assert (change.url, change.old_url) == (f"{HOME}/news/bridge/", f"{HOME}/bridge/")
    assert len(watched.versions("/news/bridge/")) == 1
    with watched.run() as run:
        assert run.sees("/news/bridge/", article("The bridge", *BRIDGE)).changes == ()
        assert run.sees("/bridge/", article("The bridge", *BRIDGE), at="/news/bridge/").changes == ()


def test_a_page_that_moved_and_was_edited_is_told_as_both(watched: Story) -> None:
    with watched.run() as run:
        tracked = run.sees("/bridge/", article("The bridge", *NEW_BRIDGE), at="/news/bridge/")
    assert tracked.changes == ("moved", "edited")
    assert watched.news() == [("moved", "/news/bridge/"), ("edited", "/news/bridge/")]
    assert apply(watched.texts("/news/bridge/")[0], hunks(watched)) == watched.texts("/news/bridge/")[1]


def test_a_page_that_redirects_to_another_article_is_looked_for_and_then_gone(watched: Story) -> None:
    for _ in range(2):
        with watched.run() as run:
            tracked = run.sees("/bridge/", article("The mill", *MILL), at="/mill/")
            assert tracked.outcome is Outcome.gone
            run.sees("/mill/", article("The mill", *MILL))
    assert watched.news() == [("gone", "/bridge/")]
    assert len(watched.versions("/mill/")) == 1


def test_a_page_that_redirects_to_an_unknown_other_text_makes_that_a_page(watched: Story) -> None:
    other = article("The fair", "Jugglers, honey cakes and a dancing dog: the fair has come to the meadow.")
    for _ in range(2):
        with watched.run() as run:
            assert run.sees("/bridge/", other, at="/fair/").outcome is Outcome.gone
            run.sees("/fair/", other)
    assert ("gone", "/bridge/") in watched.news()
    assert len(watched.versions("/fair/")) == len(watched.versions("/bridge/")) == 1


def test_a_page_that_redirects_home_in_two_runs_is_gone_and_home_is_no_version_of_it(watched: Story) -> None:
    with watched.run() as run:
        assert run.sees("/bridge/", article("Home", *MILL), at="/").outcome is Outcome.soft_404
    assert watched.news() == []
    with watched.run() as run:
        run.sees("/bridge/", article("Home", *MILL), at="/")
    assert watched.news() == [("gone", "/bridge/")]
    assert len(watched.versions("/bridge/")) == 1


def test_the_same_text_at_a_new_address_after_the_old_one_is_missed_has_moved(watched: Story) -> None:
    with watched.run() as run:
        run.misses("/bridge/")
        assert run.sees("/news/bridge/", article("The bridge", *BRIDGE)).changes == ("moved",)
    with watched.run() as run:
        run.misses("/bridge/")
    (change,) = watched.changes()
    assert (change.url, change.old_url) == (f"{HOME}/news/bridge/", f"{HOME}/bridge/")


def test_the_same_text_at_a_new_address_before_the_old_one_is_missed_has_moved_too(watched: Story) -> None:
    with watched.run() as run:
        run.sees("/news/bridge/", article("The bridge", *BRIDGE))
        run.misses("/bridge/")
    with watched.run() as run:
        run.misses("/bridge/")
    assert watched.news() == [("new", "/news/bridge/"), ("moved", "/news/bridge/")]
    change = watched.changes()[-1]
    assert (change.old_url, change.page_removed) == (f"{HOME}/bridge/", 1)


def test_a_page_whose_text_stood_elsewhere_all_the_time_is_gone_and_has_not_moved(story: Story) -> None:
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", *BRIDGE))
        run.sees("/print/bridge/", article("The bridge", *BRIDGE))
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", *BRIDGE))
    gone(story, "/bridge/")


FERRY = (
    "The ferry at Saltness crosses the sound 4 times a day from the first of April until the autumn fair.",
    "Foot passengers pay two crowns, carts and horses five, and children who can swim go free of charge.",
    "In a gale the ferryman hoists a red lantern at the landing, and nobody crosses until it is down.",
)
EDITED = (FERRY[0].replace("4", "6"), *FERRY[1:])
"""With one number replaced."""
REWORDED = (*FERRY[:2], FERRY[2].replace("red lantern", "red flag"))
"""With a word replaced, and no number, date or name."""


@pytest.mark.parametrize(
    ("old", "now", "path"),
    [
        (article("The ferry", *FERRY), article("The ferry", *EDITED), "/news/the-ferry/"),
        (dated("2026-02-03", *FERRY), dated("2026-02-03", *EDITED), "/ferries/7/"),
        (article("The ferry", *FERRY), article("The ferry", *REWORDED), "/ferries/7/"),
    ],
    ids=["title and last part of the address", "title and day of publication", "title and what it tells"],
)
def test_a_page_that_is_missed_and_is_found_elsewhere_with_an_edit_has_moved_and_was_edited(
    story: Story, old: str, now: str, path: str
) -> None:
    with story.run() as run:
        run.sees("/the-ferry/", old)
        run.sees("/mill/", article("The mill", *MILL))
    with story.run() as run:
        run.misses("/the-ferry/")
        assert run.sees(path, now).changes == ("moved", "edited")
    with story.run() as run:
        run.sees(path, now)
    assert story.news() == [("moved", path), ("edited", path)]
    assert apply(story.texts(path)[0], hunks(story)) == story.texts(path)[1]


def test_an_edited_page_that_is_found_elsewhere_before_it_is_missed_has_moved_too(story: Story) -> None:
    with story.run() as run:
        run.sees("/the-ferry/", article("The ferry", *FERRY))
        run.sees("/mill/", article("The mill", *MILL))
    for _ in range(2):
        with story.run() as run:
            run.sees("/news/the-ferry/", article("The ferry", *EDITED))
            run.misses("/the-ferry/")
    assert story.news() == [("new", "/news/the-ferry/"), ("moved", "/news/the-ferry/")]
    change = story.changes()[-1]
    assert (change.old_url, change.words_added, change.words_removed) == (f"{HOME}/the-ferry/", 1, 1)
    assert change.explanation.startswith("nearly the same text at another address; ")
    assert apply(story.texts("/the-ferry/")[-1], hunks(story)) == story.texts("/news/the-ferry/")[-1]


@pytest.mark.parametrize("before", [True, False], ids=["before the other is seen", "after it"])
@pytest.mark.parametrize(
    ("old", "now"),
    [
        (article("The ferry", *FERRY), article("The ferry", *EDITED)),
        (dated("2026-02-03", *FERRY), dated("2026-02-10", *REWORDED)),
        (article("The ferry", *FERRY), article("The barge", *REWORDED)),
        (article("The ferry", *FERRY), article("The ferry", FERRY[0], *MILL, NEW_BRIDGE[0])),
        (article("The ferry", FERRY[0]), article("The ferry", FERRY[0].replace("autumn", "summer"))),
    ],
    ids=["other numbers", "another day", "another title", "another text", "a short text"],
)
def test_an_issue_of_a_bulletin_is_no_edit_of_the_one_before_that_went(
    story: Story, old: str, now: str, before: bool
) -> None:
    with story.run() as run:
        run.sees("/bulletin-9/", old)
        run.sees("/mill/", article("The mill", *MILL))
    one_goes_as_others_are_seen(story, "/bulletin-9/", {"/bulletin-10/": now}, missed_first=before)
    assert ("gone", "/bulletin-9/") in story.news()
    assert {kind for kind, _ in story.news()} <= {"gone", "new"}


@pytest.mark.parametrize("before", [True, False], ids=["before the other is seen", "after it"])
def test_of_several_pages_with_nearly_one_text_none_has_moved(story: Story, before: bool) -> None:
    forms = [(*FERRY[:2], FERRY[2].replace("ferryman", name)) for name in ("pilot", "bargee", "warden")]
    with story.run() as run:
        run.sees("/the-ferry/", article("The ferry", *forms[0]))
        run.sees("/old/the-ferry/", article("The ferry", *forms[1]))
    new, old = (article("The ferry", *form) for form in (forms[2], forms[1]))
    seen = {"/news/the-ferry/": new, "/old/the-ferry/": old}
    one_goes_as_others_are_seen(story, "/the-ferry/", seen, missed_first=before)
    assert sorted(story.news()) == [("gone", "/the-ferry/"), ("new", "/news/the-ferry/")]


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("/bulletin/47/ferry-times/", "/bulletin/48/ferry-times/"),
        ("/article.php?id=7", "/article.php?id=8"),
        ("/article.php?of=ferry", "/article.php?of=sound"),
    ],
)
def test_issues_whose_addresses_differ_in_numbers_or_a_query_only_are_not_one_page_that_moved(
    story: Story, old: str, now: str
) -> None:
    with story.run() as run:
        run.sees(old, article("The ferry", *FERRY))
        run.sees("/mill/", article("The mill", *MILL))
    for _ in range(2):
        with story.run() as run:
            run.misses(old)
            run.sees(now, article("The ferry", *EDITED))
    assert sorted(story.news()) == [("gone", old), ("new", now)]


def test_an_edited_page_is_found_without_the_ending_that_its_address_had(story: Story) -> None:
    with story.run() as run:
        run.sees("/the-ferry.html", article("The ferry", *FERRY))
        run.sees("/mill/", article("The mill", *MILL))
    with story.run() as run:
        run.misses("/the-ferry.html")
        assert run.sees("/the-ferry/", article("The ferry", *EDITED)).changes == ("moved", "edited")


def test_an_edited_page_is_found_among_many_of_one_title(story: Story) -> None:
    with story.run() as run:
        run.sees("/the-ferry/", article("The ferry", *FERRY))
        for number in range(21):
            run.sees(f"/notices/{number}/", article("The ferry", *MILL, f"This is notice number {number}."))
    for _ in range(2):
        with story.run() as run:
            run.sees("/news/the-ferry/", article("The ferry", *EDITED))
            run.misses("/the-ferry/")
    assert ("moved", "/news/the-ferry/") in story.news()
    assert "gone" not in {kind for kind, _ in story.news()}


def test_the_latest_of_many_pages_of_one_title_tell_that_a_page_is_one_of_its_kind(story: Story) -> None:
    with story.run() as run:
        run.sees("/the-ferry/", article("The ferry", *FERRY))
        for number in range(21):
            run.sees(f"/notices/{number}/", article("The ferry", *MILL, f"This is notice number {number}."))
        run.sees("/old/the-ferry/", article("The ferry", *REWORDED))
    with story.run() as run:
        run.misses("/the-ferry/")
        assert run.sees("/news/the-ferry/", article("The ferry", *EDITED)).changes == ("new",)


def test_a_page_that_was_there_all_the_time_beside_the_one_that_went_is_not_where_it_moved(
    story: Story,
) -> None:
    for _ in range(2):
        with story.run() as run:
            run.sees("/the-ferry/", article("The ferry", *FERRY))
            run.sees("/print/the-ferry/", article("The ferry", *REWORDED))
    gone(story, "/the-ferry/")


@pytest.mark.parametrize("before", [True, False], ids=["before the other is seen", "after it"])
def test_two_unlike_pages_with_one_title_and_next_to_no_text_are_not_one_page_that_moved(
    watched: Story, before: bool
) -> None:
    quay, map_ = (article("Untitled", "Photo.", extra=f"<img src='/{name}.jpg'>") for name in ("quay", "map"))
    with watched.run() as run:
        run.sees("/photo-1/", quay)
    one_goes_as_others_are_seen(watched, "/photo-1/", {"/photo-2/": map_}, missed_first=before)
    assert "moved" not in dict(watched.news())
    assert ("gone", "/photo-1/") in watched.news()


# ---- our own doing

NOTES_LEFT_OUT = msgspec.structs.replace(SITE, remove=(Rule("p.note"),))


def test_a_new_rule_of_ours_is_no_change_of_the_site(watched: Story) -> None:
    with_note = article("The bridge", *BRIDGE).replace("</div>", '<p class="note">Write to us.</p></div>')
    with watched.run() as run:
        assert run.sees("/bridge/", with_note).changes == ("edited",)
    before = watched.versions("/bridge/")[-1]
    watched.site = NOTES_LEFT_OUT
    with watched.run() as run:
        assert run.sees("/bridge/", with_note + "<!-- served by host 7 -->").changes == ()
    after = watched.versions("/bridge/")[-1]
    assert (before.number, after.number) == (2, 2)
    assert before.text.endswith("Write to us.")
    assert after.text == "\n".join(BRIDGE)
    assert before.extractor != after.extractor
    assert watched.page("/bridge/").text_digest == after.digest


def test_an_edit_under_a_new_rule_shows_the_edit_alone(watched: Story) -> None:
    note = '<p class="note">Write to us.</p></div>'
    with watched.run() as run:
        run.sees("/mill/", article("The mill", *MILL).replace("</div>", note))
    watched.site = NOTES_LEFT_OUT
    with watched.run() as run:
        edited = article("The mill", "The mill stands still.", MILL[1]).replace("</div>", note)
        assert run.sees("/mill/", edited).changes == ("edited",)
    (hunk,) = hunks(watched)
    assert (hunk.old, hunk.new) == (("The mill turns again.",), ("The mill stands still.",))


# ---- no sight of the page


def requested(run: Run) -> list[str]:
    """The paths that the run would fetch next."""
    return [page_request.url.removeprefix(HOME) for page_request in run.frontier.next_requests()]


def notice(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


CHALLENGE = notice("Just a moment...", "<script src='/cdn-cgi/challenge-platform/x.js'></script>")
LOGIN = notice("Log in", "<form><input type='password' name='pwd'></form>")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (403, CHALLENGE, Outcome.blocked),
        (200, CHALLENGE, Outcome.blocked),
        (200, LOGIN, Outcome.blocked),
        (429, "Too many requests", Outcome.blocked),
        (503, notice("Maintenance", "<p>Back soon.</p>"), Outcome.maintenance),
        (500, notice("Error", ""), Outcome.failed),
        (200, "", Outcome.truncated),
        (200, article("The bridge", *BRIDGE)[:-400] + "<a href='/fa", Outcome.truncated),
    ],
)
def test_an_answer_that_is_not_the_page_never_becomes_a_version(
    watched: Story, status: int, body: str, outcome: Outcome
) -> None:
    with watched.run() as run:
        assert run.sees("/bridge/", body, status).outcome is outcome
        assert run.sees("/new/", body, status).outcome is outcome
    assert watched.news() == []
    assert len(watched.versions("/bridge/")) == 1
    assert watched.versions("/new/") == []
    page = watched.page("/bridge/")
    assert page.state == "live"
    assert (page.seen_at or "") < (page.checked_at or "")


@pytest.mark.parametrize(
    "error", ["timeout", "dns", "refused", "cut", "too large", "robots", "address", "tls"]
)
def test_a_fetch_that_brings_nothing_is_kept_with_its_reason_and_changes_nothing(
    watched: Story, error: str
) -> None:
    with watched.run() as run:
        tracked = run.fails("/bridge/", error)
    assert tracked.reason.startswith(error)
    assert watched.news() == []
    rows = watched.reader.rows("SELECT outcome, reason FROM captures ORDER BY id DESC LIMIT 1", {})
    assert list(rows) == [{"outcome": tracked.outcome.value, "reason": f"{error}: as if"}]


def test_the_body_of_a_block_page_is_kept_as_evidence_and_never_compared_with(watched: Story) -> None:
    with watched.run() as run:
        run.sees("/bridge/", "sorry", 403)
    rows = watched.reader.rows("SELECT body FROM captures WHERE outcome = 'blocked'", {})
    assert [watched.store.body(row["body"]) for row in rows] == [b"sorry"]
    with watched.run() as run:
        assert run.sees("/bridge/", article("The bridge", *NEW_BRIDGE)).changes == ("edited",)


# ---- hostile and foreign words


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "Robert'); DROP TABLE pages;--",
        '=HYPERLINK("http://evil.example","news")',
        "../../../etc/passwd",
        "{{ 7 * 7 }} {% raw %}",
        "safe\N{RIGHT-TO-LEFT OVERRIDE}txt.exe",
        "%s %n $(id) `id`",
        "long " * 400 + "title",
    ],
)
def test_a_hostile_title_is_stored_as_it_is_and_does_nothing(watched: Story, title: str) -> None:
    with watched.run() as run:
        run.sees("/bridge/", article(title, *BRIDGE))
    assert watched.versions("/bridge/")[-1].title == title
    (change,) = watched.changes()
    assert (change.kind, change.title, change.old_title) == ("retitled", title, "The bridge")


def test_persian_keeps_its_joiners_in_address_title_and_text(story: Story) -> None:
    with story.run() as run:
        run.sees("/fa/نامه‌ها/", article("نامه‌ای از دور", "می‌خواهم به خانه‌ام بازگردم.", *MILL, lang="fa"))
    with story.run() as run:
        run.sees("/fa/نامه‌ها/", article("نامه‌ای از دور", "نمی‌خواهم به خانه‌ام بازگردم.", *MILL, lang="fa"))
    assert len(story.store.pages(SITE.name)) == 1
    (change,) = story.changes()
    old, new = story.reader.history(change.page or 0)
    assert old.title == "نامه‌ای از دور"
    assert old.text.splitlines()[0] == "می‌خواهم به خانه‌ام بازگردم."
    assert new.text.splitlines()[0] == "نمی‌خواهم به خانه‌ام بازگردم."
    assert change.kind == "edited"
    assert "\N{ZERO WIDTH NON-JOINER}" in hunks(story)[0].new[0]


def test_a_joiner_that_comes_or_goes_is_typography(story: Story) -> None:
    for text in ("نامه‌ای از دور", "نامهای از دور"):
        with story.run() as run:
            tracked = run.sees("/fa/", article("نامه", text, *MILL, lang="fa"))
    assert tracked.changes == ()
    assert story.texts("/fa/")[0].splitlines()[0] == "نامه‌ای از دور"


def test_arabic_and_albanian_edits_are_found_word_by_word(story: Story) -> None:
    texts = {
        "/ar/": ("أغلق الجسر القديم في مارس.", "فُتح الجسر القديم في مارس."),
        "/sq/": ("Ura e vjetër u mbyll në mars.", "Ura e vjetër u hap në mars."),
    }
    for at in (0, 1):
        with story.run() as run:
            for path, text in texts.items():
                run.sees(path, article("Lajme", text[at], *MILL, lang=path.strip("/")))
    assert story.news() == [("edited", "/ar/"), ("edited", "/sq/")]
    assert [(change.words_added, change.words_removed) for change in story.changes()] == [(1, 1)] * 2


def test_what_a_page_is_listed_as_follows_it_to_a_new_address(watched: Story) -> None:
    with watched.run() as run:
        run.lists("wordpress", DiscoveredUrl(f"{HOME}/bridge/", "wordpress", source_id="post:17"))
        run.sees("/bridge/", article("The bridge", *BRIDGE))
    with watched.run() as run:
        run.lists("wordpress", DiscoveredUrl(f"{HOME}/crossing/", "wordpress", source_id="post:17"))
        assert "/crossing/" in requested(run)
        assert run.sees("/crossing/", article("The bridge", *BRIDGE)).changes == ("moved",)
    assert watched.news() == [("moved", "/crossing/")]
