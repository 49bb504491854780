"""Recognises lines that only have counts or times: `1,201 views · 3 minutes ago`. They are no text of an
article.

Every piece of the line must be one; a sentence with a number in it is no such line.
"""

from __future__ import annotations

import re
from functools import lru_cache

from variorum.crawler.extraction.html.any_case import AnyCase

N = r"[\d۰-۹٠-٩][\d۰-۹٠-٩.,٬٫\u00a0 ]*\s?(k|m|tsd\.?|mio\.?|هزار|هزار|ألف)?\+?"
AN = rf"({N}|an?|one|eine[rmn]?|une?|një|یک)"
COUNTED = (
    r"views?|page ?views|reads?|hits?|visits?|visitors?( online)?|readers?( online)?|users?( online)?"
    r"|downloads?|comments?|replies|responses|shares?|likes?|votes?|claps|reactions?|followers|subscribers|online"
    r"|(people|readers|users|visitors) (are )?(reading|viewing|watching|online)( this)?( (page|story|now))*"
    r"|(people|users) found this (article |page )?helpful|times (read|viewed|shared)"
    r"|min(utes?)?\.? (of )?read(ing)?( time)?"
    r"|aufrufe|zugriffe|kommentare?|besucher|mal (gelesen|aufgerufen|geteilt)|leser"
    r"|vues?|lectures?|commentaires?|partages?|visites?|visiteurs?"
    r"|shikime|lexime|komente?|vizita|herë lexuar|ndarje"
    r"|بازدید|بازدیدها|نظر|دیدگاه|لایک|نفر آنلاین|بار دیده شده|پسند"
    r"|مشاهدات|مشاهدة|قراءة|قراءات|تعليق|تعليقات|زيارة|زيارات|إعجاب|مشاركة|زائر"
)
SPANS = (
    r"(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[smhd])",
    r"(sekunden?|minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?)",
    r"(secondes?|minutes?|heures?|jours?|semaines?|mois|ans?|années?)",
    r"(sekonda|minuta?|orë|ditë|javë|muaj|vjet|vite)",
    r"(ثانیه|دقیقه|ساعت|روز|هفته|ماه|سال)",
    r"(ثانية|ثواني|ثوان|دقيقة|دقائق|ساعة|ساعات|يوم|أيام|أسبوع|أسابيع|شهر|أشهر|سنة|سنوات)",
)
AGO = (
    rf"{AN}\s*{SPANS[0]} ago|just now|vor {AN} {SPANS[1]}|il y a {AN} {SPANS[2]}|{AN} {SPANS[3]} më parë"
    rf"|{AN} {SPANS[4]} (پیش|قبل)|(منذ|قبل) ({AN} )?{SPANS[5]}"
)
WHEN = (
    r"(last )?(updated|modified|edited|posted|published|seen)|aktualisiert|veröffentlicht|mis à jour|publié"
    r"|përditësuar|publikuar|به‌روزرسانی|انتشار|آخر تحديث|نشر"
)
NONE = (
    r"no comments( yet)?|be the first to comment|leave a (comment|reply)|keine kommentare|aucun commentaire"
)
HELPFUL = rf"{N} out of {N} found this helpful|{N} of {N} (people|users) found this helpful"
MADE = r"(page )?(generated|rendered|loaded|created) in [\d.,]+ ?(s|ms|sec|seconds)\.?( with \d+ queries)?"
SIGNS = r"[▲▼👍👎❤♥★☆👁💬↑↓⬆⬇🔥]\ufe0f?"

DIGIT = re.compile(r"\d")
_DIGIT, _NAME = r"[\d۰-۹٠-٩]", r"[^\W\d_]{3,}"
_DAY = (
    rf"{_DIGIT}{{1,4}}[-.]{_DIGIT}{{1,2}}[-.]{_DIGIT}{{1,4}}"
    rf"|{_DIGIT}{{1,2}}\.? {_NAME} {_DIGIT}{{4}}|{_NAME} {_DIGIT}{{1,2}} {_DIGIT}{{4}}"
)
DATE = re.compile(rf"(({WHEN})\s*:?\s*)?({_DAY})", re.IGNORECASE)
"""A date: alone it is text, beside a count it is none."""
YEAR_AFTER = re.compile(rf"({_NAME} {_DIGIT}{{1,2}}), (?={_DIGIT}{{4}})")

_COUNT = rf"({SIGNS}\s*)?({N} ({COUNTED})|({COUNTED})\s*:?\s*\(?{N}\)?)"
PIECE = AnyCase(rf"{_COUNT}|(({WHEN})\s*:?\s*)?({AGO})|{NONE}|{HELPFUL}|{MADE}|{SIGNS}\s*{N}|{N}\s*{SIGNS}")
BETWEEN = re.compile(r"\s*(?:[·•|/–—]|,\s|\s-\s|$)\s*|\s+(?=[▲▼👍👎❤♥★☆👁💬↑↓⬆⬇🔥])")
LONGEST = 120


@lru_cache(maxsize=2**14)
def is_counter(line: str) -> bool:
    """Whether a line has only counts or relative times, or a date beside these."""
    if len(line) > LONGEST:
        return False
    label = line.removeprefix("- ").strip(" ()[].")
    numbered = DIGIT.search(label) is not None  # else it has no date
    pieces = [
        piece.strip(" ()[].")
        for piece in BETWEEN.split(YEAR_AFTER.sub(r"\1 ", label) if numbered else label)
        if piece
    ]
    if not numbered:
        return bool(pieces) and all(map(PIECE.is_all_of, pieces))
    others = [piece for piece in pieces if not PIECE.is_all_of(piece)]
    return len(others) < len(pieces) and all(map(DATE.fullmatch, others))
