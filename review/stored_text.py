"""Shows sentences that were stored in English: the reasons of changes, issues and outcomes."""

from __future__ import annotations

from markupsafe import Markup, escape

from variorum.review.languages import ENGLISH, current
from variorum.review.safe_text import harmless


def stored(text: str) -> Markup:
    """A stored sentence as an element that runs from left to right, whatever the language of the page."""
    if current().language == ENGLISH:
        return escape(harmless(text))
    return Markup('<bdi lang="en" dir="auto">{}</bdi>').format(harmless(text))
