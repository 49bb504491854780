"""Composes a message: issues first, then the most significant changes, as much as there is room for."""

from __future__ import annotations

from typing import Any, NamedTuple

from variorum.crawler.notify.entry import LINE, Entry, change_entry, cut, issue_entry, plain
from variorum.crawler.notify.html_body import html_body
from variorum.crawler.notify.webhook import batch_objects
from variorum.crawler.output.word_diff import marked
from variorum.storage.outbox import BatchSize, MessageBatch

MOST_CHANGES = 20
"""The number of changes shown one by one; further ones are only counted."""
MOST_WORDS = 700
"""The maximum number of characters shown of one change."""
MORE = 60
"""The bytes reserved for the count of what is not shown."""


class Form(NamedTuple):
    """What a service takes as one message."""

    room: int
    """The maximum number of bytes of the text."""
    words: int = MOST_WORDS
    html: bool = False
    """Whether it also takes HTML."""
    each: int | None = None
    """For a service that takes every change as an object: how many in a message."""

    @property
    def size(self) -> BatchSize:
        """Return how much of what is due goes into one message."""
        return BatchSize(MOST_CHANGES, self.each)


class ChangeMessage(NamedTuple):
    """A notification: its title, and its body as plain text."""

    title: str
    body: str
    html: str = ""
    """The body as HTML, for services that take it."""
    objects: dict[str, Any] = {}  # noqa: RUF012 - a tuple's default, which nobody changes
    """The changes and issues as JSON objects, for services that take them."""


def compose(batch: MessageBatch, form: Form, review_url: str | None = None) -> ChangeMessage:
    """Return the notification in the form that a service takes.

    `review_url` is where people reach the review page; each change then has its address there.
    """
    entries = [(issue_entry(one), 1) for one in batch.issues]
    entries += [(change_entry(one, review_url), one.pages) for one in batch.changes]
    left = sum(number for _, _, number in batch.counts) + len(batch.issues)
    body, shown = "", 0
    for entry, number in entries:
        text = _text(entry, form.words)
        longer = f"{body}\n\n{text}" if body else text
        if len(longer.encode()) > form.room - MORE:
            break
        body, left, shown = longer, left - number, shown + 1
    end = f"… and {left} more: variorum changes" if left and body else ""
    title = _title(batch)
    return ChangeMessage(
        title,
        (f"{body}\n\n{end}" if end else body) or cut(title, form.room // 4),
        html_body([entry for entry, _ in entries[:shown]], end, form.words) if form.html and body else "",
        {} if form.each is None else batch_objects(batch),
    )


def _title(batch: MessageBatch) -> str:
    """`press: 3 edited, 1 gone`, or over several sites `4 changes on press, mill`."""
    count = sum(number for _, _, number in batch.counts)
    sites = list(dict.fromkeys([*(one.site for one in batch.issues), *(site for site, _, _ in batch.counts)]))
    issues = [f"{one.kind} closed" if one.closed else one.kind for one in batch.issues]
    if len(sites) == 1:
        text = [*issues, *(f"{number} {kind}" for _, kind, number in batch.counts)]
        return cut(f"{sites[0]}: {', '.join(text)}", LINE // 2)
    parts = [f"{len(issues)} issues"] * bool(issues) + [f"{count} changes"] * bool(count)
    return cut(f"{' and '.join(parts)} on {', '.join(sites)}", LINE // 2)


def _text(entry: Entry, most: int) -> str:
    changed = cut("\n".join(plain(marked(line), most) for line in entry.changed), most)
    begins = plain(entry.begins, most)
    addresses = [f"{words}{address}" for words, address in entry.addresses]
    return "\n".join(line for line in (entry.heading, *entry.facts, changed, begins, *addresses) if line)
