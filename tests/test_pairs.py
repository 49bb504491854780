"""Two captures of one page of which nothing else is known, as `compare` gets them: what of them is a change.

The pages are of no system that marks its article; the noise is what real captures of one page differ by.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from variorum.crawler.preview.saved_pages import compared

SECTIONS = (
    (
        "What we collect",
        "We collect the name and the address that you give us when you open an account.",
    ),
    (
        "What we do with it",
        "We use both to send you the orders that you have paid for, for nothing else.",
    ),
    (
        "Who else sees it",
        "Nobody but the carrier sees your address, until the order has been delivered.",
    ),
    ("How to ask", "Write to us at any time, and you will be told within 30 days what we know about you."),
)
TEXT = "".join(f"<section><h2>{head}</h2><p>{sentence}</p></section>" for head, sentence in SECTIONS)
FRAME = (
    "<!doctype html><html><head><title>Privacy – Riverside Stores</title><meta name='csrf' content='{token}'>"
    "</head><body><header><a href='/'>Riverside Stores</a></header><nav><a href='/a'>Help</a></nav>"
    "<div class='wrap'><h1>Privacy</h1><div class='terms'>{text}</div>{after}</div>{over}"
    "<footer>© {year} Riverside Stores Ltd. All rights reserved.</footer></body></html>"
)


def page(text: str = TEXT, **more: str) -> str:
    return FRAME.format(**{"token": "a1", "after": "", "over": "", "year": "2024", "text": text} | more)


@pytest.fixture
def explained(tmp_path: Path):
    def explained(old: str, new: str) -> str | None:
        files = [tmp_path / "old.html", tmp_path / "new.html"]
        for file, text in zip(files, (old, new), strict=True):
            file.write_text(text, encoding="utf-8")
        change = compared(*files, "https://riverside.example/privacy", None).change
        return change.explanation if change else None

    return explained


BANNER = (
    "<div class='notice'><p>This site uses cookies so that it works, and to count its visitors.</p>"
    "<button>Accept all</button><button>Settings</button></div>"
)
HELPFUL = "<div class='votes'><span>{} out of {} found this helpful</span></div>"
HIDDEN = (
    "<a href='/cdn-cgi/l/email-protection' class='__cf_email__' data-cfemail='{}'>[email&#160;protected]</a>"
)


def hidden(address: str, key: int) -> str:
    """An address as Cloudflare hides it, with another key at each fetch."""
    code = bytes([key, *(byte ^ key for byte in address.encode())]).hex()
    return f"<a href='/cdn-cgi/l/email-protection' data-cfemail='{code}'>[email&#160;protected]</a>"


NOTE = "<sup><a href='#n'>{}</a></sup>"
NOTED = TEXT.replace("nothing else", f"nothing else{NOTE}").replace("delivered", f"delivered{NOTE}")
VEILED = "<style>.z9{{display:none}}</style>" + TEXT.replace(", until", "<i class='z9'> {}</i>, until")

NOISE = {
    "a token in the head": (page(), page(token="b2")),
    "the year of the copyright": (page(), page(year="2025")),
    "a cookie banner that comes": (page(), page(over=BANNER)),
    "a cookie banner that goes, within the text's own box": (page(after=BANNER), page()),
    "votes for the page": (page(after=HELPFUL.format(12, 40)), page(after=HELPFUL.format(13, 42))),
    "how long ago it was updated": (
        page("<p>Updated 3 months ago</p>" + TEXT), page("<p>Updated 4 months ago</p>" + TEXT),
    ),
    "views and shares": (
        page(TEXT + "<div>1,201 views · 3 shares</div>"), page(TEXT + "<div>1,377 views · 5 shares</div>"),
    ),
    "an address that is hidden anew": (
        page(f"{TEXT}<p>Write to {hidden('desk@riverside.example', 42)}.</p>"),
        page(f"{TEXT}<p>Write to {hidden('desk@riverside.example', 17)}.</p>"),
    ),
    "an address that is half hidden": (
        page(TEXT + "<p>Write to desk@riverside.example if you want to know more about this.</p>"),
        page(TEXT + "<p>Write to [email&#160;protected] if you want to know more about this.</p>"),
    ),
    "a paragraph in another element": (page(), page(TEXT.replace("<p>", "<div>").replace("</p>", "</div>"))),
    "a dialog": (page(), page(over="<div role='dialog'><h2>Hello</h2><p>Stay for our letter.</p></div>")),
    "footnotes that are counted anew": (page(NOTED.format(3, 4)), page(NOTED.format(4, 5))),
    "words that the style sheet hides": (page(VEILED.format("red ant")), page(VEILED.format("old oak"))),
    "a paragraph that is never on the screen": (
        page(TEXT + "<p style='position:absolute;left:-9999px'>Copy 17 for the reader of the north.</p>"),
        page(TEXT + "<p style='position:absolute;left:-9999px'>Copy 99 for the reader of the south.</p>"),
    ),
    "readings above the words": (
        page(f"{TEXT}<p>The sign says <ruby>港<rt>みなと</rt></ruby>, and it is read by all of us.</p>"),
        page(f"{TEXT}<p>The sign says <ruby>港<rt>minato</rt></ruby>, and it is read by all of us.</p>"),
    ),
    "typography": (page(), page(TEXT.replace(" for nothing else", "\u00a0for nothing else"))),
}  # fmt: skip


@pytest.mark.parametrize("noise", NOISE)
def test_what_differs_between_two_captures_of_the_same_text_is_no_change(noise: str, explained) -> None:
    old, new = NOISE[noise]
    assert explained(old, new) is None
    assert explained(new, old) is None


LAST = SECTIONS[-1][1]
THIRD = TEXT.index("<section><h2>Who")
EDITS = {
    "a number": (TEXT, TEXT.replace("30 days", "60 days")),
    "a word in a heading": (TEXT, TEXT.replace("Who else sees it", "Who else keeps it")),
    "a short sentence": (TEXT, TEXT.replace(LAST, f"{LAST} Please do.")),
    "a negation": (TEXT, TEXT.replace("We use both", "We never use both")),
    "a sentence that is struck out": (TEXT, TEXT.replace(LAST, f"<s>{LAST}</s>")),
    "a word that is struck out by its style": (
        TEXT, TEXT.replace("30 days", "<b style='text-decoration:line-through'>30 days</b>"),
    ),
    "a power that becomes a number": (
        TEXT.replace("30 days", "8<sup>2</sup> days"), TEXT.replace("30 days", "82 days"),
    ),
    "a line of a program that leaves its loop": (
        f"{TEXT}<pre>for one in all:\n    say(one)\n    stop(one)</pre><p>{LAST}</p>",
        f"{TEXT}<pre>for one in all:\n    say(one)\nstop(one)</pre><p>{LAST}</p>",
    ),
    "a price in a row whose cells hold paragraphs": (
        f"{TEXT}<table><tr><td><p>Eel</p></td><td>12<br>crowns</td></tr></table><p>{LAST}</p>",
        f"{TEXT}<table><tr><td><p>Eel</p></td><td>13<br>crowns</td></tr></table><p>{LAST}</p>",
    ),
    "a section that comes": (TEXT, f"{TEXT}<section><h2>New</h2><p>This holds from 1 May on.</p></section>"),
    "a section that goes": (TEXT, TEXT.replace(f"<section><h2>How to ask</h2><p>{LAST}</p></section>", "")),
    "sections that change places": (TEXT, TEXT[THIRD:] + TEXT[:THIRD]),
    "the day of the last revision": (
        f"<p>Last revised on 3 March 2024.</p>{TEXT}", f"<p>Last revised on 7 May 2024.</p>{TEXT}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_the_text_is_told_whatever_else_differs(edit: str, explained) -> None:
    old, new = EDITS[edit]
    assert explained(page(old), page(new, token="b2", over=BANNER, year="2025"))
