"""Queries the list of changes for reviewers, and the neighbours of each change.

The list is ordered by day of the reader's zone, the newest first; within a day by site; within a site by
significance. Changes of one such day and one site with the same words added and removed are one item,
represented by the latest. Every query uses an index, so its cost depends on what is shown and not on what is
stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from variorum.storage.errors import NotFound
from variorum.storage.queries.local_days import UTC, LocalDay, day_of, days_of, local_day
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeSummary, Values, read
from variorum.storage.search.matching import Matches, versions_with
from variorum.storage.search.query import Query, parse

SHELVES = ("news", "history", "quiet")
"""Announced changes; changes found by an import; changes of typography or of a date only."""
REVIEWED = ("no", "yes", "all", "important", "noise")
KINDS = ("new", "edited", "retitled", "gone", "returned", "moved", "template")
MOST_COUNTED, MOST_SEARCHED = 10_000, 1_000
"""The maximum number of changes counted; the maximum when a search for words is included."""
FEW = 5_000
"""A word in at least this many versions is frequent."""
FEW_TEXTS = 200
"""So many texts may be read to find out whether a phrase is in them."""

_COLUMNS = """
    id, site, page, kind, url, substr(title, 1, 500) AS title, version, old_version, seen_old, seen_new,
    checks_between, significance, explanation, words_added, words_removed, silent, found_at, verdict, note,
    similar_edit, day, visibility, (SELECT language FROM pages WHERE pages.id = c.page) AS language
"""
_STEPS = (
    "c.site = :at_site AND (c.significance, c.id) {less} (:at_significance, :at_id)",
    "c.site {more} :at_site",
)
"""The conditions for what follows a position within its day; each is one range of an index."""
_IN_EVERY_VERSION = (
    "EXISTS (SELECT 1 FROM versions"
    " WHERE versions.page = {a}.page AND versions.number IN ({a}.version, {a}.old_version)"
    " AND has_words(versions.id))"
)
_CHANGES_OF = (
    "SELECT changes.id FROM json_each(?) CROSS JOIN versions ON versions.id = value"
    " CROSS JOIN changes ON changes.page = versions.page AND versions.number IN (version, old_version)"
)
_OF_DAY = (
    "{a}.day IN (SELECT value FROM json_each(:touched)) AND {a}.found_at >= :first AND {a}.found_at < :end"
)
"""SQL: a change is of one day of the zone; the index has the days of UTC."""
_LED = (
    "SELECT 1 FROM changes AS o WHERE o.similar_edit = c.similar_edit AND o.site = c.site"
    " AND {of_day} AND o.id > c.id AND {others}"
)
"""SQL: there is a later change of the same site with the same edit, of those of a day."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The changes that a reviewer wants to see."""

    site: str | None = None
    tag: str | None = None
    """A tag of sites. The connection needs a function `has_tag` of the name of a site and a tag."""
    kind: str | None = None
    language: str | None = None
    since: str | None = None
    """The earliest time at which a change was found."""
    until: str | None = None
    """The latest time at which a change was found."""
    weight: float = 0.0
    """The least significance of a change."""
    reviewed: str = "no"
    """One of the values of REVIEWED."""
    words: str = ""
    """Words in the text before or after the change."""
    shelf: str = "news"
    """One of the values of SHELVES."""


@dataclass(frozen=True, slots=True)
class Item(ChangeSummary):
    """A change in the list, without its words."""

    site: str
    page: int | None
    title: str | None
    found_at: str
    note: str | None
    similar_edit: str | None
    day: str
    visibility: str
    language: str | None


@dataclass(frozen=True, slots=True)
class ReviewTally:
    """The number of changes, and how many of them are reviewed."""

    reviewed: int
    of: int
    more: bool = False
    """Whether there are more than were counted."""


def item(reader: Reader, change: int) -> Item:
    """Return one change; raises NotFound if there is none with that id."""
    found = _items(reader, f"SELECT {_COLUMNS} FROM changes AS c WHERE id = :id", {"id": change})  # noqa: S608
    if not found:
        raise NotFound(f"there is no change {change}: an import may have replaced it by more detailed ones")
    return found[0]


def items(
    reader: Reader,
    filters: Filters,
    *,
    after: Item | None = None,
    before: Item | None = None,
    limit: int = 50,
    zone: ZoneInfo = UTC,
) -> list[Item]:
    """The items of the list in order, by days of the zone: the first ones, those after a change, or the last
    ones before it."""
    place, back = after or before, before is not None
    wanted, values = _conditions(reader, filters)
    source = f"changes AS c INDEXED BY {_index(filters)} WHERE {wanted}"
    days = _Days(reader, source, _leads(reader, filters, _OF_DAY.format(a="o")), values, zone, back)
    found = days.rest(place, limit) if place else []
    for day in days.beyond(place):
        if len(found) == limit:
            break
        found += days.items(day, limit - len(found))
    return found[::-1] if back else found


@dataclass(frozen=True, slots=True)
class _Days:
    """The days of the list in a zone, the newest first, or the oldest if it is read `back`; so are the items
    of each.

    The index has the days of UTC. A day of the zone is a part of one, or of two.
    """

    reader: Reader
    source: str
    """SQL: the table with the condition of the filters."""
    leads: str
    """SQL: the condition that a change represents those of its day with the same edit."""
    values: Values
    """Those of the filters."""
    zone: ZoneInfo
    back: bool

    def items(self, day: LocalDay, limit: int, place: Item | None = None, step: str = "1") -> list[Item]:
        """The first items of a day that are in this step beyond a place."""
        signs = {"less": ">", "more": "<"} if self.back else {"less": "<", "more": ">"}
        order = ("DESC", "ASC") if self.back else ("ASC", "DESC")
        sql = (
            f"SELECT {_COLUMNS} FROM {self.source}"  # noqa: S608 - words of ours only
            f" AND c.day = :of_utc AND c.found_at >= :first AND c.found_at < :end AND {step.format(**signs)}"
            f" AND {self.leads}"
            f" ORDER BY c.site {order[0]}, c.significance {order[1]}, c.id {order[1]} LIMIT :limit"
        )
        values = self.values | _day_values(day) | {"limit": limit}
        if place:
            values |= {f"at_{name}": getattr(place, name) for name in ("site", "significance", "id")}
        parts = [_items(self.reader, sql, {**values, "of_utc": utc}) for utc in day.of_utc]
        return sorted(chain(*parts), key=_rank, reverse=self.back)[:limit]

    def rest(self, place: Item, limit: int) -> list[Item]:
        """What is beyond a place in its own day."""
        day = self._day_of(place)
        found: list[Item] = []
        for step in _STEPS:
            found += self.items(day, limit - len(found), place, step)
        return found

    def beyond(self, place: Item | None) -> Iterator[LocalDay]:
        """The days beyond that of a place, or all of them; some may have no items."""
        last, touched = None, list[str]()
        if place:
            day = self._day_of(place)
            last, touched = day.name, sorted(day.of_utc, reverse=not self.back)
        for utc in chain(touched, self._of_utc(touched[-1] if touched else None)):
            for name in sorted(days_of(utc, self.zone), reverse=not self.back):
                if last is None or (name > last if self.back else name < last):
                    last = name
                    yield local_day(name, self.zone)

    def _of_utc(self, last: str | None) -> Iterator[str]:
        """The days of UTC beyond the last one, or all of them, that have changes."""
        sign, order = (">", "ASC") if self.back else ("<", "DESC")
        while True:
            beyond = f" AND c.day {sign} :last" if last is not None else ""
            sql = f"SELECT c.day FROM {self.source}{beyond} ORDER BY c.day {order} LIMIT 1"  # noqa: S608 - ours
            row = self.reader.db.conn.execute(sql, {**self.values, "last": last}).fetchone()
            if row is None:
                return
            (last,) = row
            yield str(last)

    def _day_of(self, place: Item) -> LocalDay:
        return local_day(day_of(place.found_at, self.zone), self.zone)


def _rank(one: Item) -> tuple[str, float, int]:
    """The place of an item in its day."""
    return one.site, -one.significance, -one.id


def latest(reader: Reader, filters: Filters, limit: int) -> list[Item]:
    """The items that were found last, the latest first, whatever their significance; by days of UTC."""
    wanted, values = _conditions(reader, filters)
    sql = (
        f"SELECT {_COLUMNS} FROM changes AS c INDEXED BY changes_by_day"  # noqa: S608 - words of ours only
        f" WHERE {wanted} AND {_leads(reader, filters, 'o.day = c.day')}"
        " ORDER BY c.day DESC, c.id DESC LIMIT :limit"
    )
    return _items(reader, sql, {**values, "limit": limit})


def found_after(
    reader: Reader, after: int, *, site: str | None, kind: str | None, shelf: str, limit: int
) -> list[Item]:
    """The changes of a shelf with a larger id, of one site or of all, of one kind or of any, in the order in
    which they were found."""
    wanted = {"c.site = :site": site, "c.kind = :kind": kind}
    # By id and by no index: whoever polls asks for few, and they are the last ones.
    more = "".join(f" AND {sql}" for sql, value in wanted.items() if value is not None)
    sql = (
        f"SELECT {_COLUMNS} FROM changes AS c NOT INDEXED"  # noqa: S608 - words of ours only
        f" WHERE c.id > :after AND c.visibility = :shelf{more} ORDER BY c.id LIMIT :limit"
    )
    values = {"after": after, "site": site, "kind": kind, "shelf": shelf, "limit": limit}
    return _items(reader, sql, values)


def last_change(reader: Reader) -> int:
    """The largest id that a change has ever had, also of a removed site; 0 before the first one."""
    sql = (
        "SELECT max((SELECT coalesce(max(id), 0) FROM changes),"
        " (SELECT coalesce(max(last_change), 0) FROM removals))"
    )
    return int(reader.db.conn.execute(sql).fetchone()[0])


def next_to_review(reader: Reader, filters: Filters, change: Item, zone: ZoneInfo = UTC) -> Item | None:
    """The next change of the list, by days of the zone, without a verdict; after the end, the first one."""
    still = replace(filters, reviewed="no") if filters.reviewed == "all" else filters
    found = items(reader, still, after=change, limit=1, zone=zone) or items(reader, still, limit=1, zone=zone)
    return next((one for one in found if one.id != change.id), None)


def fellows(
    reader: Reader, filters: Filters, change: Item, limit: int = -1, zone: ZoneInfo = UTC
) -> list[Item]:
    """The other changes of that day of the zone and that site with the same edit, the latest first."""
    where, values = _fellowship(reader, filters, change, zone)
    sql = f"SELECT {_COLUMNS} FROM changes AS c WHERE {where} ORDER BY c.id DESC LIMIT :limit"  # noqa: S608
    return _items(reader, sql, {**values, "limit": limit}) if change.similar_edit else []


def count_fellows(reader: Reader, filters: Filters, change: Item, zone: ZoneInfo = UTC) -> int:
    """Return the number of other changes of that day of the zone with the same edit."""
    where, values = _fellowship(reader, filters, change, zone)
    ((count,),) = reader.db.conn.execute(f"SELECT count(*) FROM changes AS c WHERE {where}", values)  # noqa: S608
    return int(count)


def _fellowship(reader: Reader, filters: Filters, change: Item, zone: ZoneInfo) -> tuple[str, Values]:
    wanted, values = _conditions(reader, filters)
    day = local_day(day_of(change.found_at, zone), zone)
    mine = {"similar_edit": change.similar_edit, "of": change.site, "id": change.id}
    return (
        "c.similar_edit = :similar_edit AND c.site = :of"
        f" AND {_OF_DAY.format(a='c')} AND c.id <> :id AND {wanted}",
        values | mine | _day_values(day),
    )


def _day_values(day: LocalDay) -> Values:
    """The values that `_OF_DAY` needs, by name."""
    return {"first": day.first, "end": day.end, "touched": json.dumps(day.of_utc)}


def tally(reader: Reader, filters: Filters) -> ReviewTally:
    """Count the changes and those with a verdict, whatever `reviewed` is; at most MOST_COUNTED are looked
    at."""
    most = MOST_SEARCHED if filters.words else MOST_COUNTED
    wanted, values = _conditions(reader, replace(filters, reviewed="all"))
    sql = (
        "SELECT count(verdict), count(*) FROM"  # noqa: S608 - words of ours only
        " (SELECT verdict FROM changes AS c INDEXED BY changes_by_day"
        f" WHERE {wanted} LIMIT :limit)"
    )
    ((reviewed, of),) = reader.db.conn.execute(sql, {**values, "limit": most})
    return ReviewTally(reviewed, of, more=of == most)


def languages(reader: Reader) -> list[str]:
    """The languages of all pages."""
    rows = reader.db.conn.execute(
        "WITH RECURSIVE found(language) AS ("
        " SELECT min(language) FROM pages"
        " UNION ALL SELECT (SELECT min(language) FROM pages WHERE language > found.language)"
        " FROM found WHERE found.language IS NOT NULL"
        ") SELECT language FROM found WHERE language IS NOT NULL"
    )
    return [language for (language,) in rows]


def _conditions(reader: Reader, filters: Filters, a: str = "c") -> tuple[str, Values]:
    """The SQL condition of the filters on the change with the alias `a`."""
    judged = {"no": "IS NULL", "yes": "IS NOT NULL", "important": "= 'important'", "noise": "= 'noise'"}
    condition, values = _words_condition(reader, filters.words, a)
    wanted = {
        f"{a}.visibility = :shelf": True,
        f"{a}.verdict {judged.get(filters.reviewed)}": filters.reviewed != "all",
        f"{a}.site = :site": filters.site,
        f"has_tag({a}.site, :tag)": filters.tag,
        f"{a}.kind = :kind": filters.kind,
        f"{a}.day >= substr(:since, 1, 10) AND {a}.found_at >= :since": filters.since,
        f"{a}.day <= substr(:until, 1, 10) AND {a}.found_at <= :until": filters.until,
        f"{a}.significance >= :weight": filters.weight,
        f"(SELECT language FROM pages WHERE pages.id = {a}.page) = :language": filters.language,  # noqa: S608
        condition: filters.words,
    }
    for name in ("shelf", "site", "tag", "kind", "since", "until", "weight", "language"):
        values[name] = getattr(filters, name)
    return " AND ".join(sql for sql, applies in wanted.items() if applies), values


def _leads(reader: Reader, filters: Filters, of_day: str) -> str:
    """The SQL condition that `c` is the latest of the changes with the same edit, of those of a day."""
    others, _ = _conditions(reader, filters, "o")
    return f"(c.similar_edit IS NULL OR NOT EXISTS ({_LED.format(of_day=of_day, others=others)}))"


def _words_condition(reader: Reader, words: str, a: str) -> tuple[str, Values]:
    """The SQL condition that the text before or after a change has the words.

    Rare words are looked up once, for the representing change. For frequent words each change is tested, and
    many match.
    """
    query = parse(words)
    if not query:
        return "0", {}
    versions = _versions_with(reader, query)
    if a == "c" and len(versions.sure) <= FEW and len(versions.doubtful) <= FEW_TEXTS:
        ids = [version for version in versions.sure | versions.doubtful if version in versions]
        changes = reader.db.conn.execute(_CHANGES_OF, [json.dumps(ids)])
        found = json.dumps([change for (change,) in changes])
        return "c.id IN (SELECT value FROM json_each(:found))", {"found": found}
    reader.db.conn.create_function("has_words", 1, versions.__contains__)
    return _IN_EVERY_VERSION.format(a=a), {}


_found: WeakKeyDictionary[Reader, Matches] = WeakKeyDictionary()
"""The last lookup of each reader: all entries of a list search for the same words."""


def _versions_with(reader: Reader, query: Query) -> Matches:
    """The versions that have the words; looked up once while the reader holds one snapshot."""
    known = _found.get(reader)
    if known is None or known.query != query or not reader.db.conn.in_transaction:
        known = _found[reader] = versions_with(reader.db.conn, query)
    return known


def _index(filters: Filters) -> str:
    return "changes_by_day" if filters.reviewed in ("all", "yes") else "changes_by_verdict"


def _items(reader: Reader, sql: str, values: Values) -> list[Item]:
    return read(Item, reader.db.conn.execute(sql, values))
