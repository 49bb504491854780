"""What lies over a page, or is not shown on it, is none of its text, whether it comes or goes."""

import pytest

from variorum.crawler.extraction.extract import extract

PROSE = [
    "The harbour of Dunmore was closed on Monday, after the ferry had lost its anchor in the narrow channel.",
    "Divers looked for it until the evening, said the keeper, and will go on as soon as the water is clear.",
    "Nobody was hurt; the school bus went round by the upper road, and the market opened an hour later.",
]
WE_USE = "We use cookies to make this site work and to learn how it is used. You may choose which of them."

MARKED = "<div class='entry-content'>{}</div>"
UNMARKED = "<div><div>{}</div></div>"


def text(frame: str, beside: str = "", inside: str = "") -> str:
    paragraphs = "".join(f"<p>{one}</p>" for one in PROSE)
    body = frame.format(paragraphs + inside) + beside
    return extract(f"<html><body>{body}</body></html>".encode(), "https://s.example/a").text


BANNERS = [
    f"<div id='onetrust-consent-sdk'><div><h2>Your privacy</h2><p>{WE_USE * 12}</p></div></div>",
    f"<div class='CybotCookiebotDialog x'><p>{WE_USE}</p></div>",
    f"<div role='dialog' aria-label='Privacy'><p>{WE_USE}</p></div>",
    f"<dialog><p>{WE_USE}</p></dialog>",
    f"<div><div><p>{WE_USE}</p></div><div><button>Accept all</button></div></div>",
    f"<section><p>{WE_USE}</p><a href='/p'>Read more</a><a href='#'>Got it!</a></section>",
    "<div><p>این سایت از کوکی استفاده می‌کند تا بهتر کار کند.</p><button>می‌پذیرم</button></div>",
    f"<div><p>{WE_USE.replace('cookies', 'Cookies')}</p><button>Alle akzeptieren</button></div>",
]


@pytest.mark.parametrize("banner", BANNERS)
@pytest.mark.parametrize("frame", [MARKED, UNMARKED])
def test_a_banner_that_asks_for_cookies_is_no_text(frame: str, banner: str) -> None:
    assert text(frame, beside=banner) == text(frame, inside=banner) == text(frame) == "\n".join(PROSE)


def test_a_text_on_cookies_stays_though_it_ends_with_a_button() -> None:
    policy = "".join(f"<p>{n}. {WE_USE}</p>" for n in range(12)) + "<button>Accept all</button>"
    assert text(MARKED, inside=policy).count("cookies") == 12


def test_a_page_that_is_one_dialog_is_read_all_the_same() -> None:
    found = extract(
        f"<html><body><div role='dialog'><p>{'</p><p>'.join(PROSE)}</p></div></body></html>".encode(), "u"
    )
    assert found.text == "\n".join(PROSE)


def test_a_hidden_copy_of_the_text_is_no_text_and_what_only_a_click_shows_is() -> None:
    copy = f"<div style='display: none'><p>{'</p><p>'.join(PROSE)}</p></div>"
    assert text(MARKED, inside=copy) == "\n".join(PROSE)
    answer = (
        "<div style='display:none'><p>The ferry runs again on Thursday, at the hours of the summer.</p></div>"
    )
    assert text(MARKED, inside=answer).endswith("hours of the summer.")


def test_rubbish_that_nobody_sees_within_an_address_is_no_text() -> None:
    hidden = "<p>Write to desk@<span style='display:none'>0d8c4</span>riverside.example.</p>"
    assert text(MARKED, inside=hidden).endswith("Write to desk@riverside.example.")
