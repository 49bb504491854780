"""Decides whether a change has the words and the address that a notification rule asks for.

Words are compared folded, as a search compares them. A pattern is the operator's own, but the text is
anybody's: it gets little CPU time, and a change for which that is not enough is sent.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache

from variorum.crawler.config.notification import NotificationRule, pattern
from variorum.crawler.time_limit import TookTooLong, time_limit
from variorum.crawler.urls.canonical import has_path
from variorum.storage.outbox import ChangedText, Fresh
from variorum.storage.search.query import parse
from variorum.storage.text_index.folding import folded_words

SECONDS = 0.25
"""The CPU time that the patterns of one rule may take for one change."""
SECONDS_IN_ALL = 10.0
"""The same for all changes that are queued together."""

_QUOTES = re.compile('["“”„«»]')

logger = logging.getLogger(__name__)


class Matcher:
    """Decides which changes hold what rules ask for, while they are queued for one target."""

    def __init__(self, target: str, texts: Callable[[int], list[ChangedText]]) -> None:
        self._target = target
        self._texts = texts
        self._left = SECONDS_IN_ALL

    def holds(self, rule: NotificationRule, news: Fresh) -> bool:
        """Return whether the change has the words and the address of the rule; True for an issue."""
        if news.change is None:
            return True
        texts = self._texts(news.change) if rule.match or rule.match_removed else []
        if not _has_pattern(rule):
            return _holds(rule, news, texts)
        return self._in_time(lambda: _holds(rule, news, texts), news)

    def _in_time(self, decide: Callable[[], bool], news: Fresh) -> bool:
        """Return what `decide` returns; True if that takes too long."""
        if self._left <= 0:
            return True
        began = time.process_time()
        try:
            with time_limit(min(SECONDS, self._left)):
                return decide()
        except TookTooLong:
            logger.warning(
                "%s: a pattern takes too long on change %s of %s, which is sent without it",
                self._target,
                news.change,
                news.url,
            )
            return True
        finally:
            self._left -= time.process_time() - began


def _holds(rule: NotificationRule, news: Fresh, texts: Iterable[ChangedText]) -> bool:
    urls = [url for url in (news.url, news.old_url) if url]
    if rule.paths and not any(has_path(url, rule.paths) for url in urls):
        return False
    if not (rule.match or rule.match_removed):
        return True
    return any(
        any(_count(entry, new) > _count(entry, old) for entry in rule.match)
        or any(_count(entry, old) > _count(entry, new) for entry in rule.match_removed)
        for old, new in texts
    )


def _count(entry: str, text: str) -> int:
    """Return how often words or a pattern occur in a text."""
    if expression := pattern(entry):
        return sum(1 for _ in re.compile(expression, re.IGNORECASE).finditer(text))
    words = _folded(text)
    return sum(len(term.places(words)) for term in parse(_quoted(entry)).wanted)


def _quoted(entry: str) -> str:
    """Return the entry as a search for its words in a row; its quotation marks are no words."""
    return f'"{_QUOTES.sub(" ", entry).strip()}"'


@lru_cache(maxsize=64)
def _folded(text: str) -> tuple[str, ...]:
    return tuple(folded_words(text))


def _has_pattern(rule: NotificationRule) -> bool:
    entries = (*rule.match, *rule.match_removed)
    return any(pattern(entry) for entry in entries) or any(path.startswith("^") for path in rule.paths)
