"""Says what came of a fetch in one phrase."""

from __future__ import annotations


def in_words(outcome: str, reason: str) -> str:
    """Outcome and reason as one phrase; the reason of an error may begin with the name of the outcome."""
    return reason if reason.startswith(f"{outcome}: ") else f"{outcome}, {reason}"
