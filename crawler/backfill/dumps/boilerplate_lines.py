"""Recognises boilerplate lines of a dump by their form: menus, share rows, footers, pagers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from variorum.crawler.backfill.dumps.lines import BULLET, is_prose
from variorum.crawler.extraction.html.hints import TEASER

_NETWORK = (
    r"(?:facebook|twitter|pinterest|whatsapp|telegram|skype|e-?mail|linkedin|reddit|tumblr|instagram"
    r"|youtube|viber|pocket|messenger|vkontakte|vk|xing|print|share|tweet|rss)"
)
SHARE_ROW = re.compile(
    rf"(?:(?:share|teilen|partager)(?: \w+)?\W+)?{_NETWORK}(?:[\W_]*{_NETWORK})+[\W_]*", re.IGNORECASE
)
COPYRIGHT = re.compile(
    r"(?:copyright\s*)?(?:©|\(c\)\s*(?:19|20)\d\d).*|.*\ball rights reserved\b.*", re.IGNORECASE
)
LONGEST_FOOTER = 160
WORDS = re.compile(
    r"(?:newer|older|recent|latest|next|previous|related|popular) (?:posts?|articles?|entries|comments)"
    r"|back to top|to top|leave a (?:reply|comment)|skip to content|search|menu|categories|archives|tags"
    r"|(?:no|\d+) comments?|continue reading|read more|log in|home|share this|loading|reply"
    r"|\d+ (?:thoughts?|responses?) (?:on|to) .*|(?:posted|filed) (?:in|under) .*"
    r"|.*\bleave a (?:comment|reply)"
    r"|نوشته‌های (?:جدیدتر|قدیمی‌تر|تازه)|بازگشت به بالا|أحدث المقالات|العودة إلى الأعلى",
    re.IGNORECASE,
)
"""Complete lines that the themes of such sites write."""
MENU = 4
"""The number of consecutive short items from which they can be a menu: if they are repeated, or above all
text."""
LONGEST_ITEM = 60
SEPARATORS = (" - ", " | ", " • ", " · ", " » ", " *** ")
TICKER = 8
"""The number of headlines in one line from which it is a ticker."""


def is_share_row(line: str) -> bool:
    """Whether a line only names networks to share on."""
    return SHARE_ROW.fullmatch(line) is not None


def is_footer(line: str) -> bool:
    """Whether a line is a copyright notice."""
    return len(line) <= LONGEST_FOOTER and COPYRIGHT.fullmatch(line) is not None


def is_label(line: str) -> bool:
    """Whether a line announces other articles: `Also read:`."""
    return TEASER.fullmatch(line) is not None


def is_signpost(line: str) -> bool:
    """Whether a line only links elsewhere: `Older Posts`."""
    return len(line) <= LONGEST_FOOTER and WORDS.fullmatch(line.strip(" :…→»›>←«‹<")) is not None


def furniture(lines: Sequence[str], known: Collection[str] = ()) -> set[int]:
    """The indexes of lines that are boilerplate anywhere; `known` are lines known as such."""
    rows = {at for at, line in enumerate(lines) if is_share_row(line) or is_footer(line) or headlines(line)}
    times = Counter(lines)
    text = next((at for at, line in enumerate(lines) if is_prose(line) and at not in rows), len(lines))
    for run in _lists(lines):
        again = sum(times[lines[at]] > 1 or lines[at] in known for at in run)
        if run[-1] < text or again > len(run) / 2:  # else it may be a list within an article
            rows.update(run)
    return rows


def _lists(lines: Sequence[str]) -> Iterator[list[int]]:
    """Yield every run of consecutive short items."""
    run: list[int] = []
    for at, line in enumerate([*lines, ""]):
        if BULLET.match(line) and len(line) <= LONGEST_ITEM:
            run.append(at)
            continue
        if len(run) >= MENU:
            yield run
        run = []


def headlines(line: str) -> list[str]:
    """The headlines of a ticker that was dumped as one line; none of any other line."""
    for separator in SEPARATORS:
        parts = [" ".join(part.split()) for part in line.split(separator)]
        if len(parts) >= TICKER and all(parts):
            return parts
    return []
