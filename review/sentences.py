"""Says sentences about sites and pages in the language of the reader.

They are made in English below the review page, and most are stored so: issues, reasons of the plan, what came
of a fetch, faults of site files. Each is of a form that `review/sentence_forms.py` lists. A sentence of
another form stays English. What a value means follows from its name: see `_VALUES`; any other value is itself
such a sentence, or a text that is not ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, reduce

from variorum.crawler.times import UNITS
from variorum.review import formats
from variorum.review.languages import Preferences, current, gettext
from variorum.review.sentence_forms import FORMS
from variorum.review.terms import OUTCOMES, term

FOREIGN, FOREIGN_END = "\u2068", "\u2069"
"""The marks around a text that is not ours: within them it has its own direction."""
DEEPEST = 8
"""How deep sentences have sentences in them. No sentence of ours reaches that; what a site sends might."""
_DAYS = dict(UNITS)
_NUMBERS = ["count", "pages", "articles", "least", "most", "fetches", "right"]
_NUMBERS += ["words", "bytes", "announced", "left", "enough", "seconds", "number"]
_NUMBERS += ["versions", "changes", "captures"]
_KNOWN = ["reason", "allowed"]
"""Values that are sentences of a known form."""
_FOREIGN = ["text", "seen", "setting", "budget"]
_FOREIGN_LIKE = {
    "url": r"https?://\S+",
    "host": r"[^\s;]+",
    "file": r"\S+\.toml",
    "key": r"[^\s:]+",
    "word": '"[^"]*"',
    "other": '"[^"]*"',
    "shape": r"[^\s,]+",
}


def translated(sentence: str) -> str | None:
    """The sentence in the current language; None if it is of no known form."""
    return _translated(sentence, current(), DEEPEST)


@lru_cache(maxsize=1024)
def _translated(sentence: str, reader: Preferences, depth: int) -> str | None:
    """The same for a reader; values are such sentences themselves down to that depth."""
    for form in FORMS:
        if found := _pattern(form).fullmatch(sentence):
            values = {name: _value(name, text, reader, depth - 1) for name, text in found.groupdict().items()}
            if None not in values.values():
                return gettext(form) % values
    return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """What matches the sentences of a form, also where it counts one of something."""
    pieces = re.split(r"%\((\w+)\)s", form)
    words = [re.escape(piece) for piece in pieces[::2]]
    words = [re.sub(rf"^\\ ({_COUNTED})s", r"\\ \1s?", piece) for piece in words]
    values = [f"(?P<{name}>{_written(name)})" for name in pieces[1::2]]
    return re.compile("".join(map("".join, zip(words, [*values, ""], strict=True))), re.DOTALL)


def _written(name: str) -> str:
    """How a value of that name is written in English, as a regular expression."""
    if name in _VALUES:
        return _VALUES[name][0]
    return "[^;]+" if name == "fault" else _ANY


def _value(name: str, text: str, reader: Preferences, depth: int) -> str | None:
    """The value in the current language; None if it has to be of a known form, and is not."""
    if name in _VALUES:
        return _VALUES[name][1](text)
    said = _translated(text, reader, depth) if depth else None
    return said if said is not None or name in _KNOWN else _foreign(text)


def _number(text: str) -> str:
    return formats.number(int(text.replace(",", "")))


def _often(text: str) -> str:
    return formats.every(_length(text.removeprefix("every ")))


def _length(text: str) -> float:
    """The days of `3 days` or of `hour`."""
    count, _, noun = text.rpartition(" ")
    return int(count.replace(",", "") or 1) * _DAYS[noun.removesuffix("s")]


def _examples(text: str) -> str:
    """Values that a key may have: `"6h" or "2d"`."""
    between = gettext("%(word)s or %(other)s")
    return reduce(
        lambda word, other: between % {"word": word, "other": other},
        [_foreign(one) for one in re.split(',? or (?=")', text)],
    )


def _foreign(text: str) -> str:
    """A text that is not ours, in its own direction."""
    return f"{FOREIGN}{text}{FOREIGN_END}"


_DIGITS = r"[\d,]{0,20}"
"""After the first one; a site may write a number that is larger than any can be."""
_COUNTED = "page|time|version|change|capture"
_UNIT = f"(?:{'|'.join(_DAYS)})s?"
_ANY = ".+?"
_VALUES: dict[str, tuple[str, Callable[[str], str]]] = {
    **dict.fromkeys(_NUMBERS, (rf"\d{_DIGITS}", _number)),
    **dict.fromkeys(_FOREIGN, (_ANY, _foreign)),
    **{name: (pattern, _foreign) for name, pattern in _FOREIGN_LIKE.items()},
    "example": ("[^;]+", _examples),
    "outcome": ("|".join(sorted(OUTCOMES)), term),
    "status": (r"\d+", str),
    "time": (r"\d{4}-\d\d-\d\dT[\d:.]+Z", formats.moment),
    "often": (rf"every (?:\d{_DIGITS} )?{_UNIT}", _often),
    "age": (rf"\d{_DIGITS} {_UNIT}", lambda text: formats.span(_length(text))),
    "share": (r"\d{1,3}%", lambda text: formats.percent(int(text[:-1]))),
}
"""How a value of that name is written in English, and how it is said."""
