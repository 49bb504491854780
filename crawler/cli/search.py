"""The command `variorum search`: full-text search over all versions, removed text included."""

from __future__ import annotations

import click

from variorum.crawler.cli.options import Moment, as_json, site_filter, whole_number, with_reader
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.output import terminal
from variorum.crawler.output.search_hits import hit_object, print_hit
from variorum.storage.reader import Reader
from variorum.storage.search.full_text import SearchFilters, find
from variorum.storage.search.query import parse, terms_of


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--site", metavar="SITE", help="Only pages of this site.")
@click.option("--language", metavar="CODE", help="Only pages in this language, like fa.")
@click.option(
    "--since", type=Moment(), help="Captured since then: a day, a time, yesterday, or an age like 2d."
)
@click.option("--until", type=Moment(end=True), help="Captured until then.")
@click.option("--removed", "fate", flag_value="removed", help="Only text that a site has removed.")
@click.option("--present", "fate", flag_value="present", help="Only text that is still on the page.")
@click.option("--limit", type=whole_number, default=20, show_default=True, help="The most pages to list.")
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
    """Search the text of all pages, current and removed.

    The best match comes first. All words must occur, in any order. "Words in quotes" must follow one another,
    word* matches every word that begins so, -word must not occur; quote the whole query with '…' for the
    shell. Accents, vowel signs, and variants of Persian and Arabic letters and digits are ignored.

    Example: variorum search '"camp liberty" -visa' --removed --site nejatngo
    """
    typed = " ".join(words)
    if not parse(typed):
        raise Misuse(
            f"{typed!r} has no word to search for: give one that must occur, like `variorum search camp`"
        )
    sites = site_filter(workspace, reader, site)
    removed = fate == "removed" if fate else None
    filters = SearchFilters(site=sites, language=language, since=since, until=until, removed=removed)
    hits = find(reader, typed, filters, limit=limit)
    if as_json:
        terminal.json_lines(map(hit_object, hits))
        return
    for hit in hits:
        print_hit(hit)
    more = "; --limit shows more" if len(hits) == limit else ""
    terminal.note(f"{terminal.quantity(len(hits), 'page')}{more}.{'' if hits else _why_none(reader, typed)}")


def _why_none(reader: Reader, typed: str) -> str:
    """Which words of a search without a hit occur in no stored text."""
    words = [word for word in terms_of(typed) if parse(word)]
    nowhere = [word for word in words if not find(reader, word, limit=1)]
    rule = " All words must occur in the same text." if len(words) > 1 else ""
    return rule + (f" In no stored text: {terminal.harmless(', '.join(nowhere))}." if nowhere else "")
