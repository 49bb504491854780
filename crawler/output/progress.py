"""Progress bars for long work, shown only on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

One = TypeVar("One")


@contextmanager
def counter(what: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """Give a function to call once for each finished item, which moves a bar on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda: bars.advance(task)


def counted(items: Iterable[One], what: str, total: int | None = None) -> Iterator[One]:
    """Yield the items, and count them with a bar on standard error."""
    with counter(what, total) as count:
        for item in items:
            yield item
            count()
