"""Ways to lay out a page that names no article: what stands around the text, and in the midst of it.

Each layout is a function of a scene to the markup of a body. What is drawn from the scene's `luck` is another
thing at every fetch, and no word of it is the article's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from random import Random

from benchmarks.truth.articles import Article

MENU = ("Home", "Politics", "Society", "Culture", "Letters", "About us", "Contact")
FOOTER = "<div>All rights reserved by the editors of this site. Printed on water.</div>"
APHORISMS = (
    "Whoever writes a letter should wait a night before sending it, and whoever gets one should wait two.",
    "A town is known by its bridges, and a bridge is known by those who do not have to pay for it.",
    "There is no bad weather for those who stay at home, and no good weather for those who have to leave.",
    "The shortest way between two villages is always the one that has been closed for repairs this year.",
    "An apology that begins with the weather will end with the government, and nobody will have done it.",
)
REMARKS = (
    "I was there that day and can only say that it was quite different from what is written here.",
    "Thank you for this. My grandmother used to tell the same story, but with a ship in it.",
    "Why does nobody mention the school? It has been closed for longer than the harbour.",
    "Exactly. And next year they will act surprised again, as they do every single time.",
)
READERS = ("Otto", "Marigold", "an old sailor", "K. from Tarn", "Selma")
HEXES = "0123456789abcdef"

Other = tuple[str, Article]
"""Another article of the site, with its address in front."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What one fetch of one page shows."""

    article: Article
    others: Sequence[Other]
    round: int
    number: int
    """Of the page."""
    luck: Random
    """New at each fetch."""
    build: Random
    """The same in all fetches of a round: what a new build of the site draws."""

    @property
    def title(self) -> str:
        """The headline of the article as HTML."""
        return markup(self.article.title)

    def text(self, tag: str, attribute: str = "") -> str:
        """The paragraphs, each in that element."""
        return "\n".join(self.paragraphs(tag, attribute))

    def paragraphs(self, tag: str, attribute: str = "") -> list[str]:
        """The same, one by one; what is markup by itself stays as it is."""
        return [
            one if one.startswith("<") else f"<{tag}{attribute}>{markup(one)}</{tag}>"
            for one in self.article.paragraphs
        ]

    def drawn(self, count: int) -> list[Other]:
        """Some other articles, by lot."""
        return self.luck.sample(list(self.others), min(count, len(self.others)))


Layout = Callable[[Scene], str]


def markup(text: str) -> str:
    """The text as HTML."""
    return escape(text, quote=False)


def _menu(tag: str, around: str) -> str:
    items = "".join(f'<{tag}><a href="/{number}/">{name}</a></{tag}>' for number, name in enumerate(MENU))
    return f"<{around}>{items}</{around}>"


def link(of: Other) -> str:
    """The headline of another article, which leads there."""
    return f'<a href="{of[0]}">{markup(of[1].title)}</a>'


def links(some: Sequence[Other], tag: str) -> str:
    """Such headlines, each in that element."""
    return "".join(f"<{tag}>{link(one)}</{tag}>" for one in some)


def lead(article: Article) -> str:
    """How an article begins, cut short."""
    return markup(f"{article.paragraphs[0][:90].rsplit(' ', 1)[0]} …")


def soup(scene: Scene) -> str:
    """Nothing but `div`, without a class or an id."""
    return f"""<div><div>{_menu("div", "div")}</div>
        <div><div><div>{scene.title}</div><div>{scene.text("div")}</div></div>
        <div><div>Most read</div>{links(scene.drawn(4), "div")}</div></div>{FOOTER}</div>"""


def tables(scene: Scene) -> str:
    """Tables within tables, as in 1999, with `font` for headings."""
    visitor = 40_000 + scene.luck.randint(1, 9_999)
    return f"""<center><table width="760" border="0">
        <tr><td colspan="2">{_menu("td", "tr")} You are visitor no. {visitor}</td></tr>
        <tr><td width="160" valign="top"><table>{links(scene.others[:6], "td")}</table></td>
        <td valign="top"><font size="5"><b>{scene.title}</b></font><br><br>{scene.text("p")}</td></tr>
        <tr><td colspan="2"><font size="1">Best viewed at 800 by 600.</font></td></tr></table></center>"""


def breaks(scene: Scene) -> str:
    """No paragraph is marked: lines end with `br`."""
    lines = "<br><br>\n".join(p if p.startswith("<") else markup(p) for p in scene.article.paragraphs)
    day, online = scene.luck.randint(1, 28), scene.luck.randint(2, 90)
    return f"""{_menu("span", "div")}<h1>{scene.title}</h1><div>{lines}</div>
        <div>Today: {day}.3. | {online} readers online</div>{FOOTER}"""


def modules(scene: Scene) -> str:
    """Classes that a build tool invents, new ones with every build."""
    top, main, head, body, p, box, opening = (
        "s" + "".join(scene.build.choices(HEXES, k=6)) for _ in range(7)
    )
    teasers = "".join(
        f'<div class="{box}"><h3 class="{head}">{link(one)}</h3><p class="{opening}">{lead(one[1])}</p></div>'
        for one in scene.drawn(3)
    )
    paragraphs = scene.text("p", f' class="{p}"')
    return f"""<div class="{top}">{_menu("li", "ul")}</div><div class="{main}">
        <h1 class="{head}">{scene.title}</h1><div class="{body}">{paragraphs}</div>
        <div class="{box} {top}">{teasers}</div></div>{FOOTER}"""


def counters(scene: Scene) -> str:
    """Counters, clocks and votes between the paragraphs."""
    views, ago, yes, no, now = (scene.luck.randint(2, most) for most in (9_000, 60, 400, 40, 90))
    parts = scene.paragraphs("p")
    parts.insert(1, f"<div><span>{views} views</span> · <span>{ago} minutes ago</span></div>")
    parts.insert(3, f"<div>▲ {yes} ▼ {no}</div>")
    parts.append(f"<div>{now} people are reading this now</div>")
    return f"{_menu('a', 'div')}<h1>{scene.title}</h1><div>{''.join(parts)}</div>{FOOTER}"


def teasers(scene: Scene) -> str:
    """Other articles, by lot, in the midst of the text, with their leads."""
    first, second = (
        f'<div class="x{number}"><div><a href="{one[0]}"><img src="/p.jpg" alt=""></a></div>'
        f"<div>{link(one)}</div><div>{lead(one[1])}</div></div>"
        for number, one in enumerate(scene.drawn(2))
    )
    parts = scene.paragraphs("p")
    parts.insert(1, first)
    text = "".join([*parts, second])
    return f'{_menu("li", "ul")}<h1>{scene.title}</h1><div class="c">{text}</div>{FOOTER}'


def captions(scene: Scene) -> str:
    """Pictures whose captions repeat a sentence of the text; they are of the text."""
    return f"""{_menu("li", "ul")}<h1>{scene.title}</h1><div class="story">{scene.text("p")}</div>
        <div class="more">{links(scene.drawn(3), "p")}</div>{FOOTER}"""


def addresses(scene: Scene) -> str:
    """E-mail addresses that are hidden from robots in another way at each fetch."""
    desk = _hidden("desk@riverside.example", scene.luck)
    return f"""{_menu("li", "ul")}<h1>{scene.title}</h1><div>{_hidden(scene.text("p"), scene.luck)}</div>
        <div>Write to us: {desk}</div>{FOOTER}"""


def _hidden(text: str, luck: Random) -> str:
    """The text with its addresses in numbers for letters, or with rubbish between them that nobody sees."""
    return " ".join(_hidden_word(word, luck) if "@" in word else word for word in text.split(" "))


def _hidden_word(word: str, luck: Random) -> str:
    if luck.random() < 0.5:
        return "".join(luck.choice((f"&#{ord(c)};", f"&#x{ord(c):x};", c)) for c in word)
    return word.replace("@", f'@<span style="display:none">{"".join(luck.choices(HEXES, k=5))}</span>')


def aphorisms(scene: Scene) -> str:
    """A saying of some length under each text, in a paragraph like those of the text."""
    aphorism = scene.luck.choice(APHORISMS)
    return f"""{_menu("li", "ul")}
        <div><h1>{scene.title}</h1>{scene.text("p")}<p>{aphorism}</p></div>{FOOTER}"""


def comments(scene: Scene) -> str:
    """Readers say something under the text, more of them in every round."""
    randomness = Random(scene.number)
    remarks = "".join(
        f'<div class="k"><div class="n">{randomness.choice(READERS)}, {randomness.randint(1, 28)}.3.</div>'
        f'<div class="m">{randomness.choice(REMARKS)}</div></div>'
        for _ in range(1 + scene.round * (1 + scene.number % 2))
    )
    return f"""{_menu("li", "ul")}<div class="w"><h1>{scene.title}</h1>
        <div class="t">{scene.text("p")}</div><div class="l">{remarks}</div></div>{FOOTER}"""


def portal(scene: Scene) -> str:
    """More text around the article than in it: leads of others, in another order each time."""
    boxes = "".join(f"<div><h4>{link(one)}</h4><p>{lead(one[1])}</p></div>" for one in scene.drawn(8))
    newest = links(scene.others[scene.round : scene.round + 5], "li")
    return f"""{_menu("li", "ul")}<div class="left"><ul>{newest}</ul></div>
        <div class="mid"><h2>{scene.title}</h2><div>{scene.text("p")}</div></div>
        <div class="right">{boxes}</div>{FOOTER}"""


def faces(scene: Scene) -> str:
    """Two markups of one site, drawn at each fetch, as in a trial of which one readers like."""
    if scene.luck.random() < 0.5:
        return f"""{_menu("li", "ul")}<div class="v1"><h1>{scene.title}</h1>
            <div class="body">{scene.text("p")}</div></div>{FOOTER}"""
    return f"""{_menu("div", "div")}<div class="v2"><div class="head"><h1>{scene.title}</h1></div>
        <div class="wrap"><div class="inner">{scene.text("div")}</div>
        <div class="hint">You see the new version of this site.</div></div></div>{FOOTER}"""


def endless(scene: Scene) -> str:
    """Below the article the next one begins, whole, whichever that is today."""
    (_, other) = scene.drawn(1)[0]
    below = "".join(f"<p>{markup(one)}</p>" for one in other.paragraphs if not one.startswith("<"))
    return f"""{_menu("li", "ul")}<div class="feed">
        <div class="one"><h1>{scene.title}</h1><div class="txt">{scene.text("p")}</div></div>
        <div class="one"><h1>{markup(other.title)}</h1><div class="txt">{below}</div></div></div>{FOOTER}"""


def doubled(scene: Scene) -> str:
    """The text stands twice, once for small screens; nobody sees both."""
    online = scene.luck.randint(2, 90)
    return f"""{_menu("li", "ul")}<div class="wide"><h1>{scene.title}</h1>{scene.text("p")}</div>
        <div class="small" style="display: none"><div>{scene.title}</div>{scene.text("p")}</div>
        <div class="foot">{online} visitors</div>{FOOTER}"""


_ALL = (
    *(soup, tables, breaks, modules, counters, teasers, captions),
    *(addresses, aphorisms, comments, portal, faces, endless, doubled),
)
LAYOUTS: Mapping[str, Layout] = {layout.__name__: layout for layout in _ALL}
