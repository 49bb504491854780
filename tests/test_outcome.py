"""What a fetch turned out to be: a case for each rule of the table, and the pages no rule may mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.classification.comparison import ComparedView, LastVersion
from variorum.crawler.classification.outcome import ERRORS, RULES, Context, Outcome, judge
from variorum.crawler.classification.response import (
    BLOCK_TITLES,
    CHALLENGE_HEADERS,
    CHALLENGE_MARKS,
    NOT_FOUND_TITLES,
    ResponseView,
    fingerprint,
    has_end,
)
from variorum.crawler.fetch_result import FetchResult

URL = "https://www.nejatngo.org/en/posts/14/"
KEY = "www.nejatngo.org/en/posts/14"
HOME = "www.nejatngo.org"
SAME = Context(requested_key=KEY, final_key=KEY, home_keys=frozenset({HOME}))
ARTICLE = "<p>" + "Families of members wait in Tirana for a word of their children. " * 30 + "</p>"
MENU = "<ul>" + "<li><a href='/x/'>Photo Gallery</a></li>" * 20 + "</ul>"


def page(title: str = "Mothers in Tirana – Nejat Society", text: str = ARTICLE, head: str = "") -> bytes:
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{text}</body></html>".encode()
    )


def fetched(
    body: bytes = page(),
    status: int = 200,
    error: str | None = None,
    detail: str = "",
    encoding: str | None = "utf-8",
    **headers: str,
) -> FetchResult:
    named = {"content-type": "text/html; charset=utf-8"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return FetchResult(
        url=URL,
        final_url=URL,
        fetched_at="2026-11-22T02:41:43Z",
        status=0 if error else status,
        headers={name: value for name, value in named.items() if value},
        body=body,
        encoding=encoding,
        error=error,
        detail=detail,
    )


def at(final_key: str, requested_key: str = KEY, in_scope: bool = True) -> Context:
    return Context(requested_key, final_key, frozenset({HOME, HOME + "/fa"}), in_scope)


def rule_of(answer: FetchResult, context: Context) -> str:
    return next(rule.name for rule in RULES if rule.holds(ComparedView(answer, context.last), context))


NOT_FOUND = fetched(page("Nejat Society", MENU + "<p>There is nothing here.</p>"))
KNOWN = Context(KEY, KEY, frozenset({HOME}), not_found=fingerprint(NOT_FOUND))
TITLED = fetched(page("Error 404: Page not found", "<p>" + "Latest news of the day. " * 90 + "</p>"))
LAST = LastVersion(
    "Families of members wait in Tirana for a word of their children.",
    ResponseView(fetched(page(text=ARTICLE + MENU))),
)
SEEN = Context(KEY, KEY, frozenset({HOME}), last=LAST)
PHP_ERROR = "<b>Fatal error</b>: Uncaught Error in <b>/var/www/theme/single.php</b> on line <b>31</b>"
CONSENT = "<h1>We use cookies</h1><p>We ask for your consent.</p><button>Accept all</button>"
LOST = "The page that you asked for does not exist."
LOGIN = "<form><label>User name</label><input name=u><label>Password</label><input type='password'></form>"
CASES: list[tuple[str, Outcome, FetchResult, Context]] = [
    *((f"error: {key}", outcome, fetched(error=key), SAME) for key, outcome in ERRORS.items()),
    ("no response", Outcome.failed, fetched(error="something new"), SAME),
    ("no response", Outcome.failed, fetched(b"", status=0), SAME),
    ("304 to a first request", Outcome.failed, fetched(b"", status=304), Context(KEY, KEY, is_known=False)),
    ("not modified", Outcome.not_modified, fetched(b"", status=304), SAME),
    ("challenge", Outcome.blocked, fetched(status=200, cf_mitigated="challenge"), SAME),
    ("challenge", Outcome.blocked, fetched(b"", status=202, x_amzn_waf_action="challenge"), SAME),
    ("challenge", Outcome.blocked, fetched(page("Just a moment...", "Wait."), status=403), SAME),
    (
        "challenge",
        Outcome.blocked,
        fetched(page("Just a moment...", "Wait."), status=503, retry_after="9"),
        SAME,
    ),
    ("challenge", Outcome.blocked, fetched(page("Attention Required! | Cloudflare", "Sorry")), SAME),
    (
        "challenge",
        Outcome.blocked,
        fetched(page("در حال انتقال به سایت مورد نظر هستید...", "صبر کنید")),
        SAME,
    ),
    (
        "challenge",
        Outcome.blocked,
        fetched(page("Einen Moment", "", "<script>window._cf_chl_opt={}</script>")),
        SAME,
    ),
    (
        "challenge",
        Outcome.blocked,
        fetched(
            page("", "", "<meta http-equiv=refresh content='0;/.well-known/sgcaptcha/?r=/'>"), status=202
        ),
        SAME,
    ),
    (
        "challenge",
        Outcome.blocked,
        fetched(page("M1-6", "<iframe src='http://10.10.34.36?type=Invalid Site'></iframe>")),
        SAME,
    ),
    ("gone", Outcome.gone, fetched(status=404), SAME),
    ("gone", Outcome.gone, fetched(status=410), SAME),
    ("gone", Outcome.gone, fetched(page("404", "Search<div class='g-recaptcha'></div>"), status=404), SAME),
    ("gone", Outcome.gone, fetched(status=404), at("www.nejatngo.org/en/posts/15")),
    (
        "captcha only",
        Outcome.blocked,
        fetched(page("Hello", "Tick this <div class='g-recaptcha'></div>")),
        SAME,
    ),
    (
        "maintenance page",
        Outcome.maintenance,
        fetched(page("Database Error", "<h1>Error establishing a database connection</h1>"), status=500),
        SAME,
    ),
    (
        "maintenance page",
        Outcome.maintenance,
        fetched(page("", "<h1>Error establishing a database connection</h1>")),
        SAME,
    ),
    (
        "maintenance page",
        Outcome.maintenance,
        fetched(page("خطا", "<h1>خطا در برقراري ارتباط با پايگاه داده</h1>")),
        SAME,
    ),
    (
        "maintenance page",
        Outcome.maintenance,
        fetched(page("Maintenance", "Briefly unavailable for scheduled maintenance."), status=503),
        SAME,
    ),
    ("maintenance page", Outcome.maintenance, fetched(page("Nejat – در دست تعمیر", "به زودی")), SAME),
    *(("refused", Outcome.blocked, fetched(status=status), SAME) for status in (401, 403, 407, 429, 451)),
    ("away for a while", Outcome.maintenance, fetched(status=503, retry_after="120"), SAME),
    ("away for a while", Outcome.maintenance, fetched(page("Oops", "Server maintenance."), status=502), SAME),
    *(("server error", Outcome.failed, fetched(status=status), SAME) for status in (500, 502, 503, 504, 522)),
    ("partial", Outcome.truncated, fetched(status=206), SAME),
    *(("odd status", Outcome.failed, fetched(status=status), SAME) for status in (302, 400, 418, 999)),
    ("login", Outcome.blocked, fetched(page("Log in", LOGIN)), SAME),
    ("login", Outcome.blocked, fetched(), at("www.nejatngo.org/wp-login.php?redirect_to=x", in_scope=False)),
    (
        "leaves the site",
        Outcome.elsewhere,
        fetched(b"GIF89a", content_type="image/gif"),
        at("example.org", in_scope=False),
    ),
    ("sent home", Outcome.soft_404, fetched(), at(HOME)),
    ("sent home", Outcome.soft_404, fetched(), at(HOME + "/fa")),
    ("empty", Outcome.truncated, fetched(b""), SAME),
    ("empty", Outcome.truncated, fetched(b" \n\n", content_type=""), SAME),
    ("error as data", Outcome.failed, fetched(b'{"error": "no such article"}'), SAME),
    ("error as data", Outcome.failed, fetched(b'{"error": "gone"}', content_type="application/json"), SAME),
    (
        "error as data",
        Outcome.failed,
        fetched(b'[{"message": "Rate limit"}]', content_type="text/plain"),
        SAME,
    ),
    ("error as data", Outcome.failed, fetched(b"<Error><Code>NoSuchKey</Code></Error>"), SAME),
    ("wrong type", Outcome.wrong_type, fetched(b'{"posts": [{"title": "A boat"}]}'), SAME),
    ("wrong type", Outcome.wrong_type, fetched(b"{}", content_type="application/json"), SAME),
    ("wrong type", Outcome.wrong_type, fetched(b"GIF89a", content_type="image/gif"), SAME),
    ("wrong type", Outcome.wrong_type, fetched(b"<?xml version='1.0'?><rss></rss>", content_type=""), SAME),
    ("wrong type", Outcome.wrong_type, fetched(b"\x00\x01\x02", content_type=""), SAME),
    ("wrong type", Outcome.wrong_type, fetched(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), SAME),
    ("the site's not-found page", Outcome.soft_404, NOT_FOUND, KNOWN),
    (
        "the site's not-found page",
        Outcome.soft_404,
        TITLED,
        Context(
            KEY, KEY, not_found=fingerprint(fetched(page("Error 404: Page not found", "Yesterday's news.")))
        ),
    ),
    ("titled not found", Outcome.soft_404, fetched(page("Page not found – Nejat Society", MENU)), SAME),
    ("titled not found", Outcome.soft_404, fetched(page("صفحه پیدا نشد - انجمن نجات", MENU)), SAME),
    ("titled not found", Outcome.soft_404, fetched(page("صفحه پيدا نشد | انجمن نجات", MENU)), SAME),
    ("titled not found", Outcome.soft_404, fetched(page("الصفحة غير موجودة", MENU)), SAME),
    ("titled not found", Outcome.soft_404, fetched(page("Shoqata Nejat » Faqja nuk u gjet", MENU)), SAME),
    ("titled not found", Outcome.soft_404, fetched(page("Seite nicht gefunden &#8211; Nejat", MENU)), SAME),
    ("titled not found", Outcome.soft_404, fetched(page("Page introuvable", MENU)), SAME),
    (
        "titled not found",
        Outcome.soft_404,
        fetched(page("Nejat", f"<h1>Page not found</h1><p>{LOST}</p>")),
        SAME,
    ),
    ("PHP error", Outcome.failed, fetched(page(text=ARTICLE + PHP_ERROR)[:-14]), SAME),
    ("WordPress error", Outcome.failed, fetched(page("WordPress › Error", "<p>Not allowed.</p>")), SAME),
    ("welcome page", Outcome.failed, fetched(page("It works", "<h1>It works!</h1>")), SAME),
    ("suspended", Outcome.failed, fetched(page("Account suspended", "<h1>Account suspended</h1>")), SAME),
    ("parked domain", Outcome.failed, fetched(page("x.example", "<h1>This domain is for sale</h1>")), SAME),
    ("away", Outcome.maintenance, fetched(page("Nejat", "<h1>We'll be back soon</h1>")), SAME),
    ("firewall", Outcome.blocked, fetched(page("Nejat", "<h1>Security check</h1><p>Wait.</p>")), SAME),
    ("consent", Outcome.blocked, fetched(page("Nejat", CONSENT)), SEEN),
    ("login page", Outcome.blocked, fetched(page("Log in", f"<h1>Log in</h1>{LOGIN}{MENU * 4}")), SEEN),
    ("paywall", Outcome.blocked, fetched(page("Nejat", "<h2>Subscribe to continue reading</h2>")), SEEN),
    ("withdrawn", Outcome.gone, fetched(page("Nejat", "<p>This article has been removed.</p>")), SEEN),
    ("error page", Outcome.failed, fetched(b"Internal Server Error"), SAME),
    ("shell", Outcome.failed, fetched(page("Nejat", "<div id='root'></div><script>1</script>")), SAME),
    ("bare", Outcome.failed, fetched(page("Nejat", "<p>The lamp is out. Come again.</p>")), SEEN),
    ("shorter than announced", Outcome.truncated, fetched(page()[:900], content_length="2311"), SAME),
    (
        "shorter than announced",
        Outcome.truncated,
        fetched(b"%PDF-1.4 ...", content_type="application/pdf", content_length="90000"),
        SAME,
    ),
    ("ends within a tag", Outcome.truncated, fetched(b"<html><body><p>Tirana</p><a href='/fa/po"), SAME),
    ("ends within a tag", Outcome.truncated, fetched(b"<html><body><p>Tirana</p><"), SAME),
    ("end is missing", Outcome.truncated, fetched(page()[:900]), Context(KEY, KEY, last_had_end=True)),
    ("moved", Outcome.moved, fetched(), at("www.nejatngo.org/en/posts/15")),
    ("moved", Outcome.moved, fetched(), at(KEY, requested_key="www.nejatngo.org?p=14")),
    ("ok", Outcome.ok, fetched(), SAME),
]


@pytest.mark.parametrize(("name", "outcome", "answer", "context"), CASES, ids=[case[0] for case in CASES])
def test_each_rule_decides_its_case(
    name: str, outcome: Outcome, answer: FetchResult, context: Context
) -> None:
    assert rule_of(answer, context) == name
    assert judge(answer, context).outcome == outcome


def test_every_rule_of_the_table_has_a_case() -> None:
    assert [rule.name for rule in RULES] == list(dict.fromkeys(case[0] for case in CASES))


def test_every_outcome_is_reached() -> None:
    by_the_tracker = {Outcome.suspect}
    assert {rule.outcome for rule in RULES} == set(Outcome) - by_the_tracker


@pytest.mark.parametrize("header", sorted(CHALLENGE_HEADERS))
def test_a_header_of_a_challenge_means_blocked_whatever_the_status(header: str) -> None:
    for status in (200, 202, 403, 404, 405, 503):
        challenge = replace(fetched(status=status), headers={header: "challenge"})
        assert judge(challenge, SAME).outcome == Outcome.blocked


@pytest.mark.parametrize("mark", sorted(CHALLENGE_MARKS))
def test_a_challenge_is_known_by_its_scripts_and_names_and_an_article_may_speak_of_them(mark: str) -> None:
    for markup in (f"<script src='https://x{mark}x'></script>", f"<script>var a = '{mark}'</script>"):
        assert judge(fetched(page("شما ربات هستید؟", markup)), SAME).outcome == Outcome.blocked
        assert judge(fetched(page(text=ARTICLE + markup)), SAME).outcome == Outcome.ok
    content = (
        f"<p>How {mark} works.</p><pre>&lt;script src='{mark}'&gt;</pre><a href='https://x{mark}x'>x</a>"
    )
    assert judge(fetched(page("Short note", content)), SAME).outcome == Outcome.ok


ORDINARY = {
    "an article about Cloudflare": page("Just a moment: how Cloudflare's challenge works", ARTICLE),
    "a long article titled like a challenge": page("Just a moment...", ARTICLE),
    "a short note about captchas": page("Captcha", "<p>A note on g-recaptcha and cf-turnstile codes.</p>"),
    "a captcha in the comment form": page(
        text="<p>Short news.</p><form action='/wp-comments-post.php'><div class='g-recaptcha'></div></form>"
    ),
    "a captcha in a long page": page(text=ARTICLE + "<div class='h-captcha'></div>"),
    "a login box beside an article": page(text=ARTICLE + LOGIN),
    "a login box beside a short marked-up article": page(text="<article>Short news.</article>" + LOGIN),
    "Cloudflare's script on an ordinary short page": page(
        text="<p>Short news.</p><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    ),
    "how to fix it": page("How to fix a page not found error", "<p>Short advice.</p>"),
    "a short note on a lost page": page("The page not found in the archive – Nejat Society", "<p>Short.</p>"),
    "a long article titled like a lost page": page("Page not found", ARTICLE),
    "Persian, on a lost page": page("چرا صفحه پیدا نشد؟ یادداشتی کوتاه", "<p>متن کوتاه</p>"),
    "an article about maintenance": page("Maintenance", ARTICLE),
    "an article about a database error": page(
        "WordPress", ARTICLE + "<p>Error establishing a database connection</p>"
    ),
    "no end tags, as the page always was": b"<title>x</title><p>Tirana, <b>2021",
    "a heart at the end": b"<p>Thank you <3",
    "remarks of a cache after the end": page() + b"\n<!-- Cached by WP-Super-Cache -->",
    "an unclosed comparison in a script before the end": page(text=ARTICLE + "<script>if (a<b) {}</script>"),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_page_stays_ok(name: str) -> None:
    context = Context(
        KEY,
        KEY,
        frozenset({HOME}),
        not_found=fingerprint(NOT_FOUND),
        last_had_end=b"</html" in ORDINARY[name],
    )
    verdict = judge(fetched(ORDINARY[name]), context)
    assert verdict.outcome == Outcome.ok, verdict.reason


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", page()),
        ("", b"\xef\xbb\xbf\n<!doctype html><p>x</p>"),
        ("", b"<?xml version='1.0'?><!DOCTYPE html><html><p>x</p></html>"),
        ("", b"%PDF-1.7 x"),
        ("application/octet-stream", b"%PDF-1.7 x"),
        ("application/xhtml+xml", page()),
        ("TEXT/HTML;charset=windows-1256", page()),
        ("text/plain", b"An old open letter."),
        ("application/pdf", b"%PDF-1.7 x"),
        ("binary/octet-stream", page()),
        ("application/force-download", b"%PDF-1.7 x"),
        ("text/html, text/html", page()),
        ("application/msword", b"\xd0\xcf\x11\xe0"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
        ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
    ],
)
def test_pages_and_documents_are_ok_named_or_guessed(content_type: str, body: bytes) -> None:
    assert judge(fetched(body, content_type=content_type), SAME).outcome == Outcome.ok


def test_a_content_length_of_the_compressed_body_says_nothing_of_the_body() -> None:
    cut = page()[:900] + b"</p>"
    assert judge(fetched(cut, content_length="5000", content_encoding="gzip"), SAME).outcome == Outcome.ok
    assert judge(fetched(page(), content_length="999999"), SAME).outcome == Outcome.ok
    assert judge(fetched(cut, content_length="9" * 5000), SAME).outcome == Outcome.ok
    assert judge(fetched(cut, content_length="-5, 20"), SAME).outcome == Outcome.ok


def test_the_home_page_is_never_the_site_s_not_found_page() -> None:
    home = Context(HOME, HOME, frozenset({HOME}), not_found=fingerprint(NOT_FOUND))
    assert judge(NOT_FOUND, home).outcome == Outcome.ok


def test_one_home_that_redirects_to_another_has_moved() -> None:
    assert judge(fetched(), at(HOME, requested_key=HOME + "/fa")).outcome == Outcome.moved


def test_a_page_titled_like_the_site_but_with_its_own_text_is_not_the_not_found_page() -> None:
    other = fetched(page("Nejat Society", MENU + "<p>Our address in Tirana.</p>"))
    assert judge(other, KNOWN).outcome == Outcome.ok


def test_a_redirect_to_a_page_that_is_not_there_is_no_move() -> None:
    lost = fetched(page("Page not found", MENU))
    assert judge(lost, at("www.nejatngo.org/en/posts/15")).outcome == Outcome.soft_404


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_wide_letters_is_no_mere_bytes(encoding: str) -> None:
    assert ResponseView(fetched(page().decode().encode(encoding))).is_html


def test_a_page_with_a_stray_zero_is_a_page() -> None:
    assert ResponseView(fetched(page().replace(b"<body", b"\0<body"))).is_html


def test_titles_are_read_in_the_encoding_of_the_page() -> None:
    lost = page("صفحه پيدا نشد", MENU).decode().encode("windows-1256", "replace")
    assert judge(fetched(lost, encoding="windows-1256"), SAME).outcome == Outcome.soft_404


@pytest.mark.parametrize("encoding", ["no-such-encoding", "hex", "idna", "undefined", "a\0b", None])
def test_an_impossible_encoding_is_read_as_utf_8(encoding: str | None) -> None:
    lost = fetched(page("Faqja nuk u gjet – Shoqëria", MENU), encoding=encoding)
    assert judge(lost, SAME).outcome == Outcome.soft_404


def test_the_reason_says_what_was_seen_in_one_printable_line() -> None:
    assert judge(fetched(error="timeout", detail="after 45 s"), SAME).reason == "timeout: after 45 s"
    assert judge(fetched(page()[:900], content_length="2311"), SAME).reason == "900 of 2311 bytes"
    hostile = judge(fetched(error="failed", detail="a\nb\x1b[31m{a.fetched.body}"), SAME).reason
    assert hostile == "failed: a b [31m{a.fetched.body}"


def test_a_page_has_its_end_when_the_closing_tag_is_near_the_end() -> None:
    assert has_end(b"<html><p>x</p></HTML >\n<!-- cached -->")
    assert not has_end(b"<html><p>x</p>")


def test_the_phrases_are_stored_as_they_are_compared() -> None:
    assert "صفحه پیدا نشد" in NOT_FOUND_TITLES
    assert "الصفحة غیر موجودة" in NOT_FOUND_TITLES
    assert "just a moment" in BLOCK_TITLES


@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: page(text, text, text))),
    st.sampled_from([0, 200, 202, 206, 304, 404, 500, 503, 600]),
    st.sampled_from(["text/html", "", "application/pdf", ";;"]),
    st.booleans(),
)
def test_whatever_comes_back_is_judged(
    body: bytes, status: int, content_type: str, last_had_end: bool
) -> None:
    answer = fetched(body.replace(b"utf", b"<"), status=status, content_type=content_type)
    verdict = judge(answer, Context(KEY, KEY, not_found=fingerprint(answer), last_had_end=last_had_end))
    assert verdict.outcome in Outcome
    assert verdict.reason.isprintable()
    assert verdict.reason
