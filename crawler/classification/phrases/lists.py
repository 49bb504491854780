"""Builds the lists of phrases that other modules search for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product

from variorum.crawler.classification.phrases.folding import Phrases, fold


def phrases(*groups: str | Iterable[str]) -> Phrases:
    """Folded phrases, written one to a line or between bars."""
    lines = (one for group in groups for one in ([group] if isinstance(group, str) else group))
    return tuple(
        dict.fromkeys(filter(None, (fold(one) for line in lines for one in re.split(r"[\n|]", line))))
    )


def combined(subjects: str, verbs: str, *, last_verb: bool = True) -> list[str]:
    """Each subject with each verb; Arabic puts the verb first."""
    pairs = product(re.split(r"\s*\|\s*", subjects), re.split(r"\s*\|\s*", verbs))
    return [f"{subject} {verb}" if last_verb else f"{verb} {subject}" for subject, verb in pairs]
