"""Guesses the character encoding of text that names none, by the letters that languages use and how often."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import NamedTuple

import regex

LEAST = 1e-4
"""The probability of a character that the language does not use."""
MOST_BYTES = 1_000_000
MOST_OF_SAMPLE = 20_000
"""The number of bytes of words with non-ASCII bytes; more do not change the result."""
SYMBOLS = frozenset("‘’“”„«»‹›–—…•·©®™°§€£\u00a0´¨½")
"""Symbols that occur in texts of every language, rarely."""
SYMBOL = 0.02
USUAL, RARITY = 3.0, -2.0
"""How much more or less likely an encoding is before the text is examined; this decides for few
characters."""
HINT = 1.5
"""How much more likely, in the logarithm of a letter, the language is that the page declares."""

LATIN = {
    "cp1252": {
        "en": "éèïöçñü",
        "fr": "éèàêçùîôûâëïœü",
        "de": "üäößÄÖÜ",
        "es": "óíáéñúü¿¡",
        "it": "èàùòìé",
        "pt": "ãçáéíóõêâúôà",
        "sq": "ëçËÇ",
        "sv": "äåöÅÄÖé",
        "da": "åøæØÅÆé",
        "fi": "äöå",
        "is": "íáþðöéæóúýÞÁ",
        "nl": "ëéïèöü",
        "ca": "àéóèíòçúïü",
        "et": "äõüöšž",
    },
    "cp1250": {
        "pl": "ąęłóżśćńźŁŚŻ",
        "cs": "íáéěřčžýůšúťďňóŘŠŽČ",
        "sk": "áíéčžýúšľťôňäóďĺŕ",
        "hu": "éáöóüőíúűÉÁÖ",
        "ro": "ăîâşţŞŢÎ",
        "hr": "čšžćđŠŽČ",
        "sl": "čšžŠŽČ",
    },
    "cp1254": {"tr": "ıüşçğöİŞÇÖÜâ"},
    "cp1257": {"lt": "ėšųžįąčūęŠŽ", "lv": "āīēšūņžļģķčĀ", "et": "äõüöšž"},
}
"""By the first encoding of a language, its letters that are not ASCII, by frequency."""
OTHER = {
    "cp1251": {
        "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёОВПСНКАМИРТБГДЭЗУЛФХ",
        "uk": "оаниіветрслкудмпязьбгчйхїжюшцщєфґОВПСНКАМІРТБГДЄЗУЛЯ",
        "bg": "аиоентрвслкдпмзябъугчщцжюшйхфьАИОЕНТРВСЛКДПМЗБГ",
        "sr": "аоиенртсвдукмлпјзгбчцшђћхжњљфџАОИЕНРТСВДКМЛПЈЗГБ",
    },
    "cp1253": {"el": "αοιετσνηυρπκμλςόγάδίήέωθύχβώφξζψϊΤΟΑΚΠΜΕΣΗΔΝΛΙΓΘΡΦΒΧΥ"},
    "cp1255": {"he": "יוהלאמרתבשנדעחםפקגסכצזטןךץף"},
    "cp1256": {
        "ar": "اليمنوترهدبةسعفقكحأجشصضطخثذىءغزظئإآؤًٌٍَُِّْ،؟",
        "fa": "ايرندهوتمبسشکكگعفخزقچجحپصطآذئضغثءژظۀ،؟",
    },
    "cp874": {"th": "านรอกเงมยลวดทสะตปบคหจพแชขไใผซโถภศฟณธฉษญ่้ีัิ็ืุูำ์ึๆ"},
}
"""The same for scripts that are not Latin: their letters are beside no ASCII letters."""
SAME_LETTERS = {
    "cp1252": ("iso8859-15",),
    "cp1250": ("iso8859-2",),
    "cp1251": ("koi8-u", "iso8859-5", "cp866"),
    "cp1253": ("iso8859-7",),
    "cp1256": ("iso8859-6",),
}
"""Other encodings of the same languages."""

HAN = {
    "gb18030": "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下"
    "过子说产种面而方后多定行学法所",
    "big5hkscs": "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也"
    "能下過子說產種面而方後多定行學法所",
}
"""The most frequent characters of simplified and of traditional Chinese."""
LONGEST = 4
"""The maximum number of bytes of a character in these encodings."""
LEAST_FOREIGN = 4
HIGH_PAIRS, LEAST_HIGH = 1.8, {"cp932": 1.3, "big5hkscs": 1.3}
"""Non-ASCII bytes per character: in all but these two encodings, both of its bytes are non-ASCII, except
for rare characters. In Western text, a non-ASCII letter is before an ASCII letter."""
LEAST_HAN = 0.08
LEAST_KANA = 0.2
LEAST_HANGUL = 0.85
MOST_RARE = 0.02
KANA = regex.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
HANGUL = regex.compile(r"[가-힣]")
IDEOGRAPH = regex.compile(r"\p{Han}")
RARE = regex.compile(r"[\uff61-\uff9f\p{Co}\p{Cn}\ufffd\p{Cyrillic}\p{Greek}\u2500-\u257f]")
"""Characters that result from decoding with a wrong encoding: half-width kana, private characters, lines
of boxes."""

HIGH = regex.compile(rb"[\x80-\xff]")
ASCII_RUN = regex.compile(rb"([\x00-\x7f]{8})[\x00-\x7f]+(?=[\x00-\x7f]{8})")
ALL_UPPER = regex.compile(r"\b\p{Lu}{3,}\b")
FOREIGN = regex.compile(r"[^\x00-\x7f]")
BEFORE_DIGIT = regex.compile(r"[^\x00-\x7f\W\d_](?=\d)")
BESIDE_LATIN = regex.compile(r"[A-Za-z][^\x00-\x7f\W\d_]|[^\x00-\x7f\W\d_][A-Za-z]")
WITHIN_WORD = regex.compile(r"(?<=[^\W\d_])[^\x00-\x7f\w\u00ad](?=[^\W\d_])")
LONG_RUN = regex.compile(r"[^\x00-\x7f\W\d_]{4,}")
UPPER_WITHIN = regex.compile(r"(?<=\p{Ll})\p{Lu}(?=\p{Ll})")
LANGUAGE = regex.compile(rb"<html[^>]{0,300}?\slang\s*=\s*[\"']?([a-zA-Z]{2})", regex.IGNORECASE)


class Decoding(NamedTuple):
    """A text decoded with one encoding: its non-ASCII characters, and how many are in unlikely places."""

    counts: Counter[str]
    unlikely: int
    unlikely_in_latin: int
    unlikely_in_others: int


def guessed(body: bytes) -> str:
    """The most likely encoding of bytes that are not UTF-8 and name none, by Python's name."""
    sample = ASCII_RUN.sub(rb"\1 ", body[:MOST_BYTES])[:MOST_OF_SAMPLE]
    high = len(HIGH.findall(sample))
    if not high:
        return "cp1252"
    if wide := _east_asian(sample):
        return wide
    named = LANGUAGE.search(body[:4096])
    language = named[1].decode("ascii").lower() if named else ""
    found: dict[str, float] = {}
    for is_latin, groups in ((True, LATIN), (False, OTHER)):
        for main, languages in groups.items():
            for encoding in (main, *SAME_LETTERS.get(main, ())):
                reading = _read(sample.decode(encoding, "replace"))
                prior = (USUAL * (encoding == "cp1252") + RARITY * (encoding != main)) / high
                found[encoding] = prior + max(
                    _likelihood(reading, letters, is_latin=is_latin) + HINT * (language == name)
                    for name, letters in languages.items()
                )
    return max(found, key=lambda encoding: round(found[encoding], 3))


def _read(text: str) -> Decoding:
    unlikely = [*WITHIN_WORD.findall(text), *UPPER_WITHIN.findall(text), *BEFORE_DIGIT.findall(text)]
    small = ALL_UPPER.sub(lambda word: word[0].lower(), text)
    return Decoding(
        counts=Counter(FOREIGN.findall(small)),
        unlikely=len(unlikely),
        unlikely_in_latin=sum(map(len, LONG_RUN.findall(text))),
        unlikely_in_others=len(BESIDE_LATIN.findall(text)),
    )


def _likelihood(reading: Decoding, letters: str, *, is_latin: bool) -> float:
    """The mean logarithm of the probability of each non-ASCII character in a language with those letters."""
    weights = {letter: 1 / (rank + 4) for rank, letter in enumerate(letters)}
    whole = sum(weights.values())
    likely = sum(
        count * log(weights[char] / whole if char in weights else SYMBOL if char in SYMBOLS else LEAST)
        for char, count in reading.counts.items()
    )
    unlikely = reading.unlikely + (reading.unlikely_in_latin if is_latin else reading.unlikely_in_others)
    return (likely + unlikely * log(LEAST)) / max(1, reading.counts.total())


def _east_asian(sample: bytes) -> str:
    """The encoding of Chinese, Japanese or Korean, if one makes such a text of the bytes; else empty."""
    texts = {name: text for name in ("cp932", "euc_jp", "cp949", *HAN) if (text := _strict(sample, name))}
    for name in ("euc_jp", "cp932"):
        if _share(texts.get(name, ""), KANA) >= LEAST_KANA:
            return name
    if _share(texts.get("cp949", ""), HANGUL) >= LEAST_HANGUL:
        return "cp949"
    scores = {name: _common(texts.get(name, ""), common) for name, common in HAN.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= LEAST_HAN else ""


def _strict(sample: bytes, encoding: str) -> str:
    """The text, if the bytes are valid except for a character cut at either end; else empty."""
    for end in range(4):
        try:
            text = sample[: len(sample) - end].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - LONGEST:
                return ""
            continue
        foreign = len(FOREIGN.findall(text))
        pairs = len(HIGH.findall(sample)) / max(1, foreign)
        is_likely = foreign >= LEAST_FOREIGN and pairs >= LEAST_HIGH.get(encoding, HIGH_PAIRS)
        return text if is_likely and _share(text, RARE) <= MOST_RARE else ""
    return ""


def _share(text: str, kind: regex.Pattern[str]) -> float:
    """The share of the non-ASCII characters that are of a kind."""
    return len(kind.findall(text)) / max(1, len(FOREIGN.findall(text)))


def _common(text: str, common: str) -> float:
    """The share of the ideographs that are very frequent; 0 if most characters are others."""
    found = IDEOGRAPH.findall(text)
    if not found or len(found) < len(FOREIGN.findall(text)) / 2:
        return 0.0
    return sum(char in common for char in found) / len(found)
