"""The commands `variorum completion` and `variorum man`: what a shell and `man` need, made from the help."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
from click.shell_completion import get_completion_class

from variorum.crawler import __version__

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands and options in a shell.

    Example: variorum completion bash > ~/.local/share/bash-completion/completions/variorum
    """
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(ctx.find_root().command, {}, "variorum", "_VARIORUM_COMPLETE").source())


@click.command()
@click.pass_context
def man(ctx: click.Context) -> None:
    """Print the manual page of all commands.

    Example: variorum man > ~/.local/share/man/man1/variorum.1
    """
    click.echo("\n".join(manual(ctx.find_root().command)))


def manual(main: click.Command) -> Iterator[str]:
    """Yield the lines of the manual page, for man(7), of a command and all commands below it."""
    yield f'.TH VARIORUM 1 "" "Variorum {_escaped(__version__)}" "User Commands"'
    yield from (".SH NAME", r"variorum \- watch web sites and keep every version of every page")
    with click.Context(main, info_name="variorum") as root:
        yield from (".SH SYNOPSIS", f".B {_escaped(_usage(root))}", ".SH DESCRIPTION")
        yield from _help(main)
        yield ".SH OPTIONS"
        yield from _options(root)
        yield ".SH COMMANDS"
        yield from _below(root)


def _below(ctx: click.Context) -> Iterator[str]:
    """The commands of a group, each followed by those below it."""
    group = ctx.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        with click.Context(command, info_name=name, parent=ctx) as own:
            yield f'.SS "{_escaped(_usage(own))}"'
            yield from _help(command)
            yield from _options(own)
            if isinstance(command, click.Group):
                yield from _below(own)


def _usage(ctx: click.Context) -> str:
    return f"{ctx.command_path} {' '.join(ctx.command.collect_usage_pieces(ctx))}"


def _help(command: click.Command) -> Iterator[str]:
    """The paragraphs of the help of a command."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield ".PP"
        yield _escaped(" ".join(paragraph.split()))


def _options(ctx: click.Context) -> Iterator[str]:
    for parameter in ctx.command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record and record[1]:
            yield from (".TP", f".B {_escaped(record[0])}", _escaped(record[1]))


def _escaped(text: str) -> str:
    """Text as man(7) shows it unchanged: no character of it is a request or an escape."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
