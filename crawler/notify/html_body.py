"""Writes a message as HTML for mail, with removed words struck out and added ones underlined.

The marks `[-` and `-]` stand around changed words too, and are not shown: a mail has its text made from this
HTML, and a reader that knows no styles shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from variorum.crawler.notify.entry import Entry, plain
from variorum.crawler.output.terminal import harmless
from variorum.crawler.output.word_diff import MARKS, Line, spaced

_TAGS = {
    "-": '<del style="color:#a11;text-decoration:line-through">{}</del>',
    "+": '<ins style="color:#161;text-decoration:underline">{}</ins>',
    ">": "<em>{}</em>",
    "!": "<em>{}</em>",
}
_HIDDEN = '<span style="display:none">{}</span>'


def html_body(entries: Iterable[Entry], end: str, most: int) -> str:
    """Return the entries as an HTML document, with at most so many characters of each, and a last line."""
    parts = [f"<div>{_entry(one, most)}</div>" for one in entries]
    last = [f"<p>{escape(end)}</p>"] if end else []
    return "\n".join(["<html><body>", *parts, *last, "</body></html>"])


def _entry(entry: Entry, most: int) -> str:
    return "\n".join(
        [
            f'<h3 dir="auto">{escape(entry.heading)}</h3>',
            f"<p>{'<br>'.join(map(escape, entry.facts))}</p>",
            *_changed(entry.changed, most),
            *([f'<p dir="auto">{escape(plain(entry.begins, most))}</p>'] if entry.begins else []),
            *(_linked(words, address) for words, address in entry.addresses),
        ]
    )


def _changed(lines: Iterable[Line], most: int) -> Iterator[str]:
    """The changed blocks, each in a paragraph, until there are too many characters."""
    left = most
    for line in lines:
        if left <= 0:
            yield "<p>…</p>"
            return
        pieces = spaced(line)
        yield f'<p dir="auto">{"".join(_piece(op, text[:left]) for op, text in pieces)}</p>'
        left -= sum(len(text) for _, text in pieces)


def _piece(op: str, text: str) -> str:
    safe = escape(harmless(text))
    if op == "=":
        return safe
    before, _, after = MARKS[op].format("\0").partition("\0")
    shown = op in "!>"  # words that say something, not only marks
    frame = "{}" if shown else _HIDDEN
    return _TAGS[op].format(frame.format(escape(before)) + safe + frame.format(escape(after)))


def _linked(words: str, address: str) -> str:
    return f'<p>{escape(words)}<a href="{escape(address)}">{escape(address)}</a></p>'
