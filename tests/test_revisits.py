"""When the pages of a site are fetched again, run after run: on a store, with a clock of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from tests.tracked import HOME, Run, Story, story_at
from variorum.crawler.config.site import Site, check_together
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.revisit.history import decoded, evidence_of
from variorum.crawler.revisit.rates import factors, rates_by_age
from variorum.crawler.revisit.records import SiteRates

SENTENCE = "On day {0} the keeper of Ormhead counted {0} barges below the weir, and wrote down their names. "
LISTED = [f"/log/{number}/" for number in range(30)]
Text = Callable[[str, int], str]
"""The HTML of a page at a path, at the n-th hour of the story."""


def article(path: str, edition: int = 0) -> str:
    prose = "".join(f"<p>{SENTENCE.format(n)}" for n in range(edition, edition + 12))
    head = f"<!doctype html><html><head><title>Log {path}</title></head>"
    return f"{head}<body><article><h1>Log {path}</h1>{prose}</article></body></html>"


def front(paths: list[str]) -> str:
    links = "".join(f"<h2><a href='{path}'>Log {path}</a></h2>" for path in paths)
    head = "<!doctype html><html><head><title>Ormhead</title></head>"
    return f"{head}<body><h1>Ormhead</h1>{links}</body></html>"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as begun:
        yield begun


def site(story: Story, **keys: object) -> None:
    story.site = msgspec.structs.replace(story.site, **keys)


def crawl(story: Story, text: Text, *, after: int = 3) -> list[str]:
    """A scheduled run so many hours after the last one; the paths that the frontier gives, in that order."""
    paths: list[str] = []
    story.later(hours=after - 3)
    with story.run(full=False) as run:
        run.frontier.requests = lambda: len(paths)
        while requests := run.frontier.next_requests():
            for request in requests:
                path = urlsplit(request.url).path
                paths.append(path)
                run.sees(path, text(path, hour(story)))
        story.store.update_run(run.frontier.run, {"requests": len(paths), "fetched": len(paths)})
    return paths


def fortnight(story: Story, count: int) -> None:
    """A fortnight of daily runs over so many pages, of which one changes each day."""
    paths = known(story, count)
    for edition in range(1, 15):
        story.later(days=1)
        with story.run() as run:
            for path in paths:
                run.sees(path, article(path, edition if path == "/log/3/" else 0))


def known(story: Story, count: int, text: Text = article) -> list[str]:
    """Pages that a first run has fetched; their paths."""
    paths = [f"/log/{number}/" for number in range(count)]
    with story.run() as run:
        run.lists("links", *paths, whole=False)
        for path in paths:
            run.sees(path, text(path, 0))
    return paths


def hour(story: Story) -> int:
    return int(story.now.timestamp() // 3600)


def calm(path: str, _: int) -> str:
    return article(path)


# ---- the budget


def test_a_site_with_fewer_pages_than_requests_a_day_is_looked_at_whole_each_day(story: Story) -> None:
    paths = known(story, 12)
    seen = Counter(path for _ in range(4) for path in crawl(story, calm, after=6))
    assert all(seen[path] >= 1 for path in paths)


def test_runs_keep_the_budget_of_each_day_and_spend_it(story: Story) -> None:
    site(story, budget=12, every="6h")
    known(story, 30)
    story.later(days=20)
    made = [len(crawl(story, calm, after=6)) for _ in range(16)]
    assert all(sum(made[at : at + 4]) <= 12 for at in range(13))
    assert sum(made) >= 0.7 * 12 * 4


def test_a_page_that_a_run_finds_gone_is_not_among_those_due_in_the_next(story: Story) -> None:
    *others, lost = known(story, 12)
    for _ in range(2):
        with story.run() as run:
            for path in others:
                run.sees(path, article(path))
            run.misses(lost)
    row = story.store.site(story.site.name)
    assert row is not None
    assert (story.page(lost).state, row.due_pages) == ("gone", len(others))


def test_short_intervals_with_nothing_due_cost_no_page(story: Story) -> None:
    site(story, budget=40, every="15m")
    known(story, 20)
    story.later(hours=-2, minutes=-55)  # a quarter of an hour after the last run
    with story.run(full=False) as run:
        assert run.frontier.next_requests() == []


def test_a_page_that_changes_often_is_fetched_more_often_than_the_others(story: Story) -> None:
    site(story, budget=10, every="1d")
    known(story, 30)
    busy = "/log/7/"

    def text(path: str, at: int) -> str:
        return article(path, at // 24 if path == busy else 0)

    seen = Counter(path for _ in range(28) for path in crawl(story, text, after=24))
    others = sorted(count for path, count in seen.items() if path != busy)
    assert seen[busy] > 1.5 * others[len(others) // 2]
    assert len(others) == 29


def test_at_least_is_held_where_the_budget_holds_it(story: Story) -> None:
    site(story, budget=12, at_least="5d", every="1d")
    paths = known(story, 30)
    seen = Counter(path for _ in range(7) for path in crawl(story, calm, after=24))
    assert set(paths) <= set(seen)
    with story.run() as run:
        run.frontier.next_requests()
        assert run.frontier.revisits.beyond_budget == ""


def test_at_least_beyond_the_budget_is_refused_with_the_numbers(story: Story) -> None:
    site(story, budget=12, at_least="1d")
    known(story, 30)
    with story.run() as run:
        run.frontier.next_requests()
        assert 'at_least = "1d" takes 30 requests a day for 30 pages' in run.frontier.revisits.beyond_budget


def test_a_site_file_whose_budget_cannot_hold_at_least_has_a_fault() -> None:
    table = {"at_least": "1d", "budget": 500, "expect": {"pages": {"min": 800}}}
    with pytest.raises(ValueError, match=r"takes 800 requests a day .* budget is 500"):
        check_together(table)
    check_together({**table, "at_least": "2d"})
    with pytest.raises(ValueError, match=r"takes 2,400 requests a day .* budget is 2,000"):
        check_together({"at_least": "8h", "expect": {"pages": {"min": 800}}})
    assert Site(name="s", url=HOME).at_least is None


# ---- signals


def test_what_a_sweep_has_just_shown_unchanged_is_not_requested_again(story: Story) -> None:
    listed = [
        DiscoveredUrl(f"{HOME}/log/{n}/", "wordpress", f"post:{n}", source_text_digest=f"d{n}")
        for n in range(30)
    ]
    with story.run() as run:
        run.lists("wordpress", *listed)
        for n in range(30):
            run.sees(f"/log/{n}/", article(f"/log/{n}/"))
    for _ in range(5):
        with story.run(full=False) as run:
            run.lists("wordpress", *listed)
            assert run.frontier.next_requests() == []
    edited = DiscoveredUrl(f"{HOME}/log/4/", "wordpress", "post:4", source_text_digest="other")
    with story.run(full=False) as run:
        run.lists("wordpress", *listed[:4], edited, *listed[5:])
        assert [request.url for request in run.frontier.next_requests()] == [f"{HOME}/log/4/"]


def test_what_a_sitemap_announces_is_fetched_at_once_however_lately_it_was_seen(story: Story) -> None:
    listed = [
        DiscoveredUrl(f"{HOME}/log/{n}/", "sitemap", modified="2026-02-01T00:00:00Z") for n in range(12)
    ]
    with story.run() as run:
        run.lists("sitemap", *listed)
        for n in range(12):
            run.sees(f"/log/{n}/", article(f"/log/{n}/"))
    story.later(hours=-3, minutes=1)
    edited = DiscoveredUrl(f"{HOME}/log/11/", "sitemap", modified="2026-03-01T09:30:00Z")
    with story.run(full=False) as run:
        run.lists("sitemap", *listed[:11], edited)
        given = [request.url for request in run.frontier.next_requests()]
    assert edited.url in given and f"{HOME}/log/10/" not in given


def test_a_sitemap_whose_dates_prove_false_ceases_to_bring_visits(story: Story) -> None:
    site(story, budget=8, every="1d")
    dated = {n: f"2026-03-01T0{n % 9}:00:00Z" for n in range(24)}

    def read(run: Run) -> None:
        run.lists(
            "sitemap", *(DiscoveredUrl(f"{HOME}/log/{n}/", "sitemap", modified=at) for n, at in dated.items())
        )

    with story.run() as run:
        read(run)
        for n in dated:
            run.sees(f"/log/{n}/", article(f"/log/{n}/"))
    for day in range(2, 28):
        dated |= dict.fromkeys((3, 4, 5, 6), f"2026-03-{day:02}T00:00:00Z")
        story.later(hours=21)
        with story.run(full=False) as run:
            read(run)
            for request in run.frontier.next_requests():
                path = urlsplit(request.url).path
                number = int(path.split("/")[2])
                run.sees(path, article(path, 0 if number in {3, 4, 5, 6} else (day + number) // 8))
    trust = decoded(story.store.site("riverside").rates).trust["sitemap"]
    assert trust.false_alarms > 5 * trust.announced
    others = [story.page(f"/log/{n}/").checks for n in range(8, 24)]
    assert max(story.page(f"/log/{n}/").checks for n in (3, 4, 5, 6)) <= 3 * max(others)


def test_a_list_is_fetched_by_the_new_pages_that_it_brings(story: Story) -> None:
    site(story, budget=12, every="1d")
    known(story, 30)
    with story.run() as run:
        run.sees("/", front(LISTED))
        run.sees("/tags/", front(LISTED))
    count = 0
    for _ in range(14):
        story.later(hours=21)
        with story.run(full=False) as run:
            while requests := run.frontier.next_requests():
                for request in requests:
                    path = urlsplit(request.url).path
                    if path == "/":
                        count += 1
                        new = DiscoveredUrl(f"{HOME}/new/{count}/", "links", on=f"{HOME}/")
                        run.frontier.add_discovered([new])
                    run.sees(path, front(LISTED) if path in {"/", "/tags/"} else article(path))
    assert story.page("/").links_found > 3 > story.page("/tags/").links_found
    assert story.page("/").checks > 1.5 * story.page("/tags/").checks


# ---- noise, redesign, history


def test_a_page_that_differs_at_each_fetch_is_probed_and_then_buys_no_more_visits(story: Story) -> None:
    site(story, budget=12, every="1d")
    known(story, 20)
    ticks = 0

    def text(path: str, _: int) -> str:
        nonlocal ticks
        ticks += 1
        return article(path, ticks if path == "/log/9/" else 0)

    for _ in range(40):
        crawl(story, text, after=24)
        if story.page("/log/9/").noise:
            break
    assert story.page("/log/9/").noise == 5
    seen = Counter(path for _ in range(10) for path in crawl(story, text, after=24))
    assert seen["/log/9/"] <= 2 * max(count for path, count in seen.items() if path != "/log/9/")


def test_what_a_store_knew_before_starts_the_numbers(story: Story) -> None:
    fortnight(story, 20)
    store = story.store
    store.db.conn.execute("UPDATE pages SET rate_evidence = NULL")
    store.db.conn.execute("UPDATE sites SET rates = NULL")
    store.db.conn.commit()
    with story.run():
        pass
    busy, other = story.page("/log/3/"), story.page("/log/4/")
    own = [float(factors(SiteRates(), evidence_of(page.rate_evidence))) for page in (busy, other)]
    assert own[0] > 5 * own[1]
    rates = decoded(store.site("riverside").rates)
    assert sum(rates.changes) >= 10 and (rates_by_age(rates) > 0).all()
