"""`variorum completion` and `variorum man`: a shell completes commands, and the manual has them all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.command import variorum
from variorum.crawler.cli.__main__ import COMMANDS, main
from variorum.crawler.cli.shell import SHELLS


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    script = variorum("completion", "bash").stdout
    command = tmp_path / "variorum"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m variorum "$@"\n')
    command.chmod(0o755)
    ask = 'COMP_WORDS=({words}) COMP_CWORD={at}; _variorum_completion variorum; echo "${{COMPREPLY[@]}}"'
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def completed(*words: str) -> list[str]:
        line = script + "\n" + ask.format(words=" ".join(words), at=len(words) - 1)
        done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert completed("variorum", "ren") == ["rename"]
    assert "--until" in completed("variorum", "pause", "--")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_for_each_shell_is_printed(shell: str) -> None:
    assert "_VARIORUM_COMPLETE" in variorum("completion", shell).stdout


def test_the_manual_has_each_command_and_option() -> None:
    page = variorum("man").stdout.replace("\\-", "-")
    assert page.startswith(".TH VARIORUM 1")
    assert isinstance(main, click.Group)
    for name in COMMANDS:
        section = page.partition(f'.SS "variorum {name} ')[2]
        assert section, name
        command = main.get_command(click.Context(main), name)
        assert command is not None
        for option in (one for one in command.params if isinstance(one, click.Option)):
            assert option.opts[-1] in section.partition("\n.SS ")[0], (name, option.opts)


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_has_no_complaint() -> None:
    page = variorum("man").stdout
    done = subprocess.run(
        ["groff", "-K", "utf8", "-man", "-ww", "-z"], input=page, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_no_line_of_the_manual_is_taken_for_a_request() -> None:
    requests = {".TH", ".SH", ".SS", ".PP", ".TP", ".B"}
    for line in variorum("man").stdout.splitlines():
        assert not line.startswith("'")
        assert not line.startswith(".") or line.split()[0] in requests, line
