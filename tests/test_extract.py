from datetime import date
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.config.site import Rule
from variorum.crawler.errors import Misuse
from variorum.crawler.extraction.extract import EXTRACTOR, ExtractionError, ExtractionRules, extract, rules_at
from variorum.crawler.extraction.html import markup

URL = "https://site.example/en/posts/17"

HEAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} – The Site</title>
<meta property="og:site_name" content="The Site">{more}</head>"""
SURROUNDINGS = """<header><div class="ticker">{ticker}</div><nav><a href="/">Home</a></nav></header>
<div id="main"><article id="post-17"><h1 class="entry-title">{title}</h1>
<div class="entry-content">{content}</div></article>
<section id="comments"><h3>{comments} comments</h3></section></div>
<div id="sidebar"><h4>Recent posts</h4><ul>{recent}</ul></div>
<footer>Generated in {seconds} seconds</footer></body></html>"""


QUIET = {"ticker": "Old news", "comments": "0", "recent": "<li><a href='/1'>One</a></li>", "seconds": "0.1"}


def page(content, *, title="The bridge", body_class="single postid-17", more="", **noise) -> bytes:
    """A post as a classic theme shows it; `noise` is what stands around the article."""
    parts = {**QUIET, **noise}
    head = HEAD.format(title=title, more=more) + f'<body class="{body_class}">'
    return (head + SURROUNDINGS.format(title=title, content=content, **parts)).encode()


def cloudflare(address: str, key: int) -> str:
    return bytes([key, *(byte ^ key for byte in address.encode())]).hex()


def text(content: str, **more: str) -> str:
    return extract(page(content, **more), URL).text


# What is the text


def test_a_one_word_article_is_its_word_and_nothing_of_the_page_around_it():
    assert text("<p>Yes.</p>") == "Yes."


def test_every_kind_of_block_is_one_line_in_reading_order():
    content = """Before <b>all</b> paragraphs.<h2>A heading</h2>
    <ul><li>First</li><li><p>Second</p><ul><li>Inner</li></ul></li></ul>
    <blockquote><p>A quotation.</p><cite>Somebody</cite></blockquote>
    <table><tr><th>Year</th><th>Persons</th></tr><tr><td>2016</td><td><b>280</b></td></tr></table>
    <figure><img src="a.png"><figcaption>A caption</figcaption></figure>
    <p>One line<br>and another.</p>After all."""
    assert text(content).split("\n") == [
        "Before all paragraphs.", "A heading", "- First", "- Second", "- Inner", "A quotation.", "Somebody",
        "Year | Persons", "2016 | 280", "A caption", "One line", "and another.", "After all.",
    ]  # fmt: skip


def test_a_table_made_for_layout_is_read_as_the_blocks_in_its_cells():
    assert text("<table><tr><td><p>Left.</p><p>Below.</p></td><td>Right.</td></tr></table>").split("\n") == [
        "Left.", "Below.", "Right.",
    ]  # fmt: skip


def test_what_stands_around_the_article_does_not_change_its_digest():
    quiet = extract(page("<p>The bridge was closed.</p>"), URL)
    around = {"ticker": "Breaking", "comments": "3", "seconds": "0.7", "recent": "<li>New</li>"}
    noisy = extract(page("<p>The bridge was closed.</p>", **around), URL)
    assert noisy.digest == quiet.digest


@pytest.mark.parametrize(
    "box",
    [
        '<div class="post-views">views: {n}</div>',
        '<div class="jp-relatedposts"><h3>Related</h3><ul><li>Teaser {n}</li></ul></div>',
        '<div class="adsbygoogle"><a href="/?ad={n}">Cheap flights {n}</a></div>',
        '<div class="sharedaddy sd-sharing"><span>{n} shares</span></div>',
        '<div class="also-read"><img src="x.png"><a href="/{n}">Also read: teaser {n}</a></div>',
        '<script>var nonce = "{n}";</script><input type="hidden" value="{n}">',
    ],
)
def test_plugin_boxes_inside_the_article_are_no_text(box):
    first, second = (text("<p>Kept.</p>" + box.format(n=n) + "<p>Kept too.</p>") for n in (1, 2))
    assert first == second == "Kept.\nKept too."


@given(at=st.integers(0, 8))
def test_an_edit_of_any_one_word_of_the_article_shows(at):
    content = """<h2>{0} a</h2><p>{1} <i>{2}</i></p><ul><li>{3}</li></ul><blockquote>{4}</blockquote>
    <aside>{5}</aside><table><tr><td>{6}</td></tr></table><figure><figcaption>{7}</figcaption></figure>
    <div><span>{8}</span></div>"""
    words = [f"word{n}" for n in range(9)]
    edited = [*words[:at], "other", *words[at + 1 :]]
    assert text(content.format(*words)) != text(content.format(*edited))


def test_an_address_that_is_obfuscated_anew_at_each_fetch_is_read_as_itself():
    content = (
        '<p>Write to <a class="__cf_email__" data-cfemail="{0}">[email&#160;protected]</a>'
        ' or <a href="/cdn-cgi/l/email-protection#{0}">[email&#160;protected]</a>.</p>'
    )
    read = {text(content.format(cloudflare("zana@site.example", key))) for key in (1, 77, 255)}
    assert read == {"Write to zana@site.example or zana@site.example."}


@pytest.mark.parametrize("code", ["", "zz", "0", "01", "0101", "ff7f", "00400a"])
def test_a_broken_obfuscated_address_stays_as_the_page_shows_it(code):
    assert "protected" in text(f'<p>To <span data-cfemail="{code}">[email&#160;protected]</span>.</p>')


def test_persian_keeps_its_joiners_in_title_and_text():
    sentence = "خانواده‌ها نامه‌ای نوشتند و منتظر پاسخ‌اند."
    read = extract(page(f"<p>{sentence}</p>", title="نامه‌ای تازه"), URL)
    assert (read.title, read.text, read.language) == ("نامه‌ای تازه", sentence, "fa")


def test_persian_keeps_its_joiners_where_trafilatura_finds_the_article():
    sentences = [f"خانواده‌های شمارهٔ {n} گرد هم آمدند و برای فرزندان خود نامه‌ای نوشتند." for n in range(9)]
    first, second = " ".join(sentences[:5]), " ".join(sentences[5:])
    body = f"<html><body><div><p>{first}</p><p>{second}</p></div></body></html>"
    assert extract(body.encode(), URL).text == f"{first}\n{second}"


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Familjet u mblodhën në Tiranë dhe kërkuan të takojnë të afërmit e tyre.", "sq"),
        ("اجتمعت العائلات في المدينة وطالبت بلقاء أبنائها بعد سنوات طويلة.", "ar"),
        ("The families met in the city and asked to see their children.", "en"),
    ],
)
def test_the_language_is_that_of_the_text_and_not_of_the_theme(sentence, code):
    assert extract(page(f"<p>{sentence}</p>"), URL).language == code


def test_an_article_with_its_original_in_another_language_below_stays_whole():
    english = "The council of Tirana has met, and the families were heard for the first time in a year."
    albanian = "Këshilli i Tiranës u mblodh dhe familjet u dëgjuan për herë të parë brenda një viti."
    persian = "شورای شهر تیرانا تشکیل جلسه داد و خانواده‌ها پس از یک سال شنیده شدند."
    for start, end in (("<div class='entry-content'>", "</div>"), ("<div><div>", "</div></div>")):
        whole = (
            f"<html lang='en'><body>{start}<p>{english}</p><p>{albanian}</p><p dir='rtl'>{persian}</p>{end}"
        )
        assert extract(whole.encode(), "u").blocks == (english, albanian, persian)


def test_a_text_too_short_to_judge_has_the_language_its_page_declares():
    assert extract(page("<p>Po.</p>").replace(b'lang="en"', b'lang="sq-AL"'), URL).language == "sq"


def test_a_page_is_decoded_as_the_fetch_found_it_or_as_it_declares():
    body = "<html><head><meta charset='{}'></head><body><article><p>كتاب جديد</p></article></body></html>"
    assert extract(body.format("windows-1256").encode("cp1256"), URL).text == "كتاب جديد"
    assert extract(body.format("utf-8").encode("cp1256"), URL, encoding="cp1256").text == "كتاب جديد"
    assert extract(body.format("utf-8").encode(), URL, encoding="no-such-code").text == "كتاب جديد"


FA = "خانواده‌ها در تهران گرد هم آمدند و برای فرزندان خود نامه‌ای نوشتند."
AR = "اجتمعت العائلات في المدينة وطالبت بلقاء أبنائها بعد سنوات طويلة."
FR = "L’été dernier, les élèves ont déjà étudié à l’école «française»."
CHARSET = "<meta charset='{}'>"


@pytest.mark.parametrize(
    ("sentence", "declared", "code", "response"),
    [
        (FA, "", "utf-8", None),
        (FA, "", "utf-8-sig", None),
        (FA, "", "utf-16", None),
        (FA, "", "utf-16-le", None),
        (FA, "", "utf-16-be", None),
        (AR, "", "cp1256", None),
        (FR, "", "cp1252", None),
        (FR, "iso-8859-1", "cp1252", None),
        (FA, "iso-8859-1", "utf-8", None),
        (FA, "utf-16", "utf-8", None),
        (AR, "utf-8", "cp1256", None),
        (FR, "utf-8", "cp1252", "utf-8"),
        (FA, "utf-8", "utf-8", "iso-8859-1"),
        ("日本の秋は短い。", "iso-2022-jp", "iso-2022-jp", None),
    ],
)
def test_a_page_is_legible_whatever_code_it_declares_or_leaves_undeclared(sentence, declared, code, response):
    head = CHARSET.format(declared) if declared else ""
    body = f"<html><head>{head}</head><body><article><p>{sentence}</p></article></body></html>"
    assert extract(body.encode(code), URL, encoding=response).text == sentence


def test_a_single_broken_character_does_not_make_another_code_of_a_page():
    body = f"<html><body><article><p>{FA}</p></article></body></html>".encode()
    assert FA[:-1] in extract(body.replace(b".</p>", b"\xd9.</p>"), URL).text


def test_of_several_posts_in_the_same_markup_the_page_s_own_is_read():
    other = '</div></article><article id="post-9"><div class="entry-content"><p>Another post.</p>'
    assert text("<p>Its own.</p>" + other) == "Its own."


def test_a_lone_article_element_is_read_without_headline_dates_and_footer():
    body = b"""<body><main><article><header><h1>Bridge</h1><p>The lead.</p><time>3 minutes ago</time></header>
    <p>The text of it.</p><footer>Tags: a, b</footer></article></main></body>"""
    assert extract(body, URL).text == "The lead.\nThe text of it."


def test_a_lone_teaser_in_an_article_element_does_not_hide_the_page_s_prose():
    prose = "<p>" + "The council met on Monday and spoke of the bridge for two hours. " * 5 + "</p>"
    body = f"<body><div><h1>Council</h1>{prose * 3}</div><article><p>Teaser.</p></article></body>"
    assert "The council met on Monday" in extract(body.encode(), URL).text


def test_a_page_too_short_for_trafilatura_is_still_read():
    assert extract(b"<html><body><nav>Menu</nav><div>Closed.</div></body></html>", URL).text == "Closed."


def test_reading_twice_gives_the_same_extract():
    body = page("<p>Same.</p>", more='<meta property="article:published_time" content="2021-05-01T10:00">')
    assert extract(body, URL) == extract(body, URL)


# What the page says of itself


def test_the_title_is_the_headline_else_the_page_title_without_the_site_s_name():
    assert extract(page("<p>x</p>", title="Quotes &amp; “curly” 😀"), URL).title == "Quotes & “curly” 😀"
    named = b"<meta property='og:site_name' content='The Site'>"
    bare = b"<html><head><title>The bridge | The Site</title>" + named + b"</head>"
    assert extract(bare + b"<body><div>x</div></body></html>", URL).title == "The bridge"


def test_an_article_without_a_headline_does_not_take_the_site_s_name_for_one():
    bare = b"<html><head><title>The Site</title><meta property='og:site_name' content='The Site'></head>"
    assert extract(bare + b"<body><article><p>Text.</p></article></body></html>", URL).title == ""


def test_dates_author_and_address_are_the_page_s_own_in_utc():
    more = """<link rel="canonical" href="/en/posts/17">
    <meta property="article:published_time" content="2021-05-01T10:00:00+02:00">
    <script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",
    "dateModified": "2022-01-02T00:00:00Z", "author": {"@type": "Person", "name": "Zana Arta"}}]}</script>"""
    read = extract(page("<p>x</p>", more=more), URL)
    assert (read.published, read.modified) == ("2021-05-01T08:00:00Z", "2022-01-02T00:00:00Z")
    assert (read.author, read.canonical) == ("Zana Arta", URL)


def test_metadata_takes_no_part_in_the_digest():
    other = page("<p>x</p>", more='<meta property="article:modified_time" content="2022-01-02T00:00:00Z">')
    assert extract(other, URL).digest == extract(page("<p>x</p>"), URL).digest
    assert extract(other, URL).modified != extract(page("<p>x</p>"), URL).modified


def test_the_name_of_the_extractor_tells_the_trafilatura_that_decided():
    assert EXTRACTOR.startswith("trafilatura 2.")


# Listings

ENTRY = '<article class="post"><h2><a href="/{0}">Headline {0}</a></h2><p>A lead.</p></article>'


@pytest.mark.parametrize("body_class", ["home blog", "archive category", "search search-results", ""])
def test_a_list_has_its_entries_each_one_line(body_class):
    entries = "".join(ENTRY.format(n) for n in range(5))
    read = extract(f'<html><body class="{body_class}"><h1>News</h1>{entries}</body></html>'.encode(), URL)
    assert read.kind == "listing"
    assert {f"Headline {n} | A lead." for n in range(5)} <= set(read.blocks)


@pytest.mark.parametrize("body_class", ["home page page-id-17", "single paged", ""])
def test_a_static_front_page_and_the_second_page_of_a_story_are_articles(body_class):
    assert extract(page("<p>Welcome.</p>", body_class=body_class), URL).kind == "article"


def test_prose_with_related_headlines_below_is_an_article():
    prose = "<p>" + "The council met on Monday and spoke of the bridge for two hours. " * 10 + "</p>"
    related = "".join(f'<h3><a href="/{n}">Other {n}</a></h3>' for n in range(6))
    body = f"<html><body><div>{prose * 4}</div>{related}</body></html>"
    assert extract(body.encode(), URL).kind == "article"


OTHERS = "".join(f'<h3><a href="/{n}">Other {n}</a></h3><p>A lead.</p>' for n in range(20))
PARAGRAPH = "<p>The council met on Monday and spoke of the bridge for two hours.</p>"


@pytest.mark.parametrize(
    ("head", "prose"),
    [
        ('<meta property="og:type" content="article">', PARAGRAPH),
        ('<meta property="article:published_time" content="2021-05-01">', PARAGRAPH),
        ("", PARAGRAPH * 4),
    ],
)
def test_a_short_article_among_many_headlines_is_one(head, prose):
    body = f"<html><head>{head}</head><body>{OTHERS}<h1>Bridge</h1><div>{prose}</div></body></html>"
    assert extract(body.encode(), URL).kind == "article"


def test_a_page_named_after_its_only_entry_is_that_entry_s_own_whatever_its_classes():
    entry = f'<article><h2><a href="/17">The bridge</a></h2>{PARAGRAPH}</article>'
    page = f"<html><head><title>{{}} – The Site</title></head><body class='blog'>{entry}</body></html>"
    assert extract(page.format("The bridge").encode(), URL).kind == "article"
    assert extract(page.format("Archive of May").encode(), URL).kind == "listing"


# The site's own rules


def test_select_names_the_text_and_remove_what_is_not_of_it():
    body = b"<div class='a'><p>One.</p><p class='x'>Two.</p></div><div class='b'>Three.</div><p>Four.</p>"
    rules = ExtractionRules(select=(".b", ".a"), remove=(".x",))
    assert extract(body, URL, rules=rules).text == "One.\nThree."


def test_nested_matches_of_select_are_read_once():
    body = b"<body><div class='a'><div class='a'>One.</div></div></body>"
    assert extract(body, URL, rules=ExtractionRules(select=(".a",))).text == "One."


def test_a_select_that_matches_nothing_is_an_error_that_names_it():
    with pytest.raises(ExtractionError, match=r"posts/17.*\.gone"):
        extract(page("<p>x</p>"), URL, rules=ExtractionRules(select=(".gone",)))


def test_a_broken_selector_is_the_operator_s_mistake():
    with pytest.raises(Misuse, match=r"is no CSS selector .*; one is like"):
        extract(page("<p>x</p>"), URL, rules=ExtractionRules(remove=("div[",)))


def test_a_rule_holds_from_its_first_to_its_last_day():
    old, new = (
        Rule(css=".old", until=date(2021, 5, 1)),
        Rule(css=".new", from_=date(2021, 5, 2)),
    )
    rules = [Rule(css=".always"), old, new]
    assert rules_at(rules, date(2021, 5, 1)) == (".always", ".old")
    assert rules_at(rules, date(2021, 5, 2)) == (".always", ".new")


# Hostile and broken pages


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"", "empty"),
        (b" \x00 ", "empty"),
        (b"<!-- nothing -->", "no HTML"),
        (b"<html><body><div id='root'></div></body></html>", "no text"),
        (b"<html><title>App</title><body><h1>App</h1><div id='root'></div></body></html>", "no text"),
        (b"<div>" * 5000 + b"x", "nested too deep"),
    ],
)
def test_a_page_without_text_is_an_error_with_the_likely_cause(body, cause):
    with pytest.raises(ExtractionError, match=f"{URL}: .*{cause}"):
        extract(body, URL)


def test_a_page_of_too_many_elements_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(markup, "MOST_ELEMENTS", 100)
    with pytest.raises(ExtractionError, match="more than 100 elements"):
        extract(b"<body>" + b"<p>x</p>" * 200, URL)


def test_a_selector_may_ask_for_words():
    rules = ExtractionRules(select=("p:contains('bridge')",))
    found = extract(b"<p>The old bridge.</p><p>The ferry.</p>", URL, rules=rules)
    assert found.text == "The old bridge."


@pytest.mark.parametrize("raw", ["script", "style", "SCRIPT type='module'"])
def test_a_program_on_the_page_has_no_tags(raw: str):
    program = f"for(i=0;i<n;i++) {'step ( i ) ; ' * 3000}"
    name = raw.split(maxsplit=1)[0]
    page = f"<head><{raw}>{program}</{name}></head><h1>A bridge</h1><p>It was built in 1887.</p>"
    assert "It was built in 1887." in text(page)


@pytest.mark.parametrize(
    "page",
    ["<script {}>x</script><p>One.", "<p title='<script>'><b {}>One.", "<script>x</script><p {}>One.</p>"],
)
def test_a_tag_of_very_many_attributes_is_seen_beside_programs(page: str):
    with pytest.raises(ExtractionError, match="more than 2000 attributes"):
        text(page.format(" ".join(f"a{n}" for n in range(5000))))


def test_a_tag_of_very_many_attributes_is_refused_before_the_parser_meets_it():
    tag = "<p " + " ".join(f'a{n}=">"' for n in range(5_000)) + ">Text.</p>"
    with pytest.raises(ExtractionError, match="more than 2000 attributes"):
        extract(tag.encode(), URL)


def test_a_long_attribute_is_not_taken_for_many():
    assert extract(f"<div data-x='{'a=1 ' * 50_000}'><p>Text.</p></div>".encode(), URL).text == "Text."


@given(st.text())
def test_no_text_between_two_paragraphs_can_hide_them(between):
    lines = text(f"<p>first</p><p>{escape(between)}</p><p>last</p>").split("\n")
    assert (lines[0], lines[-1]) == ("first", "last")


@pytest.mark.parametrize("sign", ["\f", "\x01", "\uffff", "&#12;", "&#11", "&#x1c;", "&#xFFFE;"])
def test_signs_that_no_tree_may_hold_cost_no_page(sign: str) -> None:
    body = page(f"<p>The{sign} lamp</p><script>x</script>{sign}<nav>Menu</nav>{sign}<p>burns{sign}.</p>")
    assert extract(body, URL).text.replace(" ", "") == "Thelamp\nburns."
