"""How far long work has come, for a person at a terminal; nothing into a pipe or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

One = TypeVar("One")


@contextmanager
def counter(what: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """What to call for each that is done, while a bar on standard error counts them."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda: bars.advance(task)


def counted(items: Iterable[One], what: str, total: int | None = None) -> Iterator[One]:
    """The items, while a bar on standard error counts them."""
    with counter(what, total) as count:
        for item in items:
            yield item
            count()
