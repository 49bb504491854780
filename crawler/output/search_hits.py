"""Search hits as JSON objects and as text."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from variorum.crawler.output.objects import Object
from variorum.crawler.output.terminal import harmless, line
from variorum.storage.search.full_text import Hit

MARK = "**"
"""The mark before and after a match where there is no bold print."""


def hit_object(hit: Hit) -> Object:
    """Return a hit as JSON; `last_seen`, `removed_at` and `change` are null where nothing was removed."""
    return {**asdict(hit), "snippet": _marked(hit)}


def print_hit(hit: Hit) -> None:
    """Print a hit: its title, its address, whether the words were removed, and a snippet."""
    line(hit.title or "(no title)")
    line(f"  {hit.url}")
    line(f"  version {hit.version} of {hit.captured_at}{_fate(hit)}")
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal or console.is_dumb_terminal:
        line(f"  {_marked(hit)}")
    else:
        pieces = ((harmless(piece), "bold" if sought else "") for piece, sought in hit.snippet)
        console.print(Text.assemble("  ", *pieces))
    line()


def _fate(hit: Hit) -> str:
    if hit.removed:
        when = f"between {hit.last_seen} and {hit.removed_at}" if hit.last_seen else f"by {hit.removed_at}"
        return f"; removed {when}: variorum show {hit.change}"
    return "" if hit.present else "; today's rules leave them out of the text"


def _marked(hit: Hit) -> str:
    return "".join(f"{MARK}{piece}{MARK}" if sought else piece for piece, sought in hit.snippet)
