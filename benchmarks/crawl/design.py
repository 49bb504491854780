"""One design of a news site, of real size: 100 to 170 kB of markup around each article.

What stands on all pages: head, menu, style sheet, footer. What differs from page to page: related articles.
What differs at each fetch (`noise`): tokens, counters, ages, the order of teasers, the state of scripts; on
one page in twenty a box of teasers in the middle of the article, too.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from html import escape
from random import Random

from benchmarks.crawl.articles import OFFICES, PLACES, THINGS, Article, article, title

TITLE = "The Ormhead Courier"
BOXED = 20
"""In one article of so many, teasers that change at each fetch stand between its sections."""
ICON = (
    '<svg class="icon icon--chevron" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" '
    'focusable="false"><path d="M4.2 6.1 8 9.9l3.8-3.8 1 1L8 12 3.2 7.1z" fill="currentColor"/></svg>'
)


def page(shown: Article, pages: int, noise: int) -> bytes:
    """The page of an article on a site of so many articles; `noise` decides what differs at each fetch."""
    rng = Random(f"{shown.number} {noise}")
    near = Random(shown.number)
    related = [near.randrange(pages) for _ in range(near.randint(8, 40))]
    whole = (
        f'{_head(shown, rng)}<body class="single single-post postid-{shown.number}">{_menu()}'
        f"{_ticker(pages, rng)}"
        f'<div class="layout"><main id="content" class="layout__main">{_article(shown, pages, rng)}'
        f"{_cards('Related stories', related, rng)}</main>{_sidebar(pages, rng)}</div>{_footer()}"
        f"{_state(pages, rng)}</body></html>"
    )
    return whole.encode()


def front(pages: int) -> bytes:
    """The front page, which links to the first articles."""
    numbers = range(min(pages, 30))
    listed = "".join(f'<h2 class="card__title">{_link(number)}</h2>' for number in numbers)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title></head>'
        f'<body class="home">{_menu()}<main id="content">{listed}</main>{_footer()}</body></html>'
    ).encode()


def _article(shown: Article, pages: int, rng: Random) -> str:
    parts = [_section(section.heading, section.paragraphs) for section in shown.sections]
    if shown.number % BOXED == BOXED - 1:
        parts.insert(2, _box(pages, rng))
    return (
        f'<article class="post post--{shown.number} story" data-nonce="{_token(rng)}">'
        f'<header class="story__header"><h1 class="story__title">{escape(shown.title)}</h1>'
        f'<p class="story__byline">By <a rel="author" '
        f'href="/people/{shown.author.lower().replace(" ", "-")}/">{shown.author}</a> '
        f'<time datetime="{shown.date}T09:00:00Z">{shown.date}</time></p>{_share(rng)}</header>'
        f'{_figure(shown.number)}<div class="story__body entry-content">{"".join(parts)}</div>'
        f'<footer class="story__footer"><p class="story__views">{rng.randint(1000, 99_999):,} views</p>'
        f"{_share(rng)}</footer></article>"
    )


def _section(heading: str, paragraphs: tuple[str, ...]) -> str:
    head = f"<h2>{escape(heading)}</h2>" if heading else ""
    return head + "".join(f"<p>{_marked_up(paragraph)}</p>" for paragraph in paragraphs)


def _marked_up(paragraph: str) -> str:
    """The paragraph with links and emphasis, the same ones each time."""
    words = escape(paragraph).split(" ")
    rng = Random(paragraph)
    for at in rng.sample(range(len(words)), len(words) // 12):
        tag = rng.choice(('a href="/topics/{0}/"', "em", "strong", 'span class="term"'))
        words[at] = f"<{tag.format(at)}>{words[at]}</{tag.split()[0]}>" if words[at] else ""
    return " ".join(words)


def _box(pages: int, rng: Random) -> str:
    links = "".join(f'<p class="inline-promo__item">{_link(rng.randrange(pages))}</p>' for _ in range(3))
    return f'<div class="inline-promo"><p class="inline-promo__label">Read also</p>{links}</div>'


def _figure(number: int) -> str:
    place = PLACES[number % len(PLACES)]
    return (
        f'<figure class="story__figure">{_picture(number)}<figcaption>A view of {place}</figcaption></figure>'
    )


def _picture(number: int) -> str:
    rng = Random(f"picture {number}")
    name, preview = rng.getrandbits(160), b64encode(rng.randbytes(120)).decode()
    sizes = ", ".join(f"/media/{name:040x}-{wide}.webp {wide}w" for wide in (320, 480, 640, 960, 1280))
    return (
        f'<picture><source type="image/webp" srcset="{sizes}" sizes="(min-width: 60em) 33vw, 100vw">'
        f'<img src="/media/{name:040x}-640.jpg" width="640" height="427" loading="lazy" '
        f'decoding="async" alt="" style="background-image:url(data:image/webp;base64,{preview})">'
        "</picture>"
    )


def _cards(label: str, numbers: list[int], rng: Random) -> str:
    cards = "".join(
        f'<li class="card card--teaser" data-id="{number}"><div class="card__media">{_picture(number)}</div>'
        f'<div class="card__text"><h3 class="card__title">{_link(number)}</h3><p class="card__lead">'
        f'{escape(_lead(number))}</p><p class="card__meta">{rng.randint(2, 59)} minutes ago · '
        f"{rng.randint(2, 900)} comments</p></div></li>"
        for number in numbers
    )
    heading = f'<section class="related" aria-label="{label}"><h2>{label}</h2>'
    return f'{heading}<ul class="cards">{cards}</ul></section>'


@cache
def _lead(number: int) -> str:
    return article(number).sections[0].paragraphs[0].split("  ")[0]


def _sidebar(pages: int, rng: Random) -> str:
    latest = "".join(
        f'<li class="latest__item"><span class="latest__age">{rng.randint(1, 23)} hours ago</span> '
        f"{_link(rng.randrange(pages))}</li>"
        for _ in range(20)
    )
    read = "".join(f"<li>{_link(rng.randrange(pages))}</li>" for _ in range(10))
    return (
        f'<aside class="layout__side"><section class="widget"><h2>Latest</h2><ul>{latest}</ul></section>'
        f'<section class="widget"><h2>Most read</h2><ol>{read}</ol></section><section class="widget weather">'
        f"<h2>Weather</h2><p>{rng.randint(-4, 24)} °C in {rng.choice(PLACES)}</p></section></aside>"
    )


def _ticker(pages: int, rng: Random) -> str:
    news = "".join(f'<li class="ticker__item">{_link(rng.randrange(pages))}</li>' for _ in range(15))
    return f'<div class="ticker" role="marquee"><strong>Now</strong><ul>{news}</ul></div>'


def _link(number: int) -> str:
    return f'<a class="teaser-link" href="{_path(number)}">{escape(title(number))}</a>'


@cache
def _path(number: int) -> str:
    return article(number).path


def _share(rng: Random) -> str:
    names = ("Mail", "Print", "Copy link", "Bookmark")
    links = "".join(
        f'<li><a class="share__link" href="#" data-t="{_token(rng)}">{ICON}<span>{name}</span></a></li>'
        for name in names
    )
    return f'<ul class="share">{links}</ul>'


def _head(shown: Article, rng: Random) -> str:
    linked = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": shown.title,
        "datePublished": f"{shown.date}T09:00:00Z", "author": {"@type": "Person", "name": shown.author},
    }  # fmt: skip
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<title>{escape(shown.title)} – {TITLE}</title><meta name="csrf-token" content="{_token(rng)}">'
        f'<meta property="og:type" content="article">'
        f'<meta property="og:title" content="{escape(shown.title)}"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><style>{_styles()}</style>'
        f'<script type="application/ld+json">{json.dumps(linked)}</script></head>'
    )


@cache
def _styles() -> str:
    rng = Random("styles")
    return "".join(
        f".{rng.choice(('card', 'story', 'menu', 'widget', 'share'))}__{word}-{number}"
        f"{{margin:{rng.randint(0, 48)}px {rng.randint(0, 48)}px;color:#{rng.getrandbits(24):06x}}}"
        for number, word in enumerate(("item", "row", "title", "lead", "meta") * 30)
    )


@cache
def _menu() -> str:
    columns = "".join(_column(office, number) for number, office in enumerate(OFFICES[:9]))
    return (
        f'<header class="masthead"><a class="masthead__logo" href="/">{TITLE}</a><nav class="menu" '
        f'aria-label="Main"><ul class="menu__columns">{columns}</ul></nav></header>'
    )


def _column(office: str, number: int) -> str:
    links = "".join(
        f'<li id="menu-item-{number}{at:02}" class="menu__item menu-item menu-item-type-taxonomy"><a '
        f'class="menu__link" href="/topics/{thing.split()[-1]}-{number}/">{ICON}'
        f"<span>{thing[4:].title()}</span></a></li>"
        for at, thing in enumerate(THINGS[: 12 + number % 4])
    )
    return f'<li class="menu__column"><span>{office.title()}</span><ul class="menu__list">{links}</ul></li>'


@cache
def _footer() -> str:
    links = "".join(
        f'<li class="footer__item"><a href="/about/{n}/">{p}</a></li>' for n, p in enumerate(PLACES)
    )
    imprint = f"<p>© {TITLE}. All rights reserved. Printed in Ormhead.</p>"
    return f'<footer class="footer"><ul>{links}</ul>{imprint}</footer>'


def _state(pages: int, rng: Random) -> str:
    """The state of scripts, as such sites put it into their pages."""
    entries = [
        {"id": number, "slug": _path(number), "title": title(number), "key": _token(rng)}
        for number in (rng.randrange(pages) for _ in range(rng.randint(60, 90)))
    ]
    state = {"nonce": _token(rng), "served": rng.random(), "entries": entries}
    return f"<script>window.__STATE__={json.dumps(state)};</script><script>{_program()}</script>"


@cache
def _program() -> str:
    rng = Random("program")
    return "".join(
        f"function f{n}(a,b){{var c=a[{rng.randint(0, 99)}]||b;if(c.k{rng.randint(0, 999)})"
        f"{{return f{n // 2}(c,a)}}return c.concat('{rng.getrandbits(64):x}')}}"
        for n in range(180)
    )


def _token(rng: Random) -> str:
    return f"{rng.getrandbits(80):020x}"
