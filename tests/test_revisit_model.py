"""How often pages change, what a visit teaches, and what another visit is worth."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isfinite, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from variorum.crawler.revisit import noise, trust
from variorum.crawler.revisit.budget import CEILING, choose, gaps, limits, price, waits
from variorum.crawler.revisit.history import PageHistory, begun, decoded, encoded, evidence_of, evidence_text
from variorum.crawler.revisit.learning import LATEST, after_visit, with_pages
from variorum.crawler.revisit.rates import factors, learned, rates_by_age, switch_rate, typical_changes
from variorum.crawler.revisit.records import FACTORS, NO_EVIDENCE, Page, SiteRates, SourceTrust, Visit
from variorum.crawler.revisit.scores import columns, scores

NOW = 20_000.0
SITE = SiteRates()
MINUTE = 1 / 1440

ODD = st.sampled_from([0.0, -1.0, 1e-300, 1e300, inf, -inf, nan, NOW, NOW + 1e9])
NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | ODD
COUNTS = st.integers(0, 10**9)
PAGES = st.builds(
    Page,
    last=NUMBERS | st.floats(NOW - 900, NOW),
    born=NUMBERS | st.floats(NOW - 3000, NOW),
    evidence=st.tuples(*[NUMBERS | st.floats(0.01, 100)] * len(FACTORS)),
    suspicion=COUNTS,
    probe_after=COUNTS,
    hits=COUNTS,
    noise=COUNTS,
    is_hub=st.booleans(),
    found=NUMBERS,
    found_days=NUMBERS,
    announced_by=st.sampled_from([*trust.KINDS, "oracle"]),
    covered_by=st.sampled_from([*trust.KINDS, "oracle"]),
    covered_until=NUMBERS,
)
TRUST = st.builds(SourceTrust, *[st.floats(0, 1e6) for _ in range(4)])
SITES = st.builds(
    SiteRates,
    changes=st.tuples(*[st.floats(0, 1e6) | ODD] * 7),
    days=st.tuples(*[st.floats(0, 1e6) | ODD] * 7),
    faded_at=NUMBERS,
    recent_changed=st.floats(0, 1),
    recent_expected=st.floats(0, 1),
    redesigned_at=NUMBERS,
    trust=st.dictionaries(st.sampled_from(trust.KINDS[1:]), TRUST),
)
USUAL = st.builds(
    Page,
    last=st.floats(NOW - 300, NOW),
    born=st.floats(NOW - 3000, NOW - 1) | st.just(nan),
    evidence=st.tuples(*[st.floats(0.01, 100)] * len(FACTORS)),
)


def score(page: Page, now: float = NOW, site: SiteRates = SITE) -> float:
    return float(scores(site, columns([page]), now)[0])


def factor(page: Page, site: SiteRates = SITE) -> float:
    return float(factors(site, page.evidence))


def visited(page: Page, *outcomes: bool, every: float = 1.0) -> Page:
    """The page after visits at that interval, each of which showed a change or not."""
    site = SITE
    for changed in outcomes:
        site, page = after_visit(site, page, Visit(page.last + every, changed))
    return page


def chosen(
    pages: list[Page], now: float = NOW, budget: float = 50, at_least: float | None = None
) -> list[int]:
    """The pages that are due, the most urgent first."""
    arrays, bounds = columns(pages), limits(budget, len(pages), at_least)
    present = price(SITE, arrays, now, bounds)
    return [int(page) for page in choose(scores(SITE, arrays, now), now - arrays.last, present, bounds)]


# ---- the score


@given(USUAL, st.floats(0, 200), st.sampled_from(["", "sitemap"]))
@settings(deadline=None)
def test_a_page_is_worth_more_the_longer_it_was_not_looked_at(page: Page, longer: float, by: str) -> None:
    page = replace(page, announced_by=by, born=min(page.born, page.last - longer))  # nan stays
    assert score(replace(page, last=page.last - longer)) >= score(page) * (1 - 1e-9)


@given(USUAL, st.floats(0, 200))
@settings(deadline=None)
def test_a_page_is_worth_more_as_time_goes_by(page: Page, later: float) -> None:
    assert score(page, NOW + later) >= score(page) * (1 - 1e-9)


@given(USUAL, st.floats(0.01, 60))
@settings(deadline=None)
def test_more_evidence_of_change_never_makes_a_page_worth_less(page: Page, gap: float) -> None:
    site, visit = SITE, Visit(page.last + gap, changed=True)
    changed = after_visit(site, page, visit)[1]
    unchanged = after_visit(site, page, replace(visit, changed=False))[1]
    at = visit.at + 5
    assert score(changed, at) >= score(unchanged, at) * (1 - 1e-9)
    assert factor(changed) >= factor(unchanged) * (1 - 1e-9)


def test_a_young_page_is_worth_more_than_an_old_one_that_has_waited_as_long() -> None:
    young, old = Page(last=NOW - 1, born=NOW - 1.2), Page(last=NOW - 1, born=NOW - 900)
    assert score(young) > 10 * score(old)


def test_a_list_of_pages_is_worth_what_it_brings() -> None:
    front = Page(last=NOW - 1, is_hub=True, found=100, found_days=20)
    tag = replace(front, found=0.0)
    assert score(front) > 20 * score(tag) > 0


@given(SITES, st.lists(PAGES, max_size=6), NUMBERS)
@settings(deadline=None, max_examples=50)
def test_no_odd_number_raises_or_makes_a_score_that_is_none(
    site: SiteRates, pages: list[Page], now: float
) -> None:
    with np.errstate(all="ignore"):
        found = scores(site, columns(pages), now)
        present = price(site, columns(pages), now, limits(50, len(pages)))
        chosen(pages, now)
    assert np.isfinite(found).all() and (found >= 0).all()
    assert isfinite(present) and present >= 0


# ---- what a visit teaches


@given(SITES, PAGES, NUMBERS, st.booleans(), st.integers(-5, 10**9))
@settings(deadline=None)
def test_no_odd_number_makes_a_visit_raise_or_teach_a_number_that_is_none(
    site: SiteRates, page: Page, at: float, changed: bool, found: int
) -> None:
    with np.errstate(all="ignore"):
        _, after = after_visit(site, page, Visit(at, changed, found, usual_gap=1.0))
        once_more = after_visit(site, after, Visit(NOW, changed, found))[1]
        assert np.isfinite(scores(SITE, columns([once_more]), NOW + 1)).all()


def test_the_factor_of_a_page_comes_near_the_truth() -> None:
    rng = np.random.default_rng(7)
    page, truth = Page(last=0.0), 0.4
    for day in range(1, 200):
        changed = rng.random() < 1 - np.exp(-truth)
        _, page = after_visit(SITE, page, Visit(float(day), bool(changed)))
    own = factor(page) * rates_by_age(SITE)[6]
    assert own == pytest.approx(truth, rel=0.35)


def test_old_evidence_fades() -> None:
    busy = visited(Page(last=NOW - 500, born=NOW - 3000), *[True, False] * 20)
    after_a_year = after_visit(SITE, busy, Visit(busy.last + 365, changed=False))[1]
    assert factor(after_a_year) < factor(busy) / 3


def test_the_site_learns_at_which_age_its_pages_change() -> None:
    site = SITE
    for number in range(60):
        born = NOW + number
        for hours in (2, 4, 6):
            page = Page(last=born + (hours - 2) / 24, born=born)
            site, _ = after_visit(site, page, Visit(born + hours / 24, changed=True))
        site, _ = after_visit(site, Page(last=born + 0.25, born=born), Visit(born + 3, changed=False))
    rates = rates_by_age(site)
    assert rates[0] > 5
    assert 0 < rates[1] < 0.3


def test_a_visit_before_the_last_one_teaches_nothing() -> None:
    page = visited(Page(last=NOW), True, False)
    site, after = after_visit(SITE, page, Visit(NOW - 5, changed=True))
    assert (site, after.evidence, after.last) == (SITE, page.evidence, NOW - 5)


@given(USUAL, st.floats(0, 100), st.floats(0, 60))
@settings(deadline=None)
def test_a_change_raises_the_factor_and_its_absence_lowers_it(
    page: Page, typical: float, days: float
) -> None:
    lessons = {one: learned(SITE, page.evidence, typical, days, changed=one) for one in (True, False)}
    up, down = (factor(replace(page, evidence=lessons[one].evidence)) for one in (True, False))
    assert up >= down * (1 - 1e-9)
    before = factor(page)
    assert learned_at_once(page, typical, changed=True) >= before * (1 - 1e-6)
    assert learned_at_once(page, typical, changed=False) <= before * (1 + 1e-6)


def learned_at_once(page: Page, typical: float, *, changed: bool) -> float:
    """The factor after a visit with no time to turn quiet or busy."""
    return factor(replace(page, evidence=learned(SITE, page.evidence, typical, 0, changed=changed).evidence))


def test_the_site_learns_how_common_busy_pages_are() -> None:
    busy = visited(Page(last=NOW - 500, born=NOW - 3000), *[True] * 12)
    calm = visited(Page(last=NOW - 500, born=NOW - 3000), *[False] * 12)
    site = with_pages(SITE, columns([busy] * 200 + [calm] * 1800))
    new = Page(last=NOW, born=NOW - 3000)
    once = visited(new, True)
    assert factor(once, site) > 3 * factor(new, site)
    assert sum(site.pages) == pytest.approx(2000)


def test_a_page_that_turns_quiet_is_seen_to_have_switched() -> None:
    busy = visited(Page(last=NOW - 500, born=NOW - 3000), *[True, False] * 20)
    site = SITE
    for _ in range(30):
        site, _ = after_visit(site, busy, Visit(busy.last + 60, changed=False))
    assert switch_rate(site) > switch_rate(SITE)


def test_typical_changes_add_up_over_time() -> None:
    rates = rates_by_age(SITE)
    born = NOW - 40
    whole = typical_changes(rates, born, born, NOW)
    parts = sum(float(typical_changes(rates, born, born + day, born + day + 1)) for day in range(40))
    assert float(whole) == pytest.approx(parts)


# ---- sources


def told(changed: bool, times: int = 30) -> SiteRates:
    """A site whose sitemap announced so many changes, which were true or not."""
    site = SITE
    for number in range(times):
        page = Page(last=NOW + number, born=NOW - 900, announced_by="sitemap", covered_by="sitemap")
        site, _ = after_visit(site, page, Visit(NOW + number + 1, changed))
    return site


def test_what_a_source_announces_counts_as_far_as_it_has_proved_true() -> None:
    page = Page(last=NOW - 2, born=NOW - 900)
    announced = replace(page, announced_by="sitemap")
    honest, false = score(announced, site=told(True)), score(announced, site=told(False))
    assert honest > score(announced) > 10 * score(page)
    assert false < score(announced) / 5


def test_the_silence_of_a_source_that_announces_most_changes_makes_a_visit_worth_less() -> None:
    site = told(True)
    page = Page(last=NOW - 10, born=NOW - 900)
    silent = replace(page, covered_by="sitemap", covered_until=NOW)
    assert score(silent, site=site) < score(page, site=site) / 5
    assert score(silent, site=site) > 0


def test_a_wordpress_sweep_is_believed_from_the_first_day() -> None:
    page = Page(last=NOW - 10, born=NOW - 900)
    swept = replace(page, covered_by="wordpress", covered_until=NOW)
    assert score(swept) < score(page) / 10
    assert score(replace(page, announced_by="wordpress")) > 10 * score(page)


# ---- noise


def test_a_page_that_differs_at_each_visit_is_probed_and_then_counts_as_an_average_page() -> None:
    page = visited(Page(last=NOW, born=NOW - 900), *[True] * 5, every=0.1)
    assert noise.wants_probe(page)
    busy = score(page, page.last + 1)
    page = visited(page, True, True, every=2 * MINUTE)
    assert page.noise and not noise.wants_probe(page)
    average = score(Page(last=page.last, born=NOW - 900), page.last + 1)
    assert score(page, page.last + 1) == pytest.approx(average, rel=0.01)
    assert average < busy / 5


def test_a_page_that_truly_changes_often_passes_the_probe_and_is_probed_less() -> None:
    page = visited(Page(last=NOW), *[True] * 5, every=0.5)
    page = visited(page, False, every=2 * MINUTE)
    assert not page.noise and not noise.wants_probe(page)
    assert not noise.wants_probe(visited(page, *[True] * 9)) and noise.wants_probe(
        visited(page, *[True] * 10)
    )


def test_a_noisy_page_that_stays_the_same_five_times_is_calm_again() -> None:
    page = Page(last=NOW, noise=5)
    assert visited(page, False, False, False, False).noise == 1
    assert visited(page, *[False] * 5).noise == 0
    assert visited(page, False, False, True).noise == 5


# ---- a redesign


def test_a_redesign_teaches_nothing_of_the_pages() -> None:
    site, page = SITE, Page(last=NOW - 20, born=NOW - 900)
    for _ in range(3 * LATEST):
        site, _ = after_visit(site, page, Visit(NOW, changed=True))
    assert site.redesigned_at == NOW
    _, after = after_visit(site, page, Visit(NOW, changed=True))
    assert after.evidence == page.evidence
    before = rates_by_age(site)
    site, _ = after_visit(site, page, Visit(NOW, changed=True))
    assert list(rates_by_age(site)) == list(before)


# ---- the budget


@given(st.lists(USUAL, max_size=20), st.floats(0.1, 1000))
@settings(deadline=None, max_examples=50)
def test_what_is_due_names_each_page_once(pages: list[Page], budget: float) -> None:
    due = chosen(pages, NOW, budget)
    assert len(set(due)) == len(due)


def test_equal_pages_stay_in_order() -> None:
    assert chosen([Page(last=NOW - 9, born=NOW - 900)] * 5, NOW, budget=9) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("budget", [20, 100, 500])
def test_the_price_is_such_that_the_visits_of_a_day_are_the_budget(budget: int) -> None:
    pages = columns([Page(last=NOW - 1, born=NOW - age) for age in range(1, 1000)])
    bounds = limits(budget, 999)
    present = price(SITE, pages, NOW, bounds)
    assert float((1 / gaps(SITE, pages, NOW, present, bounds)).sum()) == pytest.approx(budget, rel=0.01)


def test_a_page_reaches_the_price_when_its_gap_is_over() -> None:
    page = columns([visited(Page(last=NOW - 20, born=NOW - 900), *[True, False] * 10)])
    gap = float(gaps(SITE, page, NOW, 0.2, limits(1, 100))[0])
    assert scores(SITE, page, NOW + gap)[0] == pytest.approx(0.2, rel=1e-2)


def test_a_larger_budget_never_makes_gaps_longer() -> None:
    pages = columns([Page(last=NOW - 1, born=NOW - age) for age in range(1, 500)])
    few, many = (
        gaps(SITE, pages, NOW, price(SITE, pages, NOW, limits(n, 499)), limits(n, 499)) for n in (50, 200)
    )
    assert (many <= few + 1e-9).all()


def test_a_site_of_fewer_pages_than_requests_is_fetched_whole_each_day() -> None:
    assert limits(2000, 182).ceiling == 1
    assert limits(400, 2000).ceiling == CEILING
    assert limits(10, 2000).ceiling == 1000
    assert limits(2000, 3000, at_least=3.0).ceiling == 3
    calm = [visited(Page(last=NOW - 21, born=NOW - 9000), *[False] * 20)] * 182
    assert len(chosen(calm, budget=2000)) == 182


def test_nothing_is_due_that_was_seen_a_moment_ago() -> None:
    assert chosen([Page(last=NOW - MINUTE, born=NOW - 1)] * 3, budget=2000) == []


def test_after_the_clock_was_set_back_pages_are_due_but_in_front_of_nobody() -> None:
    assert chosen([Page(last=NOW + 300), Page(last=NOW - 40, born=NOW - 50)], budget=0.2) == [1, 0]


def test_failures_back_off_and_what_is_gone_is_looked_at_ever_more_rarely() -> None:
    assert waits(NOW, seen=NOW - 4, tried=NOW - 1, gone=nan)
    assert not waits(NOW, seen=NOW - 4, tried=NOW - 3, gone=nan)
    assert not waits(NOW, seen=NOW - 1, tried=NOW - 1, gone=nan)
    assert waits(NOW, seen=NOW - 90, tried=NOW - 6, gone=NOW - 8)
    assert not waits(NOW, seen=NOW - 90, tried=NOW - 8, gone=NOW - 9)
    assert waits(NOW, seen=NOW - 90, tried=NOW - 20, gone=NOW - 50)


# ---- the first numbers of a store


def test_what_a_store_knows_of_checks_and_changes_starts_the_numbers() -> None:
    calm = PageHistory(NOW - 900, NOW - 100, NOW)
    busy = replace(calm, changes=[NOW - 90, NOW - 60, NOW - 30, NOW - 5])
    old = replace(calm, first=NOW - 800, changes=[NOW - 700])
    site, pages = begun([busy, calm, old, replace(calm, first=NOW)])
    own = [factor(page) for page in pages]
    assert own[0] > 3 * own[3] and own[1] < own[3] and own[2] < own[3] == factor(Page(last=NOW))
    assert rates_by_age(site)[5] == pytest.approx((2 + 4) / (2 / 0.003 + 320), rel=0.01)


def test_numbers_that_cannot_be_read_begin_anew() -> None:
    assert decoded(None) == decoded("{") == decoded('{"changes": "many"}') == SiteRates()


def test_the_evidence_of_a_page_is_stored_as_a_few_digits() -> None:
    page = visited(Page(last=NOW - 9), True, False, True)
    assert evidence_of(evidence_text(page)) == pytest.approx(page.evidence, rel=0.01)
    assert evidence_of(None) == evidence_of("1 2") == evidence_of("a b c d e f g h") == NO_EVIDENCE


def test_what_is_known_of_a_site_is_stored_as_json() -> None:
    site = told(True, 3)
    assert decoded(encoded(site)) == site
