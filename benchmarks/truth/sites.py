"""Made-up sites as stages: no server and no WordPress, each with one of the layouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from random import Random

from benchmarks.truth import prose
from benchmarks.truth.articles import Article
from benchmarks.truth.edits import SENTENCE, Edit
from benchmarks.truth.layouts import LAYOUTS, Layout, Scene
from benchmarks.truth.systems import SYSTEMS
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult

HEADERS = {"content-type": "text/html; charset=utf-8"}
PAGE = "<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
CAPTION = "<figure><img src='/p.jpg' alt=''><figcaption>{}</figcaption></figure>"
ALL_LAYOUTS: Mapping[str, Layout] = {**LAYOUTS, **SYSTEMS}
IN_ARABIC_SCRIPT = (prose.PERSIAN, prose.PERSIAN, prose.ARABIC)
STREETS = ("Quay Street", "Mill Lane", "Upper Road", "Old Market", "Chapel Hill")
WORKS = ("new pipes", "no parking", "closed for cars", "resurfaced", "trees cut")
ADDRESSES = ("editor", "press.office", "letters", "archive")


class MadeUpSite:
    """A site of that layout; all that it shows depends on the seed alone."""

    dated = False

    def __init__(self, layout: str, pages: int, seed: int, then: str = "") -> None:
        self.name = f"{layout} to {then}" if then else layout
        self.url = f"https://{layout}.example/"
        self._layout, self._then, self._seed = layout, then, seed
        self._round = self._fetches = 0
        rng = Random(f"{layout} {seed}")
        tongues = IN_ARABIC_SCRIPT if layout == "right_to_left" else prose.TONGUES
        written = [_furnished(article, layout, rng) for article in prose.articles(pages, rng, tongues)]
        self._articles = {f"{self.url}{number}/": article for number, article in enumerate(written, start=1)}

    def articles(self) -> Mapping[str, Article]:
        """What each page says at present, by its address."""
        return dict(self._articles)

    def listed(self) -> Sequence[DiscoveredUrl]:
        """Nothing: the site has no API."""
        return []

    def fetch(self, url: str) -> FetchResult:
        """The page, generated again with new noise."""
        self._fetches += 1
        article = self._articles[url]
        scene = Scene(
            article,
            [(other, one) for other, one in self._articles.items() if other != url],
            self._round,
            list(self._articles).index(url),
            Random(f"{self._seed} {self._fetches}"),
            Random(f"{self._seed} build {self._round}"),
        )
        page = PAGE.format(title=escape(article.title), body=ALL_LAYOUTS[self._layout](scene))
        return FetchResult(url, url, "", 200, HEADERS, page.encode(), "utf-8")

    def edit(self, edits: Sequence[Edit], at: datetime) -> None:
        """Carry out the edits of a round; what is drawn once a round is drawn anew."""
        self._round += 1
        self._articles |= {edit.page: edit.new for edit in edits}

    def redesign(self) -> None:
        """Show the other layout from now on."""
        self._layout = self._then


def _furnished(article: Article, layout: str, rng: Random) -> Article:
    """The article with what its layout is about: captions, or addresses."""
    first, *rest = article.paragraphs
    if layout == "captions":
        repeated = SENTENCE.split(rest[-1])[0]
        return replace(article, paragraphs=(first, CAPTION.format(escape(repeated, quote=False)), *rest))
    if layout == "press":
        return replace(article, paragraphs=(" ".join(SENTENCE.split(article.text)[:2]),))
    if layout == "long_list":
        items = "".join(f"<li>{_item(rng)}</li>" for _ in range(rng.randint(20, 60)))
        return replace(article, paragraphs=(first, f"<ul>{items}</ul>"))
    if layout == "addresses":
        return replace(
            article,
            paragraphs=(first, f"Ask {rng.choice(ADDRESSES)}@riverside.example for the papers.", *rest),
        )
    return article


def _item(rng: Random) -> str:
    """An entry of a long list."""
    return f"{rng.choice(STREETS)} {rng.randint(1, 99)}: {rng.choice(WORKS)}, {rng.randint(2, 90)} days"
