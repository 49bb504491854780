"""The boilerplate of one site, learned from several of its pages and from several captures of one page.

A site may show several kinds of pages, and it may have been redesigned: each design has its own pieces, and a
page is read with those of the design that it shows. So both sides of a comparison are read with one template,
also across a redesign.

Four rules, each of which asks for at least three pages; they serve most where no markup names the article.

* repeated: a block (same place, same words) on a third of the pages or more is boilerplate. Inside an element
  that a page marks as its article the block must be on more than half of them, so that a quotation in two
  articles, or a disclaimer under some, stays text.
* region: a place that stands once on a page, and on half of the pages or more, and holds nothing but repeated
  blocks, is boilerplate whatever it says: tomorrow's headlines in the side column are none of the article.
* volatile: a place that stands once on a page and reads otherwise in two captures of most pages, though the
  rest of the page stands still, is boilerplate: counters, clocks, random teasers. Most, and not all: what is
  drawn by lot is now and then the same twice.
* A region or volatile place that is, or holds, a marked article is never boilerplate.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Literal, NamedTuple, TypeVar

import msgspec
from lxml.html import HtmlElement

from crawler.page import article
from crawler.page.blocks import INLINE, INVISIBLE
from crawler.page.markup import drop, folded, parse, text_of, tokens

LEAST_PAGES = 3
SHARE = 1 / 3
SHARE_IN_ARTICLE = 1 / 2
SHARE_MOVING = 2 / 3
STILL = 0.5
"""Two captures of a page show a volatile place only where at least so much of their text is the same."""
SAME_KIND = 0.6
"""Two pages with fewer of their names in common than this are pages of two kinds."""
SAME_DESIGN = 0.5
"""A page that shows fewer of a design's names than this is of another design."""
MOST_DESIGNS = 5


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """One learned piece of boilerplate, with its evidence."""

    path: str
    """Where it stands: `body>div#sidebar>ul.menu>li`."""
    text: str
    """What it says; empty where the place counts and not the words."""
    why: Literal["repeated", "region", "volatile", "pinned"]
    pages: int
    """On so many of the pages looked at it was seen."""

    @property
    def id(self) -> str:
        """Names the piece, by its place and words, in every version of the template."""
        return hashlib.sha256(f"{self.path}\n{self.text}".encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """What a person has decided of a piece, whatever is learned."""

    path: str
    text: str
    boilerplate: bool
    """False: it is text, and freed."""


@dataclass(frozen=True)
class Design:
    """The boilerplate of one design, and how that is told."""

    pieces: frozenset[Piece] = frozenset()
    names: frozenset[str] = frozenset()
    """The ids (`#sidebar`) and classes (`.menu`) that tell places apart: those on half of the pages or more.
    The others tell pages apart (categories, post numbers), or are random."""


@dataclass(frozen=True)
class Template(Design):
    """The boilerplate learned of one site. Equal pieces make equal templates, whatever the order of pages."""

    version: int = 0
    """Counted up by the keeper of templates; 0 is the empty one."""
    kinds: tuple[Design, ...] = ()
    """Those of other kinds of pages than most, as the site shows them now."""
    before: tuple[Design, ...] = ()
    """Earlier designs of the site, the latest first."""
    decisions: str = ""
    """Names what a person has decided of it; empty where nobody has."""

    @property
    def name(self) -> str:
        """Names the template: two of one name cut the same."""
        return f"{self.version}{self.decisions}"

    @property
    def designs(self) -> tuple[Design, ...]:
        """All of them, that of most pages first."""
        return (self, *self.kinds, *self.before)

    def to_json(self) -> str:
        """The template as JSON, sorted, so that equal templates give equal text."""
        kinds, before = ([_sorted(design) for design in some] for some in (self.kinds, self.before))
        ordered = {"version": self.version, **_sorted(self), "kinds": kinds, "before": before}
        return msgspec.json.encode(ordered).decode()

    @classmethod
    def from_json(cls, text: str) -> Template:
        """The template that `to_json` wrote. Raises msgspec.DecodeError for anything else."""
        return msgspec.json.decode(text, type=cls)

    def redesigned(self, now: Template) -> Template:
        """What was learned of a new design, with the present one kept for the pages of its time."""
        earlier = (Design(self.pieces, self.names), *self.kinds, *self.before)
        return replace(now, before=earlier[:MOST_DESIGNS])

    def decided(self, decisions: Iterable[Decision]) -> Template:
        """The template with what a person has decided of single pieces."""
        made = sorted(decisions)
        if not made:
            return self
        known = {(piece.path, piece.text) for design in self.designs for piece in design.pieces}
        pinned = {(d.path, d.text) for d in made if d.boilerplate} - known
        freed = {(d.path, d.text) for d in made if not d.boilerplate}
        whole = replace(
            self,
            pieces=self.pieces | {Piece(*place, "pinned", 0) for place in pinned},
            decisions=f"+{hashlib.sha256(repr(made).encode()).hexdigest()[:8]}",
        )
        return replace(
            _without(whole, freed),
            kinds=tuple(_without(design, freed) for design in self.kinds),
            before=tuple(_without(design, freed) for design in self.before),
        )


_Some = TypeVar("_Some", bound=Design)


def _without(design: _Some, freed: set[tuple[str, str]]) -> _Some:
    left = frozenset(piece for piece in design.pieces if (piece.path, piece.text) not in freed)
    return replace(design, pieces=left)


def _sorted(design: Design) -> dict[str, object]:
    return {"pieces": sorted(design.pieces), "names": sorted(design.names)}


EMPTY = Template()


_Trees = Sequence[Sequence[HtmlElement]]
"""Pages, each with its captures."""


class _Block(NamedTuple):
    """A block of one page: an element with text of its own."""

    path: str
    text: str


@dataclass(frozen=True)
class _Page:
    """One capture, read for learning."""

    blocks: frozenset[_Block]
    marked: frozenset[_Block]
    """Those inside the element that the page marks as its article."""
    places: Mapping[str, frozenset[_Block]]
    """The blocks under each path that stands exactly once, but for the article's own and those around it."""


def learn(pages: Mapping[str, Sequence[bytes]], *, version: int = 1) -> Template:
    """What a site's article pages have in common, and what on them never stands still.

    `pages` has the captures of each page, oldest first, under its canonical URL; each article once, not again
    under another address. Five to thirty pages are enough; fewer than three teach nothing.
    Raises ExtractionError for a capture that cannot be parsed.
    """
    trees = [[_tree(body, url) for body in pages[url]] for url in sorted(pages) if pages[url]]
    most, *others = [_design(kind) for kind in _kinds(trees)] or [Design()]
    return Template(most.pieces, most.names, version, tuple(one for one in others if one.pieces))


def _design(trees: _Trees) -> Design:
    names = _names([captures[-1] for captures in trees])
    read = [[_read(tree, names) for tree in captures] for captures in trees]
    latest = [captures[-1] for captures in read]
    repeated = _repeated(latest)
    known = frozenset(_Block(piece.path, piece.text) for piece in repeated)
    volatile = _volatile([captures for captures in read if len(captures) > 1])
    return Design(frozenset([*repeated, *_regions(latest, known), *volatile]), names)


def _kinds(trees: _Trees) -> list[_Trees]:
    """The pages by their kinds, the largest kind first: pages that share most of their names are of one."""
    names = [_names_on(captures[-1]) for captures in trees]
    common = {name for name, count in Counter(chain(*names)).items() if count >= LEAST_PAGES}
    shown = [own & common for own in names]
    kinds: list[set[int]] = []
    for page in range(len(trees)):
        alike = [
            kind for kind in kinds if any(_jaccard(shown[page], shown[one]) >= SAME_KIND for one in kind)
        ]
        kinds = [kind for kind in kinds if kind not in alike] + [{page}.union(*alike)]
    by_size = sorted(kinds, key=lambda kind: (-len(kind), min(kind)))
    return [[trees[page] for page in sorted(kind)] for kind in by_size]


def _jaccard(some: set[str], others: set[str]) -> float:
    return len(some & others) / len(some | others) if some or others else 1.0


def shows(body: bytes, url: str, template: Template) -> bool:
    """Whether a page is of a design that the site has now, by the names on it.

    Raises ExtractionError for one without text.
    """
    names = _names_on(_tree(body, url))
    present = (template, *template.kinds)
    return any(len(names & one.names) >= SAME_DESIGN * len(one.names) for one in present)


def cut(tree: HtmlElement, template: Template) -> None:
    """Takes the template's pieces out of a tree, in one walk: those of the design that it shows."""
    design = _design_of(tree, template)
    if not design.pieces:
        return
    places = {piece.path for piece in design.pieces if not piece.text}
    texts = {(piece.path, piece.text) for piece in design.pieces if piece.text}
    for element, path in _paths(tree, design.names).items():
        known = path in places or (_is_block(element) and (path, text_of(element)) in texts)
        if known and element.tag not in article.KEPT:
            drop(element)


def _design_of(tree: HtmlElement, template: Template) -> Design:
    if len(template.designs) == 1:
        return template
    known: set[str] = set().union(*(design.names for design in template.designs))
    names = _names_on(tree) & known
    return max(template.designs, key=lambda design: _jaccard(names, set(design.names)))


def _repeated(pages: Sequence[_Page]) -> list[Piece]:
    seen = Counter(block for page in pages for block in page.blocks)
    marked = frozenset(block for page in pages for block in page.marked)
    return [
        Piece(block.path, block.text, "repeated", count)
        for block, count in seen.items()
        if count >= LEAST_PAGES
        and (count > len(pages) * SHARE_IN_ARTICLE if block in marked else count >= len(pages) * SHARE)
    ]


def _regions(pages: Sequence[_Page], known: frozenset[_Block]) -> list[Piece]:
    stands = Counter(path for page in pages for path in page.places)
    other = {path for page in pages for path, below in page.places.items() if not below <= known}
    found = {
        path
        for path, count in stands.items()
        if path not in other and count >= max(LEAST_PAGES, len(pages) / 2)
    }
    return [Piece(path, "", "region", stands[path]) for path in _topmost(found)]


def _volatile(pages: Sequence[Sequence[_Page]]) -> list[Piece]:
    moved: Counter[str] = Counter()
    stands: Counter[str] = Counter()
    for captures in pages:
        pairs = [(old, new) for old, new in pairwise(captures) if _alike(old.blocks, new.blocks)]
        shared = [old.places.keys() & new.places.keys() for old, new in pairs]
        for path in set().union(*shared) if shared else ():
            stands[path] += 1
            moved[path] += all(_other(old.places.get(path), new.places.get(path)) for old, new in pairs)
    found = {p for p, count in moved.items() if count >= max(LEAST_PAGES, SHARE_MOVING * stands[p])}
    return [Piece(path, "", "volatile", moved[path]) for path in _deepest(found)]


def _alike(old: frozenset[_Block], new: frozenset[_Block]) -> bool:
    return len(old & new) >= STILL * max(len(old), len(new), 1)


def _other(old: frozenset[_Block] | None, new: frozenset[_Block] | None) -> bool:
    """True where a place lost most of what it said: an article with one moving number is no moving place."""
    return old is not None and new is not None and len(old & new) < STILL * max(len(old), len(new), 1)


def _topmost(paths: set[str]) -> Iterable[str]:
    return (path for path in paths if not any(above in paths for above in _above(path)))


def _deepest(paths: set[str]) -> set[str]:
    return paths - {above for path in paths for above in _above(path)}


def _above(path: str) -> Iterable[str]:
    steps = path.split(">")
    return (">".join(steps[:n]) for n in range(1, len(steps)))


def _tree(body: bytes, url: str) -> HtmlElement:
    tree = parse(body, url)
    article.drop_furniture(tree)
    return tree


def _names(trees: Sequence[HtmlElement]) -> frozenset[str]:
    seen = Counter(name for tree in trees for name in _names_on(tree))
    return frozenset(name for name, count in seen.items() if count >= max(LEAST_PAGES, len(trees) / 2))


def _names_on(tree: HtmlElement) -> set[str]:
    return {name for element in tree.iter() for name in _own_names(element)}


def _own_names(element: HtmlElement) -> list[str]:
    own = folded(element.get("id") or "")
    return ([f"#{own}"] if own else []) + sorted(f".{name}" for name in tokens(element))


def _read(tree: HtmlElement, names: frozenset[str]) -> _Page:
    paths = _paths(tree, names)
    found = article.container(tree)
    protected = {found, *found.iterancestors()} if found is not None else set()
    inside = set(found.iter()) if found is not None else set()
    below: dict[HtmlElement, set[_Block]] = defaultdict(set)
    blocks: dict[HtmlElement, _Block] = {}
    for element, path in paths.items():
        if _is_block(element) and (text := text_of(element)):
            blocks[element] = _Block(path, text)
            for above in (element, *element.iterancestors()):
                below[above].add(blocks[element])
    often = Counter(paths.values())
    once = [element for element in below if often[paths[element]] == 1 and element not in protected]
    return _Page(
        blocks=frozenset(blocks.values()),
        marked=frozenset(block for element, block in blocks.items() if element in inside),
        places={paths[element]: frozenset(below[element]) for element in once},
    )


def _paths(tree: HtmlElement, names: frozenset[str]) -> dict[HtmlElement, str]:
    """The path of each visible element of a tree: tags, each with those of its ids and classes that count."""
    paths: dict[HtmlElement, str] = {}
    for element in tree.iter():
        parent = element.getparent()
        if element.tag in INVISIBLE - {"nav"} or (parent is not None and parent not in paths):
            continue
        step = "".join([str(element.tag), *(name for name in _own_names(element) if name in names)])
        paths[element] = f"{paths[parent]}>{step}" if parent is not None else step
    return paths


def _is_block(element: HtmlElement) -> bool:
    """True for an element with no block inside it, and that is itself none inside a line of text."""
    return element.tag not in INLINE and all(child.tag in INLINE for child in element.iterdescendants())
