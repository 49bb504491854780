"""Learns the boilerplate of a site from its stored captures.

It is learned once a first run has a few articles, which are fetched a second time at once to see what differs
at each fetch; and again at the end of a run with many new articles. A newly learned template never makes a
change: both sides of every comparison are extracted with the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from variorum.crawler.config.site import Site
from variorum.crawler.extraction.boilerplate.recurrence import LEAST_PAGES, SAME_KIND, learn
from variorum.crawler.extraction.boilerplate.template import (
    EMPTY,
    SAME_DESIGN,
    Piece,
    Template,
    TemplateOverride,
    jaccard,
    shows,
)
from variorum.crawler.extraction.extract import ExtractionError
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.html.dom_paths import lasting, names_in
from variorum.crawler.times import iso, now
from variorum.crawler.tracking.classified_pages import ClassifiedPages
from variorum.crawler.tracking.records import LEARNING_FETCH
from variorum.storage.rows import Values
from variorum.storage.store import Store

TWICE = 8
"""Articles of each page type that are fetched twice, when that type is first seen."""
MOST_KINDS = 4
"""The number of page types whose articles are fetched twice; on some sites every page has a type of its
own."""
SAMPLE = 30
"""The number of articles from which a template is learned, besides those fetched twice: more change
little."""


class Learner:
    """The learned boilerplate of one site, and what one run adds to it."""

    def __init__(self, store: Store, site: Site) -> None:
        self.store, self.site = store, site
        saved = store.template(site.name)
        self._learned = Template.from_json(saved.pieces) if saved else EMPTY
        self.template = known(store, site.name)
        self._learned_from = saved.pages if saved else 0
        self.classified = ClassifiedPages(self._learned.paths)
        self._awaited: set[int] = set()
        self._kinds: list[list[frozenset[str]]] = []  # the names on the pages that are fetched twice
        self._unknown_design = 0  # the number of new pages of an unknown design
        self._twice = 0  # the number of second fetches since it was last learned

    @property
    def owes(self) -> bool:
        """Whether the boilerplate of the site still has to be learned.

        Any run can learn it, once there are enough articles.
        """
        return not self.template.version or self._learned_from < LEAST_PAGES

    def wants_twice(self, page: int, body: bytes) -> bool:
        """Whether to fetch this article a second time now, as one of the first of its page type."""
        if not self._has_enough_articles() if self.owes else shows(body, self.template):
            return False
        self._unknown_design += not self.owes
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

    def _has_enough_articles(self) -> bool:
        """Whether the site has as many articles as noise is learned from, with the pages never fetched."""
        articles = self.store.count_articles(self.site.name, LEAST_PAGES)
        return articles + self.store.waiting(self.site.name) >= LEAST_PAGES

    def await_second_look(self, page: int) -> None:
        """Learn from the next fetch of this page, which differs at each fetch."""
        self._awaited.add(page)

    def awaits(self, page: int) -> bool:
        """Whether the next fetch of this page is such a second one."""
        return page in self._awaited

    def saw(self, page: int) -> bool:
        """Record the second fetch of an article; whether there are now enough to learn from."""
        self._awaited.discard(page)
        self._twice += 1
        return self.owes and self._twice >= TWICE and not self._awaited

    def is_due(self) -> bool:
        """Whether there are enough new articles to learn the boilerplate again."""
        if self._twice or self._unknown_design >= LEAST_PAGES:
            return True
        articles = self.store.count_articles(self.site.name)
        return articles >= max(LEAST_PAGES, 2 * self._learned_from) and self._learned_from < SAMPLE

    def learn(self) -> bool:
        """Learn the template from the stored captures; whether its pieces differ from before."""
        self._twice = self._unknown_design = 0
        sample = [version.page for version in self.store.latest_versions(self.site.name, SAMPLE)]
        sample += self.store.pages_looked_at(self.site.name, LEARNING_FETCH, MOST_KINDS * TWICE)
        try:
            pages = {str(page): bodies for page in sample if (bodies := self._captures(page))}
            found = learn(pages, version=self.template.version + 1)
        except ExtractionError:
            return False
        self._learned_from = len(pages)
        if self.template.version and _pieces(found) == _pieces(self._learned):
            self.store.confirm_template(self.site.name, self.template.version, len(pages))
            return False
        same = replace(self._learned, paths=self.classified.scores)
        self.keep(same.learned_again(found), len(pages))
        return True

    def learn_paths(self) -> bool:
        """Add to the template what the pages classified in this run tell of their block paths.

        Its pieces are learned with them, where they come from few pages; whether these differ from before.
        """
        if self._learned_from < SAMPLE and self.learn():
            return True
        version = self.template.version + 1
        self.keep(replace(self._learned, version=version, paths=self.classified.scores), self._learned_from)
        return False

    def new_design(self, pages: Mapping[str, Sequence[bytes]]) -> tuple[Template, bool]:
        """The template with the design of these pages; and whether it is a redesign, not just a new build.

        Raises ExtractionError if a body can't be parsed.
        """
        found = learn(pages, version=self.template.version + 1)
        still = self._learned.frame & found.frame
        is_new = len(still) < SAME_DESIGN * len(self._learned.frame)
        return self._learned.redesigned(found), is_new

    def keep(self, found: Template, pages: int) -> None:
        """Store a template that was learned from that number of pages, and use it from now on."""
        self._learned, self._learned_from = found, pages
        self.classified = ClassifiedPages(found.paths)
        self.template = found.decided(decisions(self.store, self.site.name))
        self.store.add_template(template_row(self.site.name, found, pages))

    def _captures(self, page: int) -> list[bytes]:
        """The bodies of an article in the present design, from the run that fetched it twice."""
        bodies = self.store.looks(page, LEARNING_FETCH)
        first_parts = [split(body)[0] for body in map(self.store.body, bodies)]
        return [body for body in first_parts if not self.template.before or shows(body, self.template)]


def template_row(site: str, template: Template, pages: int) -> Values:
    """The row of a template that was learned from that number of pages."""
    return {
        "site": site,
        "version": template.version,
        "learned_at": iso(now()),
        "pages": pages,
        "pieces": template.to_json(),
    }


def known(store: Store, site: str) -> Template:
    """The template of a site with its overrides; the empty one if none is learned yet."""
    saved = store.template(site)
    learned = Template.from_json(saved.pieces) if saved else EMPTY
    return learned.decided(decisions(store, site))


def decisions(store: Store, site: str) -> list[TemplateOverride]:
    """The overrides that people have set for pieces of the site's template."""
    return [
        TemplateOverride(row.path, row.text, bool(row.boilerplate)) for row in store.template_overrides(site)
    ]


def _is_one_of(names: frozenset[str], kind: Sequence[frozenset[str]]) -> bool:
    return any(jaccard(names, other) >= SAME_KIND for other in kind)


def _pieces(template: Template) -> list[frozenset[Piece]]:
    """The pieces that are cut from pages of the present design, by page type."""
    return [design.pieces for design in (template, *template.kinds)]
