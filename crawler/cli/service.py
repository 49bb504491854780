"""The command `variorum service`: a systemd unit that starts `variorum watch` or `serve` with the machine."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from variorum.crawler.cli.options import with_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.output import terminal

SYSTEM = Path("/etc/systemd/system")
UNIT = """\
[Unit]
Description=Variorum watches the sites of {shown}
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={python} -m variorum.crawler.cli -C {root} {command}
# Addresses of notification targets and other secrets, a line each: NAME=value
EnvironmentFile=-{environment}
Restart=on-failure
RestartSec=30
# It lets requests in progress finish.
KillMode=mixed
TimeoutStopSec=30

[Install]
WantedBy={target}
"""


@click.group()
def service() -> None:
    """Start `watch` with the machine, as a service of systemd.

    Example: variorum service install --user
    """


@service.command()
@click.option("--user", is_flag=True, help="As a service of this user, which needs no root.")
@click.option(
    "--serve", "command", flag_value="serve", default="watch", help="Start `serve`, with the review page."
)
@with_workspace
def install(workspace: Workspace, user: bool, command: str) -> None:
    """Write the systemd unit of this workspace, and say how to start it.

    Example: variorum -C ~/press service install --user
    """
    folder = _user_units() if user else SYSTEM
    path = folder / f"variorum-{unit_name(workspace.root)}.service"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(unit(workspace.root, Path(sys.executable), user=user, command=command), encoding="utf-8")
    terminal.line(f"wrote {path}")
    control = "systemctl --user" if user else "systemctl"
    terminal.note(f"Next: {control} daemon-reload && {control} enable --now {path.name}")
    if user:
        terminal.note("So that it also runs while you are not logged in: loginctl enable-linger")


def unit(root: Path, python: Path, *, user: bool, command: str = "watch") -> str:
    """The text of the unit that runs a command on a workspace with this Python."""
    return UNIT.format(
        shown=str(root).replace("%", "%%"),
        python=_quoted(python),
        root=_quoted(root),
        command=command,
        environment=str(root / "variorum.env").replace("%", "%%"),
        target="default.target" if user else "multi-user.target",
    )


def unit_name(root: Path) -> str:
    """The name of a workspace's folder, with what a unit's name can't have replaced."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", root.name).strip("-") or "workspace"


def _user_units() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def _quoted(path: Path) -> str:
    """The path as one word of ExecStart, where %, $, quotes and backslashes have a meaning."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"'
