"""An ordinary page of a known design is classified by the text that its reading finds."""

from __future__ import annotations

import re

import pytest

from tests.test_known_design import learned, page
from tests.test_outcome import CASES
from tests.test_standins import CONSENT, FIRST, KNOWN, STORY, TITLE, WHOLE, article, fetched, themed
from variorum.crawler.classification import response
from variorum.crawler.classification.outcome import Context, Outcome, judge
from variorum.crawler.config.site import Site
from variorum.crawler.extraction.boilerplate.path_scores import ENOUGH
from variorum.crawler.extraction.reader import KnownText, PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking.reading import read

LONG = [f"{one} This stands in report {number}." for number in range(4) for one in STORY]
"""Some four hundred words."""
SITE = Site(name="ormhead", url="https://ormhead.example/")
CUT = themed(TITLE, article(TITLE, *STORY[:2], "Subscribe to read on."))


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that were parsed to be classified."""
    seen: list[str] = []
    anatomy = response.Anatomy
    monkeypatch.setattr(response, "Anatomy", lambda html="": seen.append(html) or anatomy(html))
    return seen


def paragraphs(answer: FetchResult) -> KnownText:
    """All paragraphs of a page, as if its site had its text in every one of them."""
    html = answer.body.decode("utf-8", "replace")
    heading = re.search(r"<h1[^>]*>([^<]*)", html)
    return KnownText([heading[1]] if heading else [], re.findall(r"<p>([^<]+)", html))


def test_an_ordinary_page_of_a_known_design_is_not_parsed_to_be_classified(parsed: list[str]) -> None:
    first = fetched(themed(TITLE, article(TITLE, *LONG)))
    assert judge(first, FIRST, lambda: paragraphs(first)).outcome is Outcome.ok
    edited = fetched(WHOLE.replace(STORY[0], f"{STORY[0]} It rained."))
    assert judge(edited, KNOWN, lambda: paragraphs(edited)).outcome is Outcome.ok
    assert parsed == []
    judge(first, FIRST)
    assert len(parsed) == 1


def test_a_reading_of_such_a_page_does_not_parse_it_to_classify_it(parsed: list[str]) -> None:
    answer = fetched(page(57, inside="".join(f"<p>{one}</p>" for one in LONG)).decode())
    reading = read(answer, PageReader(SITE, learned(ENOUGH)), FIRST)
    assert (reading.verdict.outcome, parsed) == (Outcome.ok, [])


@pytest.mark.parametrize(("answer", "context"), [(answer, context) for _, _, answer, context in CASES])
def test_what_a_known_design_shows_changes_no_outcome(answer: FetchResult, context: Context) -> None:
    assert judge(answer, context, lambda: paragraphs(answer)) == judge(answer, context)


@pytest.mark.parametrize(
    ("outcome", "body", "context"),
    [
        (Outcome.blocked, CUT, KNOWN),
        (Outcome.gone, themed(TITLE, article(TITLE, "This article has been removed.")), FIRST),
        (Outcome.soft_404, themed("Page not found", f"<h1>Page not found</h1><p>{STORY[0]}</p>"), FIRST),
        (
            Outcome.blocked,
            themed(
                "x",
                f"<h1>We use cookies</h1>{'<p>We ask for your consent.</p>' * 60}<button>Accept all</button>",
            ),
            FIRST,
        ),
        (
            Outcome.failed,
            themed(
                TITLE,
                article(TITLE, *LONG),
                end="<b>Fatal error</b>: Uncaught Error in /var/www/theme/single.php on line 31",
            ),
            FIRST,
        ),
        (Outcome.truncated, themed(TITLE, article(TITLE, *LONG), end="<p cl"), FIRST),
    ],
    ids=["a paywall", "a notice", "not found", "a long consent page", "an error of PHP", "cut"],
)
def test_a_text_of_a_known_design_hides_nothing_in_its_place(
    outcome: Outcome, body: str, context: Context
) -> None:
    answer = fetched(body)
    assert judge(answer, context, lambda: paragraphs(answer)).outcome is outcome


@pytest.mark.parametrize("name", CONSENT)
def test_a_consent_page_with_the_text_of_a_known_design_stays_one(name: str) -> None:
    answer = fetched(CONSENT[name])
    for context in (FIRST, KNOWN):
        assert judge(answer, context, lambda: paragraphs(answer)) == judge(answer, context)


@pytest.mark.parametrize(
    "headings",
    [
        "<h2>We value your privacy</h2>",
        "<header><h1>Ormhead Harbour</h1></header><h1>We value your privacy</h1>",
        "<h1>We value your privacy</h1><h1>Cookie settings</h1>",
        "<h2><span>We value your privacy</span></h2>",
    ],
)
def test_a_long_consent_page_is_one_whatever_its_design_takes_for_the_title(headings: str) -> None:
    consent = "<p>We and our partners ask for your consent to store cookies on your device.</p>" * 20
    html = re.sub("<h1>.*?</h1>", headings, page(57).decode()).replace("The Godwit in berth 57", "Harbour")
    html = re.sub("(?<=class='story'>).*?</div>", f"{consent}<button>Accept all</button></div>", html)
    answer, reader = fetched(html), PageReader(SITE, learned(ENOUGH))
    assert reader.known_text(answer)
    assert read(answer, reader, FIRST).verdict == judge(answer, FIRST)
    assert judge(answer, FIRST).outcome is Outcome.blocked


def test_a_response_that_is_no_page_is_not_looked_at_by_its_design() -> None:
    for status in (403, 404, 500):
        answer = FetchResult(
            url=FIRST.requested_key, final_url=FIRST.requested_key, fetched_at="2026-11-22T02:41:43Z",
            status=status, headers={"content-type": "text/html"}, body=WHOLE.encode(), encoding="utf-8",
        )  # fmt: skip
        judge(answer, FIRST, lambda: pytest.fail("asked for its text"))
