"""The command `variorum review`: serves the review page on this machine."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import click

from variorum.crawler.cli.options import WholeNumber, with_workspace
from variorum.crawler.config.cluster import Cluster
from variorum.crawler.config.secret import token_of
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.health.visits import stored_plan_object, stored_why_object
from variorum.crawler.output import terminal
from variorum.crawler.preview.rules import propose
from variorum.crawler.runtime.apart import apart
from variorum.storage.reader import Reader
from variorum.storage.store import Store

P = ParamSpec("P")
R = TypeVar("R")

LOCAL = ("127.0.0.1", "localhost", "::1")
LEAST_TOKEN = 16
PASSWORD = "VARIORUM_PASSWORD"  # noqa: S105 - the name of the variable


def where_to_listen(command: Callable[P, R]) -> Callable[P, R]:
    """Return the command with the options `port`, `host` and `names` of the review page."""
    add_port = click.option(
        "--port", type=WholeNumber(0, 65535), default=8765, show_default=True, help="0 for any free port."
    )
    add_host = click.option(
        "--host", default="127.0.0.1", show_default=True, help="Any other address needs a password."
    )
    add_names = click.option(
        "--name", "names", multiple=True, help="Another host name that browsers may use."
    )
    return add_port(add_host(add_names(command)))


def password_for(host: str) -> str | None:
    """Return the password of the review page, if one is set. Raises Misuse if this host needs one."""
    password = os.environ.get(PASSWORD) or None
    if host not in LOCAL and password is None:
        raise Misuse(f"--host {host}: others could reach that address; set a password in {PASSWORD} first.")
    return password


def listening_on(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises Misuse if that can't be, as where the port is in use."""
    from variorum.review.listening import listen  # noqa: PLC0415 - two commands alone know the review page

    try:
        return listen(host, port)
    except (OSError, OverflowError) as error:
        why = "it is in use" if getattr(error, "errno", 0) == errno.EADDRINUSE else error
        raise Misuse(f"can't listen on {host}, port {port}: {why}. Choose another with --port.") from error


@click.command()
@where_to_listen
@with_workspace
def review(workspace: Workspace, port: int, host: str, names: tuple[str, ...]) -> None:
    """Serve the review page, where people read and judge changes.

    Listens on this machine only. To use another address, set a password in VARIORUM_PASSWORD. Ctrl-C ends it.

    Example: variorum review --port 8765
    """
    from variorum.review.app import add_workers, add_workspace, allow_tokens, make_app  # noqa: PLC0415
    from variorum.review.listening import address  # noqa: PLC0415
    from variorum.review.serving import serve  # noqa: PLC0415

    password = password_for(host)
    if workspace.review.manage and not workspace.database.exists():
        Store.open(workspace.database).close()  # the first site can be added on the page
    Reader.open(workspace.database).close()
    listening = listening_on(host, port)
    app = make_app(
        workspace.database,
        hosts=[*LOCAL, host, *names],
        password=password,
        propose=lambda number: apart(propose, workspace, number),
        plan=lambda name: stored_plan_object(workspace, name),
        why=lambda number: stored_why_object(workspace, number),
        settings=workspace.review,
    )
    add_workspace(app, workspace)
    allow_tokens(app, _tokens(workspace))
    if workspace.cluster:
        add_workers(app, _state_of(workspace.cluster))
    serve(app, listening, lambda: terminal.line(f"Review on {address(listening)} until Ctrl-C"))


def _tokens(workspace: Workspace) -> list[str]:
    """Return the tokens of the read API. Raises Misuse for one that is not set, or too easily guessed."""
    tokens = [token_of("api", reference, os.environ) for reference in workspace.tokens]
    if any(len(token) < LEAST_TOKEN for token in tokens):
        raise Misuse(f"[api] in variorum.toml: a token needs at least {LEAST_TOKEN} characters.")
    return tokens


def _state_of(cluster: Cluster) -> Callable[[], Mapping[str, Any]]:
    """Return what gives the state of the cluster."""
    from variorum.crawler.cluster.state import state_or_trouble  # noqa: PLC0415 - few have one

    return lambda: state_or_trouble(cluster, os.environ)
