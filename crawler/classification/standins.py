"""Recognises pages sent with status 200 in place of an article: notices, walls, pages of servers.

No sign is enough by itself, since articles write about all these things. For a known page, its text must be
missing (`ComparedView.is_lost`), and what is new must be short and use the phrases of such a page. For a page
that is seen for the first time, its complete heading or title must be that of such a page, and hardly a word
of an article may follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from variorum.crawler.classification.comparison import MOST_LEFT, ComparedView
from variorum.crawler.classification.phrases import of_articles as articles
from variorum.crawler.classification.phrases import of_servers as servers
from variorum.crawler.classification.phrases.folding import Phrases, begins, fold, found
from variorum.crawler.classification.response import LITTLE

MOST_TEXTS = 200
NOTE = 40
"""The maximum number of words of a notice."""
SHORT = 80
LETTER = 150
"""The maximum number of words below a wall that are the wall's own."""
MANUAL = 450
"""The maximum number of words on the welcome page of a web server."""
SENTENCE = 14
"""The maximum number of words of a single sentence."""
LAST_WORDS = 4000  # letters; an error may be followed by its stack trace, and by a footer
FEW_LINKS = 5
"""The maximum number of links on a notice in place of a whole site; a site's own pages have more."""
CONSENT_SHARE = 0.4
"""The share of a consent page that is about consent, cookies or partners."""
MANY_LINKS = 8
PHP_ERROR = re.compile(
    r"(?:fatal|parse|recoverable fatal|catchable fatal) error\s*:.{0,2000}?\.php(?: on line |:)\s*\d",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"\b(?:(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,64}|\d{1,3}(?:\.\d{1,3}){3})\b", re.IGNORECASE
)
APOLOGY = re.compile(
    r"^(?:(?:we are |we re )?(?:very )?sorry(?: but)?|unfortunately|notice|note|متاسفانه|عذرا|نعتذر|للاسف|لقد"
    r"|desole|malheureusement|leider|na vjen keq(?: por)?|fatkeqesisht) "
)
WP_DIE = re.compile(r"<body[^>]{0,300}id=[\"']?error-page|wp-die-message")


@dataclass(frozen=True, slots=True)
class Form:
    """The phrases by which one form of such pages is recognised."""

    sure: Phrases
    """Sentences in which such a page speaks about itself or to its visitor."""
    words: Phrases = ()
    """Words that such a page has and that other pages may have, too."""
    headings: Phrases = ()
    """Complete headings and titles of such a page."""
    most_words: int = LETTER
    names_visitor: bool = False
    """Whether the visitor's address or an incident number beside one of its words is a sign."""

    def seen(self, c: ComparedView) -> str:
        """The words by which a response has this form; empty if it has not."""
        if c.is_kept or c.fresh_words > self.most_words:
            return ""
        return self._instead(c) if c.is_lost else self._at_first(c)

    def _instead(self, c: ComparedView) -> str:
        """Check a page that replaces a known one: by a sentence, a heading, or words if the site's menus
        are missing."""
        phrase = _first(self.sure, (*c.fresh_headings, *c.fresh)) or _short_text(self.sure, c)
        heading = self._heading(c)
        word = found(self.words, fold(c.text)) if c.words <= LETTER else ""
        if phrase and (heading or c.has_lost_menus or c.fresh_words <= SHORT):
            return phrase
        if heading and (word or c.fresh_words <= NOTE):
            return heading
        named = self.names_visitor and c.fresh_words <= SHORT and REFERENCE.search(c.text) is not None
        return word if named or c.has_lost_menus else ""

    def _at_first(self, c: ComparedView) -> str:
        """Check a page without a known version: by heading and few words, without menu and article."""
        if c.anatomy.links > FEW_LINKS or c.is_article:
            return ""
        phrase = _first(self.sure, (*c.anatomy.main_headings, *c.fresh)) or _short_text(self.sure, c)
        heading = self._heading(c)
        if heading and (phrase or c.fresh_words <= SENTENCE):
            return heading
        return phrase if phrase and c.fresh_words <= NOTE else ""

    def _heading(self, c: ComparedView) -> str:
        titles = {fold(part) for part in c.title_parts}
        return next((one for one in self.headings if one in titles or one in c.anatomy.main_headings), "")


def _first(phrases: Phrases, texts: tuple[str, ...]) -> str:
    return next(filter(None, (found(phrases, text) for text in texts[:MOST_TEXTS])), "")


def _short_text(phrases: Phrases, c: ComparedView) -> str:
    """A phrase in the whole text, if that is short: it may be in no block of its own."""
    text = fold(c.anatomy.text)
    return found(phrases, text) if len(text.split()) <= LETTER else ""


def withdrawn(c: ComparedView) -> str:
    """Whether the site has withdrawn the article."""
    if not c.is_lost and (c.is_known or c.fresh_words > 2 * SENTENCE):
        return ""
    if c.fresh_words > SHORT:
        return ""
    sentences = c.fresh_sentences or (fold(c.text),)
    return next(filter(None, (_withdraws(APOLOGY.sub("", one)) for one in sentences)), "")


def _withdraws(sentence: str) -> str:
    """The words by which a sentence withdraws an article."""
    if phrase := begins(articles.WITHDRAWN, sentence) or found(articles.WITHDRAWN_BY, sentence):
        return phrase
    short = len(sentence.split()) <= SENTENCE
    whole = any(
        begins(start, sentence) and any(sentence.endswith(f" {end}") for end in ends)
        for start, ends in articles.WITHDRAWN_ENDS
    )
    return sentence if short and whole else ""


def php_error(c: ComparedView) -> str:
    """Whether PHP stopped within the page, so that its error message is the end of the page."""
    errors = PHP_ERROR.findall(c.text[-LAST_WORDS:])
    stopped = not c.has_end or (c.is_known and not c.is_kept)
    return errors[-1][:120] if errors and stopped else ""


def wordpress_error(c: ComparedView) -> str:
    """Whether the page is an error message of WordPress: `wp_die`, or a critical error."""
    if c.is_kept and c.has_end:
        return ""
    if c.words < LITTLE and WP_DIE.search(c.lower):
        return c.title or c.anatomy.text[:120]
    parts = {fold(part) for part in c.title_parts}
    if "wordpress" in parts and parts & set(servers.WORDPRESS_ERRORS) and c.words <= LETTER:
        return c.title
    cut = c.is_lost or not c.has_end or (not c.is_known and c.fresh_words <= 2 * SENTENCE)
    return _first(servers.WORDPRESS_CRITICAL, c.fresh) if cut and c.fresh_words <= NOTE else ""


def parked(c: ComparedView) -> str:
    """Whether it is a page of a domain dealer."""
    if c.is_kept or c.fresh_words > LETTER:
        return ""
    if mark := next((one for one in servers.PARKED_MARKS if one in c.anatomy.machinery), ""):
        return mark
    return PARKED.seen(c)


def welcome(c: ComparedView) -> str:
    """Whether it is the default page of a web server without a site."""
    phrase = WELCOME.seen(c)
    if phrase or c.is_kept or c.words > SENTENCE:
        return phrase
    return "It works!" if c.anatomy.main_headings[:1] == ("it works",) else ""


def login(c: ComparedView) -> str:
    """Whether the site shows only a login form."""
    if not c.is_lost or c.fresh_words > LETTER:
        return ""
    asks = c.anatomy.asks_password and not (c.before and c.before.asks_password)
    texts = (*(fold(part) for part in c.title_parts), *c.fresh_headings)
    heading = next(filter(None, (begins(articles.LOGIN_HEADINGS, text) for text in texts)), "")
    controls = set(articles.LOGIN_CONTROLS) & c.fresh_controls
    if asks:
        return heading or "a password"
    return heading if controls and c.fresh_words <= NOTE else ""


def consent(c: ComparedView) -> str:
    """Whether the site shows only a consent page, however long that is."""
    if c.is_kept or not (c.is_lost or _is_headed_by_consent(c)):
        return ""
    main = c.anatomy.main_headings
    controls = sorted(c.fresh_controls if c.is_known else c.anatomy.controls)
    accepts = [one for one in controls if one in articles.ACCEPTS or found(articles.ACCEPT_WORDS, one)]
    if not accepts:
        return ""
    about = [block for block in c.fresh if found(articles.CONSENT_WORDS, block)]
    heading = next((one for one in main if begins(articles.CONSENT_HEADINGS, one)), "")
    least = CONSENT_SHARE if heading else 2 * CONSENT_SHARE
    speaks = _words(about) >= least * _words(c.fresh)
    if not about:
        return ""
    if c.is_lost:
        return (heading or f"a button “{accepts[0]}”") if speaks or set(main) == {heading} else ""
    return heading if speaks and not c.is_article else ""


def _is_headed_by_consent(c: ComparedView) -> bool:
    """Whether a page that is seen for the first time has no other main heading than one about consent."""
    headline = c.anatomy.plain_headline
    if c.is_known or (headline and headline not in articles.CONSENT_HEADINGS):
        return False
    main = c.anatomy.main_headings
    return bool(main) and set(main) <= set(articles.CONSENT_HEADINGS)


def _words(blocks: Iterable[str]) -> int:
    return sum(len(block.split()) for block in blocks)


def paywall(c: ComparedView) -> str:
    """Whether the page is declared as not free, or shows a box that cuts the article."""
    if c.is_kept and c.kept > MOST_LEFT:
        return ""
    if not c.is_known:
        return _paywall_at_first(c)
    if not c.is_cut or c.fresh_words >= LITTLE:
        return ""
    before = c.before.machinery if c.before else ""
    not_free = bool(articles.NOT_FREE.search(c.machinery))
    if not_free and not articles.NOT_FREE.search(before):
        return _box(c) or "the page says that it is not free, and did not before"
    mark = articles.PAYWALL_MARKS.search(c.machinery)
    marked = mark is not None and mark[0] not in before
    return _box(c) if marked or not_free or c.fresh_words <= SHORT else ""


def _paywall_at_first(c: ComparedView) -> str:
    if c.fresh_words >= LITTLE:
        return ""
    short = tuple(block for block in c.fresh if len(block.split()) <= NOTE)
    heading = _first(articles.PAYWALL, c.fresh_headings)
    not_free = articles.NOT_FREE.search(c.machinery)
    marked = heading and articles.PAYWALL_MARKS.search(c.machinery)
    return heading or _first(articles.PAYWALL, short) if not_free or marked else ""


def _box(c: ComparedView) -> str:
    """A phrase of a new and short block, heading or button that offers reading on for money or a
    registration."""
    short = tuple(block for block in (*c.fresh_headings, *c.fresh) if len(block.split()) <= NOTE)
    return _first(articles.PAYWALL, (*short, *sorted(c.fresh_controls)))


def shell(c: ComparedView) -> str:
    """Whether it is a page that a script fills, before it was filled."""
    if c.is_kept or c.fresh_words > NOTE or "script" not in c.lower:
        return ""
    bare = c.fresh_words <= SENTENCE and c.words <= NOTE and c.anatomy.links <= FEW_LINKS
    if not c.is_lost and (c.is_known or not bare):
        return ""
    needs = found(articles.NEEDS_SCRIPT, fold(f"{c.anatomy.noscript} {c.anatomy.text}"))
    return "an empty page for a script to fill" if c.anatomy.empty_root or needs else ""


def bare(c: ComparedView) -> str:
    """Whether neither a word of the page nor the menus of the site are left, whatever else it shows."""
    if not c.is_lost or not c.has_lost_menus or c.words > LETTER:
        return ""
    many = c.before is not None and c.before.links >= MANY_LINKS
    word = found(servers.LOOSE, fold(c.text))
    return word or (f"{c.words} words and no link of the site" if many else "")


WELCOME = Form(servers.WELCOME, (), servers.WELCOME_HEADINGS, MANUAL)
PARKED = Form(servers.PARKED, servers.PARKED_WORDS)
MAINTENANCE = Form(servers.MAINTENANCE, servers.MAINTENANCE_WORDS, servers.MAINTENANCE_HEADINGS)
FIREWALL = Form(servers.FIREWALL, servers.FIREWALL_WORDS, servers.FIREWALL_HEADINGS, names_visitor=True)
SUSPENDED = Form(servers.SUSPENDED, servers.SUSPENDED_WORDS, servers.SUSPENDED_HEADINGS)
SERVER_ERROR = Form(servers.SERVER_ERROR, servers.SERVER_ERROR_WORDS, servers.SERVER_ERROR_HEADINGS)
