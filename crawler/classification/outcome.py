"""Classifies a fetch by one table of rules: the first rule that applies decides its outcome.

The rules are ordered from what is certain to what is only likely:

1. no complete response;  2. the server answers "not modified";  3. a challenge or block page, whatever its
status, since it shows nothing of the page;  4. the page is gone;  5. other refusals and errors of the server;
6. another page instead: a login, another site, the home page;  7. a response that is no readable page;
8. a "not found" message sent as a page;  9. a page in place of the article (`standins`);  10. a part of a
page;  11. a page at another address;  12. the page.

The site's own words decide only as `variorum.crawler.classification.response` explains: an article about
errors is
no error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple

from variorum.crawler.classification import standins
from variorum.crawler.classification.comparison import ComparedView, KnownTextOf, LastVersion, unknown
from variorum.crawler.classification.phrases.folding import fold, found
from variorum.crawler.classification.phrases.of_articles import NOT_FOUND, NOT_FOUND_HEADINGS
from variorum.crawler.classification.response import (
    LITTLE,
    MAINTENANCE_TEXTS,
    MAINTENANCE_TITLES,
    NOT_FOUND_TITLES,
    PageFingerprint,
    ResponseView,
    plain,
)
from variorum.crawler.extraction.media_type import JSON, XML
from variorum.crawler.fetch_result import FetchResult


class Outcome(StrEnum):
    """The outcome of a fetch. Only `ok` makes a version."""

    ok = "ok"
    not_modified = "not modified"
    moved = "moved"
    elsewhere = "elsewhere"
    """Another site answered."""
    gone = "gone"
    blocked = "blocked"
    soft_404 = "soft 404"
    truncated = "truncated"
    suspect = "suspect"
    """Not trusted until a later run shows it, too (crawler/tracking/suspicion.py)."""
    wrong_type = "wrong type"
    too_large = "too large"
    maintenance = "maintenance"
    robots = "robots"
    address = "address"
    timeout = "timeout"
    failed = "failed"


READABLE = frozenset({Outcome.ok, Outcome.moved, Outcome.truncated})
"""Outcomes whose body has a text to extract."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its reason, in one line for the operator."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Context:
    """The facts that rules need besides the response. Keys are those of
    `variorum.crawler.urls.canonical.key`."""

    requested_key: str
    final_key: str
    home_keys: frozenset[str] = frozenset()
    """The home page and other addresses at which the site's crawl starts."""
    in_scope: bool = True
    """Whether the final address belongs to the site."""
    not_found: PageFingerprint | None = None
    """How the site answers for an address that can't exist, if it does so with status 200."""
    last_had_end: bool = False
    """Whether the previous capture of the page had its end (see `response.has_end`)."""
    is_known: bool = True
    """Whether the page was ever seen: only then can a server say that it is not modified."""
    last: LastVersion | None = None
    """The last version of the page, if it has one."""


ERRORS = {
    "timeout": Outcome.timeout,
    "dns": Outcome.failed,
    "refused": Outcome.failed,
    "too large": Outcome.too_large,
    "cut": Outcome.truncated,
    "robots": Outcome.robots,
    "address": Outcome.address,
    "tls": Outcome.failed,
    "failed": Outcome.failed,
}
"""The outcome of each key of `FetchResult.error`."""

_FORM = 60
"""The number of words above which a page is more than a form with labels, or a notice in place of a site."""
_SMALL = 8 * 1024
"""The number of bytes above which a page is no message of WordPress in place of the whole site."""
_CAPTCHAS = ("g-recaptcha", "h-captcha", "cf-turnstile", "/recaptcha/", "hcaptcha.com/")
_ARTICLE = re.compile(r"<article|<form[^>]{0,200}comment")
_POST_PASSWORD = re.compile(r"for=[\"']pwbox-(\d{1,10})")
_PASSWORD = re.compile(r"<input[^>]{0,300}type=[\"']?password")
_DOCUMENT = re.compile(
    r"application/(?:pdf|x-pdf|msword|rtf|epub\+zip|vnd\.(?:openxmlformats|oasis|ms-)[\w.-]*)"
    r"|text/(?:plain|csv|rtf)"
)


_ERROR_DATA = re.compile(
    rb"[\"'](?:errors?|error_?(?:code|message|description)|exception|fault|message|detail|code|status(?:_?code)?)[\"']"
    rb"\s*:|<(?:\w{1,30}:)?(?:errors?|fault|exception|code|message)[\s>]",
    re.IGNORECASE,
)


class Rule(NamedTuple):
    """One row of the table. The reason is a format string over the response a, the context c, and `seen`."""

    name: str
    holds: Callable[[ComparedView, Context], bool | str]
    """Returns what was recognised; empty or False if the rule does not apply."""
    outcome: Outcome
    reason: str


def judge(fetched: FetchResult, context: Context, known_text: KnownTextOf = unknown) -> Verdict:
    """The outcome of a fetch and its reason, by the first rule of RULES that applies. Never raises.

    `known_text` gives the text of a page of a known design; with it, an ordinary page is not parsed again.
    """
    answer = ComparedView(fetched, context.last, known_text)
    for rule in RULES:
        if seen := rule.holds(answer, context):
            return Verdict(rule.outcome, _one_line(rule.reason.format(a=answer, c=context, seen=seen)))
    raise AssertionError("the last rule always holds")


def _challenge(a: ComparedView, _: Context) -> str:
    return a.challenge_header or ("" if a.shows_text else a.challenge)


def _maintenance_page(a: ComparedView, _: Context) -> bool:
    """A page with such a title and little text, or with WordPress's own message in few words."""
    if a.shows_text:
        return False
    if a.title_parts & MAINTENANCE_TITLES:
        return a.words < _FORM and not a.is_article
    if a.bytes >= _SMALL or a.words >= _FORM:
        return False
    text = plain(a.text)
    return any(phrase in text for phrase in MAINTENANCE_TEXTS)


def _away_for_a_while(a: ResponseView, _: Context) -> bool:
    if a.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    return "retry-after" in a.fetched.headers or "maintenance" in plain(a.text)


def _form_only(a: ResponseView) -> bool:
    return not _ARTICLE.search(a.lower) and a.words < _FORM and not a.is_for_scriptless


def _captcha_only(a: ComparedView, _: Context) -> bool:
    if a.shows_text:
        return False
    marks = [mark for mark in _CAPTCHAS if mark in a.lower]
    return any(mark in a.machinery for mark in marks) and _form_only(a)


def _login(a: ComparedView, c: Context) -> bool:
    if "/wp-login.php" in c.final_key or _is_protected(a):
        return True
    return not a.shows_text and _PASSWORD.search(a.lower) is not None and _form_only(a)


def _is_protected(a: ResponseView) -> bool:
    """A WordPress post that shows a password form instead of its text."""
    forms: list[str] = _POST_PASSWORD.findall(a.head)
    return any(f"postid-{post}" in a.machinery or f"page-id-{post}" in a.machinery for post in forms)


def _sent_home(_: ResponseView, c: Context) -> bool:
    return c.final_key in c.home_keys and c.requested_key not in c.home_keys


def _known_not_found(a: ResponseView, c: Context) -> bool:
    """A page like the response to an address that can't exist; the home page is exempt, since some sites
    answer with it."""
    if c.not_found is None or c.requested_key in c.home_keys or a.title != c.not_found.title:
        return False
    return bool(a.title_parts & NOT_FOUND_TITLES) or a.fingerprint == c.not_found


def _titled_not_found(a: ComparedView, _: Context) -> bool:
    """A page with such a title or only heading, and little other text, or text that says so, too."""
    if a.shows_text or a.words >= LITTLE:
        return False
    headings = a.anatomy.main_headings
    by_title = bool(a.title_parts & NOT_FOUND_TITLES)
    by_heading = len(headings) == 1 and headings[0] in NOT_FOUND_HEADINGS
    if not (by_title or by_heading) or a.is_kept:
        return False
    return (by_title and a.prose_words < _FORM) or any(found(NOT_FOUND, fold(one)) for one in a.anatomy.prose)


def _unreadable(a: ResponseView, _: Context) -> bool:
    return not a.is_html and _DOCUMENT.fullmatch(a.media_type) is None


def _error_as_data(a: ResponseView, _: Context) -> bool:
    """An error that a program sends to a program, whatever its declared type."""
    return a.media_type in (JSON, XML) and _ERROR_DATA.search(a.fetched.body[:_SMALL]) is not None


def _error(error: str, outcome: Outcome) -> Rule:
    reason = f"{error}: {{a.fetched.detail}}"
    return Rule(f"error: {error}", lambda a, c: a.fetched.error == error, outcome, reason)


def _error_page(name: str, seen: Callable[[ComparedView], str], outcome: Outcome, reason: str) -> Rule:
    """A rule for one form of page that replaces the article; it applies to HTML only."""

    def holds(a: ComparedView, _: Context) -> str:
        if not a.is_html or a.shows_text or a.is_partly_seen or a.is_for_scriptless:
            return ""
        found = seen(a)
        return "" if found and a.is_as_before else found

    return Rule(name, holds, outcome, f"HTTP {{a.status}}, {reason}: “{{seen}}”")


def _status(name: str, statuses: frozenset[int], outcome: Outcome) -> Rule:
    return Rule(name, lambda a, c: a.status in statuses, outcome, "HTTP {a.status}")


RULES = (
    *(_error(error, outcome) for error, outcome in ERRORS.items()),
    Rule(
        "no response",
        lambda a, c: a.fetched.error is not None or a.status == 0,
        Outcome.failed,
        "no response: {a.fetched.error} {a.fetched.detail}",
    ),
    Rule(
        "304 to a first request",
        lambda a, c: a.status == HTTPStatus.NOT_MODIFIED and not c.is_known,
        Outcome.failed,
        "HTTP 304, not modified, in answer to a first request: a cache of the site is broken",
    ),
    _status("not modified", frozenset({304}), Outcome.not_modified),
    Rule(
        "challenge",
        _challenge,
        Outcome.blocked,
        "HTTP {a.status}, a challenge or block page: {seen}",
    ),
    _status("gone", frozenset({404, 410}), Outcome.gone),
    Rule("captcha only", _captcha_only, Outcome.blocked, "HTTP {a.status}, a captcha and {a.words} words"),
    Rule(
        "maintenance page",
        _maintenance_page,
        Outcome.maintenance,
        "HTTP {a.status}, maintenance or database error page: {a.title!r}",
    ),
    _status("refused", frozenset({401, 403, 407, 429, 451}), Outcome.blocked),
    Rule(
        "away for a while",
        _away_for_a_while,
        Outcome.maintenance,
        "HTTP {a.status}, to be requested again later",
    ),
    _status("server error", frozenset(range(500, 600)), Outcome.failed),
    Rule(
        "partial",
        lambda a, c: a.status == HTTPStatus.PARTIAL_CONTENT,
        Outcome.truncated,
        "HTTP 206, {a.bytes} bytes: a part that was not requested",
    ),
    Rule(
        "odd status",
        lambda a, c: not HTTPStatus.OK <= a.status < HTTPStatus.MULTIPLE_CHOICES,
        Outcome.failed,
        "HTTP {a.status} where a page was expected",
    ),
    Rule("login", _login, Outcome.blocked, "asks for a password and shows {a.words} words"),
    Rule(
        "leaves the site",
        lambda a, c: not c.in_scope,
        Outcome.elsewhere,
        "leaves the site: {a.fetched.final_url}",
    ),
    Rule("sent home", _sent_home, Outcome.soft_404, "redirected to the home page {a.fetched.final_url}"),
    Rule("empty", lambda a, c: not a.fetched.body.strip(), Outcome.truncated, "empty body"),
    Rule("error as data", _error_as_data, Outcome.failed, "an error sent as data: {a.start}"),
    Rule("wrong type", _unreadable, Outcome.wrong_type, "neither page nor document: {a.media_type!r}"),
    Rule(
        "the site's not-found page",
        _known_not_found,
        Outcome.soft_404,
        "HTTP {a.status}, but the site's own not-found page: {a.title!r}",
    ),
    Rule(
        "titled not found",
        _titled_not_found,
        Outcome.soft_404,
        "HTTP {a.status}, but titled {a.title!r}, with {a.words} words",
    ),
    _error_page("PHP error", standins.php_error, Outcome.failed, "an error of PHP ends the page"),
    _error_page("WordPress error", standins.wordpress_error, Outcome.failed, "an error page of WordPress"),
    _error_page("welcome page", standins.welcome, Outcome.failed, "the welcome page of a web server"),
    _error_page("suspended", standins.SUSPENDED.seen, Outcome.failed, "the account of the site is suspended"),
    _error_page("parked domain", standins.parked, Outcome.failed, "a parked domain"),
    _error_page("away", standins.MAINTENANCE.seen, Outcome.maintenance, "a maintenance page"),
    _error_page("firewall", standins.FIREWALL.seen, Outcome.blocked, "the block page of a firewall"),
    _error_page("consent", standins.consent, Outcome.blocked, "a consent page in place of the page"),
    _error_page("login page", standins.login, Outcome.blocked, "a login page in place of the page"),
    _error_page("paywall", standins.paywall, Outcome.blocked, "a paywall cuts the article"),
    _error_page("withdrawn", standins.withdrawn, Outcome.gone, "the site has withdrawn the page"),
    _error_page("error page", standins.SERVER_ERROR.seen, Outcome.failed, "an error page of the server"),
    _error_page(
        "shell",
        standins.shell,
        Outcome.failed,
        "nothing to read without JavaScript: set `render = true` in the site's file",
    ),
    _error_page("bare", standins.bare, Outcome.failed, "nothing of the page or its site is left"),
    Rule(
        "shorter than announced",
        lambda a, c: a.announced > a.bytes and not a.has_end,
        Outcome.truncated,
        "{a.bytes} of {a.announced} bytes",
    ),
    Rule(
        "ends within a tag",
        lambda a, c: a.is_broken_off,
        Outcome.truncated,
        "ends within a tag after {a.bytes} bytes",
    ),
    Rule(
        "end is missing",
        lambda a, c: c.last_had_end and a.is_html and not a.has_end,
        Outcome.truncated,
        "{a.bytes} bytes without the end that the page had before",
    ),
    Rule("moved", lambda a, c: c.final_key != c.requested_key, Outcome.moved, "now at {a.fetched.final_url}"),
    Rule("ok", lambda a, c: True, Outcome.ok, "HTTP {a.status}, {a.bytes} bytes"),
)
"""The table of rules; the last one always applies."""


def _one_line(text: str) -> str:
    """The text without line breaks and control characters: parts of it come from the site."""
    return "".join(c if c.isprintable() else " " for c in text[:400]).strip(" :")
