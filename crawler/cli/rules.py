"""The commands for extraction rules: show boilerplate, test a draft rule, and extract all texts again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import click

from variorum.crawler.cli.options import as_json, site_named, sites_named, whole_number, with_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.extraction.boilerplate.path_scores import ENOUGH, PathScore
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.managing.sole_store import sole_store
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import bar
from variorum.crawler.preview.first_read import reader_of
from variorum.crawler.preview.rules import MOST_CHANGES, backtest, drafted
from variorum.crawler.tracking.reextraction import Reextraction, reextract_site
from variorum.crawler.tracking.template_overrides import BoilerplatePiece, decide, paths, pieces
from variorum.storage.database import open_for_reading
from variorum.storage.store import Store

LONGEST = 100
MOST_SHOWN = 10


@click.command()
@click.argument("name", metavar="SITE")
@click.option("--pin", metavar="ID", help="Always treat this block as boilerplate.")
@click.option("--free", metavar="ID", help="Always treat this block as text.")
@click.option("--undo", metavar="ID", help="Undo the decision on this block.")
@as_json
@with_workspace
def template(
    workspace: Workspace, name: str, pin: str | None, free: str | None, undo: str | None, as_json: bool
) -> None:
    """List the boilerplate of a site, and override it.

    For each block, shows why it counts as boilerplate and on how many pages it was found. Then lists the
    block paths of the site, with the share of what was seen there that is text.

    Example: variorum template nejatngo --free 3fa2b1c0
    """
    site = site_named(workspace, name)
    decisions = [(piece, what) for piece, what in ((pin, True), (free, False), (undo, None)) if piece]
    if len(decisions) > 1:
        raise Misuse("--pin, --free and --undo exclude each other: give one of them")
    for piece, what in decisions:
        with sole_store(workspace, site) as store:
            decide(store, site.name, piece, what)
    with closing(Store(open_for_reading(workspace.database))) as store:
        found = [_object(one) for one in pieces(store, site.name)]
        seen = [_path_object(*one) for one in paths(store, site.name).items()]
    if as_json:
        terminal.json_lines([*found, *seen])
    else:
        keys = ("id", "why", "pages", "decided", "place", "text")
        terminal.table(list(keys), [[_short(one[key]) for key in keys] for one in found])
        _print_paths(seen)


@click.command()
@click.argument("names", metavar="[SITE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would differ, and store nothing.")
@as_json
@with_workspace
def reextract(workspace: Workspace, names: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Extract the texts of all stored pages again.

    Uses the current extractor, template and rules. Lists each version whose text differs from the stored one.
    Records no change, because the site itself has not changed.

    Example: variorum reextract nejatngo --dry-run
    """
    counts: Counter[str] = Counter()
    for site in sites_named(workspace, names):
        with sole_store(workspace, site) as store:
            for one in reextract_site(store, reader_of(workspace, site), dry=dry_run):
                counts[_word(one)] += 1
                if one.differs or one.now is None:
                    _print(one, as_json=as_json)
    if not counts:
        terminal.note("Every version was already extracted by the current rules.")
        return
    terminal.note(
        f"Versions: {counts['same']} unchanged, {counts['differs']} differ, {counts['unread']} can't be read."
    )


@click.group()
def rules() -> None:
    """Test extraction rules before you add them to a site's file.

    Example: variorum rules test nejatngo --remove .donate-box
    """


@rules.command("test")
@click.argument("name", metavar="SITE")
@click.option("--remove", multiple=True, metavar="CSS", help="Elements to remove. May be repeated.")
@click.option("--select", multiple=True, metavar="CSS", help="The article's element, instead of `select`.")
@click.option(
    "--limit", type=whole_number, default=MOST_CHANGES, show_default=True, help="The most edits to test."
)
@as_json
@with_workspace
def test_rule(
    workspace: Workspace,
    name: str,
    remove: tuple[str, ...],
    select: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """Show which edits of a site a draft rule would have hidden.

    Tests the latest edits, and stores nothing.

    Example: variorum rules test nejatngo --remove .donate-box
    """
    if not remove and not select:
        raise Misuse("no rule to test: name one with --remove or --select")
    site = site_named(workspace, name)
    draft = PageReader(drafted(site, remove, select), reader_of(workspace, site).template)
    with closing(Store(open_for_reading(workspace.database))) as store, bar("edits") as step:
        found = backtest(store, draft, limit, step)
    if as_json:
        summary = {
            "site": found.site,
            "hidden": len(found.hidden),
            "of": found.of,
            "important": found.important,
        }
        terminal.json_lines(
            [summary | {"unreadable": found.unreadable, "changes": [row.id for row in found.hidden]}]
        )
        return
    marked = f", {found.important} of them marked important" if found.important else ""
    terminal.line(f"It would have hidden {len(found.hidden)} of the last {found.of} edits{marked}.")
    if found.unreadable:
        terminal.note(
            f"{found.unreadable} of them can't be extracted with this rule, or their raw pages are not kept."
        )
    for row in found.hidden[:MOST_SHOWN]:
        terminal.line(f"  {row.id}  {row.title or row.url}")


def _object(one: BoilerplatePiece) -> dict[str, Any]:
    piece = one.piece
    return {
        "id": piece.id,
        "why": piece.why,
        "pages": piece.pages,
        "decided": one.decided,
        "design": one.design,
        "place": piece.path,
        "text": piece.text,
    }


def _path_object(path: str, seen: PathScore) -> dict[str, Any]:
    return {
        "why": "path",
        "path": path,
        "text_share": round(seen.mean, 3),
        "blocks": seen.blocks,
        "pages": seen.pages,
    }


def _print_paths(seen: Sequence[dict[str, Any]]) -> None:
    """The block paths of the site, with how much of what was seen there is text."""
    if not seen:
        return
    terminal.note(f"{len(seen)} block paths; a path seen on {ENOUGH} pages decides what is text:")
    keys = ("text_share", "blocks", "pages", "path")
    terminal.table(list(keys), [[str(one[key]) for key in keys] for one in seen])


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _word(one: Reextraction) -> str:
    return "unread" if one.now is None else "differs" if one.differs else "same"


def _print(one: Reextraction, *, as_json: bool) -> None:
    if as_json:
        words = {"words_before": one.version.words, "words_after": one.now.words if one.now else None}
        lines = {"lost": one.lost, "gained": one.gained, "trouble": one.trouble or None}
        terminal.json_lines([{"url": one.url, "version": one.version.number, **words, **lines}])
        return
    terminal.line(f"{one.url}, version {one.version.number}: {one.trouble or 'its text differs'}")
    for sign, blocks in (("-", one.lost), ("+", one.gained)):
        for block in blocks[:MOST_SHOWN]:
            terminal.line(f"  {sign} {_short(block)}")
