"""Page identity: one page has one address, two pages have two, and endless families of addresses end."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from variorum.crawler.config.site import Site
from variorum.crawler.urls.canonical import (
    canonical,
    in_scope,
    is_asset,
    key,
    loose_key,
    named_by_itself,
    trap,
)
from variorum.storage.spelling import other_slash

NEJAT = Site(name="nejatngo", url="https://www.nejatngo.org/", also=("https://www.nejatngo.org/fa/",))
INTERLINK = Site(
    name="iran-interlink", url="http://iran-interlink.org/wordpress/", drop_params=("author", "authorid")
)
PORT = Site(name="loopback", url="http://127.0.0.1:8080/")
HOME = "https://www.nejatngo.org"
PERSIAN = "/fa/posts/نجات-یافتگان/"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://www.nejatngo.org/en/posts/14",
        "http://www.nejatngo.org/en/posts/14/",
        "https://nejatngo.org/en/posts/14/",
        "https://WWW.NejatNGO.org:443/en/posts/14/",
        "http://nejatngo.org:80/en/posts/14/",
        "https://nejatngo.org./en/posts/14/",
        "https://user:secret@nejatngo.org/en/posts/14/",
        "https://www.nejatngo.org/en/./posts/13/../14/",
        "https://www.nejatngo.org/en/posts/14/#comments",
        "  https://www.nejatngo.org/en/posts/14/\n",
        "https://www.nejatngo.org/en/posts/14/amp",
        "https://www.nejatngo.org/en/posts/14/amp/",
        "https://www.nejatngo.org/en/posts/14/page/1/",
        "https://www.nejatngo.org/en/posts/14/comment-page-3/#comment-71",
        "https://www.nejatngo.org/en/posts/14/;jsessionid=0A1B",
        "https://www.nejatngo.org/en/posts/14;JSESSIONID=0A1B",
        "https://www.nejatngo.org/en/posts/14/?amp=1",
        "https://www.nejatngo.org/en/posts/14/?amp",
        "https://www.nejatngo.org/en/posts/14/?share=twitter&nb=1",
        "https://www.nejatngo.org/en/posts/14/?utm_source=a&utm_campaign=b",
        "https://www.nejatngo.org/en/posts/14/?fbclid=x&gclid=y&PHPSESSID=z",
        "https://www.nejatngo.org/en/posts/14/?replytocom=5#respond",
        "https://www.nejatngo.org/en/posts/14/?utm%5Fsource=newsletter",
        "https://www.nejatngo.org/en/posts/14/?",
    ],
)
def test_every_spelling_of_a_page_has_its_one_key(spelling: str) -> None:
    assert loose_key(spelling, NEJAT) == "www.nejatngo.org/en/posts/14"
    assert key(spelling, NEJAT).rstrip("/") == "www.nejatngo.org/en/posts/14"


@pytest.mark.parametrize(
    "spelling",
    [
        HOME + PERSIAN,
        HOME + quote(PERSIAN),
        HOME + quote(PERSIAN).lower(),
        HOME + "/fa/posts/" + quote("نجات") + "-یافتگان/",
    ],
)
def test_a_persian_slug_is_one_page_raw_or_encoded_in_either_case(spelling: str) -> None:
    assert canonical(spelling, NEJAT) == HOME + quote(PERSIAN)


def test_persian_words_with_and_without_the_joiner_stay_two_addresses() -> None:
    assert key(HOME + "/fa/می‌خواهم/", NEJAT) != key(HOME + "/fa/میخواهم/", NEJAT)


@pytest.mark.parametrize(
    "query",
    [
        "p=17",
        "page_id=3",
        "gallery=4",
        "reference=ab",
        "uid=9",
        "paged=2",
        "lang=fa",
        "cat=5",
        "m=202104",
        "attachment_id=8",
        "tag=share",
        "shared=1",
        "id=amp",
    ],
)
def test_a_parameter_that_matters_is_kept(query: str) -> None:
    assert canonical(f"{HOME}/list/?{query}&utm_medium=x", NEJAT) == f"{HOME}/list/?{query}"


def test_the_order_of_parameters_names_no_page() -> None:
    assert canonical(f"{HOME}/?lang=fa&p=17", NEJAT) == canonical(f"{HOME}/?p=17&lang=fa", NEJAT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/en/posts/14/", "/fa/posts/14/"),
        ("/en/posts/page/2/", "/en/posts/page/3/"),
        ("/en/posts/page/2/", "/en/posts/"),
        ("/en/posts/page/11/", "/en/posts/"),
        ("/Albania/", "/albania/"),
        ("/?p=17", "/?p=18"),
        ("/camp/", "/"),
        ("/amp-guide/", "/"),
        ("/about/index.php", "/about/"),
        ("/index.php/en/", "/"),
    ],
)
def test_two_pages_keep_two_keys(one: str, other: str) -> None:
    assert key(HOME + one, NEJAT) != key(HOME + other, NEJAT)


def test_a_final_slash_is_part_of_the_key_and_not_of_the_loose_one() -> None:
    with_slash, without = f"{HOME}/report/?id=1", f"{HOME}/report?id=1"
    assert key(with_slash, NEJAT) == other_slash(key(without, NEJAT))
    assert key(without, NEJAT) == other_slash(key(with_slash, NEJAT))
    assert loose_key(with_slash, NEJAT) == loose_key(without, NEJAT) == key(without, NEJAT)


def test_the_final_slash_stays_as_found_in_the_address_to_request() -> None:
    assert canonical(f"{HOME}/en/posts/14", NEJAT) == f"{HOME}/en/posts/14"
    assert canonical(f"{HOME}/en/posts/14/", NEJAT) == f"{HOME}/en/posts/14/"


@pytest.mark.parametrize(
    ("found", "requested"),
    [
        ("/index.php", "/"),
        ("/index.php?p=17", "/?p=17"),
        ("/amp/", "/"),
        ("/amp/page/2/", "/page/2/"),
        ("/en/tag/albania/amp/page/2/", "/en/tag/albania/page/2/"),
        ("/en/posts/page/1", "/en/posts"),
        ("", "/"),
    ],
)
def test_the_root_and_lists_lose_what_only_names_their_first_or_amp_form(found: str, requested: str) -> None:
    assert canonical(HOME + found, NEJAT) == HOME + requested


def test_the_home_of_a_site_that_lives_in_a_folder_is_one_page() -> None:
    home = "http://iran-interlink.org/wordpress/"
    assert canonical("https://www.iran-interlink.org/wordpress/index.php", INTERLINK) == home


def test_the_author_archive_doubled_by_parameters_is_one_page_by_the_site_s_drop_list() -> None:
    archive = "http://iran-interlink.org/wordpress/author/anne-khodabandeh/"
    doubled = archive + "?author=anne-khodabandeh&authorid=4"
    assert canonical(doubled, INTERLINK) == archive
    by_id_only = Site(name="ii", url=INTERLINK.url, drop_params=("authorid",))
    assert key(INTERLINK.url + "?author=anne&authorid=4", by_id_only) == key(
        INTERLINK.url + "?author=anne", by_id_only
    )
    assert key(INTERLINK.url + "?author=anne", by_id_only) != key(INTERLINK.url + "?author=jo", by_id_only)


def test_each_host_is_spelt_as_the_site_file_spells_it() -> None:
    site = Site(name="two", url="https://new.example/", also=("http://www.old.example/",))
    assert canonical("http://www.new.example/x", site) == "https://new.example/x"
    assert canonical("https://old.example/x", site) == "http://www.old.example/x"


def test_a_port_of_its_own_is_another_host() -> None:
    assert canonical("http://127.0.0.1:8080/x", PORT) == "http://127.0.0.1:8080/x"
    assert not in_scope("http://127.0.0.1/x", PORT)
    assert not in_scope("http://127.0.0.1:8081/x", PORT)


def test_a_foreign_address_keeps_its_host_as_found() -> None:
    assert canonical("http://www.example.org/?utm_source=a", NEJAT) == "http://www.example.org/"


GARBAGE = [
    "",
    "/en/posts/14/",
    "javascript:alert(1)",
    "mailto:info@nejatngo.org",
    "tel:+355",
    "ftp://www.nejatngo.org/x",
    "file:///etc/passwd",
    "data:text/html,x",
    "http://",
    "http:///x",
    "http://[::1",
    "http://www.nejatngo.org:99999/",
    "http://www.nejatngo.org:port/",
    "https://www.nejatngo.org/\x00",
    "https://www.nejatngo.org/a\x1bb",
    "https://www.nejatngo.org/?q=\ud800",
    "https://www.nejatngo.org/" + "x" * 8000,
]


@pytest.mark.parametrize("url", GARBAGE, ids=lambda url: repr(url[:40]))
def test_what_can_not_be_the_address_of_a_page_is_refused_and_out_of_scope(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical(url, NEJAT)
    assert not in_scope(url, NEJAT)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/posts/14/",
        PERSIAN,
        "/?p=17",
        "/wp-content/uploads/2021/04/report.pdf",
        "/feeding-refugees/",
        "/en/feed-the-world/",
        "/embed/",
        "/search/",
        "/?search=albania",
        "/who-was-s.rajavi/",
    ],
)
def test_pages_and_files_of_the_host_are_in_scope(path: str) -> None:
    assert in_scope(HOME + path, NEJAT)


@pytest.mark.parametrize(
    "path",
    [
        "/wp-admin/",
        "/wp-admin/admin-ajax.php?action=x",
        "/wp-login.php?redirect_to=%2F",
        "/xmlrpc.php?rsd",
        "/wp-json/wp/v2/posts",
        "/?rest_route=/wp/v2/posts",
        "/wp-comments-post.php",
        "/wp-cron.php",
        "/wp-includes/js/x",
        "/feed/",
        "/fa/feed",
        "/feed/atom/",
        "/comments/feed/",
        "/?feed=rss2",
        "/en/posts/14/embed/",
        "/en/posts/14/trackback",
        "/?s=albania",
        "/fa/?s=",
        "/shop/?add-to-cart=3",
        "/cdn-cgi/l/email-protection#ab",
        "/logo.PNG",
        "/style.css?ver=6",
        "/sitemap.xml",
        "/wp-content/uploads/film.mp4",
    ],
)
def test_back_office_feeds_searches_and_assets_are_never_pages(path: str) -> None:
    assert not in_scope(HOME + path, NEJAT)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "https://nejatngo.org.example.com/",
        "https://fa.nejatngo.org/",
        "https://www.nejatngo.org@example.org/",
        "https://example.org\\@www.nejatngo.org/",
        "//www.nejatngo.org/x",
    ],
)
def test_other_hosts_are_out_of_scope_however_they_are_dressed(url: str) -> None:
    assert not in_scope(url, NEJAT)


def scoped(*scope: str, exclude: tuple[str, ...] = ()) -> Site:
    return Site(name="scoped", url=HOME + "/", scope=scope, exclude=exclude)


@pytest.mark.parametrize(
    ("path", "belongs"),
    [("/en/posts/14/", True), ("/en", True), ("/en?p=1", True), ("/english/", False), ("/fa/", False)],
)
def test_a_scope_prefix_takes_its_folder_and_nothing_that_merely_begins_alike(
    path: str, belongs: bool
) -> None:
    assert in_scope(HOME + path, scoped("/en/")) is belongs


def test_exclude_wins_over_scope() -> None:
    site = scoped("/en/", "/fa/", exclude=("/en/tag/",))
    assert in_scope(HOME + "/en/posts/1/", site)
    assert not in_scope(HOME + "/en/tag/albania/", site)


def test_an_entry_that_begins_with_a_caret_is_a_pattern_over_path_and_query() -> None:
    site = scoped(r"^/(en|fa)/posts/\d+", exclude=(r"^/.*\?.*\bcat=",))
    assert in_scope(HOME + "/fa/posts/14/", site)
    assert not in_scope(HOME + "/fa/about/", site)
    assert not in_scope(HOME + "/fa/posts/14/?cat=2", site)


@pytest.mark.parametrize(
    "entry", ["/برچسب/", quote("/برچسب/"), quote("/برچسب/").lower(), "^/برچسب/", "^" + quote("/برچسب/")]
)
def test_a_persian_entry_may_be_written_as_read_or_as_copied(entry: str) -> None:
    assert in_scope(HOME + quote("/برچسب/آلبانی/"), scoped(entry))
    assert not in_scope(HOME + quote("/دسته/آلبانی/"), scoped(entry))


def test_images_scripts_and_archives_are_assets_and_documents_are_not() -> None:
    for ending in ("pdf", "PDF", "docx", "txt"):
        assert not is_asset(f"{HOME}/a/report.{ending}")
    for ending in ("jpg", "JPEG", "css", "js", "woff2", "mp3", "mp4", "zip", "xml"):
        assert is_asset(f"{HOME}/a/x.{ending}?ver=2")
    for page in (f"{HOME}/a/", f"{HOME}/mp3", f"{HOME}/?file=a.pdf", f"{HOME}/a.pdf/", "http://[::1/a.pdf"):
        assert not is_asset(page)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/" + "x" * 2000, "characters"),
        ("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "17 path segments"),
        ("/en/en/en/posts/", "path repeats /en/"),
        ("/x/a/b/a/b/a/b/", "path repeats /a/b/"),
        ("/?a=1&b=2&c=3&d=4&e=5&f=6&g=7", "7 query parameters"),
        ("/events/2190/04/", "year 2190"),
        ("/events/1871/12", "year 1871"),
        ("/events/2190-04/", "year 2190"),
        ("/events/?date=2190-04-01", "year 2190"),
        ("/?year=3000&month=1", "year 3000"),
    ],
)
def test_an_address_of_an_endless_family_is_a_trap_with_a_reason(path: str, reason: str) -> None:
    assert reason in (trap(HOME + path) or "")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/posts/14/",
        "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/",
        "/en/en/posts/",
        "/a/b/a/b/",
        "/2011/11/11/slug/",
        "/2021/04/",
        "/1399/07/",
        "/1442/09/",
        "/en/posts/3120/2/",
        "/1953-coup/",
        "/posts/5000-12-prisoners/",
        "/?a=1&b=2&c=3&d=4&e=5&f=6",
        "/?p=3120",
        "/?year=1400",
        quote(PERSIAN),
    ],
)
def test_an_ordinary_address_is_no_trap(path: str) -> None:
    assert trap(HOME + path) is None


def test_an_unreadable_address_is_a_trap_and_raises_nothing() -> None:
    assert trap("http://[::1") == "unreadable address"


@pytest.mark.parametrize(
    ("fetched", "named"),
    [
        ("/en/Posts/Albania/", "/en/posts/albania/"),
        ("/en/posts/14", "/en/posts/14/"),
        ("/en/posts/14/?from=menu", "/en/posts/14/"),
        ("/en/posts/14/", "/en/posts/14/amp/"),
        ("/?p=14", "/en/posts/14/"),
        (quote("/fa/Shqipëria/"), "/fa/shqipëria/"),
        ("/", "/"),
    ],
)
def test_a_page_that_names_itself_in_another_spelling_is_believed(fetched: str, named: str) -> None:
    assert named_by_itself(HOME + fetched, HOME + named, NEJAT) == canonical(HOME + named, NEJAT)


@pytest.mark.parametrize(
    ("fetched", "named"),
    [
        ("/en/posts/14/", "/"),
        ("/en/posts/14/", "/fa/"),
        ("/?p=14", "/"),
        ("/en/posts/14/", "/en/posts/15/"),
        ("/en/posts/page/2/", "/en/posts/"),
        ("/en/posts/?paged=2", "/en/posts/"),
        ("/about/?lang=fa", "/about/"),
        ("/?p=14&lang=fa", "/?p=14"),
        ("/en/posts/14/?id=1", "/en/posts/14/?id=2"),
        ("/en/posts/14/", "/en/posts/14/?print=1"),
        ("/", "/en/posts/14/"),
        ("/en/posts/14/", "/wp-login.php"),
    ],
)
def test_a_page_that_names_another_page_or_a_sink_is_not_believed(fetched: str, named: str) -> None:
    assert named_by_itself(HOME + fetched, HOME + named, NEJAT) == canonical(HOME + fetched, NEJAT)


@pytest.mark.parametrize("named", [None, "", "/en/", "http://[::1", "https://example.org/en/posts/14/"])
def test_a_missing_broken_or_foreign_canonical_link_changes_nothing(named: str | None) -> None:
    assert named_by_itself(HOME + "/en/posts/14/?utm_source=x", named, NEJAT) == HOME + "/en/posts/14/"


def test_editions_on_hosts_of_their_own_stay_apart_whatever_they_name() -> None:
    site = Site(name="two", url="https://en.example/", also=("https://fa.example/",))
    assert named_by_itself("https://fa.example/x/", "https://en.example/x/", site) == "https://fa.example/x/"


ODD_SEGMENTS = "amp page 1 2 .. . index.php comment-page-2 x;jsessionid=1 ..;jsessionid=1 ;jsessionid=1"
ODD_ENCODINGS = "a%2Fb %7e %d9%86 نه A % %25 %2525 ; ? & = # utm_a=1 p=1"
ODD_HOSTS = "nejatngo.org www.Nejatngo.org:80 u:p@nejatngo.org. example.org:81 مثال.ir [::1]"
PIECES = st.sampled_from([*ODD_SEGMENTS.split(), *ODD_ENCODINGS.split(), "", "a b"])
PARTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=7)
ADDRESSES = st.builds(
    "{}://{}/{}{}".format,
    st.sampled_from(["http", "HTTPS", "ftp"]),
    st.sampled_from(ODD_HOSTS.split()),
    PARTS.map("/".join),
    PARTS.map(lambda parts: "?" + "&".join(parts)),
)


@given(st.one_of(ADDRESSES, st.text()))
@example("http://nejatngo.org/a/..;jsessionid=1")
@example("http://nejatngo.org/..;jsessionid=1/amp?")
@example("http://nejatngo.org/x/amp;jsessionid=1")
@example("http://nejatngo.org/index.php/amp")
def test_the_canonical_address_is_its_own_canonical_address(url: str) -> None:
    with suppress(ValueError):
        once = canonical(url, NEJAT)
        assert canonical(once, NEJAT) == once
        assert key(once, NEJAT) == key(url, NEJAT)
        assert in_scope(once, NEJAT) == in_scope(url, NEJAT)


@given(st.one_of(ADDRESSES, st.text()), st.one_of(ADDRESSES, st.text()))
def test_nothing_found_in_a_page_makes_scope_traps_or_canonical_links_raise(url: str, other: str) -> None:
    assert in_scope(url, NEJAT) in (True, False)
    assert trap(url) is None or trap(url)
    assert isinstance(named_by_itself(HOME + "/x/", other, NEJAT), str)


def test_a_thousand_amp_segments_are_folded_like_one() -> None:
    assert canonical(HOME + "/en" + "/amp" * 1000, NEJAT) == HOME + "/en"
    assert canonical(HOME + "/amp" * 1000 + "/page/2/", NEJAT) == HOME + "/page/2/"
