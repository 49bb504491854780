"""Site files: what they may say, and how every fault in them is named at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from variorum.crawler.config.site import (
    SITE_KEYS,
    Bounds,
    Expect,
    NotificationRule,
    Rule,
    Site,
    load_site,
    load_sites,
)

SAMPLES = Path(__file__).parent.parent / "spiders" / "sites"
URL = 'url = "https://example.org/"\n'


def write(folder: Path, text: str, name: str = "news") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path) -> list[str]:
    """The lines that name a fault, less the folder's path."""
    found = load_sites(folder).faults.values()
    return [line.removeprefix(f"{folder}/") for lines in found for line in lines]


# ---- what a file may say


def test_a_file_needs_nothing_but_an_address(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, URL))
    assert site == Site(name="news", url="https://example.org/", every="6h")


def test_sites_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("zeri", "mek-2", "albania", "mek"):
        write(tmp_path, f'url = "https://{name}.example/"', name)
    assert list(load_sites(tmp_path)) == ["albania", "mek", "mek-2", "zeri"]


def test_files_that_editors_leave_are_no_sites(tmp_path: Path) -> None:
    write(tmp_path, "half a", ".#news")
    assert load_sites(tmp_path) == {}


def test_one_value_may_stand_where_a_list_is_meant(tmp_path: Path) -> None:
    text = """
        also = "https://example.org/fa/"
        scope = "/fa/اخبار/"
        quiet = "22:00-06:00"
        remove = "div.ticker"
        notify = "mailto://you@example.org"
        expect = { languages = "fa" }
    """
    site = load_site(write(tmp_path, URL + text))
    assert site.seeds == ("https://example.org/", "https://example.org/fa/")
    assert site.scope == ("/fa/اخبار/",)
    assert site.quiet == ("22:00-06:00",)
    assert site.remove == (Rule("div.ticker"),)
    assert site.notify == (NotificationRule("mailto://you@example.org"),)
    assert site.expect == Expect(languages=("fa",))


def test_a_selector_may_hold_for_a_time_only(tmp_path: Path) -> None:
    text = 'select = ["div.a", { css = "div.b", from = 2024-06-01, until = "2025-01-31" }]'
    site = load_site(write(tmp_path, URL + text))
    assert site.select == (Rule("div.a"), Rule("div.b", date(2024, 6, 1), date(2025, 1, 31)))


def test_addresses_may_be_in_any_script(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, 'url = "https://نمونه.ایران/اخبار/"'))
    assert site.url == "https://نمونه.ایران/اخبار/"


def test_defaults_stand_for_what_a_file_leaves_out(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, URL + "delay = 5"), {"delay": 2, "budget": 9})
    assert (site.delay, site.budget) == (5.0, 9)


def test_the_rhythm_of_a_file_takes_the_place_of_the_default_one(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, URL + 'cron = "0 3 * * 1"'), {"every": "2d"})
    assert (site.cron, site.every) == ("0 3 * * 1", None)


def test_a_file_can_say_all_that_a_site_holds() -> None:
    assert SITE_KEYS.keys() == {field.name for field in msgspec.structs.fields(Site)} - {"name"}


# ---- every fault, by file and key


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('evry = "6h"', 'evry: unknown key; did you mean "every"?'),
        ("qwertz = 1", "qwertz: unknown key"),
        ('delay = "2"', 'delay: "2" is not allowed; give seconds between two requests, from 0 to 3600'),
        ("delay = -1", "delay: -1 is not allowed"),
        ("delay = nan", "delay: NaN is not allowed"),
        ("concurrency = 0", "concurrency: 0 is not allowed; give how many requests at once, 1 or more"),
        ("budget = 0", "budget: 0 is not allowed"),
        ("budget = true", "budget: true is not allowed"),
        ('robots = "no"', 'robots: "no" is not allowed; give true or false'),
        ('also = "example.org"', 'also: "example.org" is not allowed (it does not begin with http'),
        ('also = "https:///fa/"', 'also: "https:///fa/" is not allowed (a host is missing'),
        ('also = "https://a.org:port/"', 'also: "https://a.org:port/" is not allowed (Port'),
        ("also = 'https://a.org\\@b.org/'", "a backslash"),
        ('also = "file:///etc/passwd"', 'also: "file:///etc/passwd" is not allowed'),
        ('cron = "61 3 * * *"', 'cron: "61 3 * * *" is not allowed ('),
        (
            'every = "often"',
            'every: "often" is not allowed (not a number and one of s, m, h, d); give an inter',
        ),
        ('every = "0s"', 'every: "0s" is not allowed (less than a second)'),
        ('every = "6h"\ncron = "0 3 * * *"', "both every and cron are given; keep one"),
        ('timezone = "Europe/Tirana"', '(no such zone; did you mean "Europe/Tirane"?)'),
        ('timezone = "Europe"', 'timezone: "Europe" is not allowed (no such zone'),
        ('timezone = "../../etc/passwd"', "(no such zone"),
        ('quiet = "22-06"', 'quiet: "22-06" is not allowed (not two times of day)'),
        ('quiet = ["00:00-12:00", "12:00-00:00"]', "the quiet hours leave no minute of the day"),
        ('scope = "^/fa/("', 'scope: "^/fa/(" is not allowed (bad regular expression: '),
        ('exclude = "fa/"', 'exclude: "fa/" is not allowed (it begins with neither / nor ^)'),
        (
            'discover = ["rss"]',
            'discover: "rss" is not allowed; give any of "wordpress", "sitemap", "feed", "l',
        ),
        ('drop_params = ["a=b"]', 'drop_params: "a=b" is not allowed'),
        ('select = "div >"', 'select.css: "div >" is not allowed ('),
        ('select = "p::text"', 'select.css: "p::text" is not allowed ('),
        ("select = { from = 2024-01-01 }", "select.css: missing"),
        ('select = { css = "p", untill = 2024-01-01 }', 'select.untill: unknown key; did you mean "until"?'),
        (
            'remove = { css = "p", from = "2024-13-01" }',
            'remove.from: "2024-13-01" is not allowed; give a date',
        ),
        ('remove = { css = "p", from = 2024-02-01, until = 2024-01-01 }', "it ends before it begins"),
        (
            "expect = { pages = { min = 9, max = 3 } }",
            '{"min": 9, "max": 3} is not allowed (min is more than',
        ),
        ("expect = { page = { min = 9 } }", 'expect.page: unknown key; did you mean "pages"?'),
        ("expect = 9", "expect: 9 is not allowed; give a table"),
        ('expect = { languages = ["fa", "persian"] }', 'expect.languages: "persian" is not allowed'),
        ('notify = { target = "mailto://x", weight = 7 }', "notify.weight: 7 is not allowed"),
    ],
)
def test_a_fault_is_named_by_file_and_key_with_what_is_allowed(tmp_path: Path, line: str, fault: str) -> None:
    write(tmp_path, URL + line)
    named = faults(tmp_path)
    assert len(named) == 1
    assert named[0].startswith("news.toml: ")
    assert fault in named[0]


def test_an_address_is_missed(tmp_path: Path) -> None:
    write(tmp_path, "delay = 2")
    assert faults(tmp_path) == [
        'news.toml: url: missing; give a whole web address, like "https://example.org/"'
    ]


def test_every_fault_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, 'url = "example"\nalso = ["x", "https://a.org/", "y"]\ndelay = -1', "a")
    write(tmp_path, URL + "nonsense = 1", "b")
    write(tmp_path, URL + "delay = 2", "c")
    named = [line.split(" is not")[0].split(";")[0] for line in faults(tmp_path)]
    assert named == [
        'a.toml: url: "example"',
        'a.toml: also: "x"',
        'a.toml: also: "y"',
        "a.toml: delay: -1",
        "b.toml: nonsense: unknown key",
    ]
    assert list(load_sites(tmp_path)) == ["c"]


def test_of_two_files_with_one_address_the_first_by_name_is_kept(tmp_path: Path) -> None:
    for name in ("b", "c"):
        write(tmp_path, URL, name)
    assert faults(tmp_path) == [
        "c.toml: url: https://example.org/ is also the url of b.toml; keep one of the files"
    ]
    assert list(load_sites(tmp_path)) == ["b"]


def test_a_file_is_read_alone_where_its_name_is_given(tmp_path: Path) -> None:
    write(tmp_path, URL, "news")
    write(tmp_path, "url = ", "bad")
    found = load_sites(tmp_path, names=["news"])
    assert (list(found), found.faults) == (["news"], {})


def test_a_file_that_is_no_toml_is_named_with_the_line(tmp_path: Path) -> None:
    write(tmp_path, URL + "delay 2")
    assert "line 2" in faults(tmp_path)[0]


def test_a_file_in_another_encoding_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "news.toml").write_bytes(URL.encode() + "# خبر".encode("cp1256"))
    assert faults(tmp_path) == ["news.toml: line 2 is not UTF-8; save the file in that encoding"]


def test_one_address_spelt_in_two_ways_is_one_site_twice(tmp_path: Path) -> None:
    write(tmp_path, 'url = "https://EXAMPLE.org"', "a")
    write(tmp_path, URL, "b")
    assert [line.split(":")[0] for line in faults(tmp_path)] == ["b.toml"]


@pytest.mark.parametrize("name", ["News", "خبر", "-news", "new s"])
def test_a_files_name_must_do_as_a_name(tmp_path: Path, name: str) -> None:
    write(tmp_path, URL, name)
    assert faults(tmp_path)[0].startswith(f"{name}.toml: the file gives the site its name")


def test_a_long_bad_value_is_cut_in_the_message(tmp_path: Path) -> None:
    write(tmp_path, URL + f'every = "{"x" * 5000}"')
    assert len(faults(tmp_path)[0]) < 300


# ---- the files that come with the program


def test_the_listed_sites_are_watched_in_all_their_editions() -> None:
    sites = load_sites(SAMPLES)
    assert {name: site.seeds for name, site in sites.items()} == {
        "iran-interlink": ("https://iran-interlink.org/wordpress/",),
        "nejatngo": tuple(f"https://www.nejatngo.org/{edition}/" for edition in ("en", "fa", "ar", "sq")),
        "nototerrorism-cults": ("https://nototerrorism-cults.com/",),
    }


def test_the_listed_sites_are_asked_politely() -> None:
    for site in load_sites(SAMPLES).values():
        assert (site.robots, site.concurrency) == (True, 1)
        assert site.delay >= 2


def test_the_sample_shows_every_key_and_loads_as_it_stands(tmp_path: Path) -> None:
    sample = (SAMPLES / "example.toml.sample").read_text(encoding="utf-8")
    site = load_site(write(tmp_path, sample, "example"))
    assert site.expect.pages == Bounds(100, 5000)
    for key in SITE_KEYS:
        assert f"\n{key} = " in sample or f"\n# {key} = " in sample or f"\n[{key}]" in sample
