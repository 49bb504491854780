"""Scores the reading of articles on the gold pages: `python -m benchmarks.gold [--json] [SYSTEM[/NAME]…]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from benchmarks.gold.reading import ALONE, LEARNED, TRAFILATURA, WAYS, GoldPage, gold_pages, read, templates
from benchmarks.gold.scoring import Score, mean, mean_f1, missing, score
from variorum.crawler.extraction.boilerplate.template import EMPTY


def main(arguments: Sequence[str]) -> None:
    """Prints a table, JSON Lines, or what is missing from a text and what has leaked into it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gold", description=__doc__)
    parser.add_argument("pages", nargs="*", help="systems, or single pages like ghost/tides; all, if none")
    parser.add_argument("--json", action="store_true", help="one object a page")
    parser.add_argument("--why", action="store_true", help="the blocks that are missing or leaked")
    options = parser.parse_args(arguments)
    known = gold_pages()
    learned = templates(known)
    chosen = [page for page in known if not options.pages or {page.system, page.id} & {*options.pages}]
    results = {page: {w: read(page, w, learned.get(page.system, EMPTY)) for w in WAYS} for page in chosen}
    scores = {page: {w: score(read_, page.blocks) for w, read_ in by.items()} for page, by in results.items()}
    if options.json:
        for page in chosen:
            print(json.dumps({"page": page.id, **{way: _numbers(scores[page][way]) for way in WAYS}}))
        return
    print(f"{'F1 / exact blocks':34}" + "".join(f"{way:>18}" for way in WAYS))
    for page in chosen:
        print(f"{page.id:34}" + "".join(_cell(scores[page], way) for way in WAYS))
        if options.why:
            _explain(page, results[page])
    _sum_up(list(scores.values()))


def _numbers(score: Score) -> dict[str, float]:
    numbers = {"precision": score.precision, "recall": score.recall, "f1": score.f1, "blocks": score.blocks}
    return {name: round(number, 4) for name, number in numbers.items()}


def _cell(scores: dict[str, Score], way: str) -> str:
    """F1 and exact blocks; an exclamation mark where a reading of ours is below trafilatura's."""
    below = scores[way].f1 < scores[TRAFILATURA].f1
    return f"{scores[way].f1:>11.3f} {scores[way].blocks:.2f}{'!' if below else ' '} "


def _explain(page: GoldPage, read: dict[str, list[str]]) -> None:
    for way in (ALONE, LEARNED):
        for block in missing(read[way], page.blocks):
            print(f"    {way} misses: {block}")
        for block in missing(page.blocks, read[way]):
            print(f"    {way} leaks: {block}")


def _sum_up(scores: list[dict[str, Score]]) -> None:
    for name in ("precision", "recall", "blocks"):
        means = [getattr(mean([by[way] for by in scores]), name) for way in WAYS]
        print(f"mean {name:29}" + "".join(f"{number:>11.3f}       " for number in means))
    print(f"{'mean F1':34}" + "".join(f"{mean_f1([by[way] for by in scores]):>11.3f}       " for way in WAYS))


if __name__ == "__main__":
    main(sys.argv[1:])
