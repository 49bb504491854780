"""Keeps the joiners of Persian and other scripts in the text that trafilatura extracts.

U+200C (zero-width non-joiner) divides the parts of a Persian word, U+200D joins emoji and Indic letters.
Python calls neither printable, so trafilatura deletes both with the control characters: «خانه‌ای» becomes
«خانهای», another spelling. There is no option against it, hence the replacement of its one filter.
"""

from __future__ import annotations

from functools import lru_cache

JOINERS = "\u200c\u200d"


@lru_cache(maxsize=2**14)
def _kept(char: str) -> str:
    """The character, or nothing for a control character. Cached, since trafilatura clears this cache."""
    return char if char.isprintable() or char.isspace() or char in JOINERS else ""


def keep_joiners() -> None:
    """Make trafilatura keep U+200C and U+200D, for the whole process; calling it again changes nothing."""
    import trafilatura.meta  # noqa: PLC0415 - slow to import
    import trafilatura.utils  # noqa: PLC0415

    trafilatura.utils.return_printables_and_spaces = _kept
    trafilatura.meta.return_printables_and_spaces = _kept  # type: ignore[attr-defined]  # imported there
