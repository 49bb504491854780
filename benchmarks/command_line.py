"""The command-line options that benchmarks on shared real pages have in common."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.reader.data import shared


def parser_of(
    name: str, description: str | None, *, folder: str, unseen: str, unit: str
) -> argparse.ArgumentParser:
    """A parser with the options `--shared`, `--folds`, `--sample`, `--largest` and `--json`.

    `folder` names the data below the shared folder, `unseen` what the weights of a fold have never seen, and
    `unit` what one sample is.
    """
    found = argparse.ArgumentParser(
        prog=f"python -m {name}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--shared", type=Path, default=shared(), help=f"the folder that contains {folder}/")
    found.add_argument("--folds", type=Path, help=f"the folder of the weights that never saw a {unseen}")
    found.add_argument("--sample", type=int, help=f"the number of {unit}; always the same ones")
    found.add_argument("--largest", type=int, metavar="KB", help=f"leave out {unit} with more HTML than that")
    found.add_argument("--json", action="store_true", help="print one object for each result")
    return found
