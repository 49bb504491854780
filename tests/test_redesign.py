"""A new design of a site is one event of the site, whatever it puts around the articles."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from tests.tracked import HOME, Run, Story, story_after, story_at

PATHS = [f"/story-{n}/" for n in range(8)]


def prose(n: int, word: str = "calm") -> list[str]:
    return [
        f"The river number {n} rose by {n * 3} centimetres in the night; the ferry at Dunmore lay still.",
        f"By noon the water was {word} again, said the keeper, who saw {n + 20} such floods in his life.",
        "Nobody was hurt; the market opened an hour late, and the school bus went round by the upper road.",
    ]


def old_design(n: int, word: str = "calm", views: int = 0) -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in prose(n, word))
    return (
        f"<html><head><title>River {n}</title></head><body class='paper'>"
        "<div id='top' class='bar'>Home News</div>"
        f"<div id='main' class='left'><h1>River {n}</h1><div class='zone'>{paragraphs}</div>"
        f"<div class='seen'>Seen {views} times by readers of this page.</div></div>"
        "<div id='side' class='right'><p>Subscribe to our letter, which comes every Sunday.</p></div>"
        "</body></html>"
    )


def new_design(n: int, word: str = "calm", views: int = 0) -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in prose(n, word))
    return (
        f"<html><head><title>River {n}</title></head><body class='fresh'>"
        "<section class='hero'><p>The paper of the valley since 1911, now on a new page with more room for"
        " your letters.</p></section>"
        f"<section class='text'><h1>River {n}</h1>{paragraphs}<p class='count'>This story was opened {views}"
        f" times, and shared {views // 2} times by readers in the valley.</p>"
        "<p class='join'>Join nine thousand readers who pay for this paper, and read it without"
        " advertisements.</p></section>"
        "<section class='foot'><p>Printed in Dunmore by the Riverside Press.</p></section></body></html>"
    )


@pytest.fixture
def story(tmp_path: Path):
    with story_after(all_learned, tmp_path / "v.db") as story:
        assert story.store.template("riverside")
        yield story


def all_learned(story: Story) -> None:
    """All pages are read, and the template of their design is learned."""
    with story.run() as run:
        for n, path in enumerate(PATHS):
            run.sees(path, old_design(n, views=n))
        for path in run.requested_again():
            run.sees(path, old_design(PATHS.index(path), views=PATHS.index(path) + 9))


def looks_at_all(run: Run, design: Callable[..., str], edited: int | None = None) -> None:
    """A run as the spider makes it: all pages, and then those that it is asked to fetch again."""
    views = 100
    queue = list(PATHS)
    for page in run.story.store.pages("riverside"):
        run.frontier.mark_fetched(page.id)
    while queue:
        for path in queue:
            views += 7
            n = PATHS.index(path)
            run.sees(path, design(n, word="wild" if n == edited else "calm", views=views))
        queue = run.requested_again()


def test_a_redesign_is_one_event_and_no_edit(story: Story):
    with story.run() as run:
        looks_at_all(run, new_design)
    (change,) = story.changes()
    assert (change.kind, change.url, change.page) == ("template", f"{HOME}/", None)
    assert "8 of 8 pages" in change.explanation
    assert change.seen_old


def test_an_edit_in_the_night_of_a_redesign_is_found(story: Story):
    with story.run() as run:
        looks_at_all(run, new_design, edited=3)
    assert sorted(story.news()) == [("edited", "/story-3/"), ("template", "/")]
    (edit,) = [change for change in story.changes() if change.kind == "edited"]
    assert (edit.words_added, edit.words_removed) == (1, 1)


def test_after_a_redesign_edits_are_found_and_counters_are_not(story: Story):
    with story.run() as run:
        looks_at_all(run, new_design)
    with story.run() as run:
        looks_at_all(run, new_design, edited=5)
    assert story.news()[1:] == [("edited", "/story-5/")]


def test_a_site_that_returns_to_its_old_design_tells_so_and_nothing_else(story: Story):
    for design in (new_design, old_design):
        with story.run() as run:
            looks_at_all(run, design)
    assert [kind for kind, _ in story.news()] == ["template", "template"]


def test_one_page_with_another_frame_is_no_redesign_and_its_edit_is_told(story: Story):
    with story.run() as run:
        run.sees("/story-1/", new_design(1, word="wild"))
        for path in run.requested_again():
            n = PATHS.index(path)
            run.sees(path, new_design(1, word="wild") if n == 1 else old_design(n, views=50))
    assert ("edited", "/story-1/") in story.news()
    assert "template" not in dict(story.news())


def test_what_waits_in_a_run_that_is_cut_short_is_looked_at_in_the_next(story: Story):
    with story.run(finished=False) as run:
        run.sees("/story-2/", new_design(2))
    assert story.news() == []
    with story.run() as run:
        looks_at_all(run, new_design)
    assert [kind for kind, _ in story.news()] == ["template"]


def test_a_new_build_that_only_draws_other_class_names_is_learned_and_not_told(tmp_path: Path):
    def built(n: int, build: str, word: str = "calm") -> str:
        page = old_design(n, word)
        for name in ("paper", "bar", "left", "zone", "seen", "right", "top", "main", "side"):
            page = page.replace(f"'{name}'", f"'{name[0]}1{build}{name}'")
        return page

    with story_at(tmp_path / "b.db") as story:
        for build in ("3f", "9c"):
            with story.run() as run:
                queue = list(PATHS)
                while queue:
                    for path in queue:
                        run.sees(path, built(PATHS.index(path), build))
                    queue = run.requested_again()
        assert story.news() == []
        template = story.store.template("riverside")
        assert template and template.version == 2


def test_a_design_that_puts_a_word_where_a_title_is_missing_retitles_nothing(story: Story):
    nameless = "<title>River 0</title>", "<h1>River 0</h1>"

    def untitled(design: Callable[..., str], title: str) -> Callable[..., str]:
        def page(n: int, word: str = "calm", views: int = 0) -> str:
            whole = design(n, word, views)
            return whole.replace(nameless[0], "").replace(nameless[1], title) if n == 0 else whole

        return page

    with story.run() as run:
        looks_at_all(run, untitled(old_design, ""))
    with story.run() as run:
        looks_at_all(run, untitled(new_design, "<h1>Untitled</h1>"))
    assert [kind for kind, _ in story.news()] == ["retitled", "template"]


ABOUT = "/about/"
ABOUT_TEXT = (
    "The paper of the valley has been printed since 1911.",
    "Write to us at Quay Street, or ring the bell.",
)


def story_page(paragraphs: list[str], title: str, design: str) -> str:
    """One page in the old design, or in the new one, which shows four leads of other stories below it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<html><head><title>{title}</title></head><body><ul id='top'><li><a href='/'>Home</a></li></ul>"
    if design.startswith("old"):
        return f"{head}<div id='main' class='left'><h1>{title}</h1><div class='zone'>{text}</div></div>"
    leads = "".join(
        f"<div class='rel'><a href='/story-{n}/'>River {n}</a><p>{' '.join(prose(n))[:120]}…</p></div>"
        for n in Random(design + title).sample(range(8), 4)
    )
    return (
        f"{head}<div class='wrap'><div class='story'><div class='head'><h1 class='headline'>{title}</h1>"
        f"</div><div class='story-text'>{text}</div></div><section class='more'><h3>Related</h3>{leads}"
        "</section></div>"
    )


def looks_at_stories(run: Run, design: str, about: Sequence[str] = ABOUT_TEXT) -> None:
    """All stories and the page about the paper, and then those that are asked for again."""
    queue = [*PATHS, ABOUT]
    for page in run.story.store.pages("riverside"):
        run.frontier.mark_fetched(page.id)
    while queue:
        for time, path in enumerate(queue):
            if path == ABOUT:
                title, paragraphs = "About us", list(about)
            else:
                n = PATHS.index(path)
                title, paragraphs = f"River {n}", [*prose(n), *prose(n + 50)]
            run.sees(path, story_page(paragraphs, title, f"{design} {time}"))
        queue = run.requested_again()


@pytest.mark.parametrize(
    ("about", "news"),
    [
        (ABOUT_TEXT, [("template", "/")]),
        ((ABOUT_TEXT[0].replace("1911", "1921"), ABOUT_TEXT[1]), [("edited", ABOUT), ("template", "/")]),
        ((*ABOUT_TEXT, "Since May we are closed on Mondays."), [("edited", ABOUT), ("template", "/")]),
    ],
    ids=["nothing else", "with an edit", "with a paragraph more"],
)
def test_leads_of_other_stories_that_a_redesign_puts_below_a_very_short_page_are_no_edit(
    tmp_path: Path, about: tuple[str, ...], news: list[tuple[str, str]]
):
    """They stand where no other page has its text, on which it is the same in both designs."""
    with story_at(tmp_path / "v.db") as story:
        with story.run() as run:
            looks_at_stories(run, "old")
        with story.run() as run:
            looks_at_stories(run, "new", about)
        assert sorted(story.news()) == news


def test_a_link_that_leads_elsewhere_since_a_redesign_is_told_whatever_is_read_beside_it(tmp_path: Path):
    def about(design: str) -> tuple[str, ...]:
        return (
            *ABOUT_TEXT,
            f"It keeps to <a href='/{design}-rules/'>the rules</a> of the press council, and asks for yours.",
        )

    with story_at(tmp_path / "v.db") as story:
        for design in ("old", "new"):
            with story.run() as run:
                looks_at_stories(run, design, about(design))
        assert sorted(story.news()) == [("edited", ABOUT), ("template", "/")]
