"""Merges two pages that turn out to be one: everything that refers to one page refers to the other
afterwards.

Nothing is lost. The versions of both form one history in the order of time. A version that only repeats its
neighbour from the other page stays on the row of the absorbed page, because its seals name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from variorum.storage import seals
from variorum.storage.history import NAMING, History
from variorum.storage.rows import PageRow, Values, VersionRow
from variorum.storage.text_index import index

KEPT_APART = {"versions", "seals", "rewritings", "listings"}
"""Tables that refer to pages and are merged by rules of their own."""
CONTENT = (
    "state", "kind", "title", "language", "agrees", "part_count", "etag", "last_modified",
    "text_digest", "body_digest", "missing_since", "missing_run",
)  # fmt: skip
"""Columns of a page that describe how it was last seen."""
FIRST, LAST = ("found_at",), ("checked_at", "seen_at", "changed_at", "stale_since")
EITHER = ("source_id", "published", "published_by", "modified", "source_text_digest")
"""Columns of which the earlier value, the later value, or the known value is kept."""


class MergedHistory(NamedTuple):
    """The merged history of two pages."""

    versions: list[VersionRow]
    twins: dict[int, int]
    """Ids of versions of the absorbed page that stay on its row, each with the id of the version it
    repeats."""


def in_order(own: Sequence[VersionRow], other: Sequence[VersionRow], *, other_is_last: bool) -> MergedHistory:
    """Order the versions of a page and of one that it absorbs, by the time of their captures.

    The last one belongs to the page that was seen last: the next fetch is compared with it.
    """
    final = (list(other) if other_is_last else list(own))[-1:] or [*own, *other][-1:]
    absorbed = {version.id for version in other}
    rest = [version for version in (*own, *other) if version.id != (final[0].id if final else None)]
    found, twins = MergedHistory([], {}), {}
    for version in [*sorted(rest, key=lambda v: (v.captured_at, v.id in absorbed, v.number)), *final]:
        before = found.versions[-1] if found.versions else None
        if before is None or before.digest != version.digest or before.page == version.page:
            found.versions.append(version)
        elif version.id in absorbed:
            twins[version.id] = before.id
        else:
            found.versions[-1] = version
            twins[before.id] = version.id
    found.twins.update({twin: _end(twins, twin) for twin in twins})
    return found


def _end(twins: Mapping[int, int], version: int) -> int:
    while version in twins:
        version = twins[version]
    return version


class Merging(History):
    """Merges two pages in the database."""

    def absorb(self, page: int, into: int) -> None:
        """Merge `page` into `into`: all that refers to `page` refers to `into` afterwards.

        The row of `page` stays in the state `absorbed` where a seal names it; it is shown nowhere.
        """
        with self.writing():
            own, other = self._page(into), self._page(page)
            last = other if _is_seen_later(other, own) else own
            order = in_order(
                self.versions_of(into), self.versions_of(page), other_is_last=last.id == other.id
            )
            self._put_in_order(order, own, other)
            if last.state == "live":
                self._is_still_there(own if last is other else other)
            self._turn(page, into)
            stays = self._referred(page)
            if stays:
                self._put_away(other)
            else:
                self._run("DELETE FROM pages WHERE id = ?", [page])
            self._update("pages", into, _joined(own, other, last) | self._latest(into))

    # ---- inside

    def _page(self, page: int) -> PageRow:
        return self._all(PageRow, "SELECT * FROM pages WHERE id = ?", [page])[0]

    def _put_in_order(self, order: MergedHistory, own: PageRow, other: PageRow) -> None:
        """Number the versions again, and update what refers to them."""
        if not any(version.page == other.id for version in order.versions) and not order.twins:
            return
        places = {version.id: number for number, version in enumerate(order.versions, start=1)}
        here, there = self.versions_of(own.id), self.versions_of(other.id)
        for page, versions in ((own.id, here), (other.id, there)):
            self._rename(page, {v.number: places[order.twins.get(v.id, v.id)] for v in versions})
        # Past each other by way of negative numbers: no two may be the same at any time.
        self._run("UPDATE versions SET number = -number WHERE page IN (?, ?)", [own.id, other.id])
        for version, number in places.items():
            self._run("UPDATE versions SET page = ?, number = ? WHERE id = ?", [own.id, number, version])
        for number, twin in enumerate((v for v in there if v.id in order.twins), start=1):
            self._run("UPDATE versions SET number = ? WHERE id = ?", [number, twin.id])
            index.remove(self.db.conn, twin.id, twin.title, twin.text)
        self._seal(version.id for version in (*order.versions, *there))
        self._run("INSERT INTO rewritings(page) VALUES (?)", [own.id])

    def _rename(self, page: int, numbers: Mapping[int, int]) -> None:
        for table, column in (*NAMING, ("suspects", "old_version")):
            for old, new in numbers.items():
                self._run(
                    f"UPDATE {table} SET {column} = ? WHERE page = ? AND {column} = ?",  # noqa: S608 - our names
                    [-new, page, old],
                )
            self._run(
                f"UPDATE {table} SET {column} = -{column} WHERE page = ? AND {column} < 0",  # noqa: S608 - our names
                [page],
            )

    def _seal(self, versions: Iterable[int]) -> None:
        for version in dict.fromkeys(versions):
            seals.seal(self.db.conn, version)

    def _is_still_there(self, page: PageRow) -> None:
        """Remove what was recorded as the page's end: the merged page is still there."""
        self._run(
            "UPDATE changes SET page_removed = 0 WHERE page_removed AND id = (SELECT max(id) FROM changes"
            " WHERE page = ? AND kind IN ('gone', 'returned', 'moved'))",
            [page.id],
        )

    def _turn(self, page: int, into: int) -> None:
        """Let every reference to the page refer to the other, except where the other has an equal row
        already."""
        self._run(
            "INSERT INTO listings(page, source, first_run, last_run, modified)"
            " SELECT ?, source, first_run, last_run, modified FROM listings WHERE page = ?"
            " ON CONFLICT(page, source) DO UPDATE SET first_run = min(first_run, excluded.first_run),"
            " modified = CASE WHEN excluded.last_run >= last_run"
            " THEN coalesce(excluded.modified, modified) ELSE coalesce(modified, excluded.modified) END,"
            " last_run = max(last_run, excluded.last_run)",
            [into, page],
        )
        self._run("DELETE FROM listings WHERE page = ?", [page])
        for table, column in self._references():
            if table not in KEPT_APART:
                self._run(
                    f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 - names of the schema
                    [into, page],
                )

    def _references(self) -> list[tuple[str, str]]:
        """Every table and column that refers to pages, according to the schema."""
        rows = self.db.conn.execute(
            'SELECT m.name, f."from" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f'
            " WHERE m.type = 'table' AND f.\"table\" = 'pages' ORDER BY 1"
        )
        return [(table, column) for table, column in rows]

    def _referred(self, page: int) -> bool:
        return any(
            self._exists(f"SELECT 1 FROM {table} WHERE {column} = ?", [page])  # noqa: S608 - names of the schema
            for table, column in self._references()
            if table != "rewritings"
        )

    def _put_away(self, page: PageRow) -> None:
        """Keep the row, under an address that no page can have; exports withdraw the page."""
        left = self.db.conn.execute("SELECT max(number) FROM versions WHERE page = ?", [page.id]).fetchone()
        values: Values = {
            "state": "absorbed",
            "url": f"{page.url}#page-{page.id}",
            "source_id": None,
            "listed_url": None,
            "version": left[0],
        }
        self._update("pages", page.id, values)
        self._run("INSERT INTO rewritings(page) VALUES (?)", [page.id])

    def _latest(self, page: int) -> Values:
        row = self.db.conn.execute("SELECT max(number) FROM versions WHERE page = ?", [page]).fetchone()
        return {"version": row[0]}


def _is_seen_later(other: PageRow, own: PageRow) -> bool:
    """Whether the other page was seen later; a page with versions comes before one without."""
    return _standing(other) > _standing(own)


def _standing(page: PageRow) -> tuple[bool, bool, str]:
    return page.version is not None, page.state == "live", page.seen_at or ""


def _joined(own: PageRow, other: PageRow, last: PageRow) -> Values:
    """The columns of the merged page; `last` is the page that was seen last."""
    values: Values = {name: getattr(last, name) for name in CONTENT}
    values |= {n: _least([getattr(own, n), getattr(other, n)]) for n in FIRST}
    values |= {n: max(getattr(own, n) or "", getattr(other, n) or "") or None for n in LAST}
    first = own if _standing(own) >= _standing(other) else other
    second = other if first is own else own
    values |= {n: getattr(first, n) if getattr(first, n) is not None else getattr(second, n) for n in EITHER}
    if last is other:
        values |= {"etag": None, "last_modified": None}  # they are of the other address
    return values | {"checks": own.checks + other.checks}


def _least(moments: Sequence[str]) -> str:
    return min(moments)
