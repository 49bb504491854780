"""Lists changes and pages: on a terminal two lines each, with the whole address; elsewhere as a table."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

import click

from variorum.crawler.output.address import readable
from variorum.crawler.output.objects import Object
from variorum.crawler.output.terminal import harmless, line, table
from variorum.storage.rows import ChangeRow


class Entry(NamedTuple):
    """What a terminal shows of one thing: its cells and a text, and below them its time and address."""

    cells: tuple[str, ...]
    text: str
    time: str
    url: str


def changes(rows: Sequence[ChangeRow]) -> None:
    """Print changes, with their kind, weight and number of words."""
    found = [_change(row) for row in rows]
    if _two_lines_each(found):
        return
    headings = ("id", "seen", "site", "kind", "weight", "words", "title", "url")
    cells = [
        (one.cells[0], one.time, *one.cells[1:], row.title, one.url)
        for one, row in zip(found, rows, strict=True)
    ]
    table(headings, cells)


def _change(row: ChangeRow) -> Entry:
    words = f"+{row.words_added} -{row.words_removed}" if row.words_added or row.words_removed else ""
    cells = (str(row.id), row.site, row.kind, f"{row.significance:.2f}", words)
    return Entry(cells, row.title or "(no title)", row.seen_new, row.url)


def pages(found: Sequence[Object]) -> None:
    """Print pages, with the outcome of the last fetch of each."""
    if _two_lines_each([_page(one) for one in found]):
        return
    headings = ("state", "outcome", "checked", "due", "url", "why")
    cells = [
        (one["state"], one["outcome"], one["checked_at"], one["due_at"], one["url"], _why(one))
        for one in found
    ]
    table(headings, cells)


def _page(one: Object) -> Entry:
    due = f"due {one['due_at']}" if one["due_at"] else "not due"
    return Entry((one["state"], one["outcome"] or "not fetched"), _why(one), due, one["url"])


def _why(page: Object) -> str:
    return page["not_kept"] or page["reason"] or ""


def _two_lines_each(entries: Sequence[Entry]) -> bool:
    """Print two lines for each entry, if this is a terminal; whether it is."""
    from rich.console import Console  # noqa: PLC0415 - as slow to import as all else here

    console = Console()
    if not console.is_terminal:
        return False
    widths = [max(map(len, column)) for column in zip(*(one.cells for one in entries), strict=True)]
    indent = " " * (widths[0] + 2) if widths else ""
    left = max(20, console.width - sum(widths) - 2 * len(widths))
    for one in entries:
        begin = "  ".join(cell.ljust(wide) for cell, wide in zip(one.cells, widths, strict=True))
        line(f"{begin}  {shortened(one.text, left)}".rstrip())
        click.echo(f"{indent}{one.time}  {harmless(one.url) if console.is_dumb_terminal else _link(one.url)}")
    return True


def shortened(text: str, width: int) -> str:
    """The text in one line of that width, cut between two words where it is longer."""
    from rich.cells import cell_len  # noqa: PLC0415

    words = text.split()
    if cell_len(" ".join(words)) <= width:
        return " ".join(words)
    while len(words) > 1 and cell_len(" ".join(words)) > width - 2:
        words.pop()
    return f"{' '.join(words)} …"


def _link(url: str) -> str:
    """The address as people read it, in a direction of its own; a click opens it as the site spells it."""
    target = quote(url, safe=string.punctuation)
    return f"\x1b]8;;{target}\x1b\\\u2068{harmless(readable(url))}\u2069\x1b]8;;\x1b\\"
