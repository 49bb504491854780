"""Walls and notices that come for a day, in real runs: no version, no change, and the reason is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blog import post, publish, publish_listed, sitemap
from tests.command import next_second
from tests.local_site import LocalSite, Page
from tests.quick import Quick

PATHS = [f"/posts/{name}/" for name in ("pier", "boats", "nets", "tide", "storm", "lamp")]
TITLED = (
    "<!doctype html><html><head><title>{title} – A Small Blog</title>{head}</head><body>{text}</body></html>"
)
VENDORS = "".join(
    f"<p>Vendor {number} stores information on your device and learns what readers like.</p>"
    for number in range(80)
)


@pytest.fixture
def blog(local_site: LocalSite) -> LocalSite:
    """A site of six articles."""
    publish_listed(local_site, PATHS)
    return local_site


@pytest.fixture
def watched(blog: LocalSite, tmp_path: Path) -> Quick:
    """A workspace in which that site was crawled once."""
    watched = Quick.make(tmp_path / "w", blog.url)
    watched.crawl()
    assert all(watched.pages()[path].version == 1 for path in PATHS)
    return watched


def standing_in(path: str, text: str, head: str = "") -> str:
    """A page without the site's menus, under the article's own title."""
    return TITLED.format(title=path.strip("/").rpartition("/")[2].capitalize(), text=text, head=head)


def cut(path: str, box: str, head: str = "") -> str:
    """The article after its first paragraph, and the box that cuts it."""
    whole = post(path, head=head)
    second = whole.index("<p>There was")
    return whole[:second] + box + whole[whole.index("</article>") :]


def outcomes(watched: Quick, path: str) -> list[tuple[str, str]]:
    """Outcome and reason of the captures of a page in the last run."""
    sql = (
        "SELECT pages.url, outcome, reason FROM captures JOIN pages ON pages.id = page"
        " WHERE run = (SELECT max(id) FROM runs) ORDER BY captures.id"
    )
    rows = watched._read(lambda reader: list(reader.rows(sql, {})))
    return [(row["outcome"], row["reason"]) for row in rows if watched.path(row["url"]) == path]


ONE_DAY = {
    "consent": ("blocked", "consent", lambda path: standing_in(
        path, f"<main><h1>We value your privacy</h1>{VENDORS}<button>Accept all</button></main>")),
    "metered": ("blocked", "paywall", lambda path: cut(
        path, "<div class='regwall'><p>Subscribe to read this story to its end.</p></div>",
        '<script type="application/ld+json">{"isAccessibleForFree": false}</script>')),
    "login": ("blocked", "login", lambda path: standing_in(
        path, f"<h1>Log in to continue</h1><p>{'Members read the letters of the harbour first. ' * 9}</p>"
        "<form><input name='user'><input type='password'></form>")),
    "maintenance": ("maintenance", "maintenance", lambda path: standing_in(
        path, "<h1>Soon again</h1><p>Our site is currently undergoing maintenance.</p>")),
    "firewall": ("blocked", "firewall", lambda path: standing_in(
        path, "<h1>One step more</h1><p>Our guard has seen unusual activity from your network. Please confirm"
        " that you are not a robot.</p><button>Go on</button>")),
    "shell": ("failed", "JavaScript", lambda path: standing_in(
        path, "<noscript>Please enable JavaScript.</noscript><div id='root'></div><script>1</script>")),
    "theme": ("failed", "PHP", lambda path: post(path).partition("<div class=\"entry-content\">")[0]
        + "<b>Fatal error</b>: Uncaught Error in <b>/srv/theme/single.php</b> on line <b>3</b><br>"),
    "wp_die": ("failed", "WordPress", lambda path: "<!doctype html><title>WordPress &rsaquo; Error</title>"
        "<body id='error-page'><div class='wp-die-message'>Sorry, not allowed.</div></body></html>"),
    "suspended": ("failed", "suspended", lambda path: standing_in(
        path, "<h1>This account has been suspended</h1>")),
    "parked": ("failed", "parked", lambda path: standing_in(path, "<h1>This domain is for sale</h1>")),
    "welcome": ("failed", "welcome", lambda path: "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>"
        "<p>If you see this page, the nginx web server is successfully installed and working.</p>"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_DAY)
def test_what_stands_in_for_two_articles_for_a_day_is_no_edit_of_theirs(
    blog: LocalSite, watched: Quick, name: str
) -> None:
    outcome, reason, make = ONE_DAY[name]
    for path in PATHS[:2]:
        blog.pages[path] = make(path)
    report = watched.crawl()
    assert report.failed is False
    for path in PATHS[:2]:
        [(found, why)] = outcomes(watched, path)
        assert found == outcome, why
        assert reason in why
    publish(blog, PATHS)
    watched.crawl()
    assert watched.news() == []
    assert all(len(watched.versions(path)) == 1 for path in PATHS)


def test_a_consent_wall_before_every_page_is_no_new_design(blog: LocalSite, watched: Quick) -> None:
    make = ONE_DAY["consent"][2]
    blog.pages |= {path: make(path) for path in PATHS}
    next_second()
    watched.crawl()
    assert watched.news() == []
    assert [issue.kind for issue in watched.issues()] == ["many blocked"]
    next_second()
    publish(blog, PATHS)
    watched.crawl()
    assert watched.news() == []
    assert watched.issues() == []


@pytest.mark.parametrize(
    "sentence",
    [
        "This article has been removed.",
        "این نوشته حذف شده است.",
        "تم حذف هذا المقال.",
        "Ky artikull është hequr.",
        "Cet article a été retiré.",
        "Dieser Artikel wurde entfernt.",
    ],
)
def test_a_withdrawn_article_is_gone_when_a_second_run_finds_it_so(
    blog: LocalSite, watched: Quick, sentence: str
) -> None:
    blog.pages[PATHS[0]] = post(PATHS[0], paragraphs=[sentence])
    watched.crawl()
    assert watched.news() == []
    watched.crawl()
    assert watched.news() == [("gone", PATHS[0])]
    publish(blog, PATHS)
    watched.crawl()
    assert watched.news() == [("gone", PATHS[0]), ("returned", PATHS[0])]


def test_an_article_about_consent_that_is_edited_is_told_as_edited(blog: LocalSite, watched: Quick) -> None:
    about = [
        "Every reader knows the words We value your privacy, and the button that says Accept all.",
        "Cookies and consent were the subject of a talk at the harbour on Tuesday evening.",
        "This article has been removed, somebody wrote below it, and it was still there.",
    ]
    path = "/posts/consent/"
    blog.pages |= {path: post(path, paragraphs=about), "/sitemap.xml": sitemap(blog.url, [*PATHS, path])}
    watched.crawl()
    assert len(watched.versions(path)) == 1
    blog.pages[path] = post(path, paragraphs=[*about[:2], "The talk was moved to Thursday, at nine."])
    watched.crawl()
    assert ("edited", path) in watched.news()


def test_a_wall_at_the_first_sight_of_a_page_is_not_its_first_version(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish_listed(local_site, PATHS)
    wall = ONE_DAY["consent"][2](PATHS[0])
    local_site.pages[PATHS[0]] = Page(wall)
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    assert watched.pages()[PATHS[0]].version is None
    publish(local_site, PATHS)
    watched.crawl()
    assert len(watched.versions(PATHS[0])) == 1
    assert watched.news() == []
