"""Prints text for people and JSON for programs. Everything that comes from a site is printed through this
module.

On a terminal there are tables, colours and struck-out words; a pipe or a file gets plain text, one line for
each row with tabs between its cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from variorum.crawler.output.objects import Object, hunks_of, links_of
from variorum.crawler.output.word_diff import Line, marked, relinks, spaced, struck
from variorum.crawler.times import every
from variorum.storage.rows import ChangeRow, SuspectRow

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
"""Characters that control a terminal or reverse the order of the text after them. Joiners and the plain
direction marks are not among them: Persian needs them."""
STYLES = {"=": "", "-": "strike yellow", "+": "underline cyan", ">": "italic", "!": "italic"}
FIRST_SUSPECTS = 5
PAGES = {name: name for name in ("known", "live", "due", "waiting", "missing", "gone")}
PAGES["due"] = "due by the next run"
"""The counts of pages that `status` prints, with what it calls them."""
SILENCE = {
    None: "the site gives no modified date to compare",
    0: "not silent: the site changed its modified date",
    1: "silent: the site did not change its modified date",
}
NOTED = "not silent: the site noted a correction in the text, and did not change its modified date"


def harmless(text: str) -> str:
    """The text with each character that could control a terminal replaced by its code, like `\\x1b`."""
    return UNSAFE.sub(lambda found: _escape(found[0]), text)


def _escape(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) <= 0xFF else f"\\u{ord(char):04x}"  # noqa: PLR2004 - Latin-1


def line(text: str = "") -> None:
    """Print a line of text on standard output."""
    click.echo(harmless(text))


def page(text: str) -> None:
    """Print a long text of our own, a screen at a time on a terminal."""
    click.echo_via_pager(text.rstrip("\n"))


def note(text: str) -> None:
    """Print a line for the person at the terminal on standard error; it is no part of the output."""
    click.echo(harmless(text), err=True)


def json_lines(objects: Iterable[Any]) -> None:
    """Print each object as one line of JSON."""
    for one in objects:
        text = json.dumps(one, ensure_ascii=False)
        click.echo(UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


LONG = frozenset({"title", "url"})
"""Columns that may take more than a line."""


def table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as a table under their headings; an address is a link, on however many lines it is."""
    cells = [["" if cell is None else harmless(" ".join(str(cell).split())) for cell in row] for row in rows]
    from rich.console import Console  # noqa: PLC0415 - the many lines that are no table do without it

    console = Console()
    if not console.is_terminal:
        for row in [headings, *cells]:
            click.echo("\t".join(row))
        return
    from rich.style import Style  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        grid.add_column(heading, overflow="fold", no_wrap=heading not in LONG)
    for row in cells:
        links = [Style(link=cell) if cell.startswith(("http://", "https://")) else "" for cell in row]
        grid.add_row(*map(Text, row, links))
    console.print(grid)


def quantity(count: int, noun: str) -> str:
    """The count with its noun in the right form, like `1 page` or `2 pages`."""
    return f"{count} {noun}{'s' * (count != 1)}"


def counts(found: Object) -> str:
    """The counts that are not 0, like `3 new, 1 gone`."""
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.items() if count)


# ---- a change


def change(row: ChangeRow, new: Sequence[str] = ()) -> None:
    """Print a change: its kind, its time, and its words, removed ones struck out.

    `new` has the blocks of the text after it; they are printed if the change has no hunks.
    """
    for text in _header(row):
        line(text)
    hunks = hunks_of(row)
    lines: list[Line] = struck(hunks, new) if hunks else [(("=", block),) for block in new]
    if row.old_title is not None:
        lines.insert(0, (("-", row.old_title), ("+", row.title or "")))
    lines += relinks(links_of(row))
    line()
    for one in lines:
        changed_line(one)


def _header(row: ChangeRow) -> Iterator[str]:
    yield f"{row.kind}: {row.title or '(no title)'}"
    yield row.url
    if row.old_url:
        yield f"before at {row.old_url}"
    checks = f", {quantity(row.checks_between, 'check')} between" if row.checks_between else ""
    yield f"between {row.seen_old} and {row.seen_new}{checks}" if row.seen_old else f"seen at {row.seen_new}"
    if row.date_only:
        yield f"the site changed its modified date from {row.old_modified} to {row.modified}"
    elif row.kind in ("edited", "retitled"):
        yield NOTED if row.silent == 0 and row.modified == row.old_modified else SILENCE[row.silent]
    yield f"significance {row.significance:g}: {row.explanation}"


def changed_line(pieces: Line) -> None:
    """Print a line of a diff, with removed words struck out."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False)
    if not console.is_terminal or console.is_dumb_terminal:
        line(marked(pieces))
        return
    from rich.text import Text  # noqa: PLC0415

    text = Text()
    for op, piece in spaced(pieces):
        text.append(harmless(piece), STYLES[op])
    console.print(text)


# ---- the health of sites


def _next(planned: str | None, at: str) -> str:
    """The time of the next run, or a note that no daemon runs if it is past."""
    if planned is None:
        return "next not planned"
    return f"next {planned}" if planned > at else f"due since {planned}"


def status(found: Object) -> None:
    """Print the status of each site: its runs, pages and issues, and the coverage of its sources."""
    for one in found["sites"]:
        run = one["last_run"]
        last = f"last run {run['started_at']}" if run else "no run yet"
        line(f"{one['site']}: {one['state']}; {last}, {_next(one['next_run'], found['at'])}")
        line(
            f"  pages: {counts({name: one[key] for key, name in PAGES.items()}) or 'none'};"
            f" {quantity(one['changes'], 'change')}"
        )
        if one["due_in_next_run"] < one["due"]:
            line(
                f"  of {one['due']:,} pages due by then, the next run fetches {one['due_in_next_run']:,},"
                " if the requests left allow"
            )
        if run and run["readings"]:
            line(f"  responses of the last run: {counts(run['readings'])}")
        if run and run["forbidden"]:
            line(f"  robots.txt: {quantity(run['forbidden'], 'URL')} not requested in the last run")
        if one["every_days"] is not None:
            often = f"half of them {every(one['every_days'])} or sooner, each {every(one['longest_days'])}"
            line(f"  pages are fetched again: {often}; see variorum plan {one['site']}")
        line(f"  last day: {one['requests_last_day']} requests, {one['bytes_last_day'] >> 10} kB")
        if (witnesses := one["witnesses"])["differ"]:
            result = counts({key: witnesses[key] for key in ("agree", "differ")})
            line(f"  the site's API and its pages: {result}, like {witnesses['differing']}")
        if one["suspects"]:
            line(f"  suspect: {one['suspects']}, see variorum changes --suspect --site {one['site']}")
            for suspect in one["suspect"][:FIRST_SUSPECTS]:
                line(f"    {suspect['url']} since {suspect['suspected_since']}: {suspect['explanation']}")
        for kind in ("blocked", "failed"):
            _in_trouble(kind, one)
        for issue in one["issues"]:
            times = quantity(issue["times"], "time")
            line(f"  ! {issue['kind']} since {issue['since']}, {times}: {issue['message']}")
        for source in one.get("coverage", ()):
            line(f"  {source['source']}: {counts({k: v for k, v in source.items() if k != 'source'})}")
    for target in found["targets"]:
        _target(target)


def _in_trouble(kind: str, one: Object) -> None:
    """Print the pages of a site that were blocked, or failed, in the last run."""
    pages = one[f"{kind}_pages"]
    if pages:
        line(f"  {kind} in the last run: {quantity(len(pages), 'page')}, see variorum pages {one['site']}")
    for page in pages[:FIRST_SUSPECTS]:
        line(f"    {page['url']}: {page['reason']}")


def _target(found: Object) -> None:
    """Print a notification target and the state of its deliveries."""
    line(f"notifications to {found['target']}: {found['waiting']} waiting")
    if found["failures"]:
        times = quantity(found["failures"], "time")
        line(f"  ! not accepted {times}, next attempt {found['retry_at']}: {found['trouble']}")
    if found["doubtful"]:
        line(f"  ! {found['doubtful']} may not have arrived: run `variorum notify --settle`")


def suspects(rows: Sequence[SuspectRow]) -> None:
    """Print suspects, which await confirmation by a later run, as a table."""
    headings = ("since", "site", "suspect", "runs", "words", "title", "url", "why")
    cells = [
        (
            row.since,
            row.site,
            row.kind,
            row.times,
            f"+{row.words_added} -{row.words_removed}",
            row.title,
            row.url,
            row.why,
        )
        for row in rows
    ]
    table(headings, cells)
