"""The command `variorum status`: the state of the crawls."""

from __future__ import annotations

import os
from typing import Any

import click

from variorum.crawler.cli.options import as_json, names_of, sites_and_faults, some_sites, with_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.health.status import state_of
from variorum.crawler.output import terminal


@click.command()
@click.argument("name", metavar="[SITE]", required=False)
@as_json
@with_workspace
def status(workspace: Workspace, name: str | None, as_json: bool) -> None:
    """Show crawl status, for all sites or for one.

    For one site, also show the coverage of each source: how many pages it lists and how many are stored.

    Example: variorum status nejatngo
    """
    only = names_of(workspace, [name]) if name else None
    found = state_of(workspace, some_sites(workspace, only), only=only, with_coverage=bool(name))
    if not found["sites"] and (only or not workspace.cluster):  # a worker has no sites of its own
        sites_and_faults(workspace, only or [])
    found |= _of_cluster(workspace)
    if as_json:
        terminal.json_lines([found])
        return
    terminal.status(found)
    if "cluster" in found:
        from variorum.crawler.cluster.state import lines  # noqa: PLC0415 - few have one

        for text in lines(found["cluster"]):
            terminal.line(text)


def _of_cluster(workspace: Workspace) -> dict[str, Any]:
    """Return the workers and queues of a cluster; nothing for a machine that crawls alone."""
    if workspace.cluster is None:
        return {}
    from variorum.crawler.cluster.state import state_or_trouble  # noqa: PLC0415 - few have one

    return {"cluster": state_or_trouble(workspace.cluster, os.environ)}
