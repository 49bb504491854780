"""Splits a text into words, in any script, without losing a character.

Words are separated at Unicode's word boundaries (UAX 29). Scripts without spaces between words (Chinese,
Japanese but for katakana, Thai, Lao, Khmer, Burmese) are split letter by letter, each letter with its marks.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import takewhile

import regex

from variorum.crawler.diffing.normalisation import FOOTNOTE, plain

_MARK = r"[\p{Grapheme_Cluster_Break=Extend}\p{Grapheme_Cluster_Break=SpacingMark}\p{M}\u00ad\u200c\u200d]"
"""Marks of the letter before: accents, vowel signs, joiners."""
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Line_Break=Complex_Context}]"
_LETTER = rf"(?:[เ-ไເ-ໄ]?(?={_UNSPACED})\X(?:(?=[ะาำๅະາຳ]|{_MARK})\X)*)"
"""A letter of a script without spaces. Thai and Lao vowels before and after a consonant belong to it."""
_SPELLED = rf"(?:(?!{_UNSPACED})\w)"
_EXPONENT = r"(?<!\p{L}{3})\p{No}"
WORD = (
    rf"(?:{_SPELLED}|(?<!\w)\p{{No}})(?:{_SPELLED}|{_MARK}|['’.,٫٬·](?={_SPELLED})|{_EXPONENT})*(?:\^-?\d+)?"
)
"""A word, a number with its separators and exponent (12٬000, 4.50, 8²), a contraction (isn't)."""

STRUCK = regex.compile(r"~~(?![\s~\p{M}])((?:(?!~~)[^\n])*+)(?<![\s~])~~(?![~\p{M}])")
"""Words that the site shows struck out, as an extraction marks them."""
STRIKE = "~~"

_TOKEN = regex.compile(rf"\s*(?:(?:{FOOTNOTE.pattern})(?!{_MARK})|{_LETTER}|{WORD}|\X)")
_WORD = regex.compile(rf"(?:{FOOTNOTE.pattern})(*SKIP)(*FAIL)|{_LETTER}|{WORD}")
_LATIN = "0-9A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_NOT_PLAIN = re.compile(rf"[^{_LATIN} -Z\\\]^`{{-~\u00ab\u00bb\u2013-\u201f\u2026]")
"""Whatever may make a word of something else than Latin letters and digits; footnotes begin with `[`."""
_PLAIN_WORD = re.compile(rf"[{_LATIN}]+(?:['’.,][{_LATIN}]+)*(?:\^-?[0-9]+)?")
"""`_WORD` for lines without such characters: it takes a tenth of the time."""
_ONE_LETTER = regex.compile(rf"\s*{_LETTER}")
SHINGLE = 3

Bag = Counter[str]


def tokens(text: str) -> list[str]:
    """Words and punctuation marks, each with the white space before it: joined they are the text.

    The first and the last of several struck-out words include the mark `~~`.
    """
    return [token for token, _ in _tokens(text)]


def keyed_tokens(text: str) -> tuple[list[str], list[str]]:
    """The tokens, and the key by which each is compared.

    The key is the token without white space and without the number of a footnote, and begins with `~~` if it
    is struck out.
    """
    found = _tokens(text)
    return [token for token, _ in found], [_key(token, is_struck=is_struck) for token, is_struck in found]


def words(text: str) -> list[str]:
    """The words and numbers of a text, without struck-out ones."""
    shown, at = without_struck(text), 0
    found: list[str] = []
    for line in shown.split("\n"):
        found += _PLAIN_WORD.findall(line) if _NOT_PLAIN.search(line) is None else _words_at(shown, at, line)
        at += len(line) + 1
    return found


def _words_at(text: str, start: int, line: str) -> list[str]:
    """The words of the line that starts there; a bracket at its end may be judged by the next line."""
    end = start + len(line)
    return [match[0] for match in takewhile(lambda match: match.start() < end, _WORD.finditer(text, start))]


@lru_cache(maxsize=4)
def count_words(text: str) -> int:
    """The number of words of a text; the last ones are cached, since that of a page is asked for often."""
    return len(words(text))


def without_struck(text: str) -> str:
    """The text without struck-out words; each of their characters is a space, so that positions stay."""
    return STRUCK.sub(lambda match: " " * len(match[0]), text) if STRIKE in text else text


def struck(text: str) -> str:
    """The struck-out words at their positions; everything else is spaces. Empty if there are none."""
    if STRIKE not in text:
        return ""
    shown = without_struck(text)
    return "".join(" " if char == kept else char for char, kept in zip(text, shown, strict=True))


def unmarked(text: str) -> str:
    """The text without the marks of struck-out words."""
    return STRUCK.sub(r"\1", text) if STRIKE in text else text


def is_unspaced(token: str) -> bool:
    """Whether a token is one letter of a script without spaces between words."""
    return _ONE_LETTER.fullmatch(token) is not None


def spelled(text: str) -> list[str]:
    """The words without typography or case, one by one: in a whole text, Persian words would be joined."""
    return [_spelled(word) for word in words(text)]


@lru_cache(maxsize=2**15)
def _spelled(word: str) -> str:
    return plain(word).casefold()


def _tokens(text: str) -> list[tuple[str, bool]]:
    """Each token, and whether it is struck out."""
    found: list[tuple[str, bool]] = []
    at = 0
    for match in STRUCK.finditer(text) if STRIKE in text else ():
        before, within = _between(text, at, match.start()), _between(text, *match.span(1))
        blank = before.pop() if before and before[-1].isspace() else ""
        within[0] = f"{blank}{STRIKE}{within[0]}"
        within[-1] += STRIKE
        found += [(token, False) for token in before] + [(token, True) for token in within]
        at = match.end()
    return found + [(token, False) for token in _between(text, at, len(text))]


def _between(text: str, start: int, end: int) -> list[str]:
    return [match[0] for match in _TOKEN.finditer(text, start, end)]


def _key(token: str, *, is_struck: bool) -> str:
    bare = token.strip()
    if is_struck:
        return STRIKE + bare.removeprefix(STRIKE).removesuffix(STRIKE)
    return "[#]" if FOOTNOTE.fullmatch(bare) else bare


def similarity(a: str, b: str) -> float:
    """The similarity of two texts, 0 to 1: the share of three-word runs they have in common.

    Typography and case do not count. Two empty texts are equal.
    """
    left, right = _shingles(a), _shingles(b)
    return len(left & right) / len(left | right) if left | right else 1.0


def bag(text: str) -> Bag:
    """The number of times each token occurs, struck out or not."""
    return Counter(token.strip() for token in tokens(unmarked(text)))


def bag_similarity(a: Bag, b: Bag) -> float:
    """The share of words that two texts have in common, 0 to 1, whatever their order."""
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = spelled(text)
    starts = range(max(1, len(found) - SHINGLE + 1)) if found else ()
    return {tuple(found[at : at + SHINGLE]) for at in starts}
