"""The command `variorum mcp`: a server for assistants that speak the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click

from variorum.crawler.errors import Misuse
from variorum.crawler.extras import install_command


@click.command()
@click.pass_obj
def mcp(folder: Path) -> None:
    """Let an assistant read the workspace, by the Model Context Protocol (MCP).

    Speaks over standard input and output, so the assistant's program starts it. Its tools search, list
    changes and versions, and give texts; nothing can be changed with them.

    Example: variorum -C ~/press mcp
    """
    try:
        from variorum.crawler.mcp_server import make_server  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise Misuse(f"{error}: {install_command('mcp')}") from error
    make_server(folder.absolute()).run()
