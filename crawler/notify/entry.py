"""What a message says of one change or issue, before it is text or HTML. Text from sites is made harmless."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from variorum.crawler.output.objects import hunks_of, links_of
from variorum.crawler.output.terminal import SILENCE, harmless
from variorum.crawler.output.word_diff import Line, relinks, struck
from variorum.storage.outbox import ChangeNews, IssueNews
from variorum.storage.rows import ChangeRow

BESIDE = 60
"""The number of unchanged characters shown on each side of a changed word."""
LINE = 300

_MENTION = re.compile(r"@(?=everyone|here|channel|all)|(?<![\w.])@(?=\w)|<(?=[@!#])")
"""What mentions a person or a whole channel in some chat; mail addresses don't match."""


class Entry(NamedTuple):
    """One change or issue in a message."""

    heading: str
    facts: Sequence[str]
    changed: Sequence[Line] = ()
    """The changed blocks, with little of the unchanged text around the words."""
    begins: str = ""
    """The beginning of the text of a new page, or the words of an issue."""
    addresses: Sequence[tuple[str, str]] = ()
    """Addresses, each with the words before it."""


def issue_entry(news: IssueNews) -> Entry:
    """Return what is said of an issue that was opened or closed."""
    if news.closed:
        return Entry(f"closed: {news.kind}", [f"{news.site}, from {news.since} to {news.closed_at}"])
    return Entry(f"issue: {news.kind}", [f"{news.site}, since {news.since}"], begins=news.message)


def change_entry(news: ChangeNews, review_url: str | None) -> Entry:
    """Return what is said of a change."""
    facts = (
        f"{news.site}, {f'between {news.seen_old} and {news.seen_new}' if news.seen_old else news.seen_new}",
        plain(f"{news.significance:.2f}: {news.explanation}" if news.explanation else ""),
        SILENCE[1] if news.silent else "",
        f"one edit of {news.pages} pages, of which this is the latest" if news.pages > 1 else "",
    )
    addresses = (
        ("before at ", web_address(news.old_url or "")),
        ("", web_address(news.url)),
        ("review: ", f"{review_url.rstrip('/')}/change/{news.id}" if review_url else ""),
    )
    return Entry(
        f"{news.kind}: {plain(news.title or '(no title)')}",
        [fact for fact in facts if fact],
        [_near(line) for line in _changed(news)],
        plain(news.begins or ""),
        [(words, address) for words, address in addresses if address],
    )


def plain(text: str, most: int = LINE) -> str:
    """The text in one line, without terminal codes, bidirectional controls and chat mentions."""
    line = harmless(" ".join(text.split()))
    return cut(_MENTION.sub("\\g<0>\u2060", line), most)


def cut(text: str, most: int) -> str:
    """The text with at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def web_address(url: str) -> str:
    """The URL if its scheme is http or https, else an empty text."""
    try:
        return plain(url, 2 * LINE) if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _changed(row: ChangeRow) -> list[Line]:
    """The changed blocks, after the title where that changed, and before the links that did."""
    title: list[Line] = [(("-", row.old_title), ("+", row.title or ""))] if row.old_title is not None else []
    return [*title, *struck(hunks_of(row)), *relinks(links_of(row))]


def _near(line: Line) -> Line:
    """Return the line with unchanged text shortened to what lies beside a changed word."""
    last = len(line) - 1
    return tuple(
        (op, _shortened(text, before=at > 0, after=at < last)) if op == "=" else (op, text)
        for at, (op, text) in enumerate(line)
    )


def _shortened(text: str, *, before: bool, after: bool) -> str:
    """Return the text with its middle left out; at an end of the line, only the part next to a change."""
    if len(text) <= 3 * BESIDE or not (before or after):
        return text
    return f"{text[:BESIDE] if before else ''} … {text[-BESIDE:] if after else ''}"
