"""The wheel as a user has it: unpacked into a folder, beside a project with modules of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def unpacked(folder: Path) -> Path:
    """A folder with the wheel unpacked, as pip does it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "built")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = (folder / "built").glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder / "installed")
    return folder / "installed"


def path_of(installed: Path) -> dict[str, str]:
    """An environment in which Python finds the wheel first, where it does not run in our own folder."""
    return {**os.environ, "PYTHONPATH": str(installed)}


def run(project: Path, installed: Path, *words: object) -> str:
    """What a program of the project prints, with the wheel first on its path."""
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(
        command, cwd=project, env=path_of(installed), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
