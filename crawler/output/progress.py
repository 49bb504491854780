"""Progress bars for long work, shown only on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
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
from variorum.crawler.output.run_text import progress_line, run_ahead
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
    """While inside, the events given to the function update a bar for each site; without a terminal, they
    print a line a minute."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield ProgressLines()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def hear(event: Object) -> None:
            match event["event"]:
                case "started":
                    tasks[event["site"]] = bars.add_task(event["site"], total=None)
                case "progress":
                    text = harmless(progress_line(event))
                    counts = {"completed": event["done"], "total": event["known"] or None}
                    bars.update(tasks[event["site"]], description=text, **counts)
                case "ended" if event["site"] in tasks:
                    bars.remove_task(tasks.pop(event["site"]))
                case "planned":
                    _announce(event)

        yield hear


class ProgressLines:
    """Prints a line a minute for each run whose events it gets, and each wait as it begins."""

    def __init__(self, seconds: float = 60, clock: Callable[[], float] = monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._last: dict[str, float] = {}

    def __call__(self, event: Object) -> None:
        """Print what is due to be said of an event."""
        match event["event"]:
            case "started":
                self._last[event["site"]] = self._clock()
            case "progress" if self._clock() - self._last[event["site"]] >= self._seconds:
                self._last[event["site"]] = self._clock()
                note(progress_line(event))
            case "waiting":
                note(_wait(event))
            case "planned":
                _announce(event)


def _announce(event: Object) -> None:
    if text := run_ahead(event):
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
