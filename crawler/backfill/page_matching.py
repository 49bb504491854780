"""Finds the known page to which a text without an address belongs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from variorum.storage.store import Store
from variorum.storage.text_index import minhash
from variorum.storage.text_index.folding import folded, folded_words
from variorum.storage.unplaced import Candidate, Unplaced

TITLED = 0.3
"""The containment from which a page with the same title has the same article."""
UNTITLED = 0.9
"""The containment that is needed if the titles differ."""


class KnownTexts:
    """An index of the versions of a site's articles, by title and by text."""

    def __init__(self, store: Store, site: str) -> None:
        self._rows, self._site = Unplaced(store.db), site
        self._of_page: defaultdict[int, list[Candidate]] = defaultdict(list)
        self._titled: defaultdict[str, list[Candidate]] = defaultdict(list)
        self._by_hash: defaultdict[int, list[Candidate]] = defaultdict(list)
        self._shingles_of = lru_cache(maxsize=512)(self._read)
        self._add(self._rows.candidates(site))

    def titles(self) -> set[str]:
        """Return the titles of the known pages, in their own spelling."""
        return {one.title for found in self._of_page.values() for one in found if not one.is_text}

    def learn(self, page: int) -> None:
        """Index the versions of a page again after they have changed."""
        self._shingles_of.cache_clear()
        self._of_page[page] = []
        self._add(self._rows.candidates(self._site, page))

    def find(self, title: str, text: str, published: str | None, *, placed: bool = False) -> Candidate | None:
        """Return the most similar version, if its page matches the article; else None.

        With `placed`, only pages with an address are searched. Among equals, a page with an address comes
        first, then one of the same day, then the older page.
        """
        words = folded_words(text)
        shingles = minhash.shingles(words)
        best: tuple[tuple[bool, bool, float, bool, int], Candidate] | None = None
        for one, titled in self._met(title, shingles):
            if placed and one.is_unplaced:
                continue
            like = self._containment(one, words, shingles)
            dated = bool(published) and published == one.published
            apart = bool(published and one.published) and not dated
            if not (like >= TITLED or dated if titled else like >= UNTITLED and not apart):
                continue
            rank = (not one.is_unplaced, titled, like, dated, -one.page)
            if best is None or rank > best[0]:
                best = rank, one
        return best[1] if best else None

    def _add(self, candidates: Iterable[Candidate]) -> None:
        for one in candidates:
            self._of_page[one.page].append(one)
            self._titled[folded(one.title)].append(one)
            for shingle in minhash.unpacked(one.minhash or b""):
                self._by_hash[shingle].append(one)

    def _met(self, title: str, shingles: minhash.Shingles) -> list[tuple[Candidate, bool]]:
        """The versions with this title, and those that may have the same text."""
        titled = self._titled[folded(title)] if folded(title) else []
        met = Counter(one for shingle in shingles for one in self._by_hash.get(shingle, ()))
        # Of a text that has nearly all of these words, nearly all of its sketch is among them.
        similar = [
            one for one, times in met.items() if 2 * times >= len(minhash.unpacked(one.minhash or b""))
        ]
        met_too = [(one, False) for one in similar if one not in titled]
        return [
            (one, same)
            for one, same in [*((one, True) for one in titled), *met_too]
            if one in self._of_page[one.page]
        ]

    def _containment(self, one: Candidate, words: list[str], shingles: minhash.Shingles) -> float:
        """The containment of two texts, however short they are."""
        theirs, own = self._shingles_of(one.version)
        short, long = sorted((shingles, own), key=len)
        return len(short & long) / len(short) if short else float(words == theirs)

    def _read(self, version: int) -> tuple[list[str], minhash.Shingles]:
        words = folded_words(self._rows.text(version))
        return words, minhash.shingles(words)
