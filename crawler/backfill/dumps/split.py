"""Splits a dump into the articles that are recognised with confidence, and the remaining lines.

Repeated articles with dates come first (an archive, a list of teasers), then single articles in the remaining
lines. What then has text is unsplit; the rest is boilerplate.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, takewhile

from variorum.crawler.backfill.dumps.article import Article, Split, Unsplit
from variorum.crawler.backfill.dumps.article_list import archive
from variorum.crawler.backfill.dumps.boilerplate_lines import furniture, headlines
from variorum.crawler.backfill.dumps.date_lines import date_line
from variorum.crawler.backfill.dumps.lines import cleaned, is_prose, paragraphs, title_of
from variorum.crawler.backfill.dumps.single_article import singles

ADDRESS = re.compile(r"(?:[^\W\d_]+:\s*)?(https?://\S+)", re.IGNORECASE)
"""A line with only an address, or a label and an address: `Permalink: https://…`."""
HEAD = 3
"""The number of first lines of a dump in which its own address is looked for."""
NO_TITLE = "no title with a date and no known title shows where an article begins"
TWICE = "several dumps have it: a box of the site, or an article without a title"


def split_all(
    texts: Sequence[str],
    *,
    template: Collection[str] = (),
    titles: Collection[str] = (),
    is_own: Callable[[str], bool] = lambda _: False,
) -> list[Split]:
    """Split each dump of a site; lines outside of articles that several dumps share are boilerplate.

    `template` has lines known as boilerplate, `titles` known titles of the site's articles; `is_own` says
    whether an address belongs to the site.
    """
    known = {title_of(title) for title in titles}
    known |= {title for text in texts for line in cleaned(text) for title in headlines(line)}
    first = [_Dump(cleaned(text), known, frozenset(template), is_own=is_own).split() for text in texts]
    times = Counter(line for one in first for line in one.left)
    shared = frozenset(line for line, dumps in times.items() if dumps > 1)
    if not shared:
        return first
    return [_Dump(cleaned(text), known, frozenset(template), shared, is_own).split() for text in texts]


@dataclass(frozen=True)
class _Dump:
    """The lines of a dump, and what is known of its site."""

    lines: Sequence[str]
    titles: Collection[str]
    template: frozenset[str]
    shared: frozenset[str] = frozenset()
    """Lines that are outside of articles in several dumps."""
    is_own: Callable[[str], bool] = lambda _: False

    def split(self) -> Split:
        """Split the dump into its articles and the remaining lines."""
        ticker = [title for line in self.lines for title in headlines(line)]
        mute = furniture(self.lines, self.template | self.shared)
        articles = archive(self.lines, mute)
        is_list = bool(articles)
        url = next(filter(None, map(self._own, self._head())), None)
        for first, end in self._gaps(articles):
            outside = mute | self._edges(first, end)
            articles += singles(paragraphs(self.lines, first, end, outside), self.titles)
        articles = [self._addressed(one, url) for one in sorted(articles, key=lambda one: one.first)]
        if url and articles and not is_list:
            articles[0] = replace(articles[0], url=url)
        left = {at for first, end in self._gaps(articles) for at in range(first, end) if self.lines[at]}
        return Split(
            articles=tuple(articles),
            headlines=tuple(ticker or [one.title for one in articles]),
            unsplit=tuple(self._unsplit(left - mute)),
            left=frozenset(self.lines[at] for at in left),
            url=url,
            is_list=is_list,
            latest=max((one.day for one in map(date_line, self.lines) if one), default=None),
        )

    def _gaps(self, articles: Iterable[Article]) -> Iterator[tuple[int, int]]:
        """The ranges of lines in no article."""
        at = 0
        for first, last in sorted((one.first, one.last) for one in articles):
            if first > at:
                yield at, first
            at = max(at, last + 1)
        if at < len(self.lines):
            yield at, len(self.lines)

    def _edges(self, first: int, end: int) -> set[int]:
        """The known boilerplate at the beginning and end of a range; inside, such a line can be text."""
        runs = (takewhile(self._is_mute, span) for span in (range(first, end), range(end - 1, first, -1)))
        return set(chain.from_iterable(runs))

    def _is_mute(self, at: int) -> bool:
        """Whether a line outside of articles is empty, or known boilerplate."""
        line = self.lines[at]
        return not line or line in self.template or (line in self.shared and not is_prose(line))

    def _unsplit(self, left: Collection[int]) -> Iterator[Unsplit]:
        """The ranges of these lines that have text."""
        with_text = sorted(at for at in left if not self._is_mute(at))
        for stretch in _runs(with_text, self.lines):
            prose = [self.lines[at] for at in stretch if is_prose(self.lines[at])]
            if prose:
                why = TWICE if self.shared.issuperset(prose) else NO_TITLE
                yield Unsplit(stretch[0], stretch[-1], why)

    # ---- addresses

    def _head(self) -> list[str]:
        return [line for line in self.lines if line][:HEAD]

    def _own(self, line: str) -> str | None:
        """The address of the site, if the line is nothing else."""
        found = ADDRESS.fullmatch(line)
        return found[1] if found and self.is_own(found[1]) else None

    def _addressed(self, article: Article, of_page: str | None) -> Article:
        """The article with its address, if that is directly above its title or in its last line."""
        parts = article.paragraphs
        if parts and (url := self._own(parts[-1])):
            return replace(article, url=url, paragraphs=parts[:-1])
        above = next((line for line in reversed(self.lines[: article.first]) if line), "")
        for line in (above, *self.lines[article.first : article.first + HEAD]):
            if (url := self._own(line)) and url != of_page:
                return replace(article, url=url, paragraphs=tuple(one for one in parts if one != line))
        return article


def _runs(indexes: Sequence[int], lines: Sequence[str]) -> Iterator[list[int]]:
    """Group indexes that have only blank lines between them."""
    run: list[int] = []
    for at in indexes:
        if run and any(lines[run[-1] + 1 : at]):
            yield run
            run = []
        run.append(at)
    if run:
        yield run
