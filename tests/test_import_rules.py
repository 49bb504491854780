"""Who may know whom: the rooms of the house, held by the imports that the files really make."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent

PURE = frozenset(
    {
        "backfill.dumps", "backfill.placement", "classification", "config", "dates", "diffing", "errors",
        "extraction", "extras", "fetch_result", "frontier", "revisit", "run_report", "time_limit", "times",
        "urls",
    }
)  # fmt: skip
"""Rooms of crawler/ whose answers depend on nothing but what they are handed."""

MOVING = frozenset(
    {
        "backfill.absence", "backfill.captures", "backfill.content_coding", "backfill.dump_agreement",
        "backfill.dump_report", "backfill.insertion", "backfill.page_matching", "backfill.text_dumps",
        "backfill.warc", "backfill.warc_records", "backfill.wayback", "cli", "client", "cluster", "export",
        "health", "lock", "mcp_server", "managing", "notify", "output", "preview", "runtime", "tracking",
    }
)  # fmt: skip
"""Rooms of crawler/ that ask the clock, the disk, the store or Scrapy, or speak to those who use them."""

CLOCKS = frozenset(
    {
        *(
            "crawler.times.now",
            "datetime.datetime.now",
            "datetime.datetime.utcnow",
            "datetime.datetime.today",
        ),
        *("datetime.date.today", "time.time", "time.monotonic", "time.perf_counter", "time.localtime"),
    }
)
THE_CLOCK = ("times", "datetime.datetime.now")
"""The one place where a pure room may look at it: to define `crawler.times.now`."""

OF_SCRAPY = frozenset({"scrapy", "twisted", "itemadapter", "itemloaders", "parsel"})
NETWORK = frozenset({"socket", "ssl", "http.client", "urllib.request", "urllib3", "requests", "aiohttp"})
STORES = frozenset({"sqlite3", "sqlite_utils", "storage"})


def imported(source: str) -> dict[str, str]:
    """What each name that a file imports stands for, like `{"now": "crawler.times.now"}`."""
    names: dict[str, str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out"
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {name: whole.removeprefix("variorum.") for name, whole in names.items()}


def used(source: str) -> set[str]:
    """The whole names of all imported things that a file mentions, like `datetime.datetime.now`."""
    names = imported(source)
    found = set()
    for node in ast.walk(ast.parse(source)):
        root, path = node, []
        while isinstance(root, ast.Attribute):
            path.append(root.attr)
            root = root.value
        if isinstance(root, ast.Name) and root.id in names:
            found.add(".".join([names[root.id], *reversed(path)]))
    return found


def within(name: str, packages: frozenset[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def files(room: str) -> list[Path]:
    return sorted(path for path in (HOUSE / room).rglob("*.py") if path.stem != "__init__")


def of_room(name: str) -> list[Path]:
    """The files of a room of crawler/: one, or those of its folder."""
    place = name.replace(".", "/")
    file = HOUSE / "crawler" / f"{place}.py"
    return [file] if file.exists() else files(f"crawler/{place}")


def forbidden(path: Path, packages: frozenset[str]) -> list[str]:
    return [name for name in imported(path.read_text("utf-8")).values() if within(name, packages)]


@pytest.mark.parametrize("path", files("storage"), ids=lambda path: path.stem)
def test_the_store_knows_nothing_of_the_rest_of_the_house(path: Path) -> None:
    assert forbidden(path, frozenset({"crawler", "spiders", "review"}) | OF_SCRAPY) == []


def test_each_file_of_the_crawler_is_either_pure_or_moving() -> None:
    assert PURE.isdisjoint(MOVING)
    known = [path for name in PURE | MOVING for path in of_room(name)]
    assert set(files("crawler")) == set(known)
    assert [name for name in PURE | MOVING if not of_room(name)] == []


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_room_knows_no_scrapy_no_store_no_network_and_no_moving_room(name: str) -> None:
    moving = frozenset(f"crawler.{room}" for room in MOVING)
    unwanted = OF_SCRAPY | STORES | NETWORK | moving | {"spiders", "review"}
    assert [path for path in of_room(name) if forbidden(path, unwanted)] == []


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_room_asks_no_clock(name: str) -> None:
    clocks = {clock for path in of_room(name) for clock in used(path.read_text("utf-8")) & CLOCKS}
    assert {clock for clock in clocks if (name, clock) != THE_CLOCK} == set()


@pytest.mark.parametrize("path", files("spiders"), ids=lambda path: path.stem)
def test_spiders_know_neither_store_nor_review_nor_moving_rooms(path: Path) -> None:
    moving = frozenset(f"crawler.{room}" for room in MOVING)
    assert forbidden(path, STORES | moving | {"review"}) == []


@pytest.mark.parametrize("room", ["crawler", "spiders", "storage"])
def test_nothing_but_the_command_line_knows_the_review_page(room: str) -> None:
    knows = [path for path in files(room) if forbidden(path, frozenset({"review"}))]
    assert knows == ([HOUSE / "crawler/cli/review.py"] if room == "crawler" else [])


def test_the_rules_see_every_way_to_import_and_to_ask_the_clock() -> None:
    source = (
        "import storage.store\nfrom crawler import times as clock\nfrom datetime import datetime as d\n"
        "def late():\n    from scrapy import Spider\n    return clock.now(), d.now()\n"
    )
    assert {"storage.store", "scrapy.Spider", "crawler.times"} <= set(imported(source).values())
    assert used(source) & CLOCKS == {"crawler.times.now", "datetime.datetime.now"}
