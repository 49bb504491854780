"""The captures of `shared/captures`, each with the text that people's own selectors found in it."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.captures.pairs import FILES, SURE
from benchmarks.reader.data import MARKDOWN


def captures(folder: Path) -> Iterator[dict[str, Any]]:
    """Records of `site`, `url`, `time`, `html` and `gold`, without those in which little of it is found."""
    for file in sorted(folder.glob(FILES)):
        gold = {(r["seq"], r["v"]): MARKDOWN.sub(" ", r["gold"]) for r in _records(file) if "gold" in r}
        for record in _records(file):
            text = gold.get((record["seq"], record["v"]))
            if text is None or record.get("cov", 0) < SURE:
                continue
            site = record["seq"].partition("/")[0]
            url = record["url"] or f"https://{len(site)}.example/"
            yield {"site": site, "url": url, "time": record["time"], "html": record["html"], "gold": text}


def _records(file: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
