"""The database connection that the modules of the store share."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self, TypeVar

from variorum.storage.database import open_database, return_space, writing
from variorum.storage.library import Database
from variorum.storage.rows import Values, read

Row = TypeVar("Row")


class Tables:
    """A database that is written to."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file `path`, created if it does not exist. Raises StoreError."""
        return cls(open_database(path))

    def close(self) -> None:
        """Close the connection to the database."""
        self.db.close()

    def return_space(self) -> None:
        """Return what the file does not use to the disk, as `variorum.storage.database.return_space` does."""
        return_space(self.db)

    def writing(self) -> AbstractContextManager[None]:
        """One transaction: everything written inside is stored, or nothing."""
        return writing(self.db)

    def _run(self, sql: str, values: list[Any] | Values) -> None:
        self.db.conn.execute(sql, values)

    def _all(self, kind: type[Row], sql: str, values: list[Any]) -> list[Row]:
        return read(kind, self.db.conn.execute(sql, values))

    def _one(self, kind: type[Row], sql: str, values: list[Any]) -> Row | None:
        rows = self._all(kind, sql, values)
        return rows[0] if rows else None

    def _exists(self, sql: str, values: list[Any] | Values) -> bool:
        return self.db.conn.execute(sql, values).fetchone() is not None

    def _insert(self, table: str, values: Values) -> int:
        # By hand: a first run inserts tens of thousands, and the library looks at the schema for each.
        names, marks = ", ".join(values), ", ".join("?" for _ in values)
        sql = f"INSERT INTO {table}({names}) VALUES ({marks})"  # noqa: S608 - names of ours only
        return int(self.db.conn.execute(sql, [*values.values()]).lastrowid or 0)

    def _update(self, table: str, row: int | str, values: Values) -> None:  # by hand, as _insert is
        sets = ", ".join(f"{name} = ?" for name in values)
        key = "name" if table == "sites" else "id"
        if values:
            self._run(f"UPDATE {table} SET {sets} WHERE {key} = ?", [*values.values(), row])  # noqa: S608
