"""Finds negations in a text, in the known languages: adding or removing one reverses a sentence."""

from __future__ import annotations

from collections import Counter

import regex

from variorum.crawler.diffing.normalisation import plain
from variorum.crawler.diffing.tokens import spelled, without_struck

WORDS = {
    "en": "not no never none nobody nothing neither nor cannot without nowhere",
    "de": "nicht kein keine keinen keiner keinem keines nie niemals niemand niemanden niemandem nichts nein "
    "ohne weder nirgends nirgendwo",
    "fr": "ne pas jamais aucun aucune sans rien non ni guère",
    "sq": "nuk mos jo pa asnjë asnjeri askush asgjë kurrë kurrën",
    "fa": "نه نمی نیست نیستند نیستم نیستیم نیستید هیچ هیچ‌کس هیچکس هیچ‌یک هیچگاه هرگز بدون",
    "ar": "لا لم لن ليس ليست ليسوا لست لسنا غير دون بدون بلا عدم كلا أبدا ولا ولم ولن وليس فلا فلم فلن فليس",
    "ur": "نہیں نہ مت بغیر",
    "he": "לא אין בלי ללא אינו אינה אינם אינן מעולם לעולם",
    "es": "nunca jamás nadie nada ninguno ninguna ningún sin tampoco",
    "it": "nessuno nessuna nessun niente nulla né senza",
    "pt": "não ninguém nenhum nenhuma nem sem",
    "nl": "niet geen nooit niemand niets zonder nee",
    "sv": "inte ej aldrig ingen inget inga utan icke",
    "da": "ikke aldrig intet ingenting uden nej",
    "no": "aldri uten ingenting",
    "ru": "не нет ни без нельзя никогда никто никого ничего ничто ничем нигде никакой",
    "uk": "ні немає ніколи ніхто нічого",
    "bg": "няма никога никой нищо",
    "pl": "nigdy nikt nikogo nic bez żaden żadna żadne żadnego",
    "cs": "není nejsou nikdy nikdo nic žádný žádná",
    "tr": "değil yok hayır asla hiç hiçbir olmadan",
    "el": "δεν δε μην μη όχι ποτέ κανείς κανένας καμία τίποτα χωρίς ούτε",
    "hu": "nem nincs soha senki semmi nélkül sincs",
    "fi": "eivät emme älä ilman",
    "id": "tidak bukan jangan tanpa belum",
    "vi": "không chưa đừng chẳng",
    "hi": "नहीं न मत बिना",
    "bn": "না নয় নেই নি নাই",
    "ta": "இல்லை அல்ல வேண்டாம்",
    "ko": "안 못 아니다 아니라 아닌 없다 없는 없이 없어",
}
"""Negations, without words that are common in another of these languages and no negation there, like
Italian «mai»."""

FORMS = {
    "en": r"\w+n't",
    "fr": r"n'\w+",
    "sq": r"s'\w+",
    "fa": r"نمی\w+|ن(?:کرد|کن|شد|شود|شو|بود|باش|دار|داشت|داد|ده|گفت|گرفت|گیر|خواست|خواه|توانست|توان|دید|"
    r"گذاشت|گذار|ماند|یافت|رسید|خورد|نوشت|پذیرفت|پذیر|دانست|ساخت|باید|رفت)\w{0,6}|نیامد\w*|نیاورد\w*|نیاید",
    "tr": r"(?!samedi|\w*(?:hmed|hamm?[ae]d))\w{2,}"
    r"m[ae](?:d[ıi](?:[mnk]|l[ae]r)?|y[ae]c[ae][kğ]\w*|m[ıi]ş\w*|s[ıi]n(?:l[ae]r)?)"
    r"|\w{2,}m[ıiuü]yor\w*"
    r"|(?:ol|yap|et|bil|gel|git|var|al)m[ae]z\w*",
    "ko": r"\w*(?:지\s*않|않)\w+|\w*(?:없|아니|못하|말라)\w*",
}
"""Words that contain the negation: «isn't», «نمی‌خواهم», «gelmedi»; not «samedi», nor names like «Ahmedi»."""

UNSPACED = {
    "zh": r"不|没|沒|勿|無|无(?!线)|未(?![来來])|[并並]非",
    "ja": r"(?<![少危])な(?:い|かっ|く(?=て|な))|ませ[んず]|ずに",
    "th": r"ไม่|อย่า(?!ง)|ห้าม|มิได้",
    "lo": r"ບໍ່",
    "km": r"មិន|ពុំ|កុំ",
    "my": r"ဘူး|မဟုတ်",
}
"""Negations of scripts without spaces between words."""

_WORDS = frozenset(plain(word).casefold() for known in WORDS.values() for word in known.split())
_FORMS = regex.compile("|".join(FORMS.values()))
_UNSPACED = regex.compile("|".join(UNSPACED.values()))


def negations(text: str) -> Counter[str]:
    """The negations in a text, in any known language, and how often each occurs."""
    found = Counter(word for word in spelled(text) if word in _WORDS or _FORMS.fullmatch(word))
    return found + Counter(_UNSPACED.findall(without_struck(text)))
