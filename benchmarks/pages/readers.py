"""The readers: ours, and those of other people where they are installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.pages.scoring import Reader

Made = Callable[[Path | None], Reader | None]


def variorum(folds: Path | None) -> Reader:
    """Our own reader; of the weights in `folds` those that never saw the page's host."""
    from benchmarks.reader.data import FOLDS, fold  # noqa: PLC0415
    from variorum.crawler.extraction.classifier.classifier import Weights  # noqa: PLC0415
    from variorum.crawler.extraction.extract import ExtractionRules, extract  # noqa: PLC0415

    some = [Weights.load(folds / f"{part}.npz") for part in range(FOLDS)] if folds else []

    def read(record: Mapping[str, Any]) -> str:
        weights = some[fold(record["site"], FOLDS)] if some else None
        return extract(record["html"].encode(), record["url"], rules=ExtractionRules(weights=weights)).text

    return read


def trafilatura(folds: Path | None) -> Reader:
    """The text that trafilatura extracts, without comments."""
    from trafilatura import extract  # noqa: PLC0415

    return lambda record: extract(record["html"], include_comments=False) or ""


def readability(folds: Path | None) -> Reader | None:
    """The text of readability-lxml's article, where `pip install readability-lxml` has been run.

    It is in no extra of ours: pip 23 can't install it in one step with justext, which trafilatura needs.
    """
    if importlib.util.find_spec("readability") is None:
        return None
    from lxml.html import fromstring  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    from variorum.crawler.extraction.html.blocks import blocks  # noqa: PLC0415

    def read(record: Mapping[str, Any]) -> str:
        return "\n".join(block.text for block in blocks(fromstring(Document(record["html"]).summary())))

    return read


def rs_trafilatura(folds: Path | None) -> Reader | None:
    """The text that rs-trafilatura extracts."""
    if importlib.util.find_spec("rs_trafilatura") is None:
        return None
    from rs_trafilatura import extract  # noqa: PLC0415

    def read(record: Mapping[str, Any]) -> str:
        found = extract(record["html"])
        return (
            found
            if isinstance(found, str)
            else str(getattr(found, "content", None) or getattr(found, "text", ""))
        )

    return read


READERS: dict[str, Made] = {
    "variorum": variorum,
    "trafilatura": trafilatura,
    "readability": readability,
    "rs-trafilatura": rs_trafilatura,
}
