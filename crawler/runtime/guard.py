"""Detects exceptions in our own code that Scrapy catches and only logs.

Scrapy catches whatever handlers of signals, middlewares and callbacks raise, logs it, and goes on. A run that
loses its plan that way would appear to end well. So an exception of ours that is logged as an error ends the
run as broken down; one that concerns a single page is counted, and the run goes on. Those come by Scrapy's
signals `item_error` and `spider_error`, or are logged by `variorum.spiders.fetching.failures.over_a_page`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable

from variorum.spiders.fetching.failures import OVER_A_PAGE, is_ours
from variorum.storage.errors import Malformed, NotFound, StoreError

SIGNALLED = ("scrapy.core.scraper", "scrapy.core.engine")
"""Loggers whose exceptions arrive by the two signals as well, or are not ours."""
HANDLERS = "scrapy.utils.signal"
"""The logger of exceptions that a signal handler has raised."""
UNUSABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}

Broke = Callable[[BaseException], None]


class ExceptionGuard(logging.Handler):
    """A logging handler that gets every exception that was caught and only logged."""

    def __init__(self, run_broke: Broke, page_broke: Broke) -> None:
        super().__init__(logging.ERROR)
        self._run_broke, self._page_broke = run_broke, page_broke

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on the exception of a record, if it has one."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None or record.name in SIGNALLED:
            return
        if record.name == OVER_A_PAGE:
            self._page_broke(error)
        elif record.name == HANDLERS or is_ours(error):
            self._run_broke(error)

    def watch(self) -> None:
        """Start to listen on the root logger, until `close`."""
        logging.getLogger().addHandler(self)

    def close(self) -> None:
        """Stop to listen on the root logger."""
        logging.getLogger().removeHandler(self)
        super().close()


def is_unusable(error: BaseException | None) -> bool:
    """Whether an error means that the database can't be used; any other concerns one page only."""
    if isinstance(error, StoreError):
        return not isinstance(error, Malformed | NotFound)
    code: int = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.Error) and code & 0xFF in UNUSABLE


def in_words(error: BaseException | None) -> str:
    """The error in one line, for the operator."""
    if isinstance(error, StoreError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
