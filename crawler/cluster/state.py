"""What the hub says of its workers, runs and queues. Imports little: `variorum status` asks for it, too."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from variorum.crawler.config.cluster import Cluster, shared_token
from variorum.crawler.errors import Misuse, VariorumError

SECONDS = 3.0
"""How long to wait for the hub."""
LONGEST_WORDS = 300
UNKNOWN: dict[str, Any] = {
    "at": None, "version": None, "fallback": None, "trouble": "", "workers": [], "runs": [], "queues": [],
}  # fmt: skip
"""The state of a hub that can't be asked."""
NUMBERS = {"todo": "waiting", "doing": "running", "stalled": "stalled", "failed": "failed"}


class HubSilent(VariorumError):
    """The hub can't be reached."""


def hub_state(cluster: Cluster, environment: Mapping[str, str]) -> dict[str, Any]:
    """Workers, runs and queues, as the hub has them. Raises VariorumError if it can't be asked."""
    return ask_hub(cluster, environment, "/state")


def ask_hub(
    cluster: Cluster, environment: Mapping[str, str], path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The answer of the hub to a request; one with a body is a POST.

    Raises HubSilent if it can't be reached, Misuse or VariorumError with its words if it refuses.
    """
    headers = {"Authorization": f"Bearer {shared_token(cluster.token, environment)}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{cluster.address}{path}", data, headers)  # noqa: S310 - of the file
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.UNAUTHORIZED:
            raise Misuse(f"the hub {cluster.address} refuses the token of this machine.") from error
        answer_words = error.read(LONGEST_WORDS).decode(errors="replace")
        raise VariorumError(f"the hub {cluster.address} answers {error.code}: {answer_words}") from error
    except (OSError, ValueError) as error:
        words = getattr(error, "reason", error)
        raise HubSilent(f"the hub {cluster.address} can't be reached: {words}.") from error


def state_or_trouble(cluster: Cluster, environment: Mapping[str, str]) -> dict[str, Any]:
    """The state of the hub, or one with nothing but why it can't be had."""
    try:
        return hub_state(cluster, environment)
    except VariorumError as error:
        return UNKNOWN | {"trouble": str(error)}


def lines(state: Mapping[str, Any]) -> Iterator[str]:
    """The state in words, for a terminal."""
    if state["trouble"]:
        yield f"cluster: ! {state['trouble']}"
    for queue in state["queues"]:
        numbers = ", ".join(f"{queue[name]} {word}" for name, word in NUMBERS.items())
        yield f"queue {queue['name']}: {numbers}"
    for worker in state["workers"]:
        heard = f"heard of {worker['silent_seconds']} seconds ago"
        runs = ", ".join(worker["runs"]) or "nothing"
        lost = "! lost; " if worker["lost"] else ""
        yield f"worker {worker['name']} ({', '.join(worker['queues'])}): {lost}{heard}, runs {runs}"
