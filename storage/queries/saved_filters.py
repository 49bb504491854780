"""Stores the filters that reviewers save under a name; all reviewers share them."""

from __future__ import annotations

from dataclasses import dataclass

from variorum.storage.reader import Reader
from variorum.storage.rows import read
from variorum.storage.tables import Tables


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A selection of the list of changes, with its name."""

    name: str
    query: str
    """The query of its address, with the question mark."""
    reviewer: str
    at: str


class SavedFilters(Tables):
    """The database of a workspace, for saving filters."""

    def save(self, one: SavedFilter) -> None:
        """Store a filter; one of the same name is replaced."""
        with self.writing():
            self._run("DELETE FROM saved_filters WHERE name = ?", [one.name])
            values = {"name": one.name, "query": one.query, "reviewer": one.reviewer, "at": one.at}
            self._insert("saved_filters", values)

    def delete(self, name: str) -> None:
        """Delete the filter of that name, if there is one."""
        with self.writing():
            self._run("DELETE FROM saved_filters WHERE name = ?", [name])


def saved_filters(reader: Reader) -> list[SavedFilter]:
    """All saved filters, by name."""
    return read(SavedFilter, reader.db.conn.execute("SELECT * FROM saved_filters ORDER BY name"))
