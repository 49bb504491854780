"""Issues, reasons of the plan and of outcomes, which are stored in English, in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from variorum.crawler.classification.comparison import ComparedView
from variorum.crawler.classification.outcome import RULES, Context, Outcome, Rule
from variorum.crawler.classification.response import CHALLENGE_HEADERS
from variorum.crawler.config.schema import Keys
from variorum.crawler.config.site import SITE_KEYS, site_of
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking.finalize import silence
from variorum.crawler.tracking.run_counts import CHANGED, EARLY, MISSING, REFUSED, RunTally
from variorum.crawler.tracking.tracked import Tracked
from variorum.review.explanations import explained
from variorum.review.languages import Preferences, languages, use
from variorum.review.sentence_forms import FORMS
from variorum.review.sentences import FOREIGN, FOREIGN_END, _translated, translated
from variorum.review.terms import OUTCOMES
from variorum.spiders.spiders.site_probe import SiteProbe, account

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


# ---- what came of a fetch

ADDRESS = "https://press.example/a/"
ANSWER = ComparedView(
    FetchResult(
        ADDRESS,
        ADDRESS,
        "2026-01-01T06:00:00Z",
        status=503,
        headers={
            "content-type": "text/html",
            "content-length": "90210",
            **dict.fromkeys(CHALLENGE_HEADERS, "1"),
        },
        body=b"<title>Back soon</title><p>We are away for a day, and come back on Monday.</p>",
        error="odd",
        detail="the line is dead",
    ),
    None,
)


def sentence(rule: Rule) -> str:
    """The reason of a rule, about an answer that has a value for everything that reasons name."""
    return rule.reason.format(
        a=ANSWER, c=Context("press.example/a", "press.example/a"), seen="No more words."
    )


@pytest.mark.parametrize("code", OTHERS)
def test_every_reason_of_an_outcome_is_said_in_the_language_of_the_reader(code: str) -> None:
    use(Preferences(code))
    assert [rule.name for rule in RULES if translated(sentence(rule)) is None] == []
    assert set(Outcome) <= OUTCOMES


def test_a_reason_without_a_form_is_found() -> None:
    for reason in (
        "HTTP {a.status}, a page of the moon",
        "a page of the moon: “{seen}”",
        "moon: {a.title!r}",
    ):
        new = Rule("new", lambda a, c: True, Outcome.failed, reason)
        assert translated(sentence(new)) is None, reason


def test_a_reason_has_its_values_and_what_is_not_ours_stays_in_its_own_direction() -> None:
    use(Preferences("de"))
    said = {
        "HTTP 200, 12345 bytes": "HTTP 200, 12.345 Bytes",
        "HTTP 200, a paywall cuts the article: “Subscribe: now”": (
            "HTTP 200, eine Bezahlschranke kürzt den Artikel: „\u2068Subscribe: now\u2069“"
        ),
        "blocked, HTTP 403": "blockiert, HTTP 403",
        "failed: HTTP 503": "fehlgeschlagen: HTTP 503",
        "robots: https://a.example/robots.txt forbids https://a.example/b to Variorum": (
            "robots.txt: \u2068https://a.example/robots.txt\u2069 verbietet Variorum \u2068https://a.example/b\u2069"
        ),
        "no page could be fetched; last error: https://a.example/: blocked, HTTP 429": (
            "keine Seite war abrufbar; letzter Fehler: \u2068https://a.example/\u2069: blockiert, HTTP 429"
        ),
        "HTTP 200, maintenance or database error page: 'the same text'": (
            "HTTP 200, Seite über Wartung oder einen Datenbankfehler: \u2068'the same text'\u2069"
        ),
    }
    assert {one: translated(one) for one in said} == said


@pytest.mark.parametrize("code", OTHERS)
def test_the_reasons_of_comparisons_sources_and_waits_are_said_in_the_language_of_the_reader(
    code: str,
) -> None:
    use(Preferences(code))
    stored = [
        "12 of 40 words are missing",
        "two editions alternate: this one, and that of version 3",
        'a list of pages, which is only followed; watch = "all" keeps such pages',
        "https://a.example/feed/ can't be relied on: it answers 500; and 3 more; if it is not needed,"
        " name those that are under `discover` in the site's file",
        "a.example sent Retry-After 1 time; the run waited 30 s; requests go on after 2026-03-01T06:00:00Z",
        'at_least = "1d" takes 1,200 requests a day for 1,200 pages, and of budget = 100 90 are left'
        " for pages: raise budget to 1,210, or say a longer time."
        " Until then pages are fetched as if `at_least` was left out.",
    ]
    said = {one: explained(one) for one in stored}
    assert [one for one, words in said.items() if words in (None, one)] == []


# ---- site files

FAULTY = """
url = "ftp://press.example"
also = ["https://me:pw@press.example/"]
buget = 3
every = "6 hours"
cron = "0 3 * *"
timezone = "Europe/Tiranë"
quiet = ["22:00"]
delay = "slow"
budget = 0
exclude = ["(", "^("]
drop_params = "a=b"
select = ["p["]
remove = [{ css = "p", from = 2026-05-02, until = 2026-05-01 }]
expect = { pages = { min = 9, max = 1 }, languages = "English" }
render = 1
watch = "some"
where = "EU"
notify = [{ target = "mail", weight = 2, kinds = "odd", match = "!", secret = " " }]
paused = "yes"
tags = "Press"
robots = "no"
discover = "api"
concurrency = 0
at_least = "0s"
"""
OTHER_FAULTS = (
    'url = "https://a.example/"\nevery = "1h"\ncron = "0 3 * * 1"',
    'url = "https://a.example/"\nquiet = ["00:00-12:00", "12:00-00:00"]',
    'url = "https://a.example/"\nat_least = "1h"\nexpect = { pages = { min = 5000 } }',
    "url = ",
    "url = “https://a.example/”",
    '\ufeffurl = "https://a.example/"',
    "",
    "a = " + "[" * 9000,
)
FILE = Path("/w/sites/press.toml")


def allowed(keys: Keys) -> Iterator[str]:
    """What each key allows, and those of its tables."""
    for key in keys.values():
        yield key.allowed
        if isinstance(key.kind, Mapping):
            yield from allowed(key.kind)


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_keys_of_a_site_file_allow_is_said_in_the_language_of_the_reader(code: str) -> None:
    use(Preferences(code))
    assert [one for one in allowed(SITE_KEYS) if translated(one) is None] == []


@pytest.mark.parametrize("code", OTHERS)
def test_the_faults_of_a_site_file_are_said_in_the_language_of_the_reader(code: str) -> None:
    use(Preferences(code))
    faults = [fault for text in (FAULTY, *OTHER_FAULTS) for fault in site_of(text, FILE)[1]]
    assert len(faults) > 30
    assert [one for one in faults if translated(one) is None] == []
    assert [one for one in faults if explained(one.removeprefix(f"{FILE}: ")) is None] == []
    issue = explained("; ".join(faults))
    assert issue
    assert not [word for word in ("not allowed", "unknown key", "give ") if word in issue]


def test_a_fault_keeps_the_key_the_value_and_the_example() -> None:
    use(Preferences("de"))
    (fault,) = site_of('url = "https://a.example/"\nevery = "6 hours"', FILE)[1]
    assert translated(fault.removeprefix(f"{FILE}: ")) == (
        '\u2068every\u2069: \u2068"6 hours"\u2069 ist nicht erlaubt (keine Zahl mit s, m, h oder d);'
        ' Angabe: ein Zeitabstand, wie \u2068"45s", "30m", "6h"\u2069 oder \u2068"2d"\u2069'
    )


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_found_of_a_new_site_and_what_a_removal_deletes_is_said_in_the_language_of_the_reader(
    code: str,
) -> None:
    use(Preferences(code))
    stored = [
        *account(SiteProbe("https://a.example/")),
        "a takes all pages of a.example. For those below this address alone, add"
        ' scope = ["/news/"] to a.toml',
        "https://a.example/ redirects to https://www.a.example/, which is added instead.",
        "the file /w/sites/a.toml will be deleted",
        "the file /w/sites/a.toml, 1 page, 16 versions, 1 change, 27 captures will be deleted",
        "9 pages, 1 version, 9 changes, 1 capture will be deleted",
        "crawler trap: 400 like https://a.example/day/N, 12 like https://a.example/?f=N not followed."
        " If no page is missing, add them to `exclude` in the site file to close this issue.",
    ]
    said = {one: explained(one) for one in stored}
    assert [one for one, words in said.items() if words is None] == []
    assert " like " not in "".join(filter(None, said.values()))


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
    assert translated(
        "19 of 33 pages had text before and are now blocked or fail;"
        " first error: https://a.example/b/: maintenance, HTTP 503"
    ) == (
        "19 von 33 Seiten hatten vorher Text und sind jetzt blockiert oder schlagen fehl;"
        " erster Fehler: \u2068https://a.example/b/\u2069: Wartung, HTTP 503"
    )
    assert explained("12 pages, where at least 20 are expected; no page in fa") == (
        "Seiten: 12; erwartet sind mindestens 20; keine Seite in \u2068fa\u2069"
    )


def test_a_sentence_of_no_known_form_is_none() -> None:
    use(Preferences("fa"))
    assert translated("the moon was seen") is None
    assert translated("many of the pages are not found at once; none counts as gone") is None


@pytest.mark.parametrize(
    "piece", ["x.toml: ", "a: ", "blocked, ", "1 like a, ", "not TOML: ", "http://a: ok, "]
)
def test_a_sentence_that_a_site_nests_without_end_is_looked_at_a_bounded_number_of_times(piece: str) -> None:
    use(Preferences("fa"))
    before = _translated.cache_info().misses
    translated(piece * 300)
    assert _translated.cache_info().misses - before < 200


@pytest.mark.parametrize("code", OTHERS)
def test_no_form_takes_the_sentence_of_another(code: str) -> None:
    use(Preferences(code))
    plain = [form for form in FORMS if "%(" not in form]
    assert all(translated(form) != form for form in plain)


@pytest.mark.parametrize(
    "said",
    [
        "{} days old: pages of this site of that age change every {} days on average",
        "the API reports no change of it, and announces {}% of the changes of this site",
        "{} pages, where at least {} are expected",
    ],
)
def test_a_number_that_a_site_writes_and_that_is_too_large_for_any_is_shown_as_it_is(said: str) -> None:
    use(Preferences("de"))
    hostile = said.replace("{}", "9" * 5000)
    assert explained(f"made by: {hostile}") == f"erstellt mit: {FOREIGN}{hostile}{FOREIGN_END}"
