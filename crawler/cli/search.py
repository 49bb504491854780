"""Search: full text over all versions, removed text too."""

from __future__ import annotations

import click

from crawler.cli.options import Moment, as_json, site_filter, whole_number, with_reader
from crawler.config.workspace import Workspace
from crawler.errors import Misuse
from crawler.output import terminal
from crawler.output.search_hits import hit_object, tell
from storage.reader import Reader
from storage.search.full_text import find
from storage.search.query import parse


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--site", metavar="SITE", help="Of this site only.")
@click.option("--language", metavar="CODE", help="In this language only, like fa.")
@click.option("--since", type=Moment(ago=True), help="Captured since then: a date, a time, or 12h or 2d ago.")
@click.option("--until", type=Moment(ago=True), help="Captured until then.")
@click.option("--removed", "fate", flag_value="removed", help="Only what a site has taken away.")
@click.option("--present", "fate", flag_value="present", help="Only what still stands.")
@click.option("--limit", type=whole_number, default=20, show_default=True, help="No more pages than so many.")
@as_json
@with_reader
def search(
    workspace: Workspace,
    reader: Reader,
    words: tuple[str, ...],
    site: str | None,
    language: str | None,
    since: str | None,
    until: str | None,
    fate: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find the pages on which words stand, or stood once.

    The best comes first. All words must be there, in any order. "Words in quotes" follow one another, word*
    begins so, -word must not occur; put the whole into '…' then, for the shell. Accents, vowel signs, and the
    ways to write Persian and Arabic letters and digits make no difference.

    Example: variorum search '"camp liberty" -visa' --removed --site nejatngo
    """
    typed = " ".join(words)
    if not parse(typed):
        raise Misuse(
            f"{typed!r} has no word to look for: give one that must occur, like `variorum search camp`"
        )
    site = site_filter(workspace, reader, site)
    removed = fate == "removed" if fate else None
    hits = find(
        reader, typed, site=site, language=language, since=since, until=until, removed=removed, limit=limit
    )
    if as_json:
        terminal.json_lines(map(hit_object, hits))
        return
    for hit in hits:
        tell(hit)
    more = "; --limit shows more" if len(hits) == limit else ""
    terminal.note(f"{len(hits)} page{'s' * (len(hits) != 1)}{more}.")
