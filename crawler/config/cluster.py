"""The table `[cluster]` of variorum.toml: how this machine shares the crawling with others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from variorum.crawler.config.schema import Key, Keys
from variorum.crawler.config.secret import check_reference, secret_of, token_of
from variorum.crawler.config.timing import duration

ANYWHERE = "default"
"""The queue of sites without `where`, and of workers without `--queue`."""
LAST_PORT = 65535
BEATS = 6
"""So many signs of life of a worker fit into the time after which it counts as lost."""


class Cluster(msgspec.Struct, frozen=True):
    """The settings of a cluster. Secrets are named by their environment variables, and read when needed."""

    database: str
    token: str
    listen: str = "127.0.0.1:8300"
    """Where the hub listens for its workers."""
    hub: str = ""
    """The address of the hub, for a worker; empty on the hub itself."""
    fallback: bool = False
    """Whether the hub runs sites itself while PostgreSQL is down."""
    lost_after: str = "60s"
    """How long a worker may be unheard of before its runs are given to another one."""

    give_up_after: str = "15m"
    """How long a worker waits for a hub that is away before it gives its run back."""

    @property
    def address(self) -> str:
        """The address of the hub, as seen from this machine."""
        if self.hub:
            return self.hub.rstrip("/")
        host, port = self.listening
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared

    @property
    def listening(self) -> tuple[str, int]:
        """The host and port on which the hub listens."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)

    @property
    def lost_seconds(self) -> float:
        """The seconds after which an unheard worker counts as lost."""
        return duration(self.lost_after).total_seconds()

    @property
    def give_up_seconds(self) -> float:
        """The seconds for which a worker waits for a hub that is away."""
        return duration(self.give_up_after).total_seconds()

    @property
    def beat_seconds(self) -> float:
        """The seconds between two signs of life of a worker."""
        return self.lost_seconds / BEATS


def secret(reference: str, environment: Mapping[str, str]) -> str:
    """The value of the environment variable that `env:NAME` names. Raises Misuse if it is not set."""
    return secret_of("cluster", reference, environment)


def shared_token(reference: str, environment: Mapping[str, str]) -> str:
    """The token that `env:NAME` names. Raises Misuse if it is not set, or can't be sent in a header."""
    return token_of("cluster", reference, environment)


def _host_and_port(text: str) -> None:
    if not re.fullmatch(r"[^:/\s]+:\d{1,5}", text) or int(text.rpartition(":")[2]) > LAST_PORT:
        raise ValueError("not a host and a port")


def _web_address(text: str) -> None:
    if urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).hostname:
        raise ValueError("not a web address")


def _longer_than_a_second(text: str) -> None:
    if duration(text).total_seconds() < 1:
        raise ValueError("less than a second")


def check_queue(text: str) -> None:
    """Raise ValueError if the text can't name a queue."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", text):
        raise ValueError("not small letters and digits")


CLUSTER_KEYS: Keys = {
    "database": Key(
        str, 'the variable with the PostgreSQL address, like "env:VARIORUM_CLUSTER"', check_reference,
        required=True, secret=True,
    ),
    "token": Key(
        str, 'the variable with the token, like "env:VARIORUM_TOKEN"', check_reference,
        required=True, secret=True,
    ),
    "listen": Key(str, 'a host and a port, like "0.0.0.0:8300"', _host_and_port),
    "hub": Key(str, 'the address of the hub, like "http://hub.example.org:8300"', _web_address),
    "fallback": Key(bool, "true or false"),
    "lost_after": Key(str, 'a length of time, like "60s"', _longer_than_a_second),
    "give_up_after": Key(str, 'a length of time, like "15m"', _longer_than_a_second),
}  # fmt: skip
