"""Crawls of a real WordPress: what a night brings is reported as what it is, and nothing else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.quick import Quick
from tests.wordpress import WordPress, crawled, lines_of, plain

KINDS = {
    "block theme": ("debian", "twentytwentythree"),
    "core 6.5": ("6.5", "oldsite"),
}
"""WordPress 6.1 with a block theme, beside the classic one of `oldsite`; 6.5, whose sitemaps have dates."""

on_each = pytest.mark.parametrize("seeded", ["oldsite", *KINDS], indirect=True)
on_oldsite = pytest.mark.parametrize("seeded", ["oldsite"], indirect=True)
on_core_65 = pytest.mark.parametrize("seeded", ["core 6.5"], indirect=True)

NO_REST = ("^/wp-json", 503)
NO_SITEMAP = ("sitemap.*xml", 503)
NO_FEED = ("/feed/", 503)


@pytest.fixture(scope="session")
def seeded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WordPress, Quick]]:
    """A WordPress of one kind, and a workspace in which it has been crawled once."""
    if request.param == "oldsite":
        yield request.getfixturevalue("oldsite")
    else:
        with crawled(tmp_path_factory.mktemp("wordpress"), *KINDS[request.param]) as found:
            yield found


@pytest.fixture
def wordpress(seeded: tuple[WordPress, Quick]) -> WordPress:
    """The WordPress as it was seeded."""
    seeded[0].reset()
    return seeded[0]


@pytest.fixture
def watched(seeded: tuple[WordPress, Quick], tmp_path: Path) -> Quick:
    """A workspace for this test alone, in which the site has been crawled once."""
    return seeded[1].copy(tmp_path / "workspace")


@pytest.fixture
def unseen(wordpress: WordPress, tmp_path: Path) -> Quick:
    """A workspace for this test alone, in which the site was never crawled."""
    return Quick.make(tmp_path / "unseen", wordpress.url)


def articles(watched: Quick) -> list[str]:
    """The paths of pages that have a version."""
    return sorted(path for path, page in watched.pages().items() if page.version)


def text_of(watched: Quick, path: str) -> list[str]:
    """The lines of the page's latest version."""
    return watched.versions(path)[-1].text.splitlines()


def latest_fetched(watched: Quick, count: int) -> list[str]:
    """The seeded posts that were fetched last, and so are the last to fall due again."""
    pages = watched.pages()
    posts = [path for path, page in pages.items() if (page.source_id or "").startswith("post:")]
    return sorted(posts, key=lambda path: (pages[path].checked_at, pages[path].id))[-count:]


# ---- what stands there


@on_each
def test_the_first_run_knows_every_published_page_once_and_announces_none(
    wordpress: WordPress, watched: Quick
) -> None:
    assert articles(watched) == sorted(wordpress.published())
    assert watched.changes() == []
    assert watched.issues() == []


@on_each
def test_the_text_of_every_post_is_its_paragraphs_and_nothing_else(
    wordpress: WordPress, watched: Quick
) -> None:
    public = {path: post for path, post in wordpress.posts.items() if "password" not in post}
    expected = {path: lines_of(post) for path, post in public.items()}
    stored = {path: [plain(line) for line in text_of(watched, path)] for path in public}
    assert stored == {path: [plain(line) for line in lines] for path, lines in expected.items()}


@on_each
def test_the_pages_say_what_the_api_says_of_them(wordpress: WordPress, watched: Quick) -> None:
    differing = [path for path, page in watched.pages().items() if page.agrees == 0]
    assert differing == []
    assert sum(page.agrees == 1 for page in watched.pages().values()) > 25


@on_each
def test_what_is_secret_or_not_yet_published_has_no_version(wordpress: WordPress, watched: Quick) -> None:
    unpublished = {one["title"] for one in wordpress.site.ctl("ls") if one["status"] != "publish"}
    assert unpublished == {"A scheduled post", "A draft"}
    titles = {page.title for page in watched.pages().values() if page.version}
    assert not titles & unpublished
    assert "/protected/" not in articles(watched)


# ---- what changes


@on_each
def test_a_run_over_an_unchanged_site_reports_nothing_and_asks_for_little(
    wordpress: WordPress, watched: Quick
) -> None:
    assert watched.crawl().reason == "finished"
    assert watched.changes() == []
    assert 1 < len(wordpress.site.requests()) <= 10


@on_each
def test_each_event_of_a_night_is_reported_as_what_it_is_and_nothing_else_is(
    wordpress: WordPress, watched: Quick
) -> None:
    wordpress.change(
        ("post", {"title": "گزارش تازه از تیرانا", "paragraphs": ["خانواده‌ها امروز به شهر آمدند."]}),
        ("edit", {"id": "rich-content", "replace": ["An opening paragraph", "The first paragraph"]}),
        ("edit", {"id": "email-addresses", "replace": ["the editor", "the head editor"], "silent": True}),
        ("edit", {"id": "library-report-fa", "title": "گزارش روز: کتابخانهٔ نو"}),
        ("slug", {"id": "edited-later", "to": "edited-much-later"}),
        ("comment", {"id": "short", "text": "How true, and how well said."}),
        ("trash", {"id": "entities"}),
        ("delete", {"id": "more-mark"}),
    )
    that_night = [
        ("edited", "/email-addresses/"),
        ("edited", "/rich-content/"),
        ("moved", "/edited-much-later/"),
        ("new", "/گزارش-تازه-از-تیرانا/"),
        ("retitled", "/library-report-fa/"),
    ]
    watched.crawl()
    assert watched.news() == that_night
    edits = {watched.path(one.url): one.silent for one in watched.changes() if one.kind == "edited"}
    assert edits == {"/email-addresses/": 1, "/rich-content/": 0}

    watched.crawl()
    both = sorted([*that_night, ("gone", "/entities/"), ("gone", "/more-mark/")])
    assert watched.news() == both

    watched.crawl()
    assert watched.news() == both


@on_oldsite
def test_an_edit_that_is_taken_back_is_two_changes_and_three_versions(
    wordpress: WordPress, watched: Quick
) -> None:
    before, after = "Yes. Hapen dyert e bibliotekës.", "Yes. Mbyllen dyert e bibliotekës."
    wordpress.change(("edit", {"id": "short", "paragraphs": [before]}))
    watched.crawl()
    wordpress.change(("edit", {"id": "short", "paragraphs": [after]}))
    watched.crawl()
    wordpress.change(("edit", {"id": "short", "paragraphs": [before]}))
    watched.crawl()
    assert watched.news() == [("edited", "/short/")] * 3
    assert [version.text for version in watched.versions("/short/")] == ["Yes.", before, after, before]


@on_oldsite
def test_a_post_that_is_published_again_after_it_was_gone_has_returned(
    wordpress: WordPress, watched: Quick
) -> None:
    wordpress.change(("trash", {"id": "rich-content"}))
    watched.crawl()
    assert watched.news() == []
    watched.crawl()
    assert watched.news() == [("gone", "/rich-content/")]
    wordpress.change(("untrash", {"id": "rich-content"}))
    watched.crawl()
    assert watched.news() == [("gone", "/rich-content/"), ("returned", "/rich-content/")]
    assert len(watched.versions("/rich-content/")) == 1


@on_oldsite
def test_a_deleted_post_is_gone_though_wordpress_leads_to_another_of_a_like_name(
    wordpress: WordPress, watched: Quick
) -> None:
    later = {"title": "A later post", "slug": "edited-later-still", "paragraphs": ["About another matter."]}
    wordpress.change(("delete", {"id": "report"}), ("delete", {"id": "edited-later"}), ("post", later))
    watched.crawl()
    assert watched.news() == [("new", "/edited-later-still/")]
    watched.crawl()
    assert watched.news() == [
        ("gone", "/edited-later/"), ("gone", "/report/"), ("new", "/edited-later-still/"),
    ]  # fmt: skip


# ---- noise


@on_oldsite
def test_noise_is_no_change_and_hides_none(wordpress: WordPress, unseen: Quick) -> None:
    wordpress.site.noise("all")
    unseen.set(discover=["sitemap"])  # which shows no text: every page is fetched in every run
    unseen.crawl()
    unseen.crawl()
    assert unseen.news() == []
    assert {path: text_of(unseen, path) for path in ("/short/", "/email-addresses/")} == {
        "/short/": ["Yes."],
        "/email-addresses/": lines_of(wordpress.posts["/email-addresses/"]),
    }
    wordpress.change(
        ("edit", {"id": "email-addresses", "replace": ["press@example.org", "desk@example.org"]}),
        ("edit", {"id": "library-report-fa", "replace": ["پلاک ۲۴", "پلاک ۴۲"], "silent": True}),
    )
    unseen.crawl()
    assert unseen.news() == [("edited", "/email-addresses/"), ("edited", "/library-report-fa/")]


@on_oldsite
def test_a_new_theme_changes_no_article(wordpress: WordPress, watched: Quick) -> None:
    before = {page.body_digest for page in watched.pages().values() if page.version}
    wordpress.site.theme("twentytwentythree")
    watched.set(discover=["sitemap"]).crawl()  # which shows no text: every page is fetched
    assert not before & {page.body_digest for page in watched.pages().values()}
    assert watched.news() == [("template", "/")]


# ---- sources


@on_oldsite
@pytest.mark.parametrize(
    "broken, discover",
    [
        pytest.param([], ["wordpress"], id="REST alone"),
        pytest.param([], ["sitemap"], id="sitemap alone"),
        pytest.param([NO_REST], [], id="REST broken"),
        pytest.param([NO_SITEMAP, NO_FEED], [], id="all but REST broken"),
    ],
)
def test_one_source_that_lists_the_site_is_enough_to_know_all_of_it(
    wordpress: WordPress, unseen: Quick, broken: list[tuple[str, int]], discover: list[str]
) -> None:
    wordpress.fail(*broken)
    unseen.set(discover=discover, budget=12)  # enough to list all pages; fetching them is not asked here
    unseen.crawl()
    assert set(unseen.pages()) - {"/protected/"} == wordpress.published() | {"/"}
    assert len(wordpress.site.requests()) <= 13  # robots.txt comes before what is counted


@on_oldsite
def test_a_feed_tells_of_the_newest_posts(wordpress: WordPress, unseen: Quick) -> None:
    unseen.set(discover=["feed"], budget=5).crawl()
    dates = {path: str(post["date"]) for path, post in wordpress.posts.items()}
    from_feed = {path for path, page in unseen.pages().items() if page.found_by == "feed"}
    assert from_feed == set(sorted(dates, key=dates.__getitem__)[-10:])


@on_oldsite
def test_links_alone_lead_to_every_post(wordpress: WordPress, unseen: Quick) -> None:
    wordpress.fail(NO_REST, NO_SITEMAP, NO_FEED)
    unseen.crawl()
    assert articles(unseen) == sorted(wordpress.published())
    assert unseen.changes() == []


@on_core_65
def test_a_scheduled_run_finds_an_edit_by_the_date_in_the_sitemap(
    wordpress: WordPress, watched: Quick
) -> None:
    dated, silent = latest_fetched(watched, 2)
    wordpress.change(
        ("edit", {"id": dated.strip("/"), "append": "A paragraph more."}),
        ("edit", {"id": silent.strip("/"), "append": "A paragraph more.", "silent": True}),
    )
    watched.set(discover=["sitemap"]).crawl(full=False)
    assert ("edited", dated) in watched.news()  # the silent one, too, if there was time for all pages
    assert set(watched.news()) <= {("edited", dated), ("edited", silent)}


# ---- trouble


@on_oldsite
def test_a_site_that_is_down_is_one_issue_and_no_change(wordpress: WordPress, watched: Quick) -> None:
    wordpress.fail(("", 503))
    assert watched.crawl().failed
    assert watched.changes() == []
    assert [issue.kind for issue in watched.issues()] == ["unreachable"]
    assert Counter(page.state for page in watched.pages().values())["missing"] == 0

    wordpress.fail()
    assert not watched.crawl().failed
    assert watched.changes() == []
    assert watched.issues() == []


@on_oldsite
def test_a_site_that_loses_all_posts_at_once_is_one_issue_and_none_of_them_is_gone(
    wordpress: WordPress, watched: Quick
) -> None:
    wordpress.fail(("^/[^/?]+/", 404), NO_REST, NO_SITEMAP)
    for _ in range(2):
        watched.crawl()
        assert watched.changes() == []
        assert [issue.kind for issue in watched.issues()] == ["many missing"]

    wordpress.fail()
    watched.crawl()
    assert watched.changes() == []
    assert watched.issues() == []
