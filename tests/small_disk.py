"""A real file system of a few megabytes, that a test can fill.

with small_disk(tmp_path / "disk", megabytes=4) as disk:
    disk.fill(leaving=100_000)
    ...
    disk.clear()
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """The folder where the file system begins."""

    root: Path

    def fill(self, leaving: int) -> None:
        """Put so much on it that so many bytes are left."""
        with (self.root / "ballast").open("ab", buffering=0) as file:
            file.write(bytes(max(0, disk_usage(self.root).free - leaving)))
        assert disk_usage(self.root).free <= leaving + 4096

    def clear(self) -> None:
        """Remove what fills the disk."""
        (self.root / "ballast").unlink()


@contextmanager
def small_disk(root: Path, megabytes: int) -> Iterator[SmallDisk]:
    """The file system, as long as the test is within; skips the test where none can be mounted."""
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(root)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield SmallDisk(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)
