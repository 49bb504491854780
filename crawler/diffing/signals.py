"""Finds what makes an edit significant: numbers, dates, names, quotations, URLs, e-mail addresses."""

from __future__ import annotations

import re
from collections import Counter

import regex

from variorum.crawler.diffing.normalisation import plain
from variorum.crawler.diffing.tokens import spelled, tokens

NUMBER = regex.compile(r"−?\d+(?:[.,:]\d+)*\p{No}*(?:\^-?\d+)?|[\p{No}\p{Sc}<>≤≥≈=≠±+−×÷%‰‱°√∞]|(?<=\d)[′″]")
"""A number with its sign and exponent; or a sign that changes its meaning: of currency, per cent,
comparison."""
DATE = re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b|\b(?:1[34]\d\d|19\d\d|20\d\d)\b")
"""A date in digits, or a year: also of the Persian calendar, whose present century is the fifteenth."""

MONTHS = frozenset(
    plain(name).casefold()
    for name in (
        *("January", "February", "March", "April", "June", "July", "August"),
        *("September", "October", "November", "December"),
        *("Januar", "Februar", "März", "Mai", "Juni", "Juli", "Oktober", "Dezember"),
        *("janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre"),
        *("novembre", "décembre", "janar", "shkurt", "prill", "maj", "qershor", "korrik"),
        *("gusht", "shtator", "tetor", "nëntor", "dhjetor"),
        *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن"),
        *("اسفند",),
        *("ژانویه", "فوریه", "مارس", "آوریل", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
        *("يناير", "فبراير", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر"),
        *("ديسمبر",),
    )
)
"""Months in English, German, French, Albanian, Persian and Arabic, without May, which is too often a verb."""

QUOTATION = re.compile(r"[«“„\"]([^«»“”„\"]{3,})[»”“\"]")
ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")
"""A mail address begins at the start of a word, so that a word of 200,000 letters is searched only once."""
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
"""Markup that is written out: its brackets are no comparison."""
SENTENCE_ENDS = frozenset(".!?؟۔:…\n")
QUOTES = frozenset("«»“”„\"'‘’-–—")


def numbers(text: str) -> Counter[str]:
    """Numbers that are no dates, their digits in ASCII, and the signs that belong to numbers."""
    bare = TAG.sub(" ", ADDRESS.sub(" ", text))
    return Counter(NUMBER.findall(DATE.sub(" ", plain(bare))))


def dates(text: str) -> Counter[str]:
    """The years, numeric dates and names of months, and how often each occurs."""
    flat = plain(text)
    return Counter(DATE.findall(flat)) + Counter(word for word in spelled(text) if word in MONTHS)


def names(text: str) -> Counter[str]:
    """Capitalised words within a sentence. Scripts without capitals, like the Arabic one, show none."""
    found: Counter[str] = Counter()
    starting = True
    for token in tokens(text):
        word = token.strip()
        if not starting and word[:1].isupper() and plain(word).casefold() not in MONTHS:
            found[plain(word)] += 1
        starting = word[-1:] in SENTENCE_ENDS or "\n" in token or (starting and word in QUOTES)
    return found


def quotations(text: str) -> Counter[str]:
    """The texts between quotation marks, and how often each occurs."""
    return Counter(plain(quoted) for quoted in QUOTATION.findall(text))


def addresses(text: str) -> Counter[str]:
    """Web and e-mail addresses in the text."""
    return Counter(found.rstrip(".,;:)»”") for found in ADDRESS.findall(text))
