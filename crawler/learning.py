"""Learning a site's boilerplate from what is stored of it.

It is learned once a first run has a handful of articles, which are fetched a second time at once, so that
what never stands still shows; and again at the end of a run that has brought many more. A newly learned
template never makes a change: both sides of every comparison are read with the same one.
"""

from __future__ import annotations

from crawler.extract import ExtractionError
from crawler.parts import split
from crawler.site import Site
from crawler.template import EMPTY, LEAST_PAGES, Template, learn
from crawler.times import iso, now
from storage.rows import VersionRow
from storage.store import Store

TWICE = 5
"""So many articles are fetched twice in a first run."""
SAMPLE = 30
"""A template is learned from so many articles at most: more change little and cost time."""


class Learner:
    """What is known of a site's boilerplate, and how it grows in a run."""

    def __init__(self, store: Store, site: Site) -> None:
        self.store, self.site = store, site
        saved = store.template(site.name)
        self.template = Template.from_json(saved.pieces) if saved else EMPTY
        self._learned_from = saved.pages if saved else 0
        self._second: dict[int, bytes] = {}

    def wants_twice(self, page: int) -> bool:
        """Whether this article should be fetched once more now."""
        if self.template.version or len(self._second) >= TWICE:
            return False
        self._second[page] = b""
        return True

    def awaits(self, page: int) -> bool:
        """Whether the fetch that now comes is such a second one."""
        return self._second.get(page) == b""

    def saw(self, page: int, body: bytes) -> bool:
        """Keep the second body of an article; whether it was the last one waited for."""
        self._second[page] = body or b"-"
        return len(self._second) >= TWICE and all(self._second.values())

    def is_due(self) -> bool:
        """Whether there is so much more to learn from than there was that it should be done anew."""
        articles = self.store.count_articles(self.site.name)
        return articles >= max(LEAST_PAGES, 2 * self._learned_from) and self._learned_from < SAMPLE

    def learn(self) -> bool:
        """Learn from what is stored by now; whether the template is another than before."""
        versions = self.store.latest_versions(self.site.name, SAMPLE)
        try:
            found = learn(
                {str(v.page): self._captures(v) for v in versions}, version=self.template.version + 1
            )
        except ExtractionError:
            return False
        self._learned_from = len(versions)
        if found.pieces == self.template.pieces and self.template.version:
            return False
        self.template = found
        self.store.add_template(
            {
                "site": self.site.name,
                "version": found.version,
                "learned_at": iso(now()),
                "pages": len(versions),
                "pieces": found.to_json(),
            }
        )
        return True

    def _captures(self, version: VersionRow) -> list[bytes]:
        kept = self.store.capture(version.capture).body
        bodies = [split(self.store.body(kept))[0]] if kept else []
        second = self._second.get(version.page, b"")
        return bodies + ([split(second)[0]] if len(second) > 1 else [])
