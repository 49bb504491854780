"""What it costs to start a command: `python -m benchmarks.startup`.

CPU seconds of the process, as a multiple of what `python -c pass` takes on this machine, which is the fair
unit: it moves with the machine and with what else runs there. The median of 15 runs of each, in turn.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.made_store import SITES, fill, writers
from variorum.storage.store import Store

RUNS = 15
MOST = {"--help": 10, "changes": 16, "show 1": 16, "status": 16, "changes --json": 16, "crawl --help": 16}
"""The commands, each with the multiple that it is to stay below."""


def cpu_seconds(*words: str) -> float:
    """CPU of a Python process with these arguments."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_workspace(root: Path) -> None:
    """Four sites with a hundred pages in all, and one change."""
    (root / "sites").mkdir()
    (root / "variorum.toml").write_text('contact = "me@example.org"\n', encoding="utf-8")
    for site in SITES:
        (root / "sites" / f"{site}.toml").write_text(f'url = "https://{site}.example/"\n', encoding="utf-8")
    with closing(Store.open(root / "variorum.db")) as store:
        fill(store, 300, *writers())
        url, at = f"https://{SITES[0]}.example/0", "2026-03-01T10:00:00Z"
        store.add_change(
            {"site": SITES[0], "page": 1, "kind": "new", "url": url, "seen_new": at, "found_at": at}
        )


def main() -> None:
    """Print the table; exit with 1 where a command costs more than it may."""
    with TemporaryDirectory() as folder:
        make_workspace(Path(folder))
        variorum = ["-m", "variorum.crawler.cli", "-C", folder]
        asked = {"python -c pass": ["-c", "pass"]}
        asked |= {f"variorum {command}": [*variorum, *command.split()] for command in MOST}
        rounds = [{name: cpu_seconds(*words) for name, words in asked.items()} for _ in range(RUNS)]
    found = {name: median(one[name] for one in rounds) for name in asked}
    unit = found["python -c pass"]
    for (name, seconds), most in zip(found.items(), [1, *MOST.values()], strict=True):
        print(f"{name:26} {1000 * seconds:6.0f} ms  {seconds / unit:5.1f} times, at most {most}")
    sys.exit(any(found[f"variorum {command}"] > most * unit for command, most in MOST.items()))


if __name__ == "__main__":
    main()
