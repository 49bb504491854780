"""Compares a response with the last version of its page: how much of it is left, and what is new."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from variorum.crawler.classification.anatomy import LEAST_PROSE, Anatomy
from variorum.crawler.classification.phrases.folding import fold, squeeze
from variorum.crawler.classification.phrases.of_articles import CONSENT_HEADINGS
from variorum.crawler.classification.response import LITTLE, ResponseView

if TYPE_CHECKING:
    from variorum.crawler.extraction.reader import KnownText

MOST_BLOCKS = 300  # of a longer text every second one, or third, is looked for
LEAST_BLOCK = 20  # letters: a shorter block may stand anywhere by chance
STOPS = re.compile(r"[.!?:;,…؟،؛]+(?:\s|$)| [-–—] ")
QUOTES = "«»“”„‟‘’‚‹›'\""
MANY_WORDS = 500
"""More words of new text than any notice in place of a page has."""
LOST = 0.2
"""The share of the last text below which a response shows another page, or something in place of it."""
KEPT = 0.5
"""The share of the last text from which a response certainly shows the page."""
MOST_LEFT = 0.9
"""The share of the last text above which an article is not cut."""

KnownTextOf = Callable[[], "KnownText | None"]
"""Gives the text of the response if it is a page of a known design; asked only where that may decide."""


def unknown() -> None:
    """Nothing, for a response of which no design is known."""


@dataclass(frozen=True)
class LastVersion:
    """The last version of a page, to compare a response with."""

    text: str
    """The extracted text, one block a line."""
    view: ResponseView | None = None
    """Its capture, if the body is stored."""


@dataclass(frozen=True)
class ComparedView(ResponseView):
    """A response with the last version of its page, if there is one."""

    last: LastVersion | None = None
    known_text: KnownTextOf = unknown

    @cached_property
    def shows_text(self) -> bool:
        """Whether it surely shows its text, by the known design of its site: then nothing else needs to be
        looked at. False if that is unknown.

        Its text is there if nearly all of the last one is, or, at first sight, if it has more words than any
        page in place of an article.
        """
        whole = self.status == HTTPStatus.OK and self.has_end and not self.is_partly_seen
        known = self.known_text() if whole and self.is_html else None
        if known is None:
            return False
        if self.last is not None:
            shown = "\n".join(map(squeeze, known.blocks))
            return bool(self._all_blocks) and _share(self._all_blocks, shown) > MOST_LEFT
        words = sum(count for block in known.blocks if (count := len(block.split())) >= LEAST_PROSE)
        return words >= LITTLE and not any(fold(one) in CONSENT_HEADINGS for one in known.headings)

    @cached_property
    def before(self) -> Anatomy | None:
        """The parts of the last version's capture; None if it is unknown."""
        return self.last.view.anatomy if self.last and self.last.view else None

    @cached_property
    def kept(self) -> float:
        """The share of the last text that the response still shows, by letters; 1 if there is none."""
        shown = self._share_of(self._all_blocks)
        return shown if shown >= KEPT else self._share_of(self._blocks)

    @property
    def is_as_before(self) -> bool:
        """Whether the response shows what the last capture showed."""
        return self.before is not None and self.before.squeezed == self.anatomy.squeezed

    @property
    def is_lost(self) -> bool:
        """Whether hardly any of a known text is left."""
        return self.kept < LOST

    @property
    def is_kept(self) -> bool:
        """Whether enough of a known text is left to identify the page."""
        return bool(self._all_blocks) and self.kept >= KEPT

    @property
    def is_known(self) -> bool:
        """Whether there is a text to compare with."""
        return bool(self._blocks)

    @cached_property
    def is_cut(self) -> bool:
        """Whether the second half of the known text is missing, and only its beginning is left."""
        half, letters = sum(map(len, self._blocks)) / 2, 0
        for number, block in enumerate(self._blocks):
            letters += len(block)
            if letters >= half:
                rest = self._blocks[number + 1 :] or self._blocks[number:]
                return self._share_of(rest) < KEPT
        return False

    @cached_property
    def fresh(self) -> tuple[str, ...]:
        """Blocks of running text that the last capture did not show, folded."""
        return tuple(map(fold, self._fresh_prose()))

    @cached_property
    def fresh_words(self) -> int:
        """The number of new words of running text, counted only until it is `MANY_WORDS` or more."""
        if self.before is None and self.anatomy.has_prose_of(MANY_WORDS):
            return MANY_WORDS
        words = 0
        for block in self._fresh_prose():
            words += len(fold(block).split())
            if words >= MANY_WORDS:
                break
        return words

    @cached_property
    def fresh_headings(self) -> tuple[str, ...]:
        """Headings that the last capture did not show, folded."""
        known = {fold(text) for _, text in self.before.headings} if self.before else set()
        return tuple(one for _, text in self.anatomy.headings if (one := fold(text)) not in known)

    @cached_property
    def fresh_sentences(self) -> tuple[str, ...]:
        """The parts of new text between stops and commas, without quotations, folded; headings first."""
        known = set(self.fresh_headings)
        headings = [text for _, text in self.anatomy.headings if fold(text) in known]
        parts = (
            part
            for text in (*headings, *self._fresh_prose())
            if text[0] not in QUOTES
            for part in STOPS.split(text)
        )
        return tuple(filter(None, map(fold, parts)))

    @cached_property
    def fresh_controls(self) -> frozenset[str]:
        """The labels of buttons and short links that the last capture did not have, folded."""
        return self.anatomy.controls - (self.before.controls if self.before else frozenset())

    @property
    def has_lost_menus(self) -> bool:
        """Whether the site's links around the text are missing, too."""
        before = self.before.links if self.before else 0
        return self.anatomy.links < before and self.anatomy.links <= max(1, before * LOST)

    def _fresh_prose(self) -> Iterator[str]:
        known = self.before.squeezed if self.before else ""
        return (block for block in self.anatomy.prose if squeeze(block) not in known)

    @cached_property
    def _all_blocks(self) -> list[str]:
        """The blocks of the last version that are long enough to search for; all blocks if none is."""
        blocks = [squeeze(block) for block in (self.last.text if self.last else "").split("\n")]
        long = [one for one in blocks if len(one) >= LEAST_BLOCK] or [one for one in blocks if one]
        return long[:: len(long) // MOST_BLOCKS + 1]

    @cached_property
    def _blocks(self) -> list[str]:
        """Those of them that the capture of the last version shows: only these can be missing."""
        if self.before is None:
            return self._all_blocks
        return [one for one in self._all_blocks if one in self.before.squeezed]

    def _share_of(self, blocks: list[str]) -> float:
        """The share of these blocks that the response still shows."""
        return _share(blocks, self.anatomy.squeezed) if blocks else 1.0


def _share(blocks: list[str], shown: str) -> float:
    """The share of these blocks that stand in a text, by letters."""
    return sum(len(block) for block in blocks if block in shown) / sum(map(len, blocks))
