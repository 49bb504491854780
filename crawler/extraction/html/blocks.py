"""Divides a page into blocks of text in reading order, each with its place. One walk over the tree.

No tag alone means that there is no text: what no reader sees is left out (scripts, styles, templates, what
attributes, inline styles or the page's own style sheet hide), and everything else is in exactly one block.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import cached_property, lru_cache

from lxml import etree
from lxml.html import HtmlElement

from variorum.crawler.extraction.html.stylesheet import StyleSheet, hides, never_shown, shown_wide, strikes

UNSEEN = frozenset(
    """script style template head svg canvas audio video object embed select datalist input textarea map area
    rt rp rtc annotation annotation-xml noembed noframes title meta link""".split()  # noqa: SIM905 - legible
)
"""Elements whose content shows no text of the page."""

CELLS = frozenset({"td", "th"})

INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr picture q
    ruby rb s samp small source span strike strong sub sup time tt u var wbr math semantics mrow mi mn mo msup
    msub msubsup mfrac msqrt mroot mstyle mtext mspace mover munder munderover""".split()  # noqa: SIM905 - legible
)
"""Elements that end no line. All others do, so that an unknown element never joins two blocks."""

STRUCK = frozenset(["s", "del", "strike"])
BOLD = frozenset(["b", "strong"])
OF_THE_PAGE = frozenset(["html", "body", "main", "article"])
"""Their classes identify pages (`postid-17`, `category-news`), not places on them."""
MOST_NAMES = 3
"""The maximum number of classes in a step of a block path."""

BREAK, SOFT = (
    "\x0b",
    "\x1c",
)  # a `br`; a blank where words would run together. Parsing takes both out of a page.
OPEN, CLOSE = "\ue000", "\ue001"  # around what is struck out
BETWEEN_WORDS = re.compile(rf"(?<=\w){SOFT}+(?=\w)")
EMPTY_MARK = re.compile(f"{OPEN}\\s*{CLOSE}")
OPENING = re.compile(f"{OPEN}(\\s*)")
CLOSING = re.compile(f"(\\s*){CLOSE}")
NUMBER = re.compile(r"[\d+\-−–]*\d+|[-−–+]\d*[a-z]?|[nkxy]")
POWER = re.compile(r"(?:^|[^\d.,])(?:1[0-8]\d\d|19\d\d|20\d\d)$")
BASE = re.compile(r"(?:\d|\)|(?:^|[\s\d/·*])[A-Za-zµμ]{1,2})$|\b(?:km|cm|mm|dm|nm|ft|mi|in|yd)$")
WORD = re.compile(r"\w+")


BY_FAR = 2
"""So many times as much text as all that is visible."""


class Place:
    """An element around text that ends a line: the place of blocks."""

    __slots__ = ("_path", "above", "alike", "depth", "element", "hidden", "kind", "tag")

    def __init__(
        self, element: HtmlElement, kind: tuple[str, str], above: Place | None, *, hidden: bool
    ) -> None:
        self.element = element
        self.kind = kind
        """Its tag and its classes."""
        self.tag = kind[0]
        self.above = above
        self.alike: dict[tuple[str, str], int] = {}
        """The number of places of each kind directly in this one."""
        self._path: str | None = None
        if above is None:
            self.depth, self.hidden = 0, hidden
        else:
            self.depth, self.hidden = above.depth + 1, hidden or above.hidden
            above.alike[kind] = above.alike.get(kind, 0) + 1

    @property
    def path(self) -> str:
        """The block path: tags and classes from the root, those with digits left out."""
        if self._path is None:
            own = step(*self.kind)
            self._path = f"{self.above.path}/{own}" if self.above else own
        return self._path

    def around(self) -> Iterable[Place]:
        """This place and those around it, the innermost first."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.above

    def around_but(self, known: Container[Place | None]) -> list[Place]:
        """This place and those around it up to the first known one, without it; the outermost first."""
        found: list[Place] = []
        place: Place | None = self
        while place is not None and place not in known:
            found.append(place)
            place = place.above
        found.reverse()
        return found


@lru_cache(maxsize=2**14)
def dotted(classes: str) -> tuple[str, ...]:
    """Classes as a style sheet names them."""
    return tuple(f".{name}" for name in classes.split())


@lru_cache(maxsize=2**15)
def step(tag: str, classes: str) -> str:
    """One step of a block path: a tag with its classes, without those that have digits."""
    if tag in OF_THE_PAGE or not classes:
        return tag
    names = sorted(name for name in set(classes.split()) if not any(map(str.isdigit, name)))
    return ".".join([tag, *names[:MOST_NAMES]])


class Block:
    """A run of text between two ends of a line. It has several lines if the page breaks it, as in `pre`."""

    def __init__(
        self, text: str, place: Place, linked: int, bold: int, anchors: tuple[HtmlElement, ...]
    ) -> None:
        self.text = text
        """With `- ` before a list item, ` | ` between cells of a row, `~~` around struck-out words."""
        self.place = place
        self.linked = min(linked / len(text), 1.0)
        """The share of its text that is links."""
        self.bold = min(bold / len(text), 1.0)
        """The share of its text that is bold."""
        self.anchors = anchors
        """The links in it."""

    @property
    def tag(self) -> str:
        """The tag of the place."""
        return self.place.tag

    @property
    def path(self) -> str:
        """The block path of the place."""
        return self.place.path

    @cached_property
    def words(self) -> list[str]:
        """Its words in lower case."""
        return WORD.findall(self.text.lower())

    @property
    def lines(self) -> list[str]:
        """The lines of the block."""
        return self.text.split("\n")

    def __repr__(self) -> str:
        return f"<Block {self.path}: {self.text[:60]!r}>"


def blocks(tree: HtmlElement, sheet: StyleSheet | None = None) -> list[Block]:
    """The blocks under an element; `sheet` is the page's style sheet, by default what is under the
    element.

    An element that a style hides is shown by a script after all if it holds most of the text by far.
    """
    sheet = sheet or StyleSheet.of(tree)
    found = _walked(_Blocks(tree, sheet))
    visible = sum(len(block.text) for block in found.done)
    for element in found.hidden:
        unhidden = _Blocks(tree, sheet.without(element), shown=element)
        if _size(element, unhidden) > BY_FAR * visible:
            return _walked(unhidden).done
    return found.done


def _size(element: HtmlElement, unhidden: _Blocks) -> int:
    """How many characters an element shows if it is not hidden."""
    inside = _Blocks(element, unhidden.sheet, shown=element)
    return sum(len(block.text) for block in _walked(inside).done)


def _walked(blocks: _Blocks) -> _Blocks:
    """The blocks once all of their root is read."""
    walk = etree.iterwalk(blocks.root, events=("start", "end"))
    begin, close, skip = blocks.open, blocks.close, walk.skip_subtree
    for event, element in walk:
        if event == "end":
            close(element)
        elif begin(element):
            skip()
    blocks.end()
    return blocks


class _Blocks:
    """The blocks read so far, and the current one."""

    def __init__(
        self,
        root: HtmlElement,
        sheet: StyleSheet,
        above: Place | None = None,
        shown: HtmlElement | None = None,
    ) -> None:
        self.done: list[Block] = []
        self.hidden: list[HtmlElement] = []
        """The elements that were left out because a style hides them."""
        self.root, self.sheet, self._shown = root, sheet, shown
        self._place = above or Place(root, (str(root.tag), root.get("class") or ""), None, hidden=False)
        self._skipped: HtmlElement | None = None
        self._places: list[Place] = []
        self._parts: list[str] = []
        self._mark = ""
        self._links = self._bolds = self._linked = self._bold = self._pre = 0
        self._struck: list[HtmlElement] = []
        self._anchors: list[HtmlElement] = []

    def open(self, element: HtmlElement) -> bool:
        """Read the beginning of an element; True if nothing below it is to be read."""
        tag = element.tag
        if tag in UNSEEN or not isinstance(tag, str):
            self._skipped = element
            return True
        inline = tag in INLINE and element is not self.root
        classes, style = element.get("class", ""), element.get("style", "")
        hidden = self._unseen(element, classes, style)
        if hidden and (inline or hidden != "first"):
            self._skipped = element
            if hidden == "ever" and not inline:
                self.hidden.append(element)
            self._parts.append(SOFT if hidden == "aloud" else "")
            return True
        if tag == "br":
            self._break()
            return False
        if tag == "sup" and (found_text := self._superscript(element)) is not None:
            self._add(found_text)
            self._skipped = element
            return True
        if inline:
            self._links += tag == "a"
            self._bolds += tag in BOLD
        else:
            self._begin(element, (tag, classes), hidden=bool(hidden))
        if tag in STRUCK or ((style or self.sheet.strikes) and self._is_struck(classes, style)):
            self._struck.append(element)
            self._parts.append(OPEN)
        if tag == "a":
            self._anchors.append(element)
        if tag == "tr" and self._row(element):
            return True
        if text := element.text:
            self._add(text)
        return False

    def close(self, element: HtmlElement) -> None:
        tag = element.tag
        if element is self._skipped:
            self._skipped = None
        elif tag != "br":
            if self._struck and self._struck[-1] is element:
                self._struck.pop()
                self._parts.append(CLOSE)
            if tag in INLINE and element is not self.root:
                self._links -= tag == "a"
                self._bolds -= tag in BOLD
            else:
                self.end()
                self._pre -= tag == "pre"
                self._place = self._places.pop()
                if tag == "li":
                    self._mark = ""
        if (after := element.tail) and element is not self.root:
            self._add(after)

    def _begin(self, element: HtmlElement, kind: tuple[str, str], *, hidden: bool) -> None:
        """Begin a place at this element."""
        self.end()
        above = self._place
        self._places.append(above)
        if above.element is not element:
            self._place = Place(element, kind, above, hidden=hidden)
        if kind[0] == "pre":
            self._pre += 1
        elif kind[0] == "li":
            self._mark = "- "

    def _unseen(self, element: HtmlElement, classes: str, style: str) -> str:
        """How an element is hidden: `never` shown, for `ever` by a style, read `aloud` only, at `first`, or
        not at all."""
        if element is self._shown:
            return ""
        hides_names = self.sheet.hides
        if classes:
            if never_shown(classes):
                return "aloud" if element.tag in INLINE else "never"
            if hides_names and not hides_names.isdisjoint(dotted(classes)) and not shown_wide(classes):
                return "ever"
        if hides_names and f"#{element.get('id', '')}" in hides_names:
            return "ever"
        if style and (how := hides(style)):
            return how
        return "first" if element.get("hidden") is not None else ""

    def _is_struck(self, classes: str, style: str) -> bool:
        if style and strikes(style):
            return True
        names = self.sheet.strikes
        return bool(names and classes) and not names.isdisjoint(dotted(classes))

    def _break(self) -> None:
        """End a line at a `br`; two of them end a paragraph."""
        before = next((part for part in reversed(self._parts) if part == BREAK or part.strip()), "")
        if before == BREAK:
            self.end()
        else:
            self._parts.append(BREAK)

    def _superscript(self, element: HtmlElement) -> str | None:
        """An exponent as `^2`, the mark of a footnote as ` [3]`; None if it is read as it is, such as
        `st`."""
        found_text = "".join(element.itertext()).strip()
        linked = self._links or element.find(".//a") is not None
        bare = found_text.strip("[]() ")
        if not bare or len(bare) > MOST_NAMES + 1 or "\n" in bare:
            return None
        before = "".join(self._parts[-3:]).rstrip(OPEN + CLOSE)
        if linked or found_text.startswith("["):
            return f" [{bare}]" if before and not before.endswith(BREAK) else f"[{bare}] "
        if not NUMBER.fullmatch(bare):
            return None
        if BASE.search(before) and not POWER.search(before):
            return f"^{bare}"
        return f" [{bare}]" if before.strip() and bare.isdigit() else None

    def _row(self, row: HtmlElement) -> bool:
        """Read a table row as one line, unless a cell has several blocks, as in a table for layout."""
        cells = [cell for cell in row if cell.tag in CELLS]
        if len(cells) < 2 or _has_more_than_cells(row):  # noqa: PLR2004 - one cell is no row
            return False
        if row.find(".//table") is not None:
            return False
        read = []
        for cell in cells:
            inside = _walked(_Blocks(cell, self.sheet, self._place, self._shown))
            if len(inside.done) > 1:
                self._place.alike.clear()
                return False
            read.append(inside.done)
        cells = [found[0].text.replace("\n", " ") if found else "" for found in read]
        if any(cells):
            self._parts.append(" | ".join(cells) if sum(map(bool, cells)) > 1 else "".join(cells))
            for (block,) in (found for found in read if found):
                self._linked += round(block.linked * len(block.text))
                self._bold += round(block.bold * len(block.text))
                self._anchors += block.anchors
        return True

    def _add(self, text: str) -> None:
        self._parts.append(text)
        if self._links or self._bolds:
            size = len(text.strip())
            self._linked += size if self._links else 0
            self._bold += size if self._bolds else 0

    def end(self) -> None:
        """End the current block, if it has text."""
        if self._parts:
            if self._struck:
                self._parts.append(CLOSE * len(self._struck))
            text = "".join(self._parts)
            if not text.isspace() and (text := _preformatted(text) if self._pre else _folded(text)):
                block = Block(self._mark + text, self._place, self._linked, self._bold, tuple(self._anchors))
                self.done.append(block)
                self._mark = ""
            self._parts = [OPEN * len(self._struck)] if self._struck else []
        self._linked = self._bold = 0
        self._anchors = []


def _has_more_than_cells(row: HtmlElement) -> bool:
    """Whether a broken row has words beside its cells."""
    others = (part for part in row if isinstance(part.tag, str) and part.tag not in CELLS | UNSEEN)
    beside = (row.text, *(part.tail for part in row), *(words for one in others for words in one.itertext()))
    return any(words and not words.isspace() for words in beside)


def _folded(text: str) -> str:
    """The text with white space folded, and a line for each that `br` made."""
    if OPEN in text:
        text = _marked(text)
    if SOFT in text:
        text = BETWEEN_WORDS.sub(" ", text).replace(SOFT, "")
    if BREAK not in text:
        return " ".join(text.split())
    return "\n".join(line for part in text.split(BREAK) if (line := " ".join(part.split())))


def _preformatted(text: str) -> str:
    """The text with its lines and the spaces at their beginning."""
    text = _marked(text).replace(BREAK, "\n").replace("\r\n", "\n").expandtabs(4)
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def _marked(text: str) -> str:
    """The text with `~~` where struck-out words begin and end."""
    while (less := EMPTY_MARK.sub("", text)) != text:
        text = less
    return CLOSING.sub(r"~~\1", OPENING.sub(r"\1~~", text)).replace("~~~~", "~~")
