"""What a crawl learns of a site's boilerplate, and that it does not forget it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local_site import article
from tests.tracked import HOME, Run, Story, story_after, story_at
from variorum.crawler.tracking.records import LEARNING_FETCH
from variorum.crawler.tracking.template_learning import Learner

NEWS, ABOUT = "news", "about"


def page(path: str, views: int) -> str:
    """Of two kinds of pages; the counter is the only thing that moves."""
    kind, number = path.strip("/").split("-")
    parts = "".join(f"<div class='{kind}-{part}'></div>" for part in "abcdefgh")
    return (
        f"<html><head><title>{kind} {number}</title></head><body>{parts}<div class='{kind}-frame'>"
        f"<div class='{kind}-zone'><p>The {kind} number {number} tells at some length of the river, its banks"
        f" and those who live there, {number}.</p><p>It ends as it began: with water, and {number}.</p>"
        f"</div><div class='{kind}-seen'>Seen by {views} pairs of eyes</div></div></body></html>"
    )


def looks(run: Run, *paths: str, views: int) -> None:
    """A run as the spider makes it: the pages, and those that it is asked to fetch again at once."""
    queue = list(paths)
    while queue:
        for path in queue:
            views += 1
            run.sees(path, page(path, views))
        queue = run.requested_again()


def some(kind: str, start: int, end: int) -> list[str]:
    return [f"/{kind}-{number}/" for number in range(start, end)]


@pytest.fixture
def story(tmp_path: Path):
    with story_after(all_seen, tmp_path / "v.db") as story:
        yield story


def all_seen(story: Story) -> None:
    """Twelve pages of news and four of another kind are read once."""
    with story.run() as run:
        looks(run, *some(NEWS, 0, 12), *some(ABOUT, 0, 4), views=0)


def test_of_each_kind_of_pages_a_few_are_fetched_twice_so_that_no_counter_gets_into_a_text(story: Story):
    assert not [path for path in (*some(NEWS, 0, 12), *some(ABOUT, 0, 4)) if "Seen" in story.texts(path)[-1]]
    with story.run() as run:
        looks(run, *some(NEWS, 0, 12), *some(ABOUT, 0, 4), views=500)
    assert story.news() == []


def test_a_fetch_that_only_learns_is_no_check_between_the_old_text_and_the_new(story: Story):
    assert story.store.looks(story.page("/news-1/").id, LEARNING_FETCH)  # after the one that counts
    with story.run() as run:
        run.sees("/news-1/", page("/news-1/", 900).replace("those who live", "all who ever lived"))
    (change,) = story.changes()
    assert (change.kind, change.checks_between) == ("edited", 0)


def test_what_was_seen_to_move_is_still_known_when_it_is_learned_anew_from_many_more_pages(story: Story):
    with story.run() as run:
        looks(run, *some(NEWS, 12, 60), views=1_000)
    learned = story.store.template("riverside")
    assert learned and learned.pages > 30
    assert "volatile" in learned.pieces
    assert "Seen" not in story.texts("/news-30/")[-1]


def test_what_teaches_no_more_is_not_learned_again_and_again(story: Story):
    for paths in (some(NEWS, 12, 60), []):
        with story.run() as run:
            looks(run, *paths, views=1_000)
    assert not Learner(story.store, story.site).is_due()


def test_pages_of_a_known_kind_are_not_fetched_twice_and_those_of_a_new_one_are(story: Story):
    with story.run() as run:
        looks(run, *some(NEWS, 0, 12), *some(ABOUT, 0, 4), views=500)
        run.sees("/news-12/", page("/news-12/", 5))
        assert run.requested_again() == []
        run.sees("/legal-1/", page("/legal-1/", 5))
        assert run.requested_again() == ["/legal-1/"]


def test_no_article_is_fetched_twice_until_there_are_three_to_learn_from(tmp_path: Path):
    with story_at(tmp_path / "v.db") as story:
        with story.run() as run:
            looks(run, *some(NEWS, 0, 2), views=0)
        for views in (10, 20):
            with story.run() as run:
                for path in some(NEWS, 0, 2):
                    run.sees(path, page(path, views))
                assert run.requested_again() == []
        with story.run() as run:
            for path in some(NEWS, 0, 3):
                run.sees(path, page(path, 30))
            assert "/news-2/" in run.requested_again()


def test_what_is_learned_later_makes_no_change_of_what_was_read_before(tmp_path: Path):
    """A line stands on two pages at first, and so is text; later on so many that it is boilerplate."""
    sign = "<p>Printed on water by the Press of Dunmore, for all who can read what is written there.</p>"
    early, late = some(NEWS, 0, 2), some(NEWS, 2, 40)

    def sees(run: Run, *paths: str, views: int) -> None:
        for path in paths:
            run.sees(path, page(path, views).replace("</p></div>", f"</p>{sign}</div>"))

    with story_at(tmp_path / "later.db") as story:
        with story.run() as run:
            sees(run, *early, views=1)
        assert "Printed" in story.texts(early[0])[-1]
        with story.run() as run:
            sees(run, *late, views=2)
            sees(run, *(path for path in run.requested_again() if path in late), views=3)
        with story.run() as run:
            sees(run, *early, views=4)
        assert {kind for kind, _ in story.news()} == {"new"}
        (version,) = story.versions(early[0])
        assert "Printed" not in version.text


# ---- a first run that was cut short


def moving(n: int, look: int, word: str = "calm") -> str:
    """An article with a telephone number that is drawn anew at each look, as some sites do."""
    cargo = (
        "salt",
        "wool",
        "tin",
        "rope",
        "herring",
        "coal",
        "oak",
        "slate",
        "barley",
        "hides",
        "pitch",
        "ink",
    )
    first, second = (
        f"The boat with the {cargo[n]} lay at the quay.",
        f"Of {cargo[n]} and {word} seas we know.",
    )
    number = 100 + (look * 37 + n * 11) % 800
    page = article(f"Boat {n}", first, second)
    return page.replace("</div></article>", f"<p class='call'>Tel 555 {number}</p></div></article>")


def crawl(story: Story, pages: int, look: int, edited: int | None = None, *, cut: bool = False) -> None:
    """A run as the spider makes it: every page, and those that are to be fetched once more."""
    with story.run(finished=not cut) as run:
        queue = [f"/boat-{n}/" for n in range(pages)]
        while queue:
            for path in queue:
                look, n = look + 1, int(path.strip("/").removeprefix("boat-"))
                run.sees(path, moving(n, look, "rough" if n == edited else "calm"))
            again = [] if cut else [path for path in run.requested_again() if path != "/"]
            queue = again


@pytest.mark.parametrize("pages", [2, 3, 7, 12])
def test_after_a_first_run_that_was_cut_short_nothing_that_moves_at_each_look_is_ever_an_edit(
    tmp_path: Path, pages: int
) -> None:
    with story_at(tmp_path / "v.db") as story:
        crawl(story, pages, 0, cut=True)
        for look in (1000, 2001, 3003):
            crawl(story, pages, look)
        assert story.news() == []


def test_an_edit_made_before_the_frame_is_learned_is_told_by_its_own_words(tmp_path: Path) -> None:
    with story_at(tmp_path / "v.db") as story:
        crawl(story, 9, 0, cut=True)
        crawl(story, 9, 1000, edited=4)
        (change,) = story.changes()
        assert (change.kind, change.url) == ("edited", f"{HOME}/boat-4/")
        assert (change.words_added, change.words_removed) == (1, 1)


def test_what_waits_for_the_frame_in_a_run_that_is_cut_short_is_told_by_the_next(tmp_path: Path) -> None:
    with story_at(tmp_path / "v.db") as story:
        crawl(story, 9, 0, cut=True)
        crawl(story, 9, 1000, edited=4, cut=True)
        assert story.news() == []
        crawl(story, 9, 2000, edited=4)
        assert story.news() == [("edited", "/boat-4/")]


@pytest.mark.parametrize("reason", ["finished", "shutdown"])
def test_after_a_run_that_ended_early_nothing_is_called_no_longer_listed(tmp_path: Path, reason: str) -> None:
    with story_at(tmp_path / "v.db") as story:
        for listed in (["/a/", "/b/", "/c/"], ["/a/"]):
            with story.run() as run:
                for path in listed:
                    run.sees(path, moving(0, 0))
                run.lists("sitemap", *listed)
        story.store.update_run(run.frontier.run, {"reason": reason})
        (ledger,) = [one for one in story.reader.coverage("riverside") if one["source"] == "sitemap"]
        assert ledger["no_longer_listed"] == (2 if reason == "finished" else 0)


def test_a_short_article_among_many_headlines_is_read_when_the_boilerplate_is_known(tmp_path: Path) -> None:
    """Nine headlines lead away from two sentences: a list, as long as nobody knows that all pages have
    them."""
    more = "".join(f"<h3><a href='/news-{n}/'>What else is new, part {n}</a></h3>" for n in range(9))

    def short(path: str, views: int, word: str = "calm") -> str:
        box = f"<div class='more-of-it'><h2>Read on</h2>{more}</div>"
        return (
            page(path, views).replace("It ends", f"The {word} wind stays").replace("</body>", f"{box}</body>")
        )

    long = f"<p>{'The harbour has been dredged for the third time in as many years, at a cost. ' * 45}</p>"
    paths = some(NEWS, 0, 9)
    with story_at(tmp_path / "v.db") as story:
        with story.run() as run:
            queue = paths
            while queue:
                for n, path in enumerate(queue):
                    body = short(path, n)
                    run.sees(path, body if path == paths[0] else body.replace("<p>The", f"{long}<p>The", 1))
                queue = run.requested_again()
        assert story.texts(paths[0])
        with story.run() as run:
            run.sees(paths[0], short(paths[0], 50, "wild"))
        assert story.news() == [("edited", paths[0])]
