"""Shows sentences that were stored in English: the reasons of changes, issues and outcomes."""

from __future__ import annotations

from markupsafe import Markup, escape

from variorum.review.explanations import explained
from variorum.review.languages import ENGLISH, current
from variorum.review.safe_text import harmless


def stored(text: str) -> Markup:
    """A stored sentence in the language of the reader, or as an element in English where that is unknown."""
    if current().language == ENGLISH:
        return escape(harmless(text))
    if (said := explained(text)) is not None:
        return escape(harmless(said))
    return Markup('<bdi lang="en" dir="auto">{}</bdi>').format(harmless(text))
