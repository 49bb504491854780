"""Finds links of a text whose target changed while their words did not. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import zip_longest

from variorum.crawler.diffing.hunks import Relink
from variorum.crawler.diffing.normalisation import FOOTNOTE, plain


def relinked(old: str | None, new: str | None, old_text: str, new_text: str) -> tuple[Relink, ...]:
    """The links that differ on words that are in both texts; none if the links of one are not known.

    `old` and `new` have a line for each link: its words, a tab, its address. Links on added or removed words
    are part of the edit of these words; a footnote mark leads to another note when it is renumbered.
    """
    if old is None or new is None or old == new:
        return ()
    before, after = _by_words(old), _by_words(new)
    differing = [
        one for words in {**before, **after} for one in _differing(words, before[words], after[words])
    ]
    texts = [plain(text) for text in (old_text, new_text)] if differing else []
    return tuple(one for one in differing if all(plain(one.words) in text for text in texts))


def _by_words(links: str) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in links.split("\n"):
        words, tab, address = line.partition("\t")
        if tab and not FOOTNOTE.fullmatch(words):
            found[words].append(address)
    return found


def _differing(words: str, old: list[str], new: list[str]) -> Iterator[Relink]:
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    for a, b in zip_longest(gone.elements(), come.elements()):
        yield Relink(words, a, b)
