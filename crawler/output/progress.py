"""Progress bars for long work, shown only on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from variorum.crawler.output.objects import Object
from variorum.crawler.output.run_text import first_crawl
from variorum.crawler.output.terminal import harmless, note

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


@contextmanager
def run_progress() -> Iterator[Callable[[Object], None]]:
    """While inside, the events given to the function update a line for each site; without a terminal, only
    waits are printed."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _waits
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:.0f} pages"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def hear(event: Object) -> None:
            match event["event"]:
                case "started":
                    tasks[event["site"]] = bars.add_task(event["site"], total=None)
                case "page":
                    bars.update(tasks[event["site"]], advance=1, description=event["site"])
                case "planned":
                    _announce(event)
                case "waiting":
                    bars.update(tasks[event["site"]], description=harmless(_wait(event)))

        yield hear


def _waits(event: Object) -> None:
    if event["event"] == "waiting":
        note(_wait(event))
    elif event["event"] == "planned":
        _announce(event)


def _announce(event: Object) -> None:
    if text := first_crawl(event):
        note(text)


def _wait(event: Object) -> str:
    pause = f"no requests for {event['seconds']:.0f} s, until {event['until']}"
    return f"{event['site']}: {event['host']} sent Retry-After: {pause}"


@contextmanager
def bar(what: str) -> Iterator[Callable[[], None]]:
    """Give a function that moves a progress bar counting `what`; without a terminal, show nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed:.0f} {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(what, total=None)
        yield lambda: bars.advance(task)
