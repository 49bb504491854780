"""The language of a text is told by pieces of it; where these are not clear, by all of its beginning."""

from __future__ import annotations

from pathlib import Path

import pytest

from variorum.crawler.extraction.metadata import headline
from variorum.crawler.extraction.metadata.headline import language

SHAPES = Path(__file__).parent / "shapes"
TEXTS = {
    code: (SHAPES / f"{name}-article.txt").read_text(encoding="utf-8")
    for code, name in (
        ("fa", "nejatngo-fa"),
        ("ar", "nejatngo-ar"),
        ("sq", "nejatngo-sq"),
        ("en", "nejatngo"),
    )
}


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many letters each detection has looked at."""
    seen: list[int] = []
    detected = headline._detected
    monkeypatch.setattr(headline, "_detected", lambda text: seen.append(len(text)) or detected(text))
    return seen


@pytest.mark.parametrize("code", TEXTS)
def test_a_few_letters_from_all_parts_of_a_text_tell_its_language(code: str, looked_at: list[int]) -> None:
    assert language((TEXTS[code] + "\n") * 9, None) == code
    assert len(looked_at) == 1
    assert looked_at[0] < 1300


def test_a_text_that_begins_in_another_language_has_the_one_of_most_of_it() -> None:
    quoted = (TEXTS["en"] * 9)[:1200]
    assert language(f"{quoted}\n{TEXTS['fa'] * 9}", "en") == "fa"


def test_of_a_text_in_two_languages_more_is_looked_at(looked_at: list[int]) -> None:
    half = (TEXTS["fa"] * 9)[:2000]
    assert language(f"{half}\n{TEXTS['ar'] * 9}", None) in ("fa", "ar")
    assert looked_at[1:] == [4000]


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        ("Harbour news", "sq-AL", "sq"),
        ("12 000 — 13 000", None, None),
        ("The harbour board met on Tuesday.", "fa", "en"),
    ],
)
def test_of_a_short_text_the_declared_language_counts(
    text: str, declared: str | None, code: str | None
) -> None:
    assert language(text, declared) == code
