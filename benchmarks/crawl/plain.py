"""What one would write in an hour: a sitemap spider, trafilatura, and a table of versions.

    python -m benchmarks.crawl.plain SITEMAP DATABASE

It fetches each page of the sitemap, extracts its text, and stores body and text where the text differs from
the last one. It has no validators, no template, no outcomes.
"""

from __future__ import annotations

import sqlite3
import sys
import zlib
from typing import Any, Self

import trafilatura
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import Response
from scrapy.spiders import SitemapSpider
from trafilatura.settings import Document

TABLE = """CREATE TABLE IF NOT EXISTS versions (
    id INTEGER PRIMARY KEY, url TEXT, seen_at TEXT DEFAULT CURRENT_TIMESTAMP,
    title TEXT, date TEXT, text TEXT, body BLOB)"""
INDEX = "CREATE INDEX IF NOT EXISTS by_url ON versions (url, id)"
LAST = "SELECT text FROM versions WHERE url = ? ORDER BY id DESC LIMIT 1"
ADD = "INSERT INTO versions (url, title, date, text, body) VALUES (?, ?, ?, ?, ?)"


class Pages(SitemapSpider):
    name = "pages"

    def parse(self, response: Response, **_: Any) -> Any:
        document = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if isinstance(document, Document):
            yield {
                "url": response.url,
                "title": document.title,
                "date": document.date,
                "text": document.text,
                "body": response.body,
            }


class Versions:
    def __init__(self, database: str) -> None:
        self.db = sqlite3.connect(database)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute(TABLE)
        self.db.execute(INDEX)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings["DATABASE"])

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        last = self.db.execute(LAST, [item["url"]]).fetchone()
        if last is None or last[0] != item["text"]:
            packed = zlib.compress(item["body"])
            self.db.execute(ADD, [item["url"], item["title"], item["date"], item["text"], packed])
            self.db.commit()
        return item

    def close_spider(self) -> None:
        self.db.close()


def main(sitemap: str, database: str) -> None:
    settings = {
        "ITEM_PIPELINES": {Versions: 300},
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
        "DATABASE": database,
        "LOG_LEVEL": "WARNING",
    }
    process = CrawlerProcess(settings)
    process.crawl(Pages, sitemap_urls=[sitemap])
    process.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
