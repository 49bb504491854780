"""Groups of near-duplicates as JSON objects and as text: the first page, and how each copy differs."""

from __future__ import annotations

import msgspec

from crawler.diffing.diff import Diff, compare
from crawler.output import terminal
from crawler.output.objects import Object
from crawler.output.word_diff import Line, struck
from storage.reader import Reader
from storage.search.near_duplicates import Copy, Family, Member

WHO = {"published": "published", "first_seen": "first seen by us"}


def family_object(reader: Reader, family: Family, *, hunks: bool = False) -> Object:
    """Return a group as a JSON object: its first page, then the others, each compared with the first."""
    copies = [_copy_object(reader, family, copy, hunks=hunks) for copy in family.copies]
    return {
        "family": family.id,
        "pages": len(family.members),
        "sites": sorted({member.site for member in family.members}),
        "first": family.first.page,
        "first_by": family.first.dated_by,
        "members": [_member_object(family.first, 1.0, None), *copies],
    }


def tell(reader: Reader, family: Family) -> None:
    """Print a summary of a group of near-duplicates."""
    terminal.line(f"{family.id}: {family.first.title or '(no title)'}")
    for member, one in zip(family.members, family_object(reader, family)["members"], strict=True):
        says = "first" if member is family.first else _difference(one)
        terminal.line(f"  {member.url}  {WHO[member.dated_by]} {member.dated}; {says}")


def tell_whole(reader: Reader, family: Family) -> None:
    """Print a group with the words that each copy removed and added."""
    first = family.first
    terminal.line(f"{first.title or '(no title)'}\n{first.url}\n{WHO[first.dated_by]} {first.dated}")
    for copy in family.copies:
        member, diff = copy.member, _diff(reader, family, copy)
        says = _difference(_member_object(member, copy.likeness, diff))
        terminal.line(f"\n{member.url}\n{WHO[member.dated_by]} {member.dated}; {says}\n")
        for line in _lines(reader, member, diff) if diff else ():
            terminal.changed_line(line)


def _lines(reader: Reader, member: Member, diff: Diff) -> list[Line]:
    titles: list[Line] = [(("-", diff.title[0]), ("+", diff.title[1]))] if diff.title else []
    blocks = reader.version(member.page, member.version).text.split("\n")
    return [*titles, *struck(diff.hunks, blocks)]


def _difference(member: Object) -> str:
    if not member["words_added"] and not member["words_removed"]:
        return "the same words"
    return f"{member['likeness']:.0%} alike, +{member['words_added']} -{member['words_removed']} words"


def _copy_object(reader: Reader, family: Family, copy: Copy, *, hunks: bool) -> Object:
    same = copy.member.digest == family.first.digest
    diff = None if same and not hunks else _diff(reader, family, copy)
    told = _member_object(copy.member, copy.likeness, diff)
    return {**told, "hunks": msgspec.to_builtins(diff.hunks if diff else ())} if hunks else told


def _diff(reader: Reader, family: Family, copy: Copy) -> Diff | None:
    """Return the diff between the text of the first page and that of a copy."""
    first, later = (reader.version(one.page, one.version) for one in (family.first, copy.member))
    return compare(first, later)


def _member_object(member: Member, likeness: float, diff: Diff | None) -> Object:
    return {
        "page": member.page,
        "url": member.url,
        "site": member.site,
        "title": member.title,
        "version": member.version,
        "published": member.published,
        "first_seen": member.first_seen,
        "likeness": round(likeness, 3),
        "words_added": diff.words_added if diff else 0,
        "words_removed": diff.words_removed if diff else 0,
    }
