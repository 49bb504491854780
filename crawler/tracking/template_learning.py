"""Learning a site's boilerplate from what is stored of it.

It is learned once a first run has a handful of articles, which are fetched a second time at once, so that
what never stands still shows; and again at the end of a run that has brought many more. A newly learned
template never makes a change: both sides of every comparison are read with the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crawler.config.site import Site
from crawler.extraction.boilerplate.recurrence import LEAST_PAGES, SAME_KIND, learn
from crawler.extraction.boilerplate.template import (
    EMPTY,
    SAME_DESIGN,
    Decision,
    Piece,
    Template,
    jaccard,
    shows,
)
from crawler.extraction.extract import ExtractionError
from crawler.extraction.html.article_parts import split
from crawler.extraction.html.dom_paths import lasting, names_in
from crawler.times import iso, now
from storage.rows import Values
from storage.store import Store

TWICE = 8
"""So many articles of each kind of pages are fetched twice, when that kind is first seen."""
MOST_KINDS = 4
"""Of so many kinds at most, so that a site on which no page is like another is not asked for all twice."""
SAMPLE = 30
"""A template is learned from so many articles, and those fetched twice: more change little and cost time."""
SECOND_LOOK = "fetched twice, to learn what never stands still"
"""The reason of such a capture. Over a longer time than that of a run a page may have been edited."""


class Learner:
    """What is known of a site's boilerplate, and how it grows in a run."""

    def __init__(self, store: Store, site: Site) -> None:
        self.store, self.site = store, site
        saved = store.template(site.name)
        self._learned = Template.from_json(saved.pieces) if saved else EMPTY
        self.template = known(store, site.name)
        self._learned_from = saved.pages if saved else 0
        self._awaited: set[int] = set()
        self._kinds: list[list[frozenset[str]]] = []  # the names on the pages that are fetched twice
        self._odd = 0  # so many new pages were of no known kind
        self._twice = 0  # so many second fetches have come since it was last learned from them

    @property
    def owes(self) -> bool:
        """Whether so little is known of the site that its boilerplate can't be told from its articles yet.

        It is owed until it is learned, by whichever run comes next.
        """
        return not self.template.version or self._learned_from < LEAST_PAGES

    def wants_twice(self, page: int, body: bytes) -> bool:
        """Whether this article should be fetched once more now, as one of the first of its kind."""
        if not self.owes and shows(body, self.template):
            return False
        self._odd += not self.owes
        names = lasting(names_in(body))
        kind = next((some for some in self._kinds if _is_one_of(names, some)), None)
        if kind is None:
            if len(self._kinds) >= MOST_KINDS:
                return False
            self._kinds.append(kind := [])
        if len(kind) >= TWICE:
            return False
        kind.append(names)
        self._awaited.add(page)
        return True

    def awaits(self, page: int) -> bool:
        """Whether the fetch that now comes is such a second one."""
        return page in self._awaited

    def saw(self, page: int) -> bool:
        """The second fetch of an article has come; whether there is enough now to begin with."""
        self._awaited.discard(page)
        self._twice += 1
        return self.owes and self._twice >= TWICE and not self._awaited

    def is_due(self) -> bool:
        """Whether there is so much more to learn from than there was that it should be done anew."""
        if self._twice or self._odd >= LEAST_PAGES:
            return True
        articles = self.store.count_articles(self.site.name)
        return articles >= max(LEAST_PAGES, 2 * self._learned_from) and self._learned_from < SAMPLE

    def learn(self) -> bool:
        """Learn from what is stored by now; whether the template is another than before."""
        self._twice = self._odd = 0
        sample = [version.page for version in self.store.latest_versions(self.site.name, SAMPLE)]
        sample += self.store.pages_looked_at(self.site.name, SECOND_LOOK, MOST_KINDS * TWICE)
        try:
            pages = {str(page): bodies for page in sample if (bodies := self._captures(page))}
            found = learn(pages, version=self.template.version + 1)
        except ExtractionError:
            return False
        self._learned_from = len(pages)
        if self.template.version and _pieces(found) == _pieces(self._learned):
            self.store.confirm_template(self.site.name, self.template.version, len(pages))
            return False
        self.keep(replace(found, before=self._learned.before), len(pages))
        return True

    def new_design(self, pages: Mapping[str, Sequence[bytes]]) -> tuple[Template, bool]:
        """The template with the design that these pages show; and whether that is more than a new build.

        Raises ExtractionError.
        """
        found = learn(pages, version=self.template.version + 1)
        still = self._learned.frame & found.frame
        is_new = len(still) < SAME_DESIGN * len(self._learned.frame)
        return self._learned.redesigned(found), is_new

    def keep(self, found: Template, pages: int) -> None:
        """Store a template learned from so many pages; it holds from now on."""
        self._learned, self._learned_from = found, pages
        self.template = found.decided(decisions(self.store, self.site.name))
        self.store.add_template(template_row(self.site.name, found, pages))

    def _captures(self, page: int) -> list[bytes]:
        """The bodies of an article that show the site's present design: of the run that fetched it twice."""
        bodies = self.store.looks(page, SECOND_LOOK)
        first_parts = [split(body)[0] for body in map(self.store.body, bodies)]
        return [body for body in first_parts if not self.template.before or shows(body, self.template)]


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
    return [Decision(row.path, row.text, bool(row.boilerplate)) for row in store.template_overrides(site)]


def _is_one_of(names: frozenset[str], kind: Sequence[frozenset[str]]) -> bool:
    return any(jaccard(names, other) >= SAME_KIND for other in kind)


def _pieces(template: Template) -> list[frozenset[Piece]]:
    """What is cut of the pages as the site shows them now."""
    return [design.pieces for design in (template, *template.kinds)]
