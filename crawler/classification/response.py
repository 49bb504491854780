"""Views of a response: its type, title, text, and whether it is a challenge page.

An article about errors and captchas is no error. So the words of challenge pages count only in the title, in
scripts and in names within the markup, and only if a reader sees little other text. Only the first bytes are
searched, in time that grows with their length alone, because bodies are hostile.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from variorum.crawler.classification.anatomy import Anatomy
from variorum.crawler.extraction.html.encoding import decode
from variorum.crawler.extraction.media_type import HTML, media_type
from variorum.crawler.fetch_result import FetchResult

CHALLENGE_HEADERS = {"cf-mitigated": "Cloudflare", "x-amzn-waf-action": "AWS WAF", "x-sucuri-block": "Sucuri"}
"""Headers of challenge and block pages only."""
CHALLENGE_MARKS = {
    # Not /cdn-cgi/challenge-platform/, captcha widgets and the like: ordinary pages carry those, too.
    "_cf_chl_opt": "Cloudflare",
    "cf-browser-verification": "Cloudflare",
    "cf-challenge-running": "Cloudflare",
    "sucuri_cloudproxy_js": "Sucuri",
    "incident_id=": "Imperva Incapsula",
    "/ddos-guard/js-challenge": "DDoS-Guard",
    "/ddos-guard/ddg-captcha": "DDoS-Guard",
    "px-captcha": "PerimeterX",
    "captcha-delivery.com": "DataDome",
    "gokuprops": "AWS WAF",
    "__arcsjs": "ArvanCloud",
    "/.well-known/sgcaptcha": "SiteGround",
    "/.lsrecap/": "LiteSpeed",
    "wsidchk": "Imunify360",
    # What a provider in Iran answers in place of a filtered site: a frame from one of these addresses.
    "//10.10.34.34": "the filter of an Iranian provider",
    "//10.10.34.35": "the filter of an Iranian provider",
    "//10.10.34.36": "the filter of an Iranian provider",
}
"""Names within scripts and attributes, in lower case, of challenge and block pages only."""


def plain(text: str) -> str:
    """The text in the form in which phrases are compared: one case, single spaces, Persian letters for
    their Arabic twins."""
    twins = text.translate(str.maketrans("يىك\u200c’", "ییک '"))
    return " ".join(twins.casefold().split()).strip(" .…!?؟")


def _phrases(*phrases: str) -> frozenset[str]:
    return frozenset(map(plain, phrases))


BLOCK_TITLES = _phrases(
    *("Just a moment...", "Attention Required! | Cloudflare", "Please Wait... | Cloudflare", "DDoS-Guard"),
    *("Checking your browser", "Checking your browser before accessing", "Verifying you are human"),
    *("Sucuri WebSite Firewall - Access Denied", "You are being redirected...", "Request Rejected"),
    *("Access to this page has been denied", "Human Verification", "Bot Verification", "Robot Check"),
    *("Pardon Our Interruption", "One moment, please...", "Vercel Security Checkpoint", "Are you a robot?"),
    *("Transferring to the website...", "در حال انتقال به سایت مورد نظر هستید...", "Access Denied"),
    *("Your access to this site has been limited", "Forbidden", "403 Forbidden", "Security Checkpoint"),
)
"""Titles of challenge and block pages."""
NOT_FOUND_TITLES = _phrases(
    *("404", "Error 404", "404 Error", "404 Not Found", "Not Found", "404 Page Not Found", "Page not found"),
    *("Nothing found", "Error 404 (Not Found)", "Error 404: Page not found", "404: Page not found"),
    *("Oops! That page can't be found", "Post not found", "Content not found", "The page cannot be found"),
    *("صفحه پیدا نشد", "صفحه یافت نشد", "برگه پیدا نشد", "برگه یافت نشد", "نوشته پیدا نشد", "یافت نشد"),
    *("الصفحة غير موجودة", "لم يتم العثور على الصفحة", "لم يتم العثور على شيء", "غير موجود"),
    *("Faqja nuk u gjet", "Faqja nuk u gjend", "Nuk u gjet", "Seite nicht gefunden", "Nicht gefunden"),
    *("Page introuvable", "Page non trouvée", "Página no encontrada", "Pagina non trovata"),
)
"""Titles, or parts of titles between dashes and bars, of "not found" pages."""
MAINTENANCE_TITLES = _phrases(
    *("Maintenance", "Maintenance mode", "Under maintenance", "Site under maintenance", "Database Error"),
    *("Site is undergoing maintenance", "Scheduled maintenance"),
    *("در دست تعمیر", "سایت در دست تعمیر است", "در حال بروزرسانی", "تحت الصيانة", "الموقع تحت الصيانة"),
    *("Në mirëmbajtje", "Wartungsmodus", "Wartungsarbeiten", "En maintenance", "Site en maintenance"),
)
MAINTENANCE_TEXTS = _phrases(
    "Error establishing a database connection",
    "Briefly unavailable for scheduled maintenance",
    "خطا در برقراری ارتباط با پایگاه داده",
    "خطا در اتصال به پایگاه داده",
    "خطأ في الاتصال بقاعدة البيانات",
)
"""WordPress's own messages while its database is unavailable, or while it is updated."""

LITTLE = 200
"""The number of words below which a page may be another one, or a notice in place of it, with its menus."""

LEAST_ARTICLE = 8
"""The number of words of running text below which a page marked as an article may be an error page."""

_ARTICLE = re.compile(r"<article|<form[^>]{0,200}comment")
_MOST_NOSCRIPT = 100  # words: a hint to enable scripts has fewer
_TAIL = 1024
_HEAD = 64 * 1024
_WHOLE = 2 * 1024 * 1024
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,400})", re.IGNORECASE)
_BETWEEN = re.compile(r" [-–—•·:] | ?[|»«›‹] ?")
_CUT = re.compile(rb"<(?:[/!a-zA-Z]|$)")
_LENGTH = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class PageFingerprint:
    """The fingerprint of a site's own "not found" page: title, and digest of its text."""

    title: str
    digest: str


@dataclass(frozen=True)
class ResponseView:
    """A fetch, with the properties that rules test; each is computed once, at first use."""

    fetched: FetchResult

    @cached_property
    def media_type(self) -> str:
        """The media type, by the header if that has a meaning, else by the bytes."""
        return media_type(self.fetched.headers.get("content-type", ""), self.fetched.body)

    @property
    def is_html(self) -> bool:
        """Whether it is a web page."""
        return self.media_type in HTML

    @cached_property
    def head(self) -> str:
        """The first 64 kB, decoded; empty if it is no HTML."""
        return _decoded(self.fetched, _HEAD) if self.is_html else ""

    @cached_property
    def lower(self) -> str:
        """The first 64 kB in lower case, to search names within markup."""
        return self.head.lower()

    @cached_property
    def title(self) -> str:
        """The title in one line, as the page has it."""
        found = _TITLE.search(self.head)
        return " ".join(unescape(found[1]).split()) if found else ""

    @cached_property
    def title_parts(self) -> frozenset[str]:
        """The whole title, and its parts between dashes and bars, each as `plain` makes it."""
        return _phrases(self.title, *_BETWEEN.split(self.title)) - {""}

    @property
    def is_partly_seen(self) -> bool:
        """Whether it is longer than the part that is examined."""
        return self.bytes > _WHOLE

    @cached_property
    def anatomy(self) -> Anatomy:
        """The parts of the page."""
        return Anatomy(_decoded(self.fetched, _WHOLE) if self.head else "")

    @property
    def machinery(self) -> str:
        """Scripts and attributes in lower case, without the addresses of links, since articles cite those."""
        return self.anatomy.machinery

    @property
    def text(self) -> str:
        """The text that a reader sees, in one line."""
        return self.anatomy.text

    @cached_property
    def words(self) -> int:
        """The number of words that a reader sees."""
        return len(self.text.split())

    @property
    def is_for_scriptless(self) -> bool:
        """Whether its text is visible only to readers without scripts."""
        return len(self.anatomy.noscript.split()) > _MOST_NOSCRIPT

    @cached_property
    def prose_words(self) -> int:
        """The number of words of running text outside of menus, headers and footers."""
        return sum(len(block.split()) for block in self.anatomy.prose)

    @property
    def is_article(self) -> bool:
        """Whether it is marked as an article, or has a comment form, and shows running text."""
        return self.prose_words >= LEAST_ARTICLE and _ARTICLE.search(self.lower) is not None

    @property
    def challenge_header(self) -> str:
        """The provider of the challenge or block page by its headers; empty if they name none."""
        headers = self.fetched.headers
        return next((vendor for name, vendor in CHALLENGE_HEADERS.items() if name in headers), "")

    @cached_property
    def challenge(self) -> str:
        """The provider of the challenge or block page by its title and markup; empty if it is none."""
        if plain(self.title) in BLOCK_TITLES and self.words < LITTLE and not self.is_article:
            return f"title {self.title!r}"
        marks = [mark for mark in CHALLENGE_MARKS if mark in self.lower]
        found = (CHALLENGE_MARKS[mark] for mark in marks if mark in self.machinery and self.words < LITTLE)
        return next(found, "")

    @property
    def status(self) -> int:
        """The HTTP status; 0 if no response came."""
        return self.fetched.status

    @property
    def bytes(self) -> int:
        """The length of the body in bytes."""
        return len(self.fetched.body)

    @property
    def start(self) -> str:
        """The first characters of the body, for the reason of a verdict."""
        return self.fetched.body[:120].decode("utf-8", "replace")

    @property
    def announced(self) -> int:
        """The Content-Length if it measures the body as stored; else 0."""
        length = self.fetched.headers.get("content-length", "")
        as_sent = self.fetched.headers.get("content-encoding", "identity") == "identity"
        return int(length) if as_sent and _LENGTH.fullmatch(length) else 0

    @property
    def has_end(self) -> bool:
        """Whether its HTML has a proper end."""
        return has_end(self.fetched.body)

    @property
    def is_broken_off(self) -> bool:
        """Whether its HTML ends within a tag."""
        tail = self.fetched.body[-4096:]
        start = tail.rfind(b"<")
        return self.is_html and start > tail.rfind(b">") and _CUT.match(tail, start) is not None

    @cached_property
    def fingerprint(self) -> PageFingerprint:
        """The fingerprint of the page, to recognise it again."""
        return PageFingerprint(self.title, hashlib.sha256(plain(self.text).encode()).hexdigest())


def has_end(body: bytes) -> bool:
    """Whether the HTML has a proper end; caches append comments after it, so not at the very last byte."""
    return any(b"</html" in body[-size:].lower() for size in (_TAIL, _HEAD))


def fingerprint(fetched: FetchResult) -> PageFingerprint:
    """The fingerprint of a page, to recognise the response to an address that can't exist."""
    return ResponseView(fetched).fingerprint


def _decoded(fetched: FetchResult, size: int) -> str:
    return decode(fetched.body[:size], fetched.encoding)
