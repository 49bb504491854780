"""Issues and reasons of the plan, which are stored in English, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.tracking.finalize import silence
from variorum.crawler.tracking.run_counts import CHANGED, EARLY, MISSING, REFUSED, RunTally
from variorum.crawler.tracking.tracked import Tracked
from variorum.review.explanations import explained
from variorum.review.languages import Preferences, languages, use
from variorum.review.sentences import FORMS, translated

OTHERS = [code for code in languages() if code != "en"]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use(Preferences())


def tally(outcome: Outcome = Outcome.failed, reason: str = "timeout") -> RunTally:
    """A run of one page that came to that."""
    found = RunTally(live=40)
    found.add(Tracked("https://press.example/a/", outcome, reason))
    return found


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("reason", [*EARLY, "finished", REFUSED, MISSING, CHANGED])
def test_the_issue_of_a_run_is_said_in_the_language_of_the_reader(code: str, reason: str) -> None:
    use(Preferences(code))
    for said in filter(None, (tally().trouble(reason), tally().cut_short(reason))):
        assert translated(said) not in (None, said), said


@pytest.mark.parametrize("code", OTHERS)
def test_the_issue_of_a_silent_site_names_the_time_as_the_reader_writes_it(code: str) -> None:
    use(Preferences(code))
    for step in (1, 2):
        news = [f"2026-01-{day:02}T06:00:00Z" for day in range(1, 12, step)]
        said = explained(silence(news, "2026-06-01T06:00:00Z"))
        assert said is not None
        assert "2026-01-11T" not in said


def test_values_are_said_in_the_language_too_and_foreign_texts_in_their_own_direction() -> None:
    use(Preferences("de"))
    stored = "its date of publication is not known: such pages of this site change every 3 days"
    assert translated(stored) == (
        "ihr Veröffentlichungsdatum ist nicht bekannt: solche Seiten dieser Website ändern sich alle 3 Tage"
    )
    said = translated("a signal ended the run, after 1 page; the other pages wait for the next run")
    assert said is not None
    assert said.startswith("ein Signal beendete den Lauf, nach 1 ")
    assert translated("no page could be fetched; last error: refused") == (
        "keine Seite war abrufbar; letzter Fehler: \u2068refused\u2069"
    )
    assert explained("12 pages, where at least 20 are expected; no page in fa") == (
        "Seiten: 12; erwartet sind mindestens 20; keine Seite in \u2068fa\u2069"
    )


def test_a_sentence_of_no_known_form_is_none() -> None:
    use(Preferences("fa"))
    assert translated("the moon was seen") is None
    assert translated("many of the pages are not found at once; none counts as gone") is None


@pytest.mark.parametrize("code", OTHERS)
def test_no_form_takes_the_sentence_of_another(code: str) -> None:
    use(Preferences(code))
    plain = [form for form in FORMS if "%(" not in form]
    assert all(translated(form) != form for form in plain)
