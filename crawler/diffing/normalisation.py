"""Normalises text: differences of typography vanish, differences of meaning stay.

Folded are: white space that does not separate words, the forms of one letter (Arabic and Persian yeh and kaf,
ۀ هٔ ه‌ی, ligatures, full-width forms), joiners and tatweel, added vowel signs, the script of digits,
quotation marks, dashes, soft hyphens, direction marks, the numbers of footnote marks. Never folded are super-
and subscripts, fractions, the minus of a number, and signs of currency, per cent and comparison.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import regex

FOLDED_FORMS = frozenset(
    {"<font>", "<noBreak>", "<initial>", "<medial>", "<final>", "<isolated>"}
    | {"<vertical>", "<wide>", "<narrow>", "<small>", "<compat>"}
)
"""Unicode's compatibility forms that draw the same text in another way. `<super>`, `<sub>`, `<fraction>`,
`<circle>` and `<square>` do not: 8² is not 82."""

LETTERS = {
    "ي": "ی",
    "ك": "ک",
    "ڪ": "ک",
    "ş": "ș",
    "Ş": "Ș",
    "ţ": "ț",
    "Ţ": "Ț",
    "٬": ",",
    "٫": ".",
    "٪": "%",
    "؉": "‰",
    **dict.fromkeys('“”„‟«»‹›‘’‚‛`´ʼ"〝〞〟׳״', "'"),
    **dict.fromkeys("‐‑‒–—―־", "-"),
}
INVISIBLE = frozenset(
    "\u00ad\u0640\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Soft hyphens, tatweel, joiners, emoji selectors, direction marks."""

HEH_YEH = regex.compile("[هە]\u0654|ۀ")
"""Two spellings of a Persian ending; they are folded to the third, ه‌ی."""
VOWEL_SIGN = regex.compile(
    "[\u064b-\u0653\u0656-\u065f\u0670\u06d6-\u06dc\u05b0-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
)
"""Arabic and Hebrew points, which writers may leave out. The hamzas (U+0654, U+0655) are parts of letters."""

ITEM = regex.compile(r"^[-‐‑‒–—―−] ", regex.MULTILINE)
MINUS = "−"
OPERATION = regex.compile(rf"(?<=\d\s*){MINUS}")
"""A minus between two numbers, which many write as a hyphen or dash."""
SIGN = regex.compile(r"(?:(?<=(?:^|[(\[{<>=≤≥±+*/\p{Sc}])\s*)-+\s*|(?<=\s)(?<!\d\s+)-)(?=\p{Sc}?[.,]?\d)")
"""A hyphen or dash in place of the minus of a number."""
DASHES = regex.compile(r"\s*-[-\s]*")
QUOTES = regex.compile(r"'+")
PRIMES = regex.compile(r"(?<![\d′″])[′″]+")
"""After a digit they mean minutes and seconds, or feet and inches; elsewhere they are quotation marks."""
IDEOGRAPHIC = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
LOOSE = regex.compile(
    r"(?:(?<=\d[.,:])\s+(?=\d)|(?<=\d)\s+(?=[.,:]\d))(*SKIP)(*FAIL)"
    rf"|(?<!\w)\s+|\s+(?!\w)|(?<={IDEOGRAPHIC})\s+|\s+(?={IDEOGRAPHIC})"
)
"""White space that does not separate words: beside punctuation, but not in «1, 5»; beside Chinese
characters."""

INDENTED = regex.compile(r"^ {2,}(?=\S)", regex.MULTILINE)
"""The spaces at the start of a line, which occur only in program text and have a meaning there."""

SUPERSCRIPT = "⁰¹²³⁴-⁹"
FOOTNOTE = regex.compile(
    r"\[(?P<mark>\d{1,3}|\*{1,3}|[a-z](?=\]\W))\](?!\s*[=+*/]|[({]|\.\w)"
    rf"|(?<=\p{{L}}{{3}}|[.,;:!?)\]'’”»\"])(?P<mark>[{SUPERSCRIPT}]{{1,3}})(?![{SUPERSCRIPT}])"
)
"""A mark that refers to a note: «[3]», or a superscript number after a word. After a number, or a unit
such as km², it is an exponent; before an operator, «[3]» is an index in a program."""

ARABIC = r"[[\p{Arabic}]--[\p{P}\p{Nd}]]"
WITHIN_ARABIC = regex.compile(rf"(?V1)(?<={ARABIC})\s+(?={ARABIC})")
PERSIAN = regex.compile(
    r"[پچژگ]|(?<!\w)(?:ن?می(?:\w\w+)?|را|که|است|این|از|با|در|هایی?|های|ها|شد|نیست|برای)(?!\w)"
)
ONLY_ARABIC = regex.compile(
    r"[ةىأإ]|(?<!\w)[وفبکل]?ال\w\w|(?<!\w)(?:لا|لم|لن|فی|من|قال|هذا|هذه|ان|لیس|هو|هی|ما|علی|کان)(?!\w)"
)
LETTER = regex.compile(
    rf"(?P<blank> ?)(?P<letter>(?!{VOWEL_SIGN.pattern})[^ ])(?P<signs>{VOWEL_SIGN.pattern}*)", regex.DOTALL
)
CONTEXT = 60
"""The number of characters on each side of a space that show whether it is in Persian or Arabic text."""

PLACEHOLDER = regex.compile(r"\[\s*email\s+protected\s*\]", regex.IGNORECASE)
CONCEALED = regex.compile(rf"{PLACEHOLDER.pattern}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", regex.IGNORECASE)


class _Folds(dict[int, str]):
    """The folded form of each character, computed when it first occurs."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        form = unicodedata.decomposition(char).partition(" ")[0]
        if char in INVISIBLE:
            folded = ""
        elif char.isdecimal():
            folded = str(unicodedata.decimal(char))
        elif char in LETTERS:
            folded = LETTERS[char]
        elif form in FOLDED_FORMS:
            folded = "".join(self[ord(one)] for one in unicodedata.normalize("NFKC", char))
        else:
            folded = char
        self[code] = folded
        return folded


_FOLDS = _Folds()


class FoldedLetter(NamedTuple):
    """A character of a folded text, with the signs that Arabic and Hebrew writers may add or leave out."""

    char: str
    signs: frozenset[str]
    after_blank: bool
    at: int
    """Its position in the folded text, with the space before it."""


def plain(text: str, language: str | None = None) -> str:
    """The text without its typography: equal for two texts that differ in nothing else.

    `language` is the code of the page's language, such as `fa`, if it is known.
    """
    folded: str = FOOTNOTE.sub("[#]", _folded(VOWEL_SIGN.sub("", unicodedata.normalize("NFC", text))))
    if _is_persian(folded, language):
        folded = WITHIN_ARABIC.sub("", folded.replace("ى", "ی"))
    return folded


def same_words(old: str, new: str, language: str | None = None) -> bool:
    """Whether two texts differ in typography at most, or in whether an e-mail address is concealed."""
    if PLACEHOLDER.search(old) or PLACEHOLDER.search(new):
        old, new = (CONCEALED.sub("@", text) for text in (old, new))
    if not renumbered(old, new) or INDENTED.findall(old) != INDENTED.findall(new):
        return False
    before, after = (_folded(FOOTNOTE.sub("[#]", text)) for text in (old, new))
    return before == after or _same_letters(before, after, language)


def _is_persian(text: str, language: str | None) -> bool:
    """Whether a folded text is Persian: by its letters and small words, or else by `language`."""
    persian, arabic = len(PERSIAN.findall(text)), len(ONLY_ARABIC.findall(text))
    return persian > arabic or (persian == arabic and (language or "").startswith("fa"))


def renumbered(old: str, new: str) -> bool:
    """Whether the footnote marks of two texts differ only in their numbering: none was added or swapped."""
    before, after = ([match["mark"] for match in FOOTNOTE.finditer(text)] for text in (old, new))
    if before == after:
        return True
    pairs = sorted({(_number(a), _number(b)) for a, b in zip(before, after, strict=False)})
    rising = all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    return len(before) == len(after) and rising


def _number(mark: str) -> int:
    digits = unicodedata.normalize("NFKC", mark)
    return int(digits) if digits.isdecimal() else len(digits) * 1000 + ord(digits[0])


def _folded(text: str) -> str:
    """The text with everything folded except vowel signs and spaces between Arabic letters."""
    text = unicodedata.normalize("NFC", ITEM.sub("", text)).translate(_FOLDS)
    text = HEH_YEH.sub("هی", unicodedata.normalize("NFC", text))
    text = PRIMES.sub("'", SIGN.sub(MINUS, OPERATION.sub("-", text)))
    folded: str = QUOTES.sub("'", LOOSE.sub("", " ".join(DASHES.sub("-", text).split())))
    return folded


def _same_letters(old: str, new: str, language: str | None) -> bool:
    """Whether two folded texts differ at most in added vowel signs, and in what is optional in Persian: a
    space between two letters, and ى for ی."""
    if _skeleton(old) != _skeleton(new):
        return False
    return all(
        (a.signs <= b.signs or b.signs <= a.signs)
        and ((a.char, a.after_blank) == (b.char, b.after_blank) or _is_taste(old, a, new, b, language))
        for a, b in zip(_letters(old), _letters(new), strict=True)
    )


def _skeleton(text: str) -> str:
    bare: str = VOWEL_SIGN.sub("", text)
    return bare.replace(" ", "").replace("ى", "ی")


def _letters(text: str) -> Iterator[FoldedLetter]:
    at = 0
    for match in LETTER.finditer(text):
        yield FoldedLetter(match["letter"], frozenset(match["signs"]), bool(match["blank"]), at)
        at = match.end()


def _is_taste(old: str, a: FoldedLetter, new: str, b: FoldedLetter, language: str | None) -> bool:
    """Whether a space, or a yeh, that only one of the texts has is within Persian words."""
    before, after = (text[max(0, one.at - CONTEXT) : one.at + CONTEXT] for text, one in ((old, a), (new, b)))
    within = WITHIN_ARABIC.search(f"{old[a.at - 1 : a.at]} {a.char}") is not None
    return (within or a.after_blank == b.after_blank) and _is_persian(f"{before}\n{after}", language)
