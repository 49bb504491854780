"""A store of one page, whose versions a test adds."""

from __future__ import annotations

from pathlib import Path

from tests.empty_store import begin_store
from variorum.storage.bodies import digest_of
from variorum.storage.store import Store

AT = "2026-03-01T06:00:00Z"


class History:
    """A store of one page, whose versions are added as a crawl adds them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        begin_store(path)
        self.store = Store.open(path)
        self.store.enrol("ormhead", "https://ormhead.example/")
        values = {"site": "ormhead", "url": "https://ormhead.example/", "found_at": AT, "found_by": "seed"}
        self.page = self.store.add_page(values, "ormhead.example/").id
        self.number = 0

    def add(self, text: str, links: str | None = None, title: str = "Log") -> int:
        """Add a version with this text, these links and this title; its id."""
        self.number += 1
        fetch = {"page": self.page, "fetched_at": AT, "url": "https://ormhead.example/", "status": 200}
        capture = self.store.add_capture({**fetch, "outcome": "ok", "reason": ""})
        values = {"page": self.page, "number": self.number, "capture": capture, "captured_at": AT, "words": 1}
        return self.store.add_version({**values, **of(text, title), "links": links})

    def size(self, version: int) -> int:
        """The bytes that the version's text takes in the store."""
        sql = "SELECT length(CAST(text AS BLOB)) FROM versions WHERE id = ?"
        return int(self.store.db.conn.execute(sql, [version]).fetchone()[0])

    def texts(self) -> list[str]:
        """All texts, as readers get them."""
        return [version.text for version in self.store.versions_of(self.page)]


def of(text: str, title: str = "Log") -> dict[str, str]:
    """The columns of a version that depend on its title and text."""
    digest = digest_of(f"{title}\n\n{text}".encode())
    return {"title": title, "text": text, "digest": digest, "extractor": "x"}
