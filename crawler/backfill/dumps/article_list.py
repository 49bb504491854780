"""Splits dumps of archives and teaser lists, where each article has a date line of the same form.

The repeated date line shows where articles are divided. Its position above or below the article, and the
lines around it (a share row, a category), must be the same for all articles; else the dump is no archive, and
nothing is concluded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from variorum.crawler.backfill.dumps.article import Article
from variorum.crawler.backfill.dumps.boilerplate_lines import is_label, is_signpost
from variorum.crawler.backfill.dumps.date_lines import DateLine, date_line
from variorum.crawler.backfill.dumps.lines import BULLET, Paragraph, is_prose, is_short, paragraphs, title_of

LONGEST_LABEL = 120
MOST_LABELS = 3
"""The maximum number of lines above a title: an image description, a category."""
SENTENCE = (".", "!", "؟", "”")
MOST = 2 / 3
"""The share of date lines that must be in the same position; the others are ignored."""
LEAST_TIGHT = 3
"""The number of entries without blank lines and bullets from which they are a list."""
CUT_SHORT = ("…", "...", "[…]", "[...]", "Continue reading", "Read more", "ادامه مطلب")


@dataclass(frozen=True)
class Dated:
    """The date lines of one form in a dump."""

    lines: Sequence[str]
    furniture: Collection[int]
    at: tuple[int, ...]

    @property
    def recognised_by(self) -> str:
        """The number of these date lines, in words."""
        return f"{len(self.at)} date lines of the same form"

    @cached_property
    def tail(self) -> int:
        """The number of lines after each date line that are the same everywhere, such as a share row."""
        same = 0
        while (
            self.at[-1] + same + 1 < len(self.lines)
            and len({self.lines[at + same + 1] for at in self.at}) == 1
        ):
            same += 1
        return same

    def is_text(self, index: int) -> bool:
        """Whether a line has other text than its date, and is no boilerplate."""
        return index >= 0 and bool(self.lines[index]) and index not in self._others

    @cached_property
    def _others(self) -> frozenset[int]:
        return frozenset(self.furniture).union(self.at)

    def above(self, index: int) -> int:
        """The line after the last boilerplate line above this one."""
        return max((at + 1 for at in self.furniture if at < index), default=0)

    def article(self, at: int, title: str, body: Sequence[str], first: int, last: int, label: str) -> Article:
        """The article with the date line at this index."""
        date_line = self._date_line(at)
        return Article(
            title=title_of(title),
            paragraphs=tuple(body),
            first=first,
            last=last,
            recognised_by=self.recognised_by,
            published=date_line.day,
            category=label or None,
            author=date_line.author,
            is_excerpt=is_cut_short(body),
        )

    def _date_line(self, index: int) -> DateLine:
        found = date_line(self.lines[index])
        assert found is not None
        return found


def archive(lines: Sequence[str], furniture: Collection[int]) -> list[Article]:
    """The articles of an archive, or the entries of a list of teasers; none if it is neither."""
    made: defaultdict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if found := date_line(line):
            made[found.form].append(index)
    dated = [Dated(lines, furniture, tuple(at)) for at in made.values() if len(at) > 1]
    tried = [way(one) for one in dated for way in (_tight, _date_below, _date_above)]
    return max(tried, key=len, default=[])


def is_cut_short(body: Sequence[str]) -> bool:
    """Whether a text breaks off and continues elsewhere."""
    return bool(body) and body[-1].rstrip(" .→»›>").endswith(CUT_SHORT)


# ---- entries without blank lines: title, a few words, date


def _tight(dated: Dated) -> list[Article]:
    entries = [(at, entry) for at in dated.at if (entry := _entry(dated, at))]
    bulleted = all(BULLET.match(entry.lines[0]) for _, entry in entries)
    if not _are_most(entries, dated.at) or not (bulleted or len(entries) >= LEAST_TIGHT):
        return []
    with_text = [line for _, entry in entries for line in entry.lines[1:]]
    return [_of_entry(dated, at, entry) for at, entry in entries] if any(map(is_prose, with_text)) else []


def _of_entry(dated: Dated, at: int, entry: Paragraph) -> Article:
    return dated.article(at, entry.lines[0], entry.lines[1:], entry.first, at, "")


def _entry(dated: Dated, at: int) -> Paragraph | None:
    """The lines directly above a date line, back to the last bullet or date line."""
    first = at
    while dated.is_text(first - 1):
        first -= 1
        if BULLET.match(dated.lines[first]):
            break
    lines = tuple(dated.lines[first:at])
    return Paragraph(first, lines) if len(lines) > 1 and is_short(lines[0]) else None


# ---- the date below its article


def _date_below(dated: Dated) -> list[Article]:
    tail = dated.tail
    starts = [dated.above(dated.at[0]), *(at + tail + 1 for at in dated.at[:-1])]
    blocks = [
        paragraphs(dated.lines, start, at, dated.furniture)
        for start, at in zip(starts, dated.at, strict=True)
    ]
    titled = _titled(blocks)
    if titled is None:
        return []
    return [
        dated.article(
            at,
            block[titled].text,
            [paragraph.text for paragraph in block[titled + 1 :]],
            block[0].first,
            at + tail,
            block[0].lines[-1] if titled else "",
        )
        for at, block in zip(dated.at, blocks, strict=True)
        if _fits(block, titled)
    ]


def _titled(blocks: Sequence[list[Paragraph]]) -> int | None:
    """The index of the paragraph that is the title in most blocks; None if that is not clear."""
    labelled, plain = ([block for block in blocks if _fits(block, titled)] for titled in (1, 0))
    if _are_most(labelled, blocks) and _has_prose(labelled) and _come_again(labelled):
        return 1
    # Where what follows may be a title as well, the first may be a category.
    clear = [block for block in plain if not block[1].is_short]
    return 0 if _are_most(clear, blocks) and _has_prose(clear) else None


def _fits(block: Sequence[Paragraph], titled: int) -> bool:
    """Whether that paragraph can be the title of the block, with only labels above it."""
    if len(block) < titled + 2 or not block[titled].is_short:
        return False
    above = [line for paragraph in block[:titled] for line in paragraph.lines]
    return len(above) <= MOST_LABELS and not any(len(line) > LONGEST_LABEL for line in above)


def _come_again(blocks: Sequence[list[Paragraph]]) -> bool:
    """Whether each block begins with a category, followed by its title: some categories are repeated."""
    labels = Counter(block[0].lines[-1] for block in blocks)
    titles = Counter(block[1].text for block in blocks)
    return len(labels) < len(titles) and not labels.keys() & titles.keys()


def _has_prose(blocks: Sequence[Sequence[Paragraph]]) -> bool:
    """Whether at least half of the blocks have prose."""
    with_text = [block for block in blocks if any(paragraph.is_prose for paragraph in block)]
    return 2 * len(with_text) >= len(blocks)


def _are_most(fitting: Sequence[object], all_: Sequence[object]) -> bool:
    return len(fitting) > 1 and len(fitting) >= MOST * len(all_)


# ---- the date above its article


def _date_above(dated: Dated) -> list[Article]:
    heads = [_head(dated, at) for at in dated.at]
    titled = [head for head in heads if head]
    gaps = {at - head.first - len(head.lines) for at, head in zip(dated.at, heads, strict=True) if head}
    if not _are_most(titled, heads) or len(gaps) > 1:
        return []
    above = paragraphs(dated.lines, dated.above(titled[0].first), titled[0].first)
    if any(paragraph.is_prose for paragraph in above):  # then it may be of the first article
        return []
    articles = list(_below(dated, heads))
    return articles if all(any(map(is_prose, one.text.split("\n"))) for one in articles) else []


def _head(dated: Dated, at: int) -> Paragraph | None:
    """The lines directly above a date line, with the title as the last one."""
    title = at - 1
    while title >= 0 and not dated.lines[title] and at - title <= MOST_LABELS:
        title -= 1
    if title < 0 or title in dated.furniture or not is_short(dated.lines[title]):
        return None
    if dated.lines[title].endswith((":", *(SENTENCE if is_prose(dated.lines[title]) else ()))):
        return None  # whose comment follows; or the end of what stands above
    first = title
    while dated.is_text(first - 1) and title - first < MOST_LABELS:
        first -= 1
    above = dated.lines[first:title]
    labels = len(above) < MOST_LABELS and not any(len(line) > LONGEST_LABEL for line in above)
    return Paragraph(first if labels else title, tuple(dated.lines[first if labels else title : title + 1]))


def _below(dated: Dated, heads: Sequence[Paragraph | None]) -> Iterator[Article]:
    """The articles that have a head; each ends at the next one, or at the end."""
    ends = [*((head.first if head else None) for head in heads[1:]), len(dated.lines)]
    for at, head, end in zip(dated.at, heads, ends, strict=True):
        if head is None or end is None:
            continue
        begin = at + dated.tail + 1
        cut = next((one for one in range(begin, end) if one in dated.furniture), end)
        body = before_signposts(paragraphs(dated.lines, begin, cut))
        last = body[-1].first + len(body[-1].lines) - 1 if body else at
        label = head.lines[-2] if len(head.lines) > 1 else ""
        yield dated.article(at, head.lines[-1], [one.text for one in body], head.first, last, label)


def before_signposts(body: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs of an article before the first line that only links elsewhere."""
    found: list[Paragraph] = []
    for paragraph in body:
        kept = tuple(takewhile(lambda line: not (is_signpost(line) or is_label(line)), paragraph.lines))
        if kept:
            found.append(paragraph._replace(lines=kept))
        if kept != paragraph.lines:
            break
    return found
