"""A database that has lived: pages that were edited, moved, lost and found again, with a past brought in.

with lived(tmp_path / "variorum.db") as story:
    ...
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.local_site import article
from tests.tracked import HOME, SITE, Story, story_after
from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.times import iso, parse

BRIDGE = ["It was built in 1887.", "It was built in 1878.", "It was built in 1887.", "Nobody knows when."]
MILL = "The mill grinds the corn of three villages, and has done so since the river was dammed."
MARKET = "On Monday mornings the market begins before the sun is up."
LONG_AGO, AGO = "2019-05-01T00:00:00Z", "2021-08-01T00:00:00Z"


@contextmanager
def lived(path: Path) -> Iterator[Story]:
    """The story so far: 6 pages, changes of every kind but `template`, two imports."""
    with story_after(live, path) as story:
        yield story


def live(story: Story) -> None:
    """Nine runs, and what was brought in from elsewhere."""
    bridge_in_between = crawl(story, BRIDGE[0])
    crawl(story, BRIDGE[1])
    with story.run() as run:  # an error page is kept as evidence, and nothing is concluded from it
        run.sees("/mill/", "<title>Just a moment...</title><p>Checking your browser", 503)
    crawl(story, BRIDGE[2], opening=True)
    for _ in range(2):
        with story.run() as run:
            run.misses("/lost/")
    with story.run() as run:
        run.sees("/lost/", article("Lost and found", "An umbrella was found in the market on Monday."))
        run.sees("/mill/", article("The mill", MILL), at="/old-mill/")
    crawl(story, BRIDGE[3], mill="/old-mill/")
    crawl(story, BRIDGE[3], mill="/old-mill/")
    backfill = Backfill(story.store, SITE, "warc:old.warc.gz")
    later = iso(parse(bridge_in_between) + (story.now - parse(bridge_in_between)) / 100)
    for at, text in (
        (LONG_AGO, "They will build a bridge."),
        (later, "It has fallen down."),
        (AGO, BRIDGE[0]),
    ):
        assert backfill.add(capture(at, "/bridge/", "The bridge", text)) in ("version", "seen")
    extract = Extract("The market", "Soon there will be a market on Mondays.", "article")
    assert Backfill(story.store, SITE, "dump:a.txt").add_text(f"{HOME}/market/", AGO, extract) == "version"


def crawl(story: Story, bridge: str, *, mill: str = "/mill/", opening: bool = False) -> str:
    """A run that sees the site with this text of the bridge; when it saw that."""
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", bridge, "It still stands, as everybody can see."))
        at = iso(story.now)
        run.sees(mill, article("The mill", MILL))
        run.sees("/market/", article("The market", MARKET))
        run.sees("/lost/", article("Lost and found", "An umbrella was found in the market on Monday."))
        if opening:
            run.lists("sitemap", "/opening/", "/bridge/", "/mill/", "/market/", "/lost/")
            run.sees("/opening/", article("An opening", "The library opens again in May."))
    return at


def capture(at: str, path: str, title: str, text: str) -> FetchResult:
    """A capture that somebody else has made."""
    return FetchResult(
        url=HOME + path,
        final_url=HOME + path,
        fetched_at=at,
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=article(title, text, "It still stands, as everybody can see.").encode(),
        encoding="utf-8",
    )
