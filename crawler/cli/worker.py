"""The command `variorum worker`: carry out runs for the hub of a cluster."""

from __future__ import annotations

import asyncio
import socket

import click

from variorum.crawler.cli.options import WholeNumber, with_workspace
from variorum.crawler.config.cluster import LAST_PORT, check_queue
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.extras import install_command
from variorum.crawler.output.logs import log_to_stderr


def _queues(context: click.Context, option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        try:
            check_queue(name)
        except ValueError as error:
            raise click.BadParameter(f"{name!r} can't be a queue: {error}.") from error
    return names


def _name(context: click.Context, option: click.Parameter, name: str) -> str:
    if not name.isprintable():
        raise click.BadParameter(
            f"{name!r} can't be a worker's name: it has characters that are not printed."
        )
    return name


@click.command()
@click.option(
    "--queue", "queues", multiple=True, metavar="NAME", callback=_queues,
    help="Take runs of sites with that `where`.",
)  # fmt: skip
@click.option(
    "--name", default=socket.gethostname, metavar="NAME", callback=_name,
    help="The name of this worker; each needs its own.",
)  # fmt: skip
@click.option(
    "--metrics",
    type=WholeNumber(1, LAST_PORT),
    metavar="PORT",
    help="Serve metrics for Prometheus on this port.",
)
@with_workspace
def worker(workspace: Workspace, queues: tuple[str, ...], name: str, metrics: int | None) -> None:
    """Crawl for the hub of a cluster, until stopped.

    Takes the runs that `variorum watch` hands out on another machine. The workspace needs only
    `[cluster]` in variorum.toml. Without --queue, takes the runs of sites without `where`.

    Example: variorum -C ~/worker worker --queue eu
    """
    if workspace.cluster is None:
        raise Misuse("variorum.toml has no table [cluster]: `variorum docs cluster` says what it needs.")
    try:
        from variorum.crawler.cluster.metrics import WorkerMetrics  # noqa: PLC0415 - of an extra
        from variorum.crawler.cluster.worker import work  # noqa: PLC0415
    except ImportError as error:
        raise Misuse(f"{error}: {install_command('cluster')}") from error
    log_to_stderr()
    numbers = WorkerMetrics()
    if metrics:
        from prometheus_client import start_http_server  # noqa: PLC0415

        try:
            start_http_server(metrics, registry=numbers.registry)
        except OSError as error:
            raise Misuse(f"no metrics can be served on port {metrics}: {error.strerror}.") from error
    asyncio.run(work(workspace, name, queues, numbers))
