"""Recognises the note by which a site says that it corrected or updated a text. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from variorum.crawler.diffing.hunks import Hunk

HEADS = (
    "corrections?|corrected|clarification|erratum|corrigendum|updated?|editors?['’]s? note",
    "korrektur|berichtigung|richtigstellung|aktualisierung|anmerkung der redaktion",
    "rectificatif|précision|mise à jour|mis à jour|note de la rédaction",
    "korrigjim|saktësim|përditësim|shënim i redaksisë",
    "اصلاحیه|تصحیح|به‌?روزرسانی|یادداشت سردبیر",
    "تصحيح|استدراك|تنويه|تحديث|ملاحظة المحرر",
)
"""What such a note begins with, before a colon or a dash, perhaps with a date: «Correction (12 May): …». In
English, German, French, Albanian, Persian and Arabic."""
PHRASES = (
    r"(an earlier|a previous) version of this|this \w+ (was|has been) (corrected|amended|updated)",
    r"in einer (früheren|ersten|vorherigen) (version|fassung)|diese[rs]? \w+ wurde "
    r"(korrigiert|geändert|aktualisiert)",
    r"(dans )?une (première version|version (antérieure|précédente|initiale)) de|cet article a été "
    r"(corrigé|modifié|mis à jour)",
    r"(në )?një version (i|të) mëparshëm|ky artikull (është|u) (korrigjua|përditësua)",
    r"(در )?نسخه (قبلی|پیشین) این|این (مطلب|خبر|گزارش) (اصلاح|به‌?روز)",
    r"(في |ورد في )?نسخة سابقة من هذا|تم (تصحيح|تحديث) هذا",
)
"""What such a note begins with otherwise."""
DATED = r"[^:.!?\n]{0,40}\d[^:!?\n]{0,20}"
NOTE = regex.compile(
    rf"^[\W_]*((?:{'|'.join(HEADS)})\b(?:{DATED}|[\s)\]*]*)[:：—–-]|(?:{'|'.join(PHRASES)}))",
    regex.IGNORECASE | regex.MULTILINE,
)


def adds_note(hunks: Iterable[Hunk]) -> bool:
    """Whether such a note came in: as a block of its own, or as a line of one."""
    return any(
        NOTE.search("\n".join(hunk.new)) and not NOTE.search("\n".join(hunk.old))
        for hunk in hunks
        if hunk.op != "move"
    )
