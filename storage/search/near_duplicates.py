"""Groups of near-duplicates: pages with nearly the same text, and which page had it first.

A page belongs to the most alike of the pages that had a like text before it, so a family grows from the page
that had it first. Texts are alike by `containment` (minhash.py); the same words are a copy however
few they are.
Only the latest versions of pages that are not gone are looked at, and no listings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from storage.reader import Reader
from storage.rows import read
from storage.text_index import minhash
from storage.text_index.folding import folded_words

LIKE = 0.8
"""Pages whose texts are less alike are no family, unless another bound is asked for."""
_DOUBT = 0.35
"""An estimate is seldom wrong by more."""

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
    """A page of a family."""

    page: int
    url: str
    site: str
    title: str
    version: int
    id: int
    """Of that version."""
    published: str | None
    """By the site's own word."""
    first_seen: str
    digest: bytes
    minhash: bytes

    @property
    def dated(self) -> str:
        """Since when it is known to be there: published, or seen before the site says that it was."""
        return min(self.published or self.first_seen, self.first_seen)

    @property
    def dated_by(self) -> Literal["published", "first_seen"]:
        """Return what that date is based on."""
        return "published" if self.dated == self.published else "first_seen"


@dataclass(frozen=True, slots=True)
class Copy:
    """A later page with a like text."""

    member: Member
    containment: float
    """To the text of the first: how much of the shorter one the longer one has."""


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two pages or more with like texts."""

    id: int
    """The least number of its pages."""
    first: Member
    """Who had the text first, as far as is known."""
    copies: tuple[Copy, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """Return all members, in the order in which they had the text."""
        return (self.first, *(copy.member for copy in self.copies))


def groups(reader: Reader, *, site: str | None = None, least: float = LIKE) -> list[DuplicateGroup]:
    """All families, or those with a page of one site; those with the oldest pages first."""
    # By what is known of pages only, and not by the order in which they came here.
    members = sorted(read(Member, reader.db.conn.execute(_MEMBERS)), key=lambda m: (m.dated, m.site, m.url))
    texts = _Texts(reader)
    collected = _collected(_firsts(members, texts, least), members)
    found = [_group(members, texts) for members in collected]
    of_site = [one for one in found if site is None or any(member.site == site for member in one.members)]
    return sorted(of_site, key=lambda group: group.id)


def group_of(reader: Reader, *, least: float = LIKE) -> dict[int, int]:
    """The family of each page that has one."""
    return {m.page: group.id for group in groups(reader, least=least) for m in group.members}


def copies(reader: Reader, *, site: str | None = None, least: float = LIKE) -> set[int]:
    """The pages to leave out for one page of each family to be left: of all sites, or within one."""
    found: set[int] = set()
    for group in groups(reader, site=site, least=least):
        pages = [member.page for member in group.members if site is None or member.site == site]
        found.update(pages[1:])
    return found


class _Texts:
    """The texts of members, as they are compared."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.shingles = lru_cache(maxsize=512)(self._read)

    def _read(self, version: int) -> minhash.Shingles:
        row = next(self._reader.rows("SELECT text FROM versions WHERE id = :id", {"id": version}))
        return minhash.shingles(folded_words(row["text"]))

    def containment(self, a: Member, b: Member) -> float:
        """How alike two members are."""
        if a.digest == b.digest:
            return 1.0
        return minhash.containment(self.shingles(a.id), self.shingles(b.id))


def _firsts(members: Iterable[Member], texts: _Texts, least: float) -> dict[int, int]:
    """The page that each page is most like, of those that had a like text before it."""
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
    """The members of each family; the first of them is the one that none was before."""
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
