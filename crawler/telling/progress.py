"""How far long work has come, for a person at a terminal; nothing into a pipe or a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

One = TypeVar("One")


def counted(items: Iterable[One], what: str, total: int | None = None) -> Iterator[One]:
    """The items, while a bar on standard error counts them."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from items
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(what, total=total)
        for item in items:
            yield item
            bars.advance(task)
