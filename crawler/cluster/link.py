"""The worker's connection to the hub: HTTP with a token, repeated with back-off while the hub is away."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from variorum.crawler import __version__
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.extraction.extract import EXTRACTOR

FIRST_WAIT, LONGEST_WAIT = 0.2, 15.0
TIMEOUT = 120.0
VERSION = f"Variorum {__version__} with {EXTRACTOR}"
"""What the hub and its workers must have in common, or a page would be read in two ways."""


class HubAway(VariorumError):
    """The hub can't be reached."""


class RunOver(VariorumError):
    """The hub has closed the run: another worker has it, or the hub was started anew."""


class SiteBusy(VariorumError):
    """Another run of the site is open at the hub."""


class HubRefuses(VariorumError):
    """The hub can't do what was asked, and asking again would not help."""


def clock() -> float:
    """A clock in seconds that goes on while the machine sleeps, where the system has one."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


class Link:
    """One connection, kept open. For one thread at a time."""

    def __init__(self, hub: str, token: str, *, patience: float) -> None:
        """A request is repeated for `patience` seconds while the hub is away."""
        self._hub = urlsplit(hub)
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Variorum-Version": VERSION,
            "Content-Type": "application/octet-stream",
        }
        self._patience = patience
        self._connection: HTTPConnection | None = None
        self.heard_at = -math.inf
        """When the last request was sent that was answered, by `clock`."""
        self.on_trouble: Callable[[str], None] = lambda trouble: None
        """Called with the words when the hub can't be reached, and with an empty text when it can again."""

    def post(self, path: str, body: bytes = b"") -> bytes:
        """The answer to a request, repeated while the hub is away, up to `patience`.

        Raises HubAway after that, RunOver, SiteBusy or HubRefuses as the hub says, Misuse if it refuses this
        worker as such.
        """
        give_up, wait, troubled = clock() + self._patience, FIRST_WAIT, False
        while True:
            sent_at = clock()
            try:
                status, answer = self._once(path, body)
                if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    break
                trouble = answer.decode(errors="replace")
            except (OSError, HTTPException) as error:
                trouble = str(error) or type(error).__name__
                self.close()
            if clock() + wait > give_up:
                raise HubAway(f"the hub {self._hub.geturl()} can't be reached: {trouble}")
            if not troubled:
                self.on_trouble(trouble)
            troubled = True
            time.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - no secret
            wait = min(2 * wait, LONGEST_WAIT)
        self.heard_at = sent_at
        if troubled:
            self.on_trouble("")
        return _accepted(status, answer)

    def ask(self, path: str, **values: Any) -> dict[str, Any]:
        """The answer to a request, both as JSON."""
        found: dict[str, Any] = json.loads(self.post(path, json.dumps(values).encode()))
        return found

    def close(self) -> None:
        """Close the connection; the next request opens one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, path: str, body: bytes) -> tuple[int, bytes]:
        if self._connection is None:
            kind = HTTPSConnection if self._hub.scheme == "https" else HTTPConnection
            self._connection = kind(self._hub.netloc, timeout=TIMEOUT)
        self._connection.request("POST", self._hub.path + path, body, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def _accepted(status: int, answer: bytes) -> bytes:
    """The answer, if the hub has accepted the request."""
    if status == HTTPStatus.OK:
        return answer
    words = answer.decode(errors="replace")
    if status == HTTPStatus.GONE:
        raise RunOver(words)
    if status == HTTPStatus.LOCKED:
        raise SiteBusy(words)
    if status == HTTPStatus.CONFLICT:
        raise HubRefuses(words)
    raise Misuse(words)
