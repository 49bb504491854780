"""What the readers of sources make of documents that are not as they should be, one document at a time."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from variorum.crawler.config.site import Site
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.urls.canonical import in_scope, key
from variorum.spiders.fetching.json_answer import read_json
from variorum.spiders.sources import feed
from variorum.spiders.sources.sitemap import SitemapPage, read_sitemap
from variorum.spiders.sources.wordpress import read_posts, rest_bases

HOME = "http://ormhead.example"
SITE = Site(name="t", url=f"{HOME}/")
ROOT = f"{HOME}/wp-json/"
DECLARED = "<?xml version='1.0' encoding='{}'?>"


def urlset(*locs: str, encoding: str = "UTF-8", extra: str = "") -> str:
    entries = "".join(f"<url><loc>{loc}</loc>{extra}</url>" for loc in locs)
    return (
        f"{DECLARED.format(encoding)}<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        f"xmlns:xhtml='http://www.w3.org/1999/xhtml'>{entries}</urlset>"
    )


def read(text: str | bytes) -> SitemapPage:
    body = text.encode() if isinstance(text, str) else text
    return read_sitemap(body, f"{HOME}/maps/all", SITE)


def addresses(text: str | bytes) -> list[str]:
    return [page.url.removeprefix(HOME) for page in read(text).pages]


# ---- sitemaps


@pytest.mark.parametrize(
    "loc",
    [
        f"{HOME}/show.php?cat=2&id=1",
        f"{HOME}/show.php?cat=2&amp;id=1",
        f"{HOME}/show.php?cat=2&amp;amp;id=1",
        f"<![CDATA[{HOME}/show.php?cat=2&id=1]]>",
        f"<!-- ours & theirs -->{HOME}/show.php?cat=2&id=1",
        f"\n  {HOME}/show.php?cat=2&#38;id=1\n",
        "/show.php?cat=2&id=1",
    ],
)
def test_an_ampersand_in_a_sitemap_is_read_as_it_was_meant(loc: str) -> None:
    assert addresses(urlset(loc)) == ["/show.php?cat=2&id=1"]


def test_a_parameter_that_is_called_like_an_entity_keeps_its_name() -> None:
    assert addresses(urlset(f"{HOME}/?a=1&copy=2&lamp;=3")) == ["/?a=1&copy=2&lamp;=3"]


@pytest.mark.parametrize(
    "lines",
    [f"{HOME}/1\n{HOME}/2", f"\ufeff{HOME}/1\r\n\r\n{HOME}/2\r\n", f"# posts\n{HOME}/1\nx\n{HOME}/2\n"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_list_of_addresses_is_a_sitemap(lines: str, encoding: str) -> None:
    assert addresses(lines.encode(encoding)) == ["/1", "/2"]


@pytest.mark.parametrize(
    "text", ["", "Not found", "<html><body>http://ormhead.example/</body></html>", "a\nb\n"]
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is no sitemap"):
        read(text)


def test_a_feed_in_the_place_of_a_sitemap_lists_its_entries_and_not_the_whole_site() -> None:
    found = read(
        f"<?xml version='1.0'?><rss version='2.0'><channel><item><link>{HOME}/1</link></item></channel></rss>"
    )
    assert [page.url for page in found.pages] == [f"{HOME}/1"]
    assert found.newest_only
    assert not read(urlset(f"{HOME}/1")).newest_only


def test_other_languages_of_a_page_are_pages_of_the_sitemap_without_its_date() -> None:
    link = f"<xhtml:link rel='alternate' hreflang='fa' href='{HOME}/fa/1'/>"
    found = read(urlset(f"{HOME}/1", extra=f"{link}<lastmod>2024-05-01</lastmod>"))
    assert found.pages == [
        DiscoveredUrl(f"{HOME}/1", "sitemap", modified="2024-05-01"),
        DiscoveredUrl(f"{HOME}/fa/1", "sitemap"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        urlset(f"{HOME}/é", encoding="ISO-8859-1").encode("latin-1"),
        urlset(f"{HOME}/é", encoding="UTF-16").encode("utf-16"),
        urlset(f"{HOME}/é", encoding="UTF-16").encode("utf-16-be"),
        urlset(f"{HOME}/é", encoding="UTF-16").encode(),
        urlset(f"{HOME}/é", encoding="utf8mb4").encode(),
        urlset(f"{HOME}/é", encoding="rot13").encode(),
        urlset(f"{HOME}/é", encoding="idna").encode(),
        urlset(f"{HOME}/é").encode("utf-8-sig"),
        b"\n<br />\n<b>Warning</b>: x in <b>/lamp.php</b><br />\n" + urlset(f"{HOME}/é").encode(),
        urlset(f"{HOME}/é").replace("</url>", "</url>\0\x01").encode(),
    ],
)
def test_a_sitemap_is_read_in_its_encoding_whatever_it_declares_and_whatever_stands_before_it(
    body: bytes,
) -> None:
    assert addresses(body) == ["/%C3%A9"]


def test_a_packed_sitemap_is_known_by_its_bytes() -> None:
    packed = gzip.compress(urlset(f"{HOME}/1").encode())
    assert addresses(packed) == addresses(gzip.compress(packed)) == ["/1"]
    half = gzip.compress(urlset(*(f"{HOME}/{n}" for n in range(5_000))).encode())
    cut = read(half[: len(half) // 2])
    assert cut.pages
    assert cut.lacks == "it is cut off before its end"


def test_an_entry_whose_address_is_none_costs_that_entry() -> None:
    assert addresses(urlset("http://[your-domain]/", "", f"{HOME}/1", "mailto:a@b", "/" + "x" * 60_000)) == [
        "/1"
    ]


# ---- feeds


def feed_addresses(body: str) -> list[str]:
    return [one.url.removeprefix(HOME) for one in feed.listed(body.encode(), f"{HOME}/feed/", SITE)]


def rss(*items: str) -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        "<?xml version='1.0'?><rss version='2.0' xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>"
        f"<channel>{inner}</channel></rss>"
    )


def test_the_address_of_an_entry_is_the_one_on_the_site() -> None:
    counted = "<link>http://counter.example/~r/3</link>"
    found = feed_addresses(
        rss(
            f"{counted}<feedburner:origLink>{HOME}/original</feedburner:origLink>",
            f"{counted}<guid isPermaLink='false'>{HOME}/guid</guid>",
            "<link>relative</link>",
            f"<link>{HOME}/link</link><feedburner:origLink>http://mirror.example/</feedburner:origLink>",
            "<link>http://[your-domain]/</link>",
        )
    )
    assert found == ["/original", "/guid", "/feed/relative", "/link"]


def test_entries_of_an_atom_feed_are_read_against_its_base() -> None:
    atom = (
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='{HOME}/posts/'><title>x</title>"
        f"<entry><link rel='self' href='{HOME}/entry.xml'/><link rel='alternate' href='5'/></entry></feed>"
    )
    assert feed_addresses(atom) == ["/posts/5"]


# ---- the API

WARNING = '<br />\n<b>Warning</b>:  Undefined key "x[0]" in <b>/lamp[1].php</b> on line <b>3</b><br />\n'


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}]',
        f'{WARNING}[{{"a": 1}}]',
        f'{WARNING.strip()}[{{"a": 1}}]\n{WARNING}',
        '\ufeff \n[{"a": 1}]',
    ],
)
def test_json_is_read_amid_messages_of_php(text: str) -> None:
    assert read_json(text.encode()) == [{"a": 1}]


@pytest.mark.parametrize(
    "text", ['[{"a": []}, {"b": ', f'{WARNING}[{{"a": []}}, {{"b": ', "", WARNING, "[] is no list", "[[], {"]
)
def test_a_piece_of_json_is_not_taken_for_the_whole(text: str) -> None:
    with pytest.raises(ValueError, match="it is no JSON"):
        read_json(text.encode())


@pytest.mark.parametrize("before", ["", WARNING])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_that_is_nested_a_million_deep_is_refused(before: str, opening: str) -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        read_json(before.encode() + opening.encode() * 1_000_000)


def post(number: int, **broken: Any) -> dict[str, Any]:
    sound = {"id": number, "type": "post", "link": f"{HOME}/{number}", "modified_gmt": "2024-05-01T10:00:00"}
    return sound | {"title": {"rendered": "Lamp"}, "content": {"rendered": "<p>Lit.</p>"}} | broken


def test_an_odd_post_costs_that_post_and_an_odd_value_only_itself() -> None:
    lost = [None, 7, post(2, link=None), post(3, link="http://[x]/")]
    broken = [post(4, title=None, content=[]), post(5, id={"a": 1}), post(6, type="\ud800")]
    posts = [post(1), *lost, *broken, post(7, modified_gmt=[0])]
    found = read_posts(json.dumps(posts).encode(), ROOT)
    assert [one.url for one in found.listed] == [f"{HOME}/{n}" for n in (1, 4, 5, 6, 7)]
    assert found.lost == 4
    assert [one.source_id is not None for one in found.listed] == [True, True, False, False, True]


def test_an_id_that_several_posts_bear_names_none_of_them() -> None:
    found = read_posts(json.dumps([post(1, id=0), post(2, id=0), post(3)]).encode(), ROOT)
    assert [one.source_id for one in found.listed] == [None, None, "post:3@/wp-json/"]


def test_what_the_api_says_instead_of_its_posts_is_told() -> None:
    refusal = json.dumps({"code": "rest_disabled", "message": "The API is\nswitched off."})
    with pytest.raises(ValueError, match="but says: The API is switched off"):
        read_posts(refusal.encode(), ROOT)
    with pytest.raises(ValueError, match="but says: The API is switched off"):
        rest_bases(refusal.encode(), ROOT)


# ---- whatever may come

ANY_TEXT = st.text(max_size=30) | st.sampled_from(
    [
        "0001-01-01T00:00:00+01:00",
        "9999-12-31",
        "http://[x]/",
        "\ud800",
        "/",
        "&",
        "]]>",
        "<!--",
        "http://" + "a" * 9000,
    ]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("id", "type", "link", "date_gmt", "modified_gmt", "title", "content")


def sound_addresses(listed: list[DiscoveredUrl]) -> list[str]:
    """The keys of those that belong to the site, every value fit to be stored."""
    for one in listed:
        for value in (one.url, one.source_id, one.published, one.modified, one.source_text_digest):
            assert value is None or value.encode()
    return [key(one.url, SITE) for one in listed if in_scope(one.url, SITE)]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), ANY_JSON), ANY_JSON)
def test_no_value_of_a_post_breaks_the_api_or_hides_another_post(broken: dict[str, Any], other: Any) -> None:
    body = json.dumps([post(1), post(2) | broken, other, post(3)]).encode()
    found = sound_addresses(read_posts(body, ROOT).listed)
    assert {"ormhead.example/1", "ormhead.example/3"} <= set(found)


@settings(deadline=None)
@given(st.dictionaries(ANY_TEXT, ANY_JSON, max_size=4))
def test_no_type_of_posts_breaks_the_list_of_types(types: dict[str, Any]) -> None:
    body = json.dumps(types | {"post": {"rest_base": "posts"}}).encode()
    assert "wp/v2/posts" in rest_bases(body, ROOT)


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_no_entry_breaks_a_sitemap_or_hides_another_entry(loc: str, date: str) -> None:
    broken = f"<url><loc>{loc}</loc><lastmod>{date}</lastmod></url>".replace("<!--", "").replace(
        "<![CDATA[", ""
    )
    body = urlset(f"{HOME}/1", f"{HOME}/2").replace("</url>", f"</url>{broken}", 1)
    found = sound_addresses(read(body.encode("utf-8", "replace")).pages)
    assert "ormhead.example/1" in found


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.sampled_from(["link", "guid", "pubDate", "title", "source"]))
def test_no_entry_breaks_a_feed_or_hides_another_entry(text: str, more: str, tag: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    date = more.replace("&", "&amp;").replace("<", "&lt;")
    broken = f"<{tag}>{escaped}</{tag}><pubDate>{date}</pubDate>"
    body = rss(f"<link>{HOME}/1</link>", broken, f"<link>{HOME}/3</link>").encode("utf-8", "replace")
    found = sound_addresses(feed.listed(body, f"{HOME}/feed/", SITE))
    assert {"ormhead.example/1", "ormhead.example/3"} <= set(found)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_nothing_are_refused_by_each_source_in_words(body: bytes) -> None:
    for ask in (lambda: read(body), lambda: feed.listed(body, HOME, SITE), lambda: read_posts(body, ROOT)):
        try:
            ask()
        except ValueError as error:
            assert str(error)
