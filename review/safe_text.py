"""Makes scraped text safe to show: nothing in it misleads, and nothing in it stays invisible. Pure,
but for the language of its notes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest
from typing import NamedTuple
from urllib.parse import urlsplit

from variorum.crawler.diffing.diff import Relink
from variorum.review.languages import N_, gettext
from variorum.storage.text_index.folding import folded_words

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
"""Control characters, and those that reverse the order of the text after them. Joiners and the plain
direction marks are not among them: Persian needs them."""

UNSEEN = {
    "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200b": N_("zero-width space"), "\u00ad": N_("soft hyphen"),
    "\u200e": N_("left-to-right mark"), "\u200f": N_("right-to-left mark"),
    "\u061c": N_("Arabic letter mark"), "\u2060": N_("word joiner"), "\ufeff": N_("byte order mark"),
    "\u0640": N_("tatweel"),
}  # fmt: skip
BLANKS = {
    " ": N_("space"), "\t": N_("tab"), "\u00a0": N_("no-break space"),
    "\u202f": N_("narrow no-break space"), "\u2009": N_("thin space"), "\u3000": N_("wide space"),
}  # fmt: skip
_NOT_SEEN = re.compile(f"[{''.join(UNSEEN)}]")

WHOLE = 3_000
"""The number of characters of a text that are shown without unfolding."""
ENDS = 400
"""The number of characters shown at both ends of a longer text."""
MIDDLE = 50_000
"""The number of characters between the ends that can be unfolded."""
MOST_LABELS = 3


class TextPiece(NamedTuple):
    """A piece of a text: `=` kept, `-` removed, `+` added, `<` moved away, `>` moved here."""

    sign: str
    text: str
    folded: str = ""
    """The text that follows, to be unfolded."""
    lost: int = 0
    """The number of characters after that which are not shown."""
    end: str = ""
    """The end of the text."""
    label: str = ""
    """A note on what is invisible in it."""
    space: str = ""
    """The white space before it, which is no part of the change."""


def harmless(text: str) -> str:
    """The text with each character that could mislead a reader replaced by its code, like `\\u202e`."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def link(url: object) -> str | None:
    """The address, if it is safe to follow: http or https, with a host, and fully visible."""
    text = str(url)
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    is_plain = not any(char.isspace() for char in text) and harmless(text) == text
    return text if parts.scheme in ("http", "https") and parts.hostname and is_plain else None


def clipped(text: str | None, most: int = 300) -> str:
    """The text, cut if it is longer than that."""
    text = text or ""
    return text if len(text) <= most else f"{text[:most]}…"


def piece(sign: str, text: str, label: str = "") -> TextPiece:
    """The text as a piece, folded if it is long."""
    space = text[: len(text) - len(text.lstrip())] if sign != "=" and text.strip() else ""
    text = text[len(space) :]
    if len(text) <= WHOLE:
        return TextPiece(sign, text, label=label, space=space)
    folded = text[ENDS:-ENDS]
    lost = max(0, len(folded) - MIDDLE)
    return TextPiece(sign, text[:ENDS], folded[:MIDDLE], lost, text[-ENDS:], label, space)


def link_pieces(link: Relink) -> tuple[TextPiece, ...]:
    """A link with another target: its words, and both addresses."""
    return (
        piece("=", gettext("link «%(words)s»: ") % {"words": link.words}),
        *([piece("-", link.old)] if link.old else []),
        *([piece("+", f" {link.new}")] if link.new else []),
    )


def marked(words: Iterable[tuple[str, str]]) -> tuple[TextPiece, ...]:
    """The words of an edited block, with notes on invisible changes."""
    found: list[TextPiece] = []
    for same, group in groupby(words, key=lambda one: one[0] == "="):
        run = list(group)
        found += [piece("=", text) for _, text in run] if same else _changed(run)
    return tuple(found)


def _changed(run: list[tuple[str, str]]) -> Iterator[TextPiece]:
    """The removed and added words between two kept ones."""
    sides = {sign: "".join(text for other, text in run if other != sign) for sign in "-+"}
    for at, (sign, text) in enumerate(run):
        before, after = (run[at - 1] if at else ("=", "")), [*run, ("=", "")][at + 1]
        label = ""
        if not text.strip() and sides[sign].strip() and _is_edge(text, sides[sign]):
            pass  # the blank stays, and only what it stands beside is another
        elif sign == "+":
            label = unseen(before[1] if before[0] == "-" else "", text)
        elif after[0] != "+":
            label = unseen(text, "")
        yield piece(sign, text, label)


def _is_edge(blank: str, text: str) -> bool:
    """Whether the text begins or ends with that white space."""
    return blank in (text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :])


def unseen(old: str, new: str) -> str:
    """The change of a word that looks the same: «ZWNJ added», «no-break space → space»; else empty."""
    if len(old) + len(new) > WHOLE or old == new:
        return ""
    if not old.strip() and not new.strip():
        return _listed(_blanks(old, new))
    if _NOT_SEEN.sub("", "".join(old.split())) == _NOT_SEEN.sub("", "".join(new.split())):
        return _listed(_counted(old, new))
    if folded_words(old) == folded_words(new) and len(old.strip()) == len(new.strip()):
        return _listed(_letters(old.strip(), new.strip()))
    return ""


def _counted(old: str, new: str) -> Iterator[str]:
    before, after = Counter(old), Counter(new)
    for char, name in (UNSEEN | BLANKS).items():
        if before[char] != after[char]:
            came = after[char] > before[char]
            text = gettext("%(what)s added") if came else gettext("%(what)s removed")
            yield text % {"what": gettext(name)}


def _blanks(old: str, new: str) -> Iterator[str]:
    if not old or not new or (set(old) | set(new)) & set(UNSEEN):
        yield from _counted(old, new)
        return
    for a, b in zip_longest(old, new, fillvalue=""):
        if a != b:
            yield f"{_blank(a)} → {_blank(b)}"


def _blank(char: str) -> str:
    if not char:
        return gettext("nothing")
    return gettext(BLANKS[char]) if char in BLANKS else f"U+{ord(char):04X}"


def _letters(old: str, new: str) -> Iterator[str]:
    for a, b in zip(old, new, strict=True):
        if a != b and a.casefold() != b.casefold():
            yield f"{_named(a)} → {_named(b)}"


def _named(char: str) -> str:
    return unicodedata.name(char, f"U+{ord(char):04X}").lower()


def _listed(found: Iterable[str]) -> str:
    names = list(dict.fromkeys(found))
    return ", ".join([*names[:MOST_LABELS], *(["…"] if len(names) > MOST_LABELS else [])])
