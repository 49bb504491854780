"""Progress bars for long work, shown only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from variorum.crawler.output.objects import Object
from variorum.crawler.output.run_text import progress_line, run_ahead
from variorum.crawler.output.terminal import harmless, note

if TYPE_CHECKING:
    from rich.progress import Progress

One = TypeVar("One")


@contextmanager
def counter(what: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """Give a function to call once for each finished item, which moves a bar on standard error."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with _bars("{task.description}", "bar", "count") as bars:
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
    if not sys.stderr.isatty():
        yield ProgressLines()
        return
    with _bars("spinner", "{task.description}", "bar") as bars:
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
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with _bars("spinner", "{task.completed:.0f} {task.description}") as bars:
        task = bars.add_task(what, total=None)
        yield lambda: bars.advance(task)


def _bars(*columns: str) -> Progress:
    """Bars on standard error that disappear at the end: each has these columns and the time it has taken."""
    from rich import progress  # noqa: PLC0415 - only a terminal needs it
    from rich.console import Console  # noqa: PLC0415

    made: dict[str, Callable[[], progress.ProgressColumn]] = {
        "spinner": progress.SpinnerColumn,
        "bar": partial(progress.BarColumn, 20),
        "count": progress.MofNCompleteColumn,
    }
    chosen = [made[one]() if one in made else progress.TextColumn(one) for one in columns]
    elapsed = progress.TimeElapsedColumn()
    return progress.Progress(*chosen, elapsed, console=Console(stderr=True), transient=True)
