"""The pictures of the review page in docs/pictures/: `python -m tests.pictures [NAME]...`.

Two made-up sites are followed through a spring; then Chromium looks at what a reviewer sees in the morning.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from tests.browser import browser, served, window
from tests.local_site import article
from tests.tracked import Run, story_at
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.lock import held, run_lock
from variorum.crawler.runtime.run_progress import keep
from variorum.storage.queries.verdicts import Verdicts
from variorum.storage.reader import Reader

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
HARBOUR = Site(name="harbour-post", url="https://harbour.example/")
LIBRARY = Site(name="ketabkhaneh", url="https://ketabkhaneh.example/")
SPRING = 118
"""Nights."""
HARBOUR_FILE = """# The paper of the harbour.
url = "https://harbour.example/"
every = "6h"
delay = 2.0
select = "div.entry-content"
tags = ["press"]
"""
RUNS = {
    HARBOUR.name: {
        "phase": "fetching pages", "started_at": "2026-06-28T03:00:00Z", "at": "2026-06-28T03:04:00Z",
        "done": 96, "known": 214, "requests": 103, "left": 1897,
        "waiting": {"host": "harbour.example", "until": "2026-06-28T03:06:00Z"},
    },
    LIBRARY.name: {
        "phase": "fetching pages", "started_at": "2026-06-28T02:12:00Z", "at": "2026-06-28T03:04:00Z",
        "done": 1240, "known": 9800, "requests": 1290, "left": 710, "waiting": None,
    },
}  # fmt: skip
"""What two runs say of themselves."""

FERRY = (
    "The ferry to Ormhead will sail again from the first of April, the council said on Monday. The old boat "
    "carried 140 passengers a day.",
    "“We have waited two winters for this,” said Thomas Marsden, who keeps the inn at the landing. He has "
    "ordered new lamps.",
    "A single ticket will cost 4 crowns. Children of the village sail free.",
)
FERRY_LATER = (
    FERRY[0].replace("the first of April", "the first of May"),
    FERRY[1],
    "A single ticket will cost 6 crowns. Children of the village sail free.",
)
FERRY_NOW = (
    FERRY_LATER[0].replace("140", "90"),
    "“We have waited three winters for this,” said Thomas Marsden, who keeps the inn at the landing.",
    FERRY_LATER[2],
    "The council has not said who will pay for the pier.",
)
SCHOOL = (
    "The school at the mill bridge keeps its two classes, the board decided with five votes against two.",
    "Parents had collected 214 signatures.",
)
READING_ROOM = (
    "تالار مطالعهٔ کتابخانهٔ قدیم شهر پس از دو سال تعمیر روز شنبه باز می‌شود. این تالار ۱۲۰ صندلی دارد.",
    "رئیس کتابخانه گفت که مردم می‌توانند هر روز تا ساعت هشت شب در آن کتاب بخوانند.",
    "بخش کودکان هنوز بسته است و تاریخ باز شدن آن معلوم نیست.",
)
READING_ROOM_NOW = (
    READING_ROOM[0].replace("شنبه", "یکشنبه").replace("۱۲۰", "۹۰"),
    READING_ROOM[1].replace("می‌توانند", "نمی‌توانند").replace("هشت", "شش"),
    READING_ROOM[2],
)
POETS = ("شب شعر این ماه در حیاط کتابخانه برگزار می‌شود و ورود برای همه آزاد است.",)


def main() -> None:
    """Take the pictures that are named, or all."""
    os.environ["LOGNAME"] = "Mira"  # who reviews
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        workspace = furnished(Path(folder))
        database = fill(workspace.database)
        with crawling(database), served(database, workspace) as url, browser() as chromium:
            for name, (path, height) in views(database).items():
                if name in sys.argv[1:] or not sys.argv[1:]:
                    with window(chromium, url, width=1120, height=height) as seen:
                        seen.page.goto(path)
                        if name == "editor":
                            edit(seen.page)
                        seen.page.screenshot(path=FOLDER / f"{name}.png")


def furnished(root: Path) -> Workspace:
    """A workspace with the files of both sites."""
    (root / "sites").mkdir()
    (root / "variorum.toml").touch()
    (root / "sites" / f"{HARBOUR.name}.toml").write_text(HARBOUR_FILE, encoding="utf-8")
    (root / "sites" / f"{LIBRARY.name}.toml").write_text(f'url = "{LIBRARY.url}"\n', encoding="utf-8")
    return load_workspace(root)


@contextmanager
def crawling(database: Path) -> Iterator[None]:
    """A first crawl of the library that is going on, and one of the harbour that waits."""
    with ExitStack() as runs:
        for site, said in RUNS.items():
            runs.enter_context(held(run_lock(database, site), f"a run of {site}"))
            keep(database, {"site": site, "run": 1, "pid": os.getpid(), **said})
        yield


def edit(page: Page) -> None:
    """Draft another rhythm of the site, and show the difference."""
    page.locator("textarea:visible").fill(
        HARBOUR_FILE.replace('every = "6h"', 'every = "1h"\nquiet = "23:00-05:00"')
    )
    with page.expect_navigation():
        page.locator("button[value=show]").click()


def views(path: Path) -> dict[str, tuple[str, int]]:
    """What to look at, and how high the window is."""
    ferry, room = numbers(path)
    return {
        "list": ("/", 900),
        "change": (f"/change/{ferry[0]}", 800),
        "change-persian": (f"/change/{room[0]}", 700),
        "timeline": (f"/page/{ferry[1]}", 840),
        "site": (f"/site/{HARBOUR.name}?until=2026-06-28", 720),
        "running": ("/running", 420),
        "editor": (f"/site/{HARBOUR.name}/file", 900),
    }


def numbers(path: Path) -> list[tuple[int, int]]:
    """The latest edits of the ferry and of the reading room: numbers of change and page."""
    with closing(Reader.open(path)) as reader:
        edits = [row for row in reader.changes(kind="edited") if row.page]
        found = [
            next(row for row in edits if row.url.endswith(ending)) for ending in ("/ferry/", "/reading-room/")
        ]
        return [(row.id, row.page or 0) for row in found]


def fill(path: Path) -> Path:
    """Two sites through a spring, all of it reviewed but the last night."""
    with story_at(path, HARBOUR) as story:
        story.now = datetime(2026, 3, 2, 3, tzinfo=UTC)
        chance = random.Random(7)
        tides = dict.fromkeys(range(9), 0)
        for night in range(SPRING + 1):
            story.now = datetime(2026, 3, 2, 3, tzinfo=UTC)
            story.later(days=night)
            if night == SPRING:
                review_all(path)
            with story.run() as run:
                _harbour(run, night)
                for number in tides:
                    tides[number] += night > 0 and chance.random() < (0.3 if night % 7 < 5 else 0.04)
                    if night < SPRING or number < 2:
                        _tide(run, number, tides[number])
        story.store.raise_issue(
            HARBOUR.name,
            "broken pages",
            "1 page: https://harbour.example/archive/1931/, no text was found on it",
            story.later(),
        )
    with story_at(path, LIBRARY) as story:
        for night in (SPRING - 30, SPRING - 9, SPRING - 8, SPRING):
            story.now = datetime(2026, 3, 2, 4, tzinfo=UTC)
            story.later(days=night)
            with story.run() as run:
                _library(run, night)
    return path


def review_all(path: Path) -> None:
    """Somebody has read all that has changed until now."""
    with closing(Verdicts.open(path)) as store:
        found = [one.id for one in Reader(store.db).changes(unreviewed=True)]
        store.give(found, "reviewed", None, "Mira", "2026-06-27T07:10:00Z")


def _harbour(run: Run, night: int) -> None:
    if 40 <= night < 52:
        run.misses("/ferry/")
    else:
        text = FERRY if night < 23 else FERRY_LATER if night < SPRING else FERRY_NOW
        run.sees("/ferry/", article("The ferry to Ormhead sails again", *text))
    school = (
        SCHOOL
        if night < SPRING
        else (
            SCHOOL[0]
            .replace("keeps its two classes", "loses one of its two classes")
            .replace("five votes against two", "four votes against three"),
            SCHOOL[1],
        )
    )
    run.sees(
        "/school/",
        article(
            "Two classes stay at the mill bridge" if night < SPRING else "One class stays at the mill bridge",
            *school,
        ),
    )
    if night < SPRING - 1:
        run.sees(
            "/market/",
            article(
                "Fish market moves indoors",
                "From autumn on the fish market is held in the old rope works.",
                "Forty stalls find room there.",
            ),
        )
    else:
        run.misses("/market/")
    if night == SPRING:
        run.lists("sitemap", "/ferry/", "/school/", "/lighthouse/")
        run.sees(
            "/lighthouse/",
            article(
                "A keeper for the north lighthouse",
                "The post of keeper at the north lighthouse is open until August.",
                "Whoever applies should not fear the wind.",
            ),
        )


def _tide(run: Run, number: int, height: int) -> None:
    text = f"High water at pier {number + 1} stood {120 + 7 * height % 60} hands high in week {height + 1}."
    run.sees(
        f"/tides/{number}/",
        article(f"Tide table of pier {number + 1}", text, "The harbour master reads the mark each evening."),
    )


def _library(run: Run, night: int) -> None:
    now = night == SPRING
    run.sees(
        "/fa/reading-room/",
        article("تالار مطالعه روز شنبه باز می‌شود", *(READING_ROOM_NOW if now else READING_ROOM), lang="fa"),
    )
    run.sees(
        "/fa/poets/",
        article(
            "شب شعر", *(POETS if night < SPRING - 8 else (POETS[0].replace("آزاد", "رایگان"),)), lang="fa"
        ),
    )
    if now:
        run.lists("sitemap", "/fa/reading-room/", "/fa/poets/", "/ar/guide/")
        run.sees(
            "/ar/guide/",
            article(
                "دليل المكتبة",
                "نشرت المكتبة دليلا جديدا لزوارها باللغة العربية، وفيه خريطة لكل القاعات.",
                lang="ar",
            ),
        )


if __name__ == "__main__":
    main()
