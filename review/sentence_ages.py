"""The ages page: the latest text with the date of each sentence, and the sentences that were removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.diffing.blame import Blame, Sentence, VersionText, blame
from variorum.crawler.diffing.diff import Hunk
from variorum.review.objects import former_object, page_object, sentence_object
from variorum.review.safe_text import TextPiece, piece
from variorum.review.web import page, reading
from variorum.storage.queries import page_timeline
from variorum.storage.queries.page_timeline import Text
from variorum.storage.reader import Reader
from variorum.storage.rows import VersionRow

MOST_LINES = 2_000
MOST_FORMER = 500
AGES = 5
"""The number of shades from the oldest sentences of a page to the newest."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive sentences of a block that were added together."""

    of: Sentence
    piece: TextPiece
    age: int
    """From 0 for the oldest of the page to AGES - 1 for the newest."""


def since(request: Request) -> Response:
    """Render the text with the age of each sentence."""
    with reading(request) as reader:
        row = reader.page(request.path_params["id"])
        latest = reader.version(row.id)
        found, whole = _blamed(reader, latest)
    return page(
        request,
        "since.html",
        row=row,
        latest=latest,
        blocks=list(stretches(found))[:MOST_LINES],
        lost=max(0, len(found.blocks) - MOST_LINES),
        former=[(one, piece("=", one.text.strip())) for one in found.former[:MOST_FORMER]],
        more=max(0, len(found.former) - MOST_FORMER),
        whole=whole,
        added_by=_versions_behind(found),
        ages=_ages(found),
    )


def since_json(request: Request) -> Response:
    """Return the same data as JSON."""
    with reading(request) as reader:
        row = reader.page(request.path_params["id"])
        found, whole = _blamed(reader, reader.version(row.id))
    return JSONResponse(
        {
            **page_object(row),
            "whole": whole,
            "blocks": [[sentence_object(one) for one in block] for block in found.blocks],
            "former": [former_object(one) for one in found.former],
        }
    )


def stretches(found: Blame) -> Iterator[list[Stretch]]:
    """Each block, with consecutive sentences of one version joined."""
    ages = _ages(found)
    for block in found.blocks:
        groups = (list(group) for _, group in groupby(block, key=lambda one: (one.version, one.ours)))
        yield [
            Stretch(
                those[0],
                piece("=", "".join(one.text for one in those).rstrip()),
                ages[those[0].version],
            )
            for those in groups
        ]


def _ages(found: Blame) -> dict[int, int]:
    """Return how new the sentences of each version are, from 0 for the oldest to AGES - 1."""
    versions = sorted({one.version for one in _all(found)})
    return {version: at * (AGES - 1) // max(1, len(versions) - 1) for at, version in enumerate(versions)}


def _all(found: Blame) -> Iterator[Sentence]:
    return (one for block in found.blocks for one in block)


def _versions_behind(found: Blame) -> list[tuple[int, str, int, int]]:
    """Return the versions that added text, the latest first, with time, sentence count and share in %."""
    those = list(_all(found))
    size = sum(len(one.text) for one in those) or 1
    by_version: dict[int, list[Sentence]] = {}
    for one in those:
        by_version.setdefault(one.version, []).append(one)
    return [
        (number, of[0].at, len(of), round(100 * sum(len(one.text) for one in of) / size))
        for number, of in sorted(by_version.items(), reverse=True)
    ]


def _blamed(reader: Reader, latest: VersionRow) -> tuple[Blame, bool]:
    """Return the version that added each sentence, and whether all versions were examined."""
    texts = page_timeline.texts(reader, latest.page)
    drifted = {one.version for one in page_timeline.drifts(reader, latest.page)}
    versions = [_version_text(reader, latest.page, texts, at, drifted) for at in range(len(texts))]
    return blame(versions), len(texts) == latest.number


def _version_text(
    reader: Reader, page: int, texts: Sequence[Text], at: int, drifted: set[int]
) -> VersionText:
    """A version; if other rules extracted it than the one before, with the text of its change."""
    one = texts[at]
    if one.number in drifted:
        return VersionText(one.number, one.captured_at, one.text, put="", taken="")
    if at == 0 or texts[at - 1].extractor == one.extractor:
        return VersionText(one.number, one.captured_at, one.text)
    if (hunks := page_timeline.hunks_to(reader, page, one.number)) is None:
        return VersionText(one.number, one.captured_at, one.text)
    parts = msgspec.json.decode(hunks, type=list[Hunk])
    taken, put = ("\n".join(block for hunk in parts for block in side(hunk)) for side in (_old, _new))
    return VersionText(one.number, one.captured_at, one.text, put, taken)


def _old(hunk: Hunk) -> Sequence[str]:
    return hunk.old


def _new(hunk: Hunk) -> Sequence[str]:
    return hunk.new


routes = [
    Route("/page/{id:number}/since.json", since_json),
    Route("/page/{id:number}/since", since),
]
