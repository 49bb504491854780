"""What a run is doing: the run keeps it in a file beside the database, where every process can read it.

A file and no row: nothing waits for a lock or for the disk, and a run that is killed leaves nothing that
counts. A file counts only while its run holds the lock of its site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from variorum.crawler.lock import is_held, run_lock

ENDING = ".progress"

Progress = dict[str, Any]
"""`site`, `run`, `phase`, `started_at`, `at`; `done` and `known` pages; `requests` so far and those `left` of
the day's budget; `waiting`, the host that sent Retry-After and until when, or null."""


def progress_file(database: Path, site: str) -> Path:
    """The file of the run of a site."""
    return Path(f"{database}.{site}{ENDING}")


def keep(database: Path, progress: Progress) -> None:
    """Write the progress of a run. What can't be written is left out: the run is worth more."""
    path = progress_file(database, progress["site"])
    draft = path.with_name(f"{path.name}.new")
    with suppress(OSError):
        draft.write_text(json.dumps(progress), encoding="utf-8")
        draft.replace(path)


def forget(database: Path, site: str) -> None:
    """Remove the file of a run that has ended."""
    with suppress(OSError):
        progress_file(database, site).unlink(missing_ok=True)


def running(database: Path) -> list[Progress]:
    """The progress of each run that goes on now, by name of the site."""
    found = sorted(database.parent.glob(f"{database.name}.*{ENDING}"))
    return [progress for path in found if (progress := _read(path)) and _goes_on(database, progress)]


def _read(path: Path) -> Progress | None:
    """The progress in a file; None if it is gone, or is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"site", "pid"} <= found.keys() else None


def _goes_on(database: Path, progress: Mapping[str, Any]) -> bool:
    """Whether the process that wrote it still holds the lock of its site: an import may hold it later."""
    lock = run_lock(database, progress["site"])
    with suppress(OSError):
        return is_held(lock) and lock.read_text(encoding="ascii").strip() == str(progress["pid"])
    return False
