"""The checks of `variorum doctor` for a cluster: PostgreSQL, and the hub as this machine sees it."""

from __future__ import annotations

import os

import psycopg

from variorum.crawler import times
from variorum.crawler.cluster.link import VERSION
from variorum.crawler.cluster.state import hub_state
from variorum.crawler.config.cluster import Cluster, secret
from variorum.crawler.errors import VariorumError

CONNECT_SECONDS = 3
MOST_SECONDS = 60
"""A clock that differs more makes logs hard to read. The runs themselves do not depend on it."""


def queue(cluster: Cluster) -> str:
    """What PostgreSQL is. Raises VariorumError if it can't be used."""
    address = secret(cluster.database, os.environ)
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            row = connection.execute("SELECT version(), to_regclass('procrastinate_jobs')").fetchone()
    except psycopg.Error as error:
        raise VariorumError(f"PostgreSQL can't be used: {' '.join(str(error).split())}") from error
    assert row is not None
    if row[1] is None:
        raise VariorumError("PostgreSQL has no queue yet: start the hub, `variorum watch`, which creates it.")
    return " ".join(str(row[0]).split()[:2])


def hub(cluster: Cluster) -> str:
    """What the hub is. Raises VariorumError if it can't be asked, or does not fit this machine."""
    state = hub_state(cluster, os.environ)
    if state["version"] != VERSION:
        raise VariorumError(f"the hub is {state['version']}, this machine {VERSION}: install the same.")
    apart = abs((times.now() - times.parse(state["at"])).total_seconds())
    if apart > MOST_SECONDS:
        raise VariorumError(f"the clock of the hub and of this machine are {apart:.0f} seconds apart.")
    if state["trouble"]:
        raise VariorumError(state["trouble"])
    there = sum(not worker["lost"] for worker in state["workers"])
    if not there:
        raise VariorumError("no worker is there: start `variorum worker` on another machine.")
    return f"{cluster.address}; workers: {there}; clocks {apart:.0f} seconds apart"
