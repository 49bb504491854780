"""Reads the file of a site and checks it once: nothing checks it again later."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from variorum.crawler.config import timing
from variorum.crawler.config.cluster import check_queue
from variorum.crawler.config.notification import (
    NOTIFICATION_KEYS,
    PATH,
    NotificationRule,
    check_secret,
    path_or_pattern,
)
from variorum.crawler.config.schema import Key, meant, parse_toml, read_table, read_toml, refuse

Source = Literal["wordpress", "sitemap", "feed", "links"]
Watch = Literal["articles", "all"]
DEFAULT_BUDGET = 2000


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A CSS selector and the dates between which it applies (both included, by capture date)."""

    css: str
    from_: date | None = msgspec.field(default=None, name="from")
    until: date | None = None


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The least and greatest number expected; None is no bound."""

    min: int | None = None
    max: int | None = None


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the site shows when it works; an issue is raised if it does not."""

    pages: Bounds = Bounds()
    languages: tuple[str, ...] = ()


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One site to watch, as configured. docs/site-file.md explains every key."""

    name: str
    url: str
    also: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    discover: tuple[Source, ...] = ()
    """The kinds of sources; if empty, all that the site has, and links only if no other lists the whole
    site."""
    every: str | None = None
    cron: str | None = None
    timezone: str = "UTC"
    quiet: tuple[str, ...] = ()
    delay: float = 1.0
    concurrency: int = 1
    budget: int = DEFAULT_BUDGET
    at_least: str | None = None
    """How often each page is fetched at least, as a length of time; None: as often as is worth it."""
    robots: bool = True
    drop_params: tuple[str, ...] = ()
    select: tuple[Rule, ...] = ()
    remove: tuple[Rule, ...] = ()
    expect: Expect = Expect()
    render: bool = False
    watch: Watch = "articles"
    """Whether lists of pages have versions of their own, or only lead to pages."""
    where: str | None = None
    """The queue of the workers that crawl it, in a cluster; None for those of the default queue."""
    notify: tuple[NotificationRule, ...] = ()
    paused: bool | date = False
    """Whether no scheduled run starts; a date is the first day on which runs start again."""
    tags: tuple[str, ...] = ()
    """Words that name this site together with others, wherever a command takes a site's name."""

    @property
    def seeds(self) -> tuple[str, ...]:
        """The addresses at which its crawl starts."""
        return (self.url, *self.also)

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of times that the site writes without one; None if the file names none but UTC."""
        return None if self.timezone == "UTC" else ZoneInfo(self.timezone)


DAY = timedelta(days=1)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}(?<!\.json)")
NAME_RULE = (
    "the file gives the site its name: use small letters and digits, after the first also . _ -, 100 at most"
)
NO_DEFAULTS: Mapping[str, Any] = MappingProxyType({})


def load_site(path: Path, defaults: Mapping[str, Any] = NO_DEFAULTS) -> Site:
    """The site that a file describes; `defaults` has values for keys that the file leaves out.

    Raises Misuse with a line for every fault in the file.
    """
    table, faults = _read(path, defaults)
    refuse(faults)
    return msgspec.convert(table, Site)


def site_of(
    text: str, path: Path, defaults: Mapping[str, Any] = NO_DEFAULTS
) -> tuple[Site | None, list[str]]:
    """The site that a file with this text would describe, and the faults of the text; None if it has any."""
    table, faults = _checked(*parse_toml(text, path), path, defaults)
    return (None, faults) if faults else (msgspec.convert(table, Site), [])


class ConfiguredSites(dict[str, Site]):
    """The readable sites of a folder, by name; `faults` has the faults of each of the other files."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: dict[str, list[str]] = {}


def load_sites(
    folder: Path, defaults: Mapping[str, Any] = NO_DEFAULTS, names: Collection[str] | None = None
) -> ConfiguredSites:
    """Every site of the folder by name, in the order of the names, or only those named.

    A site's name is its file's. A file with faults is left out, and stops no other site.
    """
    found = ConfiguredSites()
    if names is None:
        found.faults |= {
            path.stem: [_miswritten(path)] for path in folder.glob("*.*") if _is_miswritten(path)
        }
    for path in site_files(folder):
        if names is not None and path.stem not in names:
            continue
        table, faults = _read(path, defaults)
        if faults:
            found.faults[path.stem] = faults
        else:
            found[path.stem] = msgspec.convert(table, Site)
    for name, first in _repeated(found.values()).items():
        path = folder / f"{name}.toml"
        found.faults[name] = [_same_url(path, found.pop(name).url, f"{first}.toml")]
    return found


def _repeated(sites: Iterable[Site]) -> dict[str, str]:
    """The name of each site with the URL of an earlier one, in whatever spelling; and the earlier name."""
    by_host: dict[str, list[Site]] = {}
    for site in sites:
        by_host.setdefault(_plain_host(site.url), []).append(site)
    alike = [some for some in by_host.values() if len(some) > 1]
    if not alike:
        return {}
    from w3lib.url import canonicalize_url  # noqa: PLC0415 - as slow to import as all else here

    first: dict[str, str] = {}
    named = [(site.name, canonicalize_url(site.url)) for some in alike for site in some]
    return {name: first[url] for name, url in named if first.setdefault(url, name) != name}


def _plain_host(url: str) -> str:
    """The host of a URL; empty for one that has several spellings."""
    host = urlsplit(url).hostname or ""
    return host if host.isascii() and "xn--" not in host and ":" not in host else ""


def _is_miswritten(path: Path) -> bool:
    return path.suffix.lower() == ".toml" != path.suffix and not path.name.startswith(".")


def _miswritten(path: Path) -> str:
    return f"{path}: the name of a site file ends in .toml, in small letters; rename it"


def site_files(folder: Path) -> list[Path]:
    """The site files in a folder, by name; hidden files are temporary ones of editors, and left out."""
    found = (path for path in folder.glob("*.toml") if not path.name.startswith("."))
    return sorted(found, key=lambda path: path.stem)


def _read(path: Path, defaults: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values of the file, ready to become a Site, and its faults."""
    return _checked(*read_toml(path), path, defaults)


def _checked(
    table: dict[str, Any], faults: list[str], path: Path, defaults: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The values in the table of a file, with the defaults, and the faults of both."""
    if not faults:
        own_rhythm = "every" in table or "cron" in table
        kept = {k: v for k, v in defaults.items() if not (own_rhythm and k in {"every", "cron"})}
        table, faults = read_table({**kept, **table}, SITE_KEYS, f"{path}: ")
        faults += _conflicts(table, path)
    if not NAME.fullmatch(path.stem):
        faults.append(f"{path}: {NAME_RULE}")
    if not table.get("cron"):
        table.setdefault("every", timing.DEFAULT_EVERY)
    return {"name": path.stem, **table}, faults


def _conflicts(table: Mapping[str, Any], path: Path) -> list[str]:
    try:
        check_together(table)
    except ValueError as error:
        return [f"{path}: {error}"]
    return []


def check_together(table: Mapping[str, Any]) -> None:
    """Raise ValueError for keys that are valid each by itself but not together."""
    if "every" in table and "cron" in table:
        raise ValueError("both every and cron are given; keep one")
    check_at_least(table)
    quiet = table.get("quiet", ())
    if quiet and None not in quiet and timing.never_awake(quiet):
        raise ValueError("the quiet hours leave no minute of the day; leave some")


def check_at_least(table: Mapping[str, Any]) -> None:
    """Nothing, if the budget holds `at_least` for the expected pages. Raises ValueError otherwise."""
    pages = ((table.get("expect") or {}).get("pages") or {}).get("min")
    if not (pages and table.get("at_least")):
        return
    budget, needed = table.get("budget", DEFAULT_BUDGET), pages / (timing.duration(table["at_least"]) / DAY)
    if needed > budget:
        raise ValueError(
            f'at_least = "{table["at_least"]}" takes {needed:,.0f} requests a day for the {pages:,} pages or '
            f"more that are expected, and budget is {budget:,}; raise budget, or say a longer time"
        )


def _same_url(path: Path, url: str, other: str) -> str:
    return f"{path}: url: {url} is also the url of {other}; keep one of the files"


def web_address(text: str) -> None:
    """Raise ValueError if the text is no web address."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("it does not begin with http:// or https://")
    if not parts.hostname or re.search(r"[\s\\\x00-\x1f]", text):
        raise ValueError("a host is missing, or there is a blank or a backslash in it")
    if "@" in parts.netloc:
        raise ValueError("it contains a user name or a password, and nothing is fetched with one")
    _ = parts.port  # raises ValueError for one that can't be


def check_time_zone(name: str) -> None:
    """Raise ValueError if there is no such zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no such zone{meant(name, available_timezones())}") from error


def _selector(css: str) -> None:
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415 - few sites have selectors
    from lxml import etree  # noqa: PLC0415

    try:
        etree.XPath(HTMLTranslator().css_to_xpath(css))
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(str(error)) from error


def _dates_in_order(rule: Mapping[str, Any]) -> None:
    if rule.get("from") and rule.get("until") and rule["from"] > rule["until"]:
        raise ValueError("it ends before it begins")


def _min_below_max(bounds: Mapping[str, Any]) -> None:
    least, most = bounds.get("min"), bounds.get("max")
    if least is not None and most is not None and least > most:
        raise ValueError("min is more than max")


def check_tag(text: str) -> None:
    """Raise ValueError if the text can't be a tag: the same words as for names of sites are allowed."""
    if not NAME.fullmatch(text):
        raise ValueError("not in small letters and digits, with . _ - after the first")


def _one_word(text: str) -> None:
    if not re.fullmatch(r"[^\s&=?#]+", text):
        raise ValueError("not the name of a parameter")


_Count = Annotated[int, msgspec.Meta(ge=0)]
_AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
_Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2,3}$")]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]

_ADDRESS = 'a whole web address, like "https://example.org/"'
_DATE = "a date, like 2024-05-31"
_BOUNDS = "whole numbers, like { min = 100, max = 5000 }"

_RULE = {
    "css": Key(str, 'a CSS selector, like "div.post-content"', _selector, required=True),
    "from": Key(date, _DATE),
    "until": Key(date, _DATE),
}
_EXPECT = {
    "pages": Key({"min": Key(_Count, _BOUNDS), "max": Key(_Count, _BOUNDS)}, _BOUNDS, _min_below_max),
    "languages": Key(_Language, 'codes of languages, like "en" or "fa"', many=True),
}
_RULES = 'a CSS selector, or tables like { css = "div.post", from = 2024-05-31 }'

SITE_KEYS: Mapping[str, Key] = {
    "url": Key(str, _ADDRESS, web_address, required=True),
    "also": Key(str, _ADDRESS, web_address, many=True),
    "scope": Key(str, PATH, path_or_pattern, many=True),
    "exclude": Key(str, PATH, path_or_pattern, many=True),
    "discover": Key(Source, 'any of "wordpress", "sitemap", "feed", "links"', many=True),
    "every": Key(str, 'an interval, like "45s", "30m", "6h" or "2d"', timing.duration),
    "cron": Key(str, 'minute, hour, day, month and weekday, like "0 3 * * 1"', timing.check_cron),
    "timezone": Key(str, 'a zone of the IANA list, like "Europe/Tirane"', check_time_zone),
    "quiet": Key(str, 'hours of the day, like "22:00-06:00"', timing.quiet_hours, many=True),
    "delay": Key(_Seconds, "seconds between two requests, from 0 to 3600"),
    "concurrency": Key(_AtLeastOne, "how many requests at once, 1 or more"),
    "budget": Key(_AtLeastOne, "how many requests a day, 1 or more"),
    "at_least": Key(str, 'how often each page is fetched at least, like "1d"', timing.duration),
    "robots": Key(bool, "true or false"),
    "drop_params": Key(str, 'names of query parameters, like "utm_source"', _one_word, many=True),
    "select": Key(_RULE, _RULES, _dates_in_order, many=True, bare="css"),
    "remove": Key(_RULE, _RULES, _dates_in_order, many=True, bare="css"),
    "expect": Key(_EXPECT, "a table of pages and languages"),
    "render": Key(bool, "true or false"),
    "watch": Key(Watch, '"articles" or "all"'),
    "where": Key(str, 'a queue of workers, like "eu"', check_queue),
    "notify": Key(
        NOTIFICATION_KEYS,
        "targets, or tables of target and weight",
        check_secret,
        many=True,
        bare="target",
        secret=True,
    ),
    "paused": Key(bool | date, "true, false, or the date on which runs start again, like 2026-12-24"),
    "tags": Key(str, 'words in small letters, like "press"', check_tag, many=True),
}
