"""Learning a site's boilerplate from what is stored of it.

It is learned once a first run has a handful of articles, which are fetched a second time at once, so that
what never stands still shows; and again at the end of a run that has brought many more. A newly learned
template never makes a change: both sides of every comparison are read with the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crawler.extract import ExtractionError
from crawler.parts import split
from crawler.site import Site
from crawler.template import EMPTY, LEAST_PAGES, Decision, Piece, Template, learn, shows
from crawler.times import iso, now
from storage.rows import Values, VersionRow
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
        self._learned = Template.from_json(saved.pieces) if saved else EMPTY
        self.template = known(store, site.name)
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
            pages = {str(v.page): bodies for v in versions if (bodies := self._captures(v))}
            found = learn(pages, version=self.template.version + 1)
        except ExtractionError:
            return False
        self._learned_from = len(pages)
        if self.template.version and _pieces(found) == _pieces(self._learned):
            return False
        self._keep(replace(found, before=self._learned.before), len(pages))
        return True

    def learn_design(self, pages: Mapping[str, Sequence[bytes]]) -> None:
        """Learn the new design that these pages show. Raises ExtractionError."""
        self._learned_from = len(pages)
        found = learn(pages, version=self.template.version + 1)
        self._keep(self._learned.redesigned(found), len(pages))

    def _keep(self, found: Template, pages: int) -> None:
        self._learned = found
        self.template = found.decided(decisions(self.store, self.site.name))
        self.store.add_template(template_row(self.site.name, found, pages))

    def _captures(self, version: VersionRow) -> list[bytes]:
        """The bodies of an article that show the site's present design."""
        kept = self.store.last_good_body(version.page)
        second = self._second.get(version.page, b"")
        bodies = ([self.store.body(kept)] if kept else []) + ([second] if len(second) > 1 else [])
        first_parts = [split(body)[0] for body in bodies]
        if not self.template.before:
            return first_parts
        return [body for body in first_parts if shows(body, str(version.page), self.template)]


def template_row(site: str, template: Template, pages: int) -> Values:
    """A template, learned from so many pages, as the store keeps it."""
    return {
        "site": site,
        "version": template.version,
        "learned_at": iso(now()),
        "pages": pages,
        "pieces": template.to_json(),
    }


def known(store: Store, site: str) -> Template:
    """The boilerplate of a site as it is learned and decided on; the empty one before that."""
    saved = store.template(site)
    learned = Template.from_json(saved.pieces) if saved else EMPTY
    return learned.decided(decisions(store, site))


def decisions(store: Store, site: str) -> list[Decision]:
    """What people have decided of pieces of the site's template."""
    return [Decision(row.path, row.text, bool(row.boilerplate)) for row in store.pins(site)]


def _pieces(template: Template) -> list[frozenset[Piece]]:
    """What is cut of the pages as the site shows them now."""
    return [design.pieces for design in (template, *template.kinds)]
