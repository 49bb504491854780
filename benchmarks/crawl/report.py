"""The measurements as a table, as docs/performance.md, and as a plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.crawl.rounds import EDITS, FIRST, ROUNDS, Played

WIDTH, BAR, GAP, LABEL = 860, 16, 14, 360
WORDS = """# What a crawl costs

`make bench` makes this page. It serves {pages:,} made-up pages of real size on loopback (100 to 170 kB of
markup, one design, counters and teasers that differ at each fetch), and two programs crawl them in turn:
Variorum as its users run it, and [a plain pipeline](../benchmarks/crawl/plain.py) of Scrapy, trafilatura and
SQLite. CPU is that of the whole tree of processes, divided by the number of pages. The ratio is what holds on
other machines, too.

{costs}

![CPU of each round]({picture})

{rest}
"""


@dataclass(frozen=True, slots=True)
class Size:
    """The rounds on a site of so many pages, in order; of each the plain pipeline's, then Variorum's."""

    pages: int
    rounds: Mapping[str, Sequence[Played]]


def document(sizes: Sequence[Size], starts: Mapping[str, float], picture: str) -> str:
    """docs/performance.md: the last of the sizes in full, and how the cost of a page grows with the site."""
    last = sizes[-1]
    rest = [facts(last), start_up(starts)]
    if len(sizes) > 1:
        rest.insert(0, growth(sizes))
    return WORDS.format(pages=last.pages, costs=costs(last), picture=picture, rest="\n\n".join(rest))


def costs(size: Size) -> str:
    """CPU milliseconds a page in each round, of both, and their ratio."""
    rows = [
        (name, f"{plain:.1f}", f"{ours:.1f}", f"{ours / plain:.2f}")
        for name in ROUNDS
        for plain, ours in [_milliseconds(size, name)]
    ]
    return table(("round", "plain, ms a page", "Variorum, ms a page", "ratio"), rows)


def growth(sizes: Sequence[Size]) -> str:
    """CPU milliseconds of Variorum a page in each round, for each size of the site."""
    rows = [(name, *(f"{_milliseconds(size, name)[1]:.1f}" for size in sizes)) for name in ROUNDS]
    lines = table(("Variorum, ms a page", *(f"{size.pages:,} pages" for size in sizes)), rows)
    return f"## The same on smaller and larger sites\n\n{lines}"


def facts(size: Size) -> str:
    """What was found and stored, and the peak of memory."""
    edits, first = size.rounds[EDITS], size.rounds[FIRST]
    peaks = (max(played[at].cost.peak for played in size.rounds.values()) for at in (0, 1))
    rows = [
        ("edited articles found", *(f"{one.found} of {len(one.edited)}" for one in edits)),
        ("pages announced as edited that were not", *(str(one.false) for one in edits)),
        ("bytes stored at the first sight of a page", *(f"{one.grown // len(one.added):,}" for one in first)),
        (
            "bytes stored for a new version: all growth of that round, divided",
            *(f"{one.grown // max(one.found, 1):,}" for one in edits),
        ),
        ("most memory of all processes (PSS)", *(f"{peak >> 20} MB" for peak in peaks)),
    ]
    return f"## What is found, and what it takes\n\n{table(('', 'plain', 'Variorum'), rows)}"


def start_up(starts: Mapping[str, float]) -> str:
    """CPU of commands that only start, as multiples of the first, which is Python's own."""
    (own, *_) = starts.values()
    rows = [(f"`{name}`", f"{1000 * cpu:.0f}", f"{cpu / own:.1f}") for name, cpu in starts.items()]
    return f"## Start-up\n\n{table(('command', 'ms of CPU', 'ratio'), rows)}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows as a table in Markdown."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(size: Size) -> str:
    """An SVG: a bar for each program in each round, as long as its CPU time a page."""
    pairs = [(name, _milliseconds(size, name)) for name in ROUNDS]
    scale = (WIDTH - LABEL - 90) / max(max(pair) for _, pair in pairs)
    parts = []
    for at, (name, pair) in enumerate(pairs):
        top = at * (2 * BAR + GAP) + 10
        parts.append(f'<text x="{LABEL - 10}" y="{top + BAR + 5}" text-anchor="end">{escape(name)}</text>')
        for row, (milliseconds, who) in enumerate(zip(pair, ("plain", "ours"), strict=True)):
            y, long = top + row * BAR, milliseconds * scale
            parts.append(f'<rect class="{who}" x="{LABEL}" y="{y}" width="{long:.1f}" height="{BAR - 2}"/>')
            parts.append(f'<text x="{LABEL + long + 6:.1f}" y="{y + 11}">{milliseconds:.1f} ms</text>')
    bottom = len(pairs) * (2 * BAR + GAP) + 30
    legend = (
        f'<rect class="plain" x="{LABEL}" y="{bottom - 11}" width="12" height="12"/>'
        f'<text x="{LABEL + 18}" y="{bottom}">plain pipeline</text>'
        f'<rect class="ours" x="{LABEL + 140}" y="{bottom - 11}" width="12" height="12"/>'
        f'<text x="{LABEL + 158}" y="{bottom}">Variorum</text>'
    )
    style = "text{font:12px sans-serif;fill:#333}.plain{fill:#9aa5b1}.ours{fill:#2b6cb0}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 12}" role="img" '
        f'aria-label="CPU a page in each round"><style>{style}</style><rect width="100%" height="100%" '
        f'fill="#fff"/>{"".join(parts)}{legend}</svg>\n'
    )


def _milliseconds(size: Size, name: str) -> tuple[float, float]:
    """CPU a page in one round: the plain pipeline's, and Variorum's."""
    plain, ours = (1000 * one.cost.cpu / size.pages for one in size.rounds[name])
    return plain, ours
