"""Compares phrases: texts folded to their words, and phrases found in them."""

from __future__ import annotations

import re
import unicodedata

TWINS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ە": "ه", "ـ": "", "ı": "i", "ß": "ss"})
"""Letters that two keyboards write differently."""
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670]+")
_NO_LETTERS = re.compile(r"[\W_]+")

Phrases = tuple[str, ...]


def fold(text: str) -> str:
    """The words of a text in the form in which phrases are compared: one case, no accents, vowel signs or
    punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(TWINS)
    return _NO_LETTERS.sub(" ", _MARKS.sub("", plain)).strip()


def squeeze(text: str) -> str:
    """The letters and digits of a text."""
    return fold(text).replace(" ", "")


def found(phrases: Phrases, folded: str) -> str:
    """The first of the phrases in a folded text, at word boundaries; empty if there is none."""
    within = f" {folded} "
    return next((phrase for phrase in phrases if f" {phrase} " in within), "")


def begins(phrases: Phrases, folded: str) -> str:
    """The first of the phrases with which a folded text begins; empty if there is none."""
    start = f"{folded} "
    return next((phrase for phrase in phrases if start.startswith(f"{phrase} ")), "")
