"""The real crawler over weeks of a small site, on a clock of its own: what it asks for, and when."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.clocked import runs_at
from tests.command import objects, quick, variorum, workspace
from tests.local_site import LocalSite, article
from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.health.visits import plan_object, why_object
from variorum.crawler.output.objects import Object
from variorum.crawler.times import parse
from variorum.storage.reader import Reader

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
PAGES = [f"/log/{number}/" for number in range(8)]
BUSY, EDITED = PAGES[3], PAGES[6]
BUDGET = 8


def log(path: str, edition: int = 0) -> str:
    entries = range(edition, edition + 9)
    prose = [f"Entry {n} of {path}: the keeper counted {n} barges below the weir." for n in entries]
    return article(f"Log {path}", *prose)


class Weeks:
    """A site that is crawled once a day; `asked` are the paths asked for, by day."""

    def __init__(self, root: Path, web: LocalSite) -> None:
        self.web, self.now = web, BEGIN
        self.asked: list[list[str]] = []
        keys = f'budget = {BUDGET}\nevery = "1d"\n'
        self.home = workspace(root, ormhead=quick(web) + keys)

    def site(self) -> Site:
        """The site as its file says."""
        room = load_workspace(self.home)
        return load_sites(room.sites_folder, room.defaults, ["ormhead"])["ormhead"]

    def pass_day(self) -> None:
        """A day with its scheduled run."""
        self.web.clear()
        with runs_at(self.now):
            assert variorum("-C", self.home, "crawl", "--due").exit_code == 0
        self.now += DAY
        self.asked.append(self.web.paths())

    def planned(self, path: str) -> tuple[Object, Object]:
        """What `variorum plan` and `variorum why` say at this moment."""
        site = self.site()
        with closing(Reader.open(self.home / "variorum.db")) as reader:
            page = next(one for one in reader.pages(site.name) if one.url.endswith(path))
            return plan_object(reader, site, self.now, 7), why_object(reader, site, page, self.now)


def test_a_silent_edit_is_found_when_the_plan_says_and_no_day_exceeds_the_budget(
    tmp_path: Path, local_site: LocalSite
) -> None:
    links = tuple((path, f"Log {path}") for path in PAGES)
    local_site.pages["/"] = article("Ormhead", "The logs of the keeper.", menu=links)
    local_site.pages |= {path: log(path) for path in PAGES}
    weeks = Weeks(tmp_path / "w", local_site)
    for day in range(4):
        local_site.pages[BUSY] = log(BUSY, day)
        weeks.pass_day()
    local_site.pages[EDITED] = log(EDITED, 40)
    edited, (plan, why) = weeks.now, weeks.planned(EDITED)
    for day in range(4, 12):
        local_site.pages[BUSY] = log(BUSY, day)
        weeks.pass_day()

    assert all(len(paths) <= BUDGET for paths in weeks.asked)
    assert sum(map(len, weeks.asked)) >= BUDGET * len(weeks.asked) / 2
    found = [parse(one["seen_new"]) for one in _changes(weeks, EDITED)]
    assert len(found) == 1
    assert edited <= found[0] <= edited + timedelta(days=plan["longest_days"]) + DAY
    assert found[0] <= max(parse(why["due_at"]), edited) + 2 * DAY
    seen = Counter(path for paths in weeks.asked[4:] for path in paths)
    assert seen[BUSY] >= max(seen[path] for path in PAGES if path not in {BUSY, EDITED})


def _changes(weeks: Weeks, path: str) -> list[Object]:
    return [
        one
        for one in objects("-C", weeks.home, "changes")
        if one["url"].endswith(path) and one["kind"] == "edited"
    ]
