"""The command `variorum notify`: sends the notifications that are due, or shows them."""

from __future__ import annotations

from dataclasses import asdict

import click

from variorum.crawler.cli.options import as_json, with_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.notify.notify import Message, greet, rehearse_news, resolve_doubtful, send_news
from variorum.crawler.output import terminal


@click.command()
@click.option("--dry-run", is_flag=True, help="Show the messages; send nothing.")
@click.option("--test", "test", is_flag=True, help="Send each target a test message instead.")
@click.option(
    "--settle",
    "resolve",
    type=click.Choice(["sent", "again"]),
    help="Mark messages of unknown delivery as sent, or send them again.",
)
@as_json
@with_workspace
def notify(workspace: Workspace, dry_run: bool, test: bool, resolve: str | None, as_json: bool) -> None:
    """Send the notifications that are due now.

    Sends to the targets that `notify` lists. `variorum watch` sends them by itself. Exits with 1 if a target
    did not accept its message.

    Example: variorum notify --dry-run
    """
    if dry_run + test + bool(resolve) > 1:
        raise Misuse("--dry-run, --test and --settle: choose one of them.")
    if resolve:
        count = resolve_doubtful(workspace, again=resolve == "again")
        what = terminal.quantity(count, "doubtful notification")
        terminal.note(f"{what} {'will be sent again' if resolve == 'again' else 'marked as sent'}.")
        if resolve == "sent":
            return
    messages = rehearse_news(workspace) if dry_run else greet(workspace) if test else send_news(workspace)
    if as_json:
        terminal.json_lines(_object(one, sent=not dry_run) for one in messages)
    elif dry_run:
        _show(messages)
    else:
        _print(messages)
    click.get_current_context().exit(int(any(one.trouble for one in messages)))


def _show(messages: list[Message]) -> None:
    for one in messages:
        for text in (f"To {one.target}: {one.trouble or one.title}", "", *one.body.split("\n"), ""):
            terminal.line(text)
    if not messages:
        terminal.note("Nothing is due.")


def _print(messages: list[Message]) -> None:
    for one in messages:
        terminal.line(f"{one.target}: {f'not sent: {one.trouble}' if one.trouble else f'sent: {one.title}'}")
    if not messages:
        terminal.note("Nothing is due.")


def _object(one: Message, *, sent: bool) -> dict[str, object]:
    return {**asdict(one), "trouble": one.trouble or None, "sent": sent and not one.trouble}
