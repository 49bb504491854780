"""The parts of a page that distinguish an article from an error page, a block page or a notice.

One pass over the markup finds scripts and attributes, headings, running text, buttons and links. No article
is extracted here; that is the work of `variorum.crawler.extraction.extract`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from lxml import etree

from variorum.crawler.classification.phrases.folding import fold, squeeze

UNSEEN = ("head", "script", "style", "noscript", "template")
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "button", "center", "dd", "details", "dialog"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "html", "iframe", "label", "legend", "li", "main", "nav", "ol", "p"),
        *("pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
FURNITURE = frozenset({"nav", "aside", "footer"})
FURNITURE_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "complementary"})
HEADINGS = ("h1", "h2", "h3")
ROOTS = frozenset({"root", "app", "__next", "__nuxt", "___gatsby", "svelte", "q-app", "app-root", "main-app"})
"""Names of the single element that a script fills."""
LEAST_PROSE = 4  # words: a shorter block is a label
SHORT = 6  # words of a link that may be a button
MOST_HEADINGS = 100
MOST_ELEMENTS = 20_000  # real articles have some thousands
MOST_PIECES = 20  # of the text of a button


class Anatomy:
    """The parts of one page, each computed at first use; all are empty if it can't be parsed."""

    def __init__(self, html: str = "") -> None:
        self._html = html
        self._root = _parsed(html)
        self.noscript = ""
        """The text that only a reader without scripts sees."""
        self.text = ""
        """The text that a reader sees, in one line."""
        if self._root is not None:
            self.noscript = " ".join(_text(element) for element in self._root.iter("noscript"))
            etree.strip_elements(self._root, *UNSEEN, with_tail=False)
            self.text = _text(self._root)

    @cached_property
    def machinery(self) -> str:
        """Scripts and attributes in lower case, without the addresses of links, since articles cite those."""
        root = _parsed(self._html)  # again, since nothing of it is left, and hardly any page needs it
        return "" if root is None else _machinery(root)

    @cached_property
    def squeezed(self) -> str:
        """The letters and digits of the text, to find blocks again whatever is between them.

        The text for readers without scripts counts: some pages have all their text there.
        """
        return squeeze(f"{self.text} {self.noscript}")

    @property
    def headings(self) -> list[tuple[str, str]]:
        """Tag and text of each heading outside menus, headers and footers."""
        return self._walked.headings

    @cached_property
    def main_headings(self) -> tuple[str, ...]:
        """The headings of the highest rank on the page, folded."""
        for tag in HEADINGS:
            if found := tuple(fold(text) for kind, text in self.headings if kind == tag):
                return found
        return ()

    @cached_property
    def plain_headline(self) -> str:
        """Its first `h1`, folded, where that is surely one of the headings; found without the walk.

        Empty where it is not that simple.
        """
        for heading in islice(self._all("h1", "h2", "h3"), MOST_HEADINGS // 2):
            if any(child.tag in BLOCKS for child in heading.iterdescendants()):
                break
            if heading.tag == "h1" and _is_outside_furniture(heading):
                return fold("".join(map(str, heading.itertext())))
        return ""

    def has_prose_of(self, words: int) -> bool:
        """Whether it surely has so many words of running text: those in paragraphs, without the walk."""
        found = 0
        for paragraph in self._all("p"):
            if _is_prose(paragraph) and _is_outside_furniture(paragraph):
                found += len(fold("".join(map(str, paragraph.itertext()))).split())
                if found >= words:
                    return True
        return False

    @property
    def prose(self) -> list[str]:
        """Blocks of running text outside menus, headers and footers."""
        return self._walked.prose

    @cached_property
    def controls(self) -> frozenset[str]:
        """The labels of buttons and short links, folded."""
        return frozenset(map(fold, set(map(_label, self._walked.controls)))) - {""}

    @property
    def links(self) -> int:
        """The number of links on the page."""
        return self._walked.links

    @property
    def asks_password(self) -> bool:
        """Whether it has a password field."""
        return self._walked.asks_password

    @property
    def empty_root(self) -> bool:
        """Whether the element that a script fills is present and empty."""
        return self._walked.empty_root

    def _all(self, *tags: str) -> Iterator[etree._Element]:
        """All elements with these tags; none if there are more elements than the walk visits."""
        if self._root is None or self._root.xpath("count(descendant-or-self::*)") > MOST_ELEMENTS:  # type: ignore[operator]
            return iter(())
        return self._root.iter(*tags)

    @cached_property
    def _walked(self) -> _Walk:
        walk = _Walk()
        if self._root is not None:
            walk.over(self._root)
        return walk


def _parsed(html: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(html.encode("utf-8", "replace"), parser) if html else None
    except etree.XMLSyntaxError:  # of markup like `<html` there comes None, whatever the type hints say
        return None


def _machinery(root: etree._Element) -> str:
    scripts = [script.text or "" for script in root.iter("script")]
    named = [str(value) for one in root.iter() for name, value in one.items() if name != "href"]
    return " ".join([*scripts, *named]).lower()


@dataclass
class _Walk:
    """One walk over the elements of a page, which divides its text into blocks."""

    headings: list[tuple[str, str]] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    controls: list[etree._Element] = field(default_factory=list)
    """Links, buttons and input fields."""
    links: int = 0
    asks_password: bool = False
    empty_root: bool = False
    _pieces: list[tuple[str, bool]] = field(default_factory=list)
    _tags: list[str] = field(default_factory=list)
    _furniture: list[bool] = field(default_factory=list)
    """For each open element whether it is outside the main text."""
    _in_furniture: int = 0
    _in_link: int = 0

    def over(self, root: etree._Element) -> None:
        """Walk from the root to the last element, or as far as articles go."""
        for event, element in islice(etree.iterwalk(root, events=("start", "end")), 2 * MOST_ELEMENTS):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                self._enter(element, tag)
            else:
                self._leave(element, tag)
        self._cut()

    def _enter(self, element: etree._Element, tag: str) -> None:
        if tag in BLOCKS:
            self._cut()
            self._tags.append(tag)
        is_furniture = _is_furniture(element, tag, self._tags)
        self._furniture.append(is_furniture)
        self._in_furniture += is_furniture
        self._in_link += tag == "a"
        self._note(element, tag)
        if text := element.text:
            self._pieces.append((text, self._in_link > 0))

    def _leave(self, element: etree._Element, tag: str) -> None:
        if tag in BLOCKS:
            self._cut()
            self._tags.pop()
        self._in_furniture -= self._furniture.pop()
        self._in_link -= tag == "a"
        if tail := element.tail:
            self._pieces.append((tail, self._in_link > 0))

    def _note(self, element: etree._Element, tag: str) -> None:
        """Record what the element is, besides its text."""
        if tag == "a":
            self.links += element.get("href") is not None
            self.controls.append(element)
        elif tag == "button" or element.get("role") == "button":
            self.controls.append(element)
        elif tag == "input":
            self.asks_password |= (element.get("type") or "").lower() == "password"
            self.controls.append(element)
        own = element.get("id")
        if (own and own.lower() in ROOTS) or tag == "app-root":
            self.empty_root |= _is_empty(element)

    def _cut(self) -> None:
        """End a block, and record it as heading, running text, or neither."""
        if not self._pieces:
            return
        pieces, self._pieces = self._pieces, []
        if self._in_furniture:
            return
        text = " ".join("".join([piece for piece, _ in pieces]).split())
        if not text:
            return
        tag = self._tags[-1] if self._tags else "body"
        if tag in HEADINGS:
            if len(self.headings) < MOST_HEADINGS:
                self.headings.append((tag, text))
        elif tag != "button":
            own = sum([len(piece.split()) for piece, linked in pieces if not linked])
            if own >= LEAST_PROSE and 2 * own >= len(text.split()):
                self.prose.append(text)


def _is_furniture(element: etree._Element, tag: str, tags: list[str]) -> bool:
    """Whether an element is outside the main text; a header is so only outside of an article."""
    if tag == "header":
        return not ("article" in tags or "main" in tags)
    role = element.get("role")
    return tag in FURNITURE or (role is not None and role.lower() in FURNITURE_ROLES)


def _is_prose(paragraph: etree._Element) -> bool:
    """Whether a paragraph is one block of running text, by the words that are surely in no link."""
    if any(child.tag in BLOCKS for child in paragraph.iterdescendants()):
        return False
    own = sum(len(piece.split()) for piece in (paragraph.text, *(child.tail for child in paragraph)) if piece)
    return own >= LEAST_PROSE and 2 * own >= len("".join(map(str, paragraph.itertext())).split())


def _is_outside_furniture(element: etree._Element) -> bool:
    """Whether an element is in the main text, and in no link."""
    chain = [element, *element.iterancestors()]
    tags = [str(one.tag) for one in chain]
    return not any(
        tag == "a" or _is_furniture(one, tag, tags[above:])
        for above, (one, tag) in enumerate(zip(chain, tags, strict=True), 1)
    )


def _label(element: etree._Element) -> str:
    """The label of a button or a short link; empty for a long one, and for any other field."""
    if element.tag == "input" and element.get("role") != "button":
        is_button = (element.get("type") or "").lower() in ("submit", "button")
        return (element.get("value") or "") if is_button else ""
    text = "".join(map(str, islice(element.itertext(), MOST_PIECES)))
    return text if len(text.split()) <= SHORT else ""


def _is_empty(element: etree._Element) -> bool:
    """Whether an element has hardly any words, like «Loading…»."""
    words = chain.from_iterable(str(piece).split() for piece in element.itertext())
    return sum(1 for _ in islice(words, LEAST_PROSE)) < LEAST_PROSE


def _text(element: etree._Element) -> str:
    return " ".join(" ".join(map(str, element.itertext())).split())
