"""Composes a notification as plain text, with text from sites made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.output.objects import hunks_of, links_of
from crawler.output.terminal import SILENCE, harmless
from crawler.output.word_diff import Line, marked, relinks, struck
from storage.outbox import ChangeNews, IssueNews, MessageBatch
from storage.rows import ChangeRow

MOST_CHANGES = 20
"""The number of changes shown one by one; further ones are only counted."""
MOST_WORDS = 700
"""The maximum number of characters shown of one change."""
BESIDE = 60
"""The number of unchanged characters shown on each side of a changed word."""
LINE = 300
MORE = 60
"""The bytes reserved for the count of what is not shown."""

_MENTION = re.compile(r"@(?=everyone|here|channel|all)|(?<![\w.])@(?=\w)|<(?=[@!#])")
"""What mentions a person or a whole channel in some chat; mail addresses don't match."""


class ChangeMessage(NamedTuple):
    """A notification: its title, and its body as plain text."""

    title: str
    body: str


def compose(batch: MessageBatch, room: int, review_url: str | None = None) -> ChangeMessage:
    """Return the notification within a limit of bytes: issues first, then the most significant changes.

    `review_url` is where people reach the review page; each change then has its address there.
    """
    entries = [(_issue(one), 1) for one in batch.issues]
    entries += [(_change(one, review_url), one.pages) for one in batch.changes]
    left = sum(number for _, _, number in batch.counts) + len(batch.issues)
    body = ""
    for entry, text in entries:
        longer = f"{body}\n\n{entry}" if body else entry
        if len(longer.encode()) > room - MORE:
            break
        body, left = longer, left - text
    if left and body:
        body += f"\n\n… and {left} more: variorum changes"
    return ChangeMessage(_title(batch), body or _cut(_title(batch), room // 4))


def _title(batch: MessageBatch) -> str:
    """`press: 3 edited, 1 gone`, or over several sites `4 changes on press, mill`."""
    count = sum(number for _, _, number in batch.counts)
    sites = list(dict.fromkeys([*(one.site for one in batch.issues), *(site for site, _, _ in batch.counts)]))
    issues = [f"{one.kind} closed" if one.closed else one.kind for one in batch.issues]
    if len(sites) == 1:
        text = [*issues, *(f"{number} {kind}" for _, kind, number in batch.counts)]
        return _cut(f"{sites[0]}: {', '.join(text)}", LINE // 2)
    parts = [f"{len(issues)} issues"] * bool(issues) + [f"{count} changes"] * bool(count)
    return _cut(f"{' and '.join(parts)} on {', '.join(sites)}", LINE // 2)


def _issue(news: IssueNews) -> str:
    if news.closed:
        return f"closed: {news.kind}\n{news.site}, from {news.since} to {news.closed_at}"
    return f"issue: {news.kind}\n{news.site}, since {news.since}\n{_plain(news.message, MOST_WORDS)}"


def _change(news: ChangeNews, review_url: str | None) -> str:
    return "\n".join(line for line in _lines(news, review_url) if line)


def _lines(news: ChangeNews, review_url: str | None) -> Iterator[str]:
    yield f"{news.kind}: {_plain(news.title or '(no title)')}"
    yield f"{news.site}, {f'between {news.seen_old} and {news.seen_new}' if news.seen_old else news.seen_new}"
    yield _plain(f"{news.significance:.2f}: {news.explanation}" if news.explanation else "")
    yield SILENCE[1] if news.silent else ""
    yield f"one edit of {news.pages} pages, of which this is the latest" if news.pages > 1 else ""
    yield _cut("\n".join(_plain(marked(_near(line)), MOST_WORDS) for line in _changed(news)), MOST_WORDS)
    yield _plain(news.begins or "")
    yield f"before at {_address(news.old_url)}" if news.old_url else ""
    yield _address(news.url)
    yield f"review: {review_url.rstrip('/')}/change/{news.id}" if review_url else ""


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


def _address(url: str) -> str:
    """The URL if its scheme is http or https, else an empty text."""
    try:
        return _plain(url, 2 * LINE) if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _plain(text: str, most: int = LINE) -> str:
    """The text in one line, without terminal codes, bidirectional controls and chat mentions."""
    line = harmless(" ".join(text.split()))
    return _cut(_MENTION.sub("\\g<0>\u2060", line), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
