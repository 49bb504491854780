"""Shows sentences that were stored in English: the reasons of changes, issues and outcomes."""

from __future__ import annotations

from markupsafe import Markup, escape

from variorum.review.explanations import explained
from variorum.review.languages import ENGLISH, current
from variorum.review.safe_text import harmless
from variorum.review.sentences import FOREIGN, FOREIGN_END


def stored(text: str) -> Markup:
    """A stored sentence in the language of the reader, or as an element in English where that is unknown."""
    text = harmless(text)
    if current().language == ENGLISH:
        return escape(text)
    if (said := explained(text)) is None:
        return Markup('<bdi lang="en" dir="auto">{}</bdi>').format(text)
    # The marks are ours alone: a harmless text has none.
    return escape(said).replace(FOREIGN, Markup("<bdi>")).replace(FOREIGN_END, Markup("</bdi>"))


def stored_plain(text: str) -> str:
    """The same for a script of the page: no element, but marks around what is not ours."""
    text = harmless(text)
    said = None if current().language == ENGLISH else explained(text)
    return text if said is None else said
