"""Stores suspects: texts of a page that are kept apart until a later run confirms them or the old text is
back."""

from __future__ import annotations

from variorum.storage.rows import SuspectRow, Values
from variorum.storage.tables import Tables


class Suspects(Tables):
    """Reads and writes suspects. A page has at most one open suspect."""

    def suspect(self, page: int) -> SuspectRow | None:
        """The open suspect of a page."""
        return self._one(SuspectRow, "SELECT * FROM suspects WHERE page = ? AND closed_at IS NULL", [page])

    def suspects_with_text(self, site: str, digest: str, page: int) -> int:
        """The number of other pages of the site with an open suspect of the same text."""
        row = self.db.conn.execute(
            "SELECT count(*) FROM suspects WHERE site = ? AND digest = ? AND page <> ? AND closed_at IS NULL",
            [site, digest, page],
        ).fetchone()
        return int(row[0])

    def keep_suspect(self, page: int, values: Values) -> None:
        """Store the page's suspect in place of an earlier one.

        `values` are columns; `since` and `run` of an open suspect stay, and `times` counts the runs.
        """
        with self.writing():
            known = self.suspect(page)
            if known is None:
                self._insert("suspects", {"page": page, **values, "since": values["last_at"]})
                return
            times = known.times + (known.last_run != values["last_run"])
            self._update("suspects", known.id, {**values, "times": times, "runs_unchanged": 0})

    def count_unchanged(self, suspect: SuspectRow, at: str, run: int) -> None:
        """Count a run in which the page showed its latest version, while two texts alternate."""
        with self.writing():
            unchanged = suspect.runs_unchanged + (suspect.last_run != run)
            values: Values = {"runs_unchanged": unchanged, "times": 0, "last_at": at, "last_run": run}
            self._update("suspects", suspect.id, values)

    def close_suspect(self, page: int, at: str, became: str) -> None:
        """Close the page's suspect as `confirmed` or `dismissed`; does nothing if there is none."""
        with self.writing():
            self._run(
                "UPDATE suspects SET closed_at = ?, became = ? WHERE page = ? AND closed_at IS NULL",
                [at, became, page],
            )
