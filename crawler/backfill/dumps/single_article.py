"""Splits the dump of one article page: the article, and the teasers under labels such as “Also read:”.

Pages of this kind show their title twice, or have a date between title and text, or their title is known from
elsewhere. If none of that holds, nothing is concluded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile

from variorum.crawler.backfill.dumps.article import Article
from variorum.crawler.backfill.dumps.article_list import before_signposts
from variorum.crawler.backfill.dumps.boilerplate_lines import is_label
from variorum.crawler.backfill.dumps.date_lines import date_line, find
from variorum.crawler.backfill.dumps.lines import Paragraph, is_short, title_of
from variorum.crawler.extraction.metadata.headline import language

LEAD = 250
"""The maximum number of characters of source and date at the head of a lead."""
HEAD = 6
"""The maximum number of paragraphs between the title and the date."""
BYLINE = re.compile(r"(?:by|von|par|nga|نویسنده|نوشته|بقلم)\b", re.IGNORECASE)
LEAST_WORDS = 3
"""A line of fewer words is the name of a site or a box, unless there is other evidence for a title."""
LONGEST_NOTE = 40
"""The maximum number of characters of a line that introduces another language: `In Albanian:`."""
LEAST_PARAGRAPHS = 3
MOST_NOTES = 20
"""The maximum number of such lines examined in one article."""


def singles(body: Sequence[Paragraph], titles: Collection[str]) -> Iterator[Article]:
    """The articles among these paragraphs; `titles` are headlines known from elsewhere."""
    blocks: list[list[Paragraph]] = [[]]
    for paragraph in body:
        if len(paragraph.lines) == 1 and is_label(paragraph.lines[0]):
            blocks.append([])
        else:
            blocks[-1].append(paragraph)
    last = len(blocks) - 1
    found = [_articles(one, titles, labelled=at > 0, open_end=at == last) for at, one in enumerate(blocks)]
    for at, articles in enumerate(found):
        # What stands below a label and is no article may be the rest of the one above it.
        if at == last or found[at + 1] or not any(one.is_prose for one in blocks[at + 1]):
            yield from (part for article in articles for part in _by_language(article))


def _articles(
    block: Sequence[Paragraph], titles: Collection[str], *, labelled: bool, open_end: bool
) -> list[Article]:
    """The articles below one label, or above the first."""
    if found := _teasers(block):
        return found
    block = [part for paragraph in block[:HEAD] for part in _parted(paragraph)] + list(block[HEAD:])
    title = 0 if labelled else _title(block, titles)
    if title is None or len(block) < title + 2 or not block[title].is_short:
        return []
    whole = block[title:]
    recognised_by = _recognised_by(whole, () if labelled else titles)  # a label may announce what is known
    body = before_signposts(whole[1:]) if open_end else whole[1:]
    has_text = any(one.is_prose and one.text != whole[0].text for one in body)
    return [_article(whole[0], body, recognised_by)] if recognised_by and has_text else []


def _parted(paragraph: Paragraph) -> list[Paragraph]:
    """Separate a title from the date and author in the next line."""
    title, *others = paragraph.lines
    if others and is_short(title) and all(BYLINE.match(line) or date_line(line) for line in others):
        return [Paragraph(paragraph.first, (title,)), Paragraph(paragraph.first + 1, tuple(others))]
    return [paragraph]


def _teasers(block: Sequence[Paragraph]) -> list[Article]:
    """The teasers, if the block has only pairs of a title and a lead."""
    pairs = list(zip(block[::2], block[1::2], strict=False))
    if not pairs or len(block) % 2 or not all(title.is_short and is_lead(lead) for title, lead in pairs):
        return []
    return [replace(_article(*pair[:1], pair[1:], "a lead with its date"), is_excerpt=True) for pair in pairs]


def _article(title: Paragraph, body: Sequence[Paragraph], recognised_by: str) -> Article:
    days = (found.day for one in body[:HEAD] if _is_dated(one) and (found := find(one.text)))
    kept = tuple(one.text for one in body if one.text != title.text)
    last = body[-1].first + len(body[-1].lines) - 1
    return Article(title_of(title.text), kept, title.first, last, recognised_by, next(days, None))


# ---- what tells a title


def is_lead(paragraph: Paragraph) -> bool:
    """Whether it begins with its source and date: `Lobe Log, June 08 2018:… Regrouping meant`."""
    found = find(paragraph.text)
    return bool(found and found.start <= LEAD and paragraph.text[found.end :].lstrip()[:1] in (":", "："))


def _is_dated(paragraph: Paragraph) -> bool:
    """Whether it has the date of the article."""
    return is_lead(paragraph) or any(map(date_line, paragraph.lines))


def _title(block: Sequence[Paragraph], titles: Collection[str]) -> int | None:
    """The index of the title: the known title with text below, else the first paragraph that can be one."""
    known = [at for at, one in enumerate(block) if title_of(one.text) in titles and _has_text(block, at)]
    if len(known) > 1 and not _is_said_twice(block[known[0] :]):
        return None
    if known:
        return known[0]
    first = next((at for at, one in enumerate(block) if not one.is_short or _may_be_title(one)), None)
    return first if first is not None and block[first].is_short else None


def _has_text(block: Sequence[Paragraph], at: int) -> bool:
    return block[at].is_short and any(one.is_prose for one in block[at + 1 : at + 4])


def _recognised_by(whole: Sequence[Paragraph], titles: Collection[str]) -> str:
    """The evidence that the first of these is a title; empty if there is none."""
    if title_of(whole[0].text) in titles:
        return "a known headline"
    if any(map(is_lead, whole[1:3])):
        return "a lead with its date"
    if _is_said_twice(whole):
        return "a repeated title"
    head = list(takewhile(lambda one: len(one.text) <= LEAD, whole[1 : HEAD + 1]))
    dated = next((at for at, one in enumerate(head) if _is_dated(one)), None)
    if dated is None or any(map(_may_be_title, head[:dated])):
        return ""
    return "a date below the title"


def _may_be_title(paragraph: Paragraph) -> bool:
    text = paragraph.text
    return paragraph.is_short and len(text.split()) >= LEAST_WORDS and not BYLINE.match(text)


def _is_said_twice(whole: Sequence[Paragraph]) -> bool:
    return len(whole[0].text.split()) >= LEAST_WORDS and any(one.text == whole[0].text for one in whole[1:])


# ---- an article and its original


def _by_language(article: Article) -> Iterator[Article]:
    """The article, divided where a note and a title introduce the same text in another language."""
    parts = article.paragraphs
    notes = (at for at in range(1, len(parts) - LEAST_PARAGRAPHS) if _is_note(parts[at]))
    for at in islice(notes, MOST_NOTES):
        own, other = (language("\n".join(part), None) for part in (parts[:at], parts[at + 2 :]))
        if own and other and own != other and is_short(parts[at + 1]):
            yield replace(article, paragraphs=parts[:at])
            yield replace(article, title=title_of(parts[at + 1]), paragraphs=parts[at + 2 :])
            return
    yield article


def _is_note(line: str) -> bool:
    return len(line) <= LONGEST_NOTE and "\n" not in line and line.endswith((":", "："))
