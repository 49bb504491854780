"""What differs between two spellings of the same words: folded away, so that what is left is meaning.

Folded are: Unicode normal form (NFKC), white space, the Arabic and Persian forms of yeh and kaf, zero-width
joiners, tatweel, the script of digits, quotation marks, dashes, soft hyphens, invisible marks of direction.
Arabic ى stays: على and علي are two words.
"""

from __future__ import annotations

import re
import unicodedata

FOLDS = str.maketrans(
    {
        "ي": "ی",
        "ك": "ک",
        "ـ": None,  # tatweel
        "٬": ",",
        "٫": ".",
        **dict.fromkeys('“”„‟«»‹›‘’‚‛`´ʼ′″"', "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufeff", None),
        **dict.fromkeys("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", None),
    }
)

FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
ITEM = re.compile(r"^[-‐‑‒–—―−] ", re.MULTILINE)
DASHES = re.compile(r"\s*-+\s*")
QUOTES = re.compile(r"'+")
ARABIC = r"[\u0600-\u06ff\u0750-\u077f]"
WITHIN_ARABIC = re.compile(rf"(?<={ARABIC})\s+(?={ARABIC})")
"""Persian writes می‌خواهم, می خواهم and میخواهم for one word: between such letters a space says as little as
a zero-width non-joiner. In other scripts it parts words: «no where» is not «nowhere»."""


PLACEHOLDER = re.compile(r"\[\s*email\s+protected\s*\]", re.IGNORECASE)
CONCEALED = re.compile(rf"{PLACEHOLDER.pattern}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def same_words(old: str, new: str) -> bool:
    """Whether two texts differ in typography at most, or in whether an e-mail address is concealed."""
    if PLACEHOLDER.search(old) or PLACEHOLDER.search(new):
        old, new = (CONCEALED.sub("@", text) for text in (old, new))
    return plain(old) == plain(new)


def plain(text: str) -> str:
    """The text without its typography: equal for two texts that differ in nothing else."""
    text = ITEM.sub("", text)
    text = unicodedata.normalize("NFKC", text.translate(FOLDS)).translate(FOLDS)
    text = FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    text = QUOTES.sub("'", DASHES.sub("-", text))
    return " ".join(WITHIN_ARABIC.sub("", text).split())
