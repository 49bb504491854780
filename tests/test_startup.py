"""What a command imports: a person who asks for a list waits for no library that makes none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.command import Press
from variorum.crawler.cli.__main__ import GROUPS, Commands, main

CRAWLING = frozenset({"apscheduler", "lxml", "numpy", "pandas", "scrapy", "trafilatura", "twisted"})
SERVING = frozenset({"jinja2", "starlette", "uvicorn"})
HEAVY = CRAWLING | SERVING | {"apprise", "asyncio", "importlib.metadata", "regex", "sqlite_utils", "tomlkit"}

PLANNING = {"numpy"}
"""What the plan of visits needs, of which `status` tells."""

LIGHT = {
    "--help": HEAVY | {"msgspec", "rich", "w3lib"},
    "--version": HEAVY | {"msgspec", "rich", "w3lib"},
    "changes": HEAVY | {"w3lib"},
    "changes --json": HEAVY | {"rich", "w3lib"},
    "changes --suspect": HEAVY | {"w3lib"},
    "show 1": HEAVY | {"w3lib"},
    "status": HEAVY - PLANNING | {"rich"},
    "status press --json": HEAVY - PLANNING | {"rich"},
    "search bridge": HEAVY | {"w3lib"},
    "history {url}/bridge/": HEAVY,
    "text {url}/bridge/": HEAVY,
    "crawl --help": HEAVY | {"rich"},
    "watch --help": CRAWLING - {"apscheduler"} | SERVING | {"apprise", "sqlite_utils"},
}
"""Commands, each with what it must not import."""

PARTS = {
    "variorum.crawler.cli.crawling": CRAWLING | {"rich", "sqlite_utils"},
    "variorum.crawler.runtime.child": {
        "apprise",
        "feedparser",
        "numpy.ma",
        "rich",
        "sqlite_utils",
        "trafilatura",
    },
}
"""The modules that carry out `crawl` and a run, each with what it imports only when it needs it."""

ASK = """
import contextlib, io, sys
from variorum.crawler.cli.__main__ import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    try:
        main(sys.argv[1:])
    except SystemExit as ended:
        code = ended.code
print(code, *sys.modules)
"""


def imported(*words: str, code: str = "0") -> set[str]:
    """The modules that a new process has imported once the command has ended with that exit code."""
    run = subprocess.run([sys.executable, "-c", ASK, *words], capture_output=True, text=True, check=True)
    ended, *modules = run.stdout.split()
    assert ended == code, run.stderr
    return set(modules)


@pytest.mark.parametrize("command", LIGHT)
def test_a_command_imports_only_what_it_needs(command: str, press: Press) -> None:
    words = command.format(url=press.url).split()
    found = imported("-C", str(press.root), *words)
    assert "click" in found
    assert found & LIGHT[command] == set()


@pytest.mark.parametrize("module", PARTS)
def test_a_run_imports_only_what_it_needs(module: str) -> None:
    asked = ["-c", f"import sys, {module}; print(*sys.modules)"]
    run = subprocess.run([sys.executable, *asked], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) & PARTS[module] == set()


def test_a_command_that_does_not_exist_is_refused_as_fast() -> None:
    assert imported("no-such-command", code="2") & (HEAVY | {"rich"}) == set()


def test_the_list_of_commands_repeats_the_first_sentence_of_each_help() -> None:
    assert isinstance(main, Commands)
    ctx = main.make_context("variorum", ["--help"], resilient_parsing=True)
    for group in GROUPS.values():
        for name, (_, sentence) in group.items():
            command = main.get_command(ctx, name)
            assert command is not None
            assert command.get_short_help_str(limit=200) == sentence
