"""Groups of near-duplicates as JSON objects and as text: the first page, and how each copy differs."""

from __future__ import annotations

import msgspec

from variorum.crawler.diffing.diff import Diff, compare
from variorum.crawler.output import terminal
from variorum.crawler.output.objects import Object
from variorum.crawler.output.word_diff import Line, struck
from variorum.storage.reader import Reader
from variorum.storage.search.near_duplicates import Copy, DuplicateGroup, Member

WHO = {"published": "published", "first_seen": "first seen by us"}


def group_object(reader: Reader, group: DuplicateGroup, *, hunks: bool = False) -> Object:
    """Return a group as a JSON object: its first page, then the others, each compared with the first."""
    copies = [_copy_object(reader, group, copy, hunks=hunks) for copy in group.copies]
    return {
        "family": group.id,
        "pages": len(group.members),
        "sites": sorted({member.site for member in group.members}),
        "first": group.first.page,
        "first_by": group.first.dated_by,
        "members": [_member_object(group.first, 1.0, None), *copies],
    }


def print_group(reader: Reader, group: DuplicateGroup) -> None:
    """Print a summary of a group of near-duplicates."""
    terminal.line(f"{group.id}: {group.first.title or '(no title)'}")
    for member, one in zip(group.members, group_object(reader, group)["members"], strict=True):
        note = "first" if member is group.first else _difference(one)
        terminal.line(f"  {member.url}  {WHO[member.dated_by]} {member.dated}; {note}")


def print_group_with_diffs(reader: Reader, group: DuplicateGroup) -> None:
    """Print a group with the words that each copy removed and added."""
    first = group.first
    terminal.line(f"{first.title or '(no title)'}\n{first.url}\n{WHO[first.dated_by]} {first.dated}")
    for copy in group.copies:
        member, diff = copy.member, _diff(reader, group, copy)
        note = _difference(_member_object(member, copy.containment, diff))
        terminal.line(f"\n{member.url}\n{WHO[member.dated_by]} {member.dated}; {note}\n")
        for line in _lines(reader, member, diff) if diff else ():
            terminal.changed_line(line)


def _lines(reader: Reader, member: Member, diff: Diff) -> list[Line]:
    titles: list[Line] = [(("-", diff.title[0]), ("+", diff.title[1]))] if diff.title else []
    blocks = reader.version(member.page, member.version).text.split("\n")
    return [*titles, *struck(diff.hunks, blocks)]


def _difference(member: Object) -> str:
    if not member["words_added"] and not member["words_removed"]:
        return "the same words"
    return f"{member['containment']:.0%} the same, +{member['words_added']} -{member['words_removed']} words"


def _copy_object(reader: Reader, group: DuplicateGroup, copy: Copy, *, hunks: bool) -> Object:
    same = copy.member.digest == group.first.digest
    diff = None if same and not hunks else _diff(reader, group, copy)
    member_object = _member_object(copy.member, copy.containment, diff)
    return (
        {**member_object, "hunks": msgspec.to_builtins(diff.hunks if diff else ())}
        if hunks
        else member_object
    )


def _diff(reader: Reader, group: DuplicateGroup, copy: Copy) -> Diff | None:
    """Return the diff between the text of the first page and that of a copy."""
    first, later = (reader.version(one.page, one.version) for one in (group.first, copy.member))
    return compare(first, later)


def _member_object(member: Member, containment: float, diff: Diff | None) -> Object:
    return {
        "page": member.page,
        "url": member.url,
        "site": member.site,
        "title": member.title,
        "version": member.version,
        "published": member.published,
        "first_seen": member.first_seen,
        "containment": round(containment, 3),
        "likeness": round(containment, 3),  # the earlier name of `containment`
        "words_added": diff.words_added if diff else 0,
        "words_removed": diff.words_removed if diff else 0,
    }
