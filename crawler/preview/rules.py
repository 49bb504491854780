"""Tests a draft rule on the stored history: which edits it would have hidden. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

import msgspec
from lxml.html import HtmlElement

from variorum.crawler.config.site import Rule, Site, load_sites
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.diffing.diff import compare
from variorum.crawler.errors import Misuse
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.html.hints import marked_element
from variorum.crawler.extraction.html.markup import KEPT, matching, parse, text_of, tokens
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.output.objects import hunks_of
from variorum.crawler.preview.first_read import reader_of
from variorum.crawler.tracking.reextraction import reextract
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow
from variorum.storage.store import Store

MOST_CHANGES = 500
MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a draft rule would have done to the latest edits of a site."""

    site: str
    of: int
    """The number of edits that were tested."""
    hidden: tuple[ChangeRow, ...]
    unreadable: int
    """The number of edits whose bodies are not stored or can't be extracted with the rule."""

    @property
    def important(self) -> int:
        """The number of hidden edits that a reviewer marked as important."""
        return sum(change.verdict == "important" for change in self.hidden)


def drafted(site: Site, remove: tuple[str, ...], select: tuple[str, ...]) -> Site:
    """Return the site with the draft rules added; a draft `select` replaces the site's own."""
    return msgspec.structs.replace(
        site,
        remove=(*site.remove, *(Rule(css) for css in remove)),
        select=tuple(Rule(css) for css in select) or site.select,
    )


def backtest(
    store: Store,
    draft: PageReader,
    limit: int = MOST_CHANGES,
    on_step: Callable[[], None] = lambda: None,
) -> Backtest:
    """What the rules of `draft` would have hidden of its site's latest edits."""
    edits = _edits(store, draft.site.name, limit)
    hidden, unreadable = [], 0
    for change in edits:
        try:
            if hides(store, draft, change):
                hidden.append(change)
        except ExtractionError:
            unreadable += 1
        on_step()
    return Backtest(draft.site.name, len(edits), tuple(hidden), unreadable)


def hides(store: Store, draft: PageReader, change: ChangeRow) -> bool:
    """Return whether the edit would not be announced if both sides were extracted with these rules.

    Raises ExtractionError if one of them can't be.
    """
    diff = compare(
        _side(store, draft, change, change.old_version), _side(store, draft, change, change.version)
    )
    return diff is None or diff.typographic


def propose(workspace: Workspace, number: int) -> dict[str, object] | None:
    """The narrowest rule that would have hidden a change, and what else it would have hidden; None if there
    is none.

    `{"site", "selector", "toml", "hidden", "of", "important"}`.
    """
    with closing(Store(Reader.open(workspace.database).db)) as store:
        change = Reader(store.db).change(number)
        site = load_sites(workspace.sites_folder, workspace.defaults, [change.site]).get(change.site)
        if site is None or change.kind not in ("edited", "retitled"):
            return None
        known = reader_of(workspace, site)
        for selector in _candidates(store, change):
            draft = PageReader(drafted(site, (selector,), ()), known.template)
            with suppress(ExtractionError, Misuse):
                if hides(store, draft, change):
                    found = backtest(store, draft)
                    return {
                        "site": site.name,
                        "selector": selector,
                        "toml": _as_toml(site, selector),
                        "hidden": len(found.hidden),
                        "of": found.of,
                        "important": found.important,
                    }
    return None


def _edits(store: Store, site: str, limit: int) -> list[ChangeRow]:
    rows = Reader(store.db).changes(site=site)
    return [row for row in rows if row.kind in ("edited", "retitled")][:limit]


def _side(store: Store, draft: PageReader, change: ChangeRow, number: int | None) -> Extract:
    return reextract(store, draft, Reader(store.db).version(change.page or 0, number))


def _candidates(store: Store, change: ChangeRow) -> list[str]:
    """Selectors of elements that hold what changed, the narrowest first."""
    blocks = {block.removeprefix("- ") for hunk in hunks_of(change) for block in (*hunk.old, *hunk.new)}
    found: dict[str, int] = {}
    for number in (change.version, change.old_version):
        for tree in _trees(store, change, number):
            for selector, size in _around(tree, blocks):
                found[selector] = min(size, found.get(selector, size))
    return sorted(found, key=lambda selector: (found[selector], selector))[:MOST_CANDIDATES]


def _trees(store: Store, change: ChangeRow, number: int | None) -> Iterator[HtmlElement]:
    version = Reader(store.db).version(change.page or 0, number)
    kept = store.capture(version.capture).body
    for part in split(store.body(kept)) if kept else ():
        with suppress(ExtractionError):
            yield parse(part, change.url)


def _around(tree: HtmlElement, blocks: set[str]) -> Iterator[tuple[str, int]]:
    """Selectors of elements around a changed block, each with the amount of text it would remove."""
    holder = marked_element(tree)
    kept = {holder, *holder.iterancestors()} if holder is not None else set()
    for element in tree.iter():
        if element.tag in KEPT or element in kept or not isinstance(element.tag, str):
            continue
        text = text_of(element)
        if text and any(block in text or text in block for block in blocks):
            for selector in _selectors(element):
                yield selector, sum(len(text_of(one)) for one in matching(tree, selector))


def _selectors(element: HtmlElement) -> Iterator[str]:
    """Selectors for an element by its id and classes; names with digits are left out, since they differ by
    page."""
    own = element.get("id") or ""
    names = [f"#{own}"] if own else []
    names += [f".{name}" for name in sorted(tokens(element))]
    yield from (
        name for name in names if name[1:].replace("-", "").replace("_", "").isalpha() and name.isascii()
    )


def _as_toml(site: Site, selector: str) -> str:
    """The `remove` key of the site's file with the rule added; a list with dated rules is left to the
    person."""
    rules = [rule.css for rule in site.remove if not (rule.from_ or rule.until)]
    return "remove = " + msgspec.json.encode([*rules, selector]).decode()
