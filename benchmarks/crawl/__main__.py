"""What a crawl costs beside a plain pipeline: `python -m benchmarks.crawl`.

    python -m benchmarks.crawl --pages 300               # some minutes
    python -m benchmarks.crawl --pages 200 2000 20000    # how the cost of a page grows with the site
    python -m benchmarks.crawl --write                   # `make bench`: writes docs/performance.md

Prints a table for each size. What counts are the ratios: both programs run in turn on the same machine. A
busy machine makes CPU times longer, and of both.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.crawl.contenders import Plain, Variorum
from benchmarks.crawl.measuring import adopt_orphans, measured
from benchmarks.crawl.report import Size, costs, document, facts, growth, plot, start_up
from benchmarks.crawl.rounds import played

DOCS = Path(__file__).parents[2] / "docs"
PICTURE = "pictures/performance.svg"
STARTS = 5
"""So often each command is started; the median counts."""


def main() -> None:
    parser = argparse.ArgumentParser(description="What a crawl costs beside a plain pipeline.")
    parser.add_argument("--pages", type=int, nargs="+", default=[2000], help="the sizes of the site")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    asked = parser.parse_args()
    adopt_orphans()
    sizes = []
    for pages in sorted(asked.pages):
        with TemporaryDirectory() as folder:
            size, starts = measure(Path(folder), pages)
        print(f"\n# {pages:,} pages\n\n{costs(size)}\n\n{facts(size)}\n", flush=True)
        sizes.append(size)
    print(f"{growth(sizes)}\n\n{start_up(starts)}")
    if asked.write:
        (DOCS / "performance.md").write_text(document(sizes, starts, PICTURE), encoding="utf-8")
        (DOCS / PICTURE).write_text(plot(sizes[-1]), encoding="utf-8")


def measure(folder: Path, pages: int) -> tuple[Size, dict[str, float]]:
    """The rounds on a site of so many pages, and what commands on Variorum's database take to start."""
    plain, variorum = Plain(folder), Variorum(folder / "workspace")
    rounds = {}
    for name, both in played([plain, variorum], pages, measured):
        print(f"{name}: {both[1].cost.cpu / both[0].cost.cpu:.2f}", file=sys.stderr)
        rounds[name] = both
    return Size(pages, rounds), start_costs(variorum.folder)


def start_costs(folder: Path) -> dict[str, float]:
    """Seconds of CPU of a bare Python, and of commands that only read, in a workspace."""
    commands = {"python -c pass": [sys.executable, "-c", "pass"]}
    for words in (["--help"], ["changes"], ["status"]):
        command = [sys.executable, "-m", "variorum.crawler.cli", "-C", str(folder), *words]
        commands[f"variorum {words[0]}"] = command
    return {name: median(measured(command).cpu for _ in range(STARTS)) for name, command in commands.items()}


if __name__ == "__main__":
    main()
