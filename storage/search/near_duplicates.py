"""Groups near-duplicates: pages with nearly the same text, and which page had it first.

Each page is joined to the page with the most similar text among those that had it earlier, so a group grows
from the page that had the text first. Similarity is `containment` (minhash.py); equal words are a copy
however few they are. Only the latest versions of pages that are not gone count, and no listings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from variorum.storage.reader import Reader
from variorum.storage.rows import read
from variorum.storage.site_filter import SiteFilter, is_of
from variorum.storage.text_index import minhash
from variorum.storage.text_index.folding import folded_words

LIKE = 0.8
"""The least containment of a copy, unless the caller gives another bound."""
_DOUBT = 0.35
"""An estimate is rarely off by more than this."""

_MEMBERS = """
    SELECT pages.id AS page, pages.url, pages.site, versions.title, versions.number AS version, versions.id,
           coalesce(pages.published, versions.published) AS published,
           (SELECT min(captured_at) FROM versions WHERE page = pages.id) AS first_seen,
           sketches.digest, sketches.sketch AS minhash
    FROM pages JOIN versions ON versions.page = pages.id AND versions.number = pages.version
    JOIN sketches ON sketches.version = versions.id
    WHERE pages.state <> 'gone' AND pages.kind IS NOT 'listing' AND sketches.digest IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Member:
    """A page of a group."""

    page: int
    url: str
    site: str
    title: str
    version: int
    id: int
    """The id of that version."""
    published: str | None
    """The date of publication according to the site."""
    first_seen: str
    digest: bytes
    minhash: bytes

    @property
    def dated(self) -> str:
        """The earliest known date of the page: published or first seen."""
        return min(self.published or self.first_seen, self.first_seen)

    @property
    def dated_by(self) -> Literal["published", "first_seen"]:
        """What that date is based on."""
        return "published" if self.dated == self.published else "first_seen"


@dataclass(frozen=True, slots=True)
class Copy:
    """A later page with a similar text."""

    member: Member
    containment: float
    """How much of the shorter text the longer one contains, compared with the first page."""


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two or more pages with similar texts."""

    id: int
    """The lowest number of its pages."""
    first: Member
    """The page that had the text first, as far as is known."""
    copies: tuple[Copy, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """All members, in the order in which they had the text."""
        return (self.first, *(copy.member for copy in self.copies))


def groups(reader: Reader, *, site: SiteFilter = None, least: float = LIKE) -> list[DuplicateGroup]:
    """All groups, or those with a page of these sites; those with the oldest pages first.

    An address that two sites watch is one page here, and no copy of itself.
    """
    found = map(_of_different_addresses, _all_groups(reader, site, least))
    return [group for group in found if group.copies]


def _of_different_addresses(group: DuplicateGroup) -> DuplicateGroup:
    """The group with each address once, at its first member."""
    first = {member.url: member for member in reversed(group.members)}
    return replace(group, copies=tuple(one for one in group.copies if first[one.member.url] is one.member))


def _all_groups(reader: Reader, site: SiteFilter, least: float) -> list[DuplicateGroup]:
    # By what is known of pages only, and not by the order in which they came here.
    members = sorted(read(Member, reader.db.conn.execute(_MEMBERS)), key=lambda m: (m.dated, m.site, m.url))
    texts = _Texts(reader)
    collected = _collected(_firsts(members, texts, least), members)
    found = [_group(members, texts) for members in collected]
    of_site = [one for one in found if any(is_of(member.site, site) for member in one.members)]
    return sorted(of_site, key=lambda group: group.id)


def group_of(reader: Reader, *, least: float = LIKE) -> dict[int, int]:
    """The group of each page that is in one."""
    return {m.page: group.id for group in _all_groups(reader, None, least) for m in group.members}


def copies(reader: Reader, *, site: SiteFilter = None, least: float = LIKE) -> set[int]:
    """The pages to leave out so that one page of each group remains: of all sites, or within these."""
    found: set[int] = set()
    for group in _all_groups(reader, site, least):
        pages = [member.page for member in group.members if is_of(member.site, site)]
        found.update(pages[1:])
    return found


class _Texts:
    """Compares the texts of members, with a cache."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.shingles = lru_cache(maxsize=512)(self._read)

    def _read(self, version: int) -> minhash.Shingles:
        row = next(self._reader.rows("SELECT version_text(:id) AS text", {"id": version}))
        return minhash.shingles(folded_words(row["text"]))

    def containment(self, a: Member, b: Member) -> float:
        """The containment of two members' texts."""
        if a.digest == b.digest:
            return 1.0
        return minhash.containment(self.shingles(a.id), self.shingles(b.id))


def _firsts(members: Iterable[Member], texts: _Texts, least: float) -> dict[int, int]:
    """For each page, the most similar of the pages that had a similar text earlier."""
    before: dict[int, int] = {}
    different: dict[bytes, Member] = {}
    for member in members:
        if (same := different.setdefault(member.digest, member)) is not member:
            before[member.page] = same.page
    ones = list(different.values())
    best: dict[int, float] = defaultdict(float)
    for a, b in sorted(minhash.meetings([one.minhash for one in ones])):
        if minhash.estimate(ones[a].minhash, ones[b].minhash) < least - _DOUBT:
            continue
        found = texts.containment(ones[a], ones[b])
        if found >= least and found > best[b]:
            before[ones[b].page], best[b] = ones[a].page, found
    return before


def _collected(before: Mapping[int, int], members: Iterable[Member]) -> list[list[Member]]:
    """The members of each group; the first is the one without an earlier page."""
    collected: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        page = member.page
        while page in before:
            page = before[page]
        collected[page].append(member)
    return [group for group in collected.values() if len(group) > 1]


def _group(members: list[Member], texts: _Texts) -> DuplicateGroup:
    first, *others = members
    copies = tuple(Copy(other, texts.containment(first, other)) for other in others)
    return DuplicateGroup(id=min(member.page for member in members), first=first, copies=copies)
