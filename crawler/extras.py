"""Says how to install an optional part of the program where it runs: with pipx, or with this Python's pip."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path


def install_command(extra: str) -> str:
    """The command that installs an extra into the environment of this program."""
    try:
        needed = packages_of(extra, requires("variorum") or ())
    except PackageNotFoundError:  # run from a checkout that is not installed
        needed = []
    packages = " ".join(map(shlex.quote, needed or [f"variorum[{extra}]"]))
    if "pipx" in Path(sys.prefix).parts:
        return f"pipx inject variorum {packages}"
    return f"{shlex.quote(sys.executable)} -m pip install {packages}"


def packages_of(extra: str, requirements: Iterable[str]) -> list[str]:
    """The packages of an extra, among the requirements that the installed program states."""
    of_extra = re.compile(rf";.*\bextra == [\"']{extra}[\"']")
    return [one.partition(";")[0].strip() for one in requirements if of_extra.search(one)]
