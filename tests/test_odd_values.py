"""Odd values from outside in every field that a source can fill, through the real parsers into a real store.

Whatever is said, it loses only itself: the sound entry beside it is known, and the next run looks at every
page.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.local_site import article
from tests.tracked import HOME, SITE, Story, story_at
from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.backfill.warc import WarcFiles
from variorum.crawler.dates import sound_date
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.spiders.sources import cdx, feed, sitemap, wordpress

ANY_DATES = st.sampled_from(
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+01:00",
        "1-1-1",
        "9999-12-31T23:59:59-05:00",
        "0000-00-00",
        "2099-01-01",
        "1970-01-01T00:00:00Z",
        "1405-02-15T10:00:00+03:30",
        "1447-11-18",
        "2026-02-30",
        "2026-05-05T24:00:00Z",
        "26-05-05",
        "soon",
        "2026-12-31T23:59:60Z",
        "2026-05-05T18:00:00+99:00",
        "-1",
        "0",
        "99999999999999999999",
        "1777996800",
        "2026-05-05T18:00:00",
        "۱۴۰۵/۰۲/۱۵",
        "2026-W19-2",
    ]
) | st.datetimes().map(lambda one: f"{one:%a, %d %b %Y %H:%M:%S} +2500")
ANY_TEXT = st.sampled_from(
    [
        "", " ", "\0", "\x1b[2J", "\f", "\ud800", "\u202e", "\uffff", "null", "x" * 70_000, "é" * 9_000,
        "]]>", "-->", "</script>", "'\"><", "%00", "%", "{}", "&#12;", "\r\nSet-Cookie: x=1", "http://[",
        "http://x:99999/", "javascript:x", "//", "?", "#", f"{HOME}/\x00", f"{HOME}/%zz", f"{HOME}:0/",
        "http://\u2603.example/", f"{HOME}/" + "a" * 60_000,
    ]
) | st.text(max_size=30)  # fmt: skip
ANY = st.one_of(
    ANY_DATES, ANY_TEXT, st.none(), st.booleans(), st.integers(), st.floats(),
    st.just([]), st.just({}), st.lists(ANY_DATES, max_size=2), st.dictionaries(st.just("rendered"), ANY_TEXT),
    st.just(10**400),
)  # fmt: skip
HEADER = ANY_TEXT.map(lambda text: text.encode("latin-1", "replace").decode("latin-1"))
AGAIN = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A site whose store takes in all that is generated here."""
    with story_at(tmp_path_factory.mktemp("odd") / "v.db") as story:
        with story.run() as run:
            run.lists("links", "/sound/")
            run.sees("/sound/", article("The sound page", "It was there before."))
        yield story


def looks_at_every_page(story: Story, *sound: str) -> None:
    """Check that the next run does, and that these are among the pages."""
    story.later(days=40)
    pages = {
        page.listed_url or page.url for page in story.store.pages(story.site.name) if page.state != "gone"
    }
    assert {f"{HOME}/sound/", *sound} <= pages
    with story.run() as run:
        requested: set[str] = set()
        while requests := run.frontier.next_requests():
            requested |= {page_request.url for page_request in requests}
    assert pages <= requested
    for page in story.store.pages(story.site.name):
        for date in (page.published, page.modified):
            assert date is None or sound_date(date) == date


def noted(story: Story, kind: str, listed: list[DiscoveredUrl]) -> None:
    with story.run() as run:
        run.frontier.add_discovered(listed)
        run.frontier.mark_enumerated(kind)


# ---- sources


@AGAIN
@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(wordpress.FIELDS.split(","), ANY)),
    st.integers(1, 99),
)
def test_of_the_api(story: Story, post: dict[str, object], number: int) -> None:
    sound = {"id": number, "link": f"{HOME}/api/{number}/", "modified_gmt": "2026-01-01T00:00:00"}
    body = json.dumps([post, {"link": f"{HOME}/odd/", **post}, sound]).encode()
    noted(story, "wordpress", wordpress.read_posts(body, f"{HOME}/wp-json/").listed)
    looks_at_every_page(story, f"{HOME}/api/{number}/")


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@AGAIN
@given(st.recursive(ANY, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=6))
def test_of_the_api_s_types(types: object) -> None:
    with contextlib.suppress(ValueError):
        wordpress.rest_bases(json.dumps(types).encode(), f"{HOME}/wp-json/")


@AGAIN
@given(ANY_TEXT, ANY_DATES | ANY_TEXT, st.integers(1, 99))
def test_of_a_sitemap(story: Story, url: str, date: str, number: int) -> None:
    entries = "".join(
        f"<url><loc>{legible(one)}</loc><lastmod>{legible(date)}</lastmod></url>"
        for one in (url, f"{HOME}/map/{number}/")
    )
    found = sitemap.read_sitemap(f"<urlset>{entries}</urlset>".encode(), f"{HOME}/sitemap.xml", SITE)
    noted(story, "sitemap", found.pages)
    looks_at_every_page(story, f"{HOME}/map/{number}/")


@AGAIN
@given(ANY_TEXT, ANY_DATES | ANY_TEXT, st.integers(1, 99), st.sampled_from(["rss", "atom"]))
def test_of_a_feed(story: Story, url: str, date: str, number: int, form: str) -> None:
    urls = (url, f"{HOME}/feed/{number}/")
    if form == "rss":
        items = (
            f"<item><link>{legible(one)}</link><pubDate>{legible(date)}</pubDate></item>" for one in urls
        )
        body = f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'
    else:
        items = (
            f"<entry><link href={quoteattr(legible(one))}/><published>{legible(date)}</published>"
            f"<updated>{legible(date)}</updated></entry>"
            for one in urls
        )
        body = f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(items)}</feed>'
    noted(story, "feed", feed.listed(body.encode(), f"{HOME}/feed/", SITE))
    looks_at_every_page(story, f"{HOME}/feed/{number}/")


@AGAIN
@given(st.lists(ANY_TEXT | ANY_DATES, min_size=5, max_size=6))
def test_of_an_archive_s_list(fields: list[str]) -> None:
    line = " ".join(fields).encode("utf-8", "replace").decode()
    mementos, _ = cdx.read_list(f"20190501000000 {HOME}/ text/html 200 ABC\n{line}")
    assert all(sound_date(one.at) == one.at for one in mementos)


def legible(text: str) -> str:
    """What XML can hold of it."""
    return escape("".join(sign for sign in text if sign >= " " and not "\ud800" <= sign <= "\udfff"))


# ---- pages


@AGAIN
@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("@type", "@id", "url", "datePublished", "dateModified", "author", "@graph"), ANY
        ),
    ),
    st.dictionaries(
        st.sampled_from(["article:published_time", "og:updated_time", "author", "citation_author", "date"]),
        ANY_DATES | ANY_TEXT,
    ),
    st.dictionaries(st.sampled_from(["etag", "last-modified", "content-type", "content-length"]), HEADER),
    st.integers(1, 99),
)
def test_of_a_page(
    story: Story, linked: dict[str, object], metas: dict[str, str], headers: dict[str, str], number: int
) -> None:
    head = "".join(f"<meta name='{name}' content={quoteattr(content)}>" for name, content in metas.items())
    head += f"<script type='application/ld+json'>{json.dumps(linked)}</script>"
    head += f"<link rel='canonical' href={quoteattr(str(linked.get('url', '')))}>"
    html = article(f"Page {number}", f"Its text, of edition {len(head)}.").replace(
        "</head>", f"{head}</head>", 1
    )
    with story.run() as run:
        run.lists("links", f"/page/{number}/", whole=False)
        run.sees(f"/page/{number}/", html.encode("utf-8", "replace"), headers=headers)
    looks_at_every_page(story)


@AGAIN
@given(
    HEADER,
    st.sampled_from(["latin-1", "utf-16", "utf-8-sig", "cp1256", "gb18030", "utf-7"]),
    st.binary(max_size=99),
)
def test_of_a_body_in_any_code(story: Story, declared: str, code: str, junk: bytes) -> None:
    body = article("Die Fähre", "Sie fährt über den See nach Ormhead.").encode(code, "replace") + junk
    with story.run() as run:
        run.sees("/code/", body, headers={"content-type": f"text/html; charset={declared}"})
        run.sees("/code/undeclared/", body, headers={"content-type": "text/html"})
    looks_at_every_page(story)


# ---- archives


@AGAIN
@given(
    st.fixed_dictionaries(
        {"WARC-Type": st.sampled_from(["response", "resource", "revisit"])},
        optional={
            "WARC-Date": ANY_DATES | ANY_TEXT,
            "WARC-Target-URI": ANY_TEXT,
            "WARC-Payload-Digest": ANY_TEXT,
            "WARC-Refers-To-Date": ANY_DATES,
            "Content-Length": ANY_DATES | ANY_TEXT,
        },
    ),
    st.dictionaries(
        st.sampled_from(["Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding"]), ANY_TEXT
    ),
    st.integers(1, 99),
)
def test_of_an_archive(
    story: Story,
    tmp_path_factory: pytest.TempPathFactory,
    warc: dict[str, str],
    head: dict[str, str],
    number: int,
) -> None:
    page = article(f"Capture {number}", "What it said then.").encode()
    sound = {"WARC-Type": "response", "WARC-Date": "2019-05-01T00:00:00Z"}
    records = [
        _record({"WARC-Target-URI": url, "WARC-Date": "2018-01-01T00:00:00Z", **headers}, content, page)
        for url, headers, content in (
            (f"{HOME}/odd/{number}/", warc, head),
            (f"{HOME}/warc/{number}/", sound, {"Content-Type": "text/html"}),
        )
    ]
    path = tmp_path_factory.mktemp("warc") / "odd.warc"
    path.write_bytes(b"".join(reversed(records)))
    backfill = Backfill(story.store, story.site, "warc:odd.warc")
    for capture in WarcFiles((path,), backfill.is_wanted, backfill.stored).captures():
        backfill.add(capture.fetched)
    backfill.finish()
    looks_at_every_page(story, f"{HOME}/warc/{number}/")


def _record(warc: dict[str, str], head: dict[str, str], body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\n" + _lines(head) + b"\r\n" + body
    return (
        b"WARC/1.0\r\n" + _lines({"Content-Length": str(len(block)), **warc}) + b"\r\n" + block + b"\r\n\r\n"
    )


def _lines(headers: dict[str, str]) -> bytes:
    return b"".join(
        f"{name}: {value}\r\n".encode("utf-8", "replace")
        for name, value in headers.items()
        if "\n" not in value
    )
