from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from variorum.crawler.extraction.boilerplate.recurrence import learn
from variorum.crawler.extraction.boilerplate.template import EMPTY, Piece, Template, cut, cut_alike, shows
from variorum.crawler.extraction.extract import ExtractionRules, extract
from variorum.crawler.extraction.html.dom_paths import names_in
from variorum.crawler.extraction.html.markup import parse, text_of

NEWS = "<div id='side'><h4>Latest</h4><ul>{}</ul></div>"
DISCLAIMER = "<p>The views are the writer's own and not those of this paper.</p>"


def body(article: str, *, side: str = "<li>News A</li>", views: int = 1, marked: bool = False) -> bytes:
    name = "entry-content" if marked else "zone"
    return (
        f"<body class='post-{views}'><div id='menu'><a href='/'>Home</a> <a href='/us'>About us</a></div>"
        f"<div id='main'><div class='{name} c{views}'>{article}</div>"
        f"<div class='seen'>seen {views} times</div></div>"
        f"{NEWS.format(side)}</body>"
    ).encode()


def prose(n: int) -> str:
    return f"<p>Article {n} opens with its own paragraph, {n * 7}.</p><p>It ends, {n}, like this.</p>"


def sample(count: int = 8, **more: bool) -> dict[str, list[bytes]]:
    return {f"https://s.example/{n}": [body(prose(n), views=n, **more)] for n in range(count)}


def left(page: bytes, template: Template) -> str:
    tree = parse(page, "https://s.example/x")
    cut(tree, template)
    return text_of(tree)


def test_blocks_that_stand_on_many_pages_are_cut_and_the_article_stays():
    template = learn(sample())
    assert left(body(prose(99), views=99), template).startswith("Article 99 opens")
    assert "Home" not in left(body(prose(99)), template)


def test_two_pages_teach_nothing():
    assert learn(sample(2)).pieces == frozenset()


def test_tomorrow_s_headlines_in_a_learned_place_are_cut_too():
    template = learn(sample())
    assert "Fresh" not in left(body(prose(99), side="<li>Fresh news B</li><li>Fresh news C</li>"), template)


def test_a_counter_that_differs_at_every_fetch_is_cut():
    pages = {f"u{n}": [body(prose(n), views=n), body(prose(n), views=n + 50)] for n in range(4)}
    template = learn(pages)
    assert [piece.why for piece in template.pieces if "seen" in piece.path] == ["volatile"]
    assert "seen" not in left(body(prose(99), views=1234), template)


def drawn(same: int) -> Template:
    """Learned from six pages, on `same` of which a place happens to read as it did before."""
    return learn(
        {f"u{n}": [body(prose(n)), body(prose(n), views=1 if n < same else n + 2)] for n in range(6)}
    )


def test_a_place_drawn_by_lot_is_known_though_some_pages_drew_the_same_twice():
    assert "seen" not in left(body(prose(99), views=1234), drawn(same=3))
    assert "seen" in left(body(prose(99), views=1234), drawn(same=4))


def counted(n: int, views: int, votes: int) -> bytes:
    """A page whose counters stand in elements like those of its text, so that no place is theirs alone."""
    counters = f"<div>{views} views · {votes} minutes ago</div>"
    paragraphs = [f"<div>{text}</div>" for text in (f"Article {n} opens, {n * 7}.", f"It ends, {n}.")]
    return f"<body><div>{counters.join(paragraphs)}</div><div>▲ {votes}</div></body>".encode()


def test_a_counter_is_known_by_its_words_where_its_place_is_like_those_of_the_text():
    pages = {f"u{n}": [counted(n, n, 3), counted(n, n + 40, 9)] for n in range(4)}
    assert left(counted(9, 1234, 55), learn(pages)) == "Article 9 opens, 63.It ends, 9."


def test_numbers_that_stand_still_in_words_that_recur_are_text():
    pages = {f"u{n}": [counted(n, 5, 5), counted(n, 5, 5)] for n in range(4)}
    priced = {url: [one.replace(b"5 views", b"5 euros") for one in some] for url, some in pages.items()}
    assert "7 euros" in left(counted(9, 7, 5).replace(b"7 views", b"7 euros"), learn(priced))


def advertised(n: int, drawn: str) -> bytes:
    return body(f"{prose(n)}<div class='z'>{drawn}</div>", marked=True)


ADS = ("Lose weight", "Cheap flights", "You will not believe this")


def of_stock(moving: int) -> Template:
    """Learned of eight pages with an advertisement each, another one at the second fetch of so many."""
    return learn(
        {f"u{n}": [advertised(n, ADS[n % 3]), advertised(n, ADS[(n + (n < moving)) % 3])] for n in range(8)}
    )


def test_what_is_drawn_from_a_stock_is_known_though_it_rarely_moves_but_not_if_it_stands_still():
    assert "Cheap" not in left(advertised(9, "Cheap trains"), of_stock(moving=3))
    assert "Cheap" in left(advertised(9, "Cheap trains"), of_stock(moving=0))


def test_a_banner_on_every_third_page_is_known_though_only_one_page_was_seen_to_exchange_it():
    """By chance the others show the same one twice; what the page shows instead, others show, too."""
    banners = {0: (ADS[0], ADS[1]), 3: (ADS[1], ADS[1]), 6: (ADS[0], ADS[0])}
    seen = {n: banners.get(n, ("", "")) for n in range(9)}
    learned = learn({f"u{n}": [advertised(n, one) for one in both] for n, both in seen.items()})
    assert "Cheap" not in left(advertised(12, "Cheap trains"), learned)


def test_a_moving_box_with_a_name_of_its_own_is_known_wherever_it_stands():
    quoted = body(
        f"<blockquote><p>One.</p><div class='z'>Cheap trains</div></blockquote>{prose(9)}", marked=True
    )
    assert "Cheap" not in left(quoted, of_stock(moving=3))


def test_each_page_that_was_learned_from_is_of_a_known_design_and_another_is_not():
    pages = {f"{kind}{n}": [of_kind(kind, n)] for kind in ("story", "shop") for n in range(4)}
    pages["about"] = [of_kind("about", 1)]
    template = learn(pages)
    assert all(shows(one, template) for (one,) in pages.values())
    assert not shows(of_kind("other", 1), template)


def test_a_finding_that_several_articles_share_stays_in_all_of_them():
    pages = {
        f"u{n}": [body(f"{prose(n)}<p class='z'>{('False', 'True')[n % 2]}</p>", marked=True)] * 2
        for n in range(8)
    }
    assert "False" in left(pages["u0"][0], learn(pages))


def test_what_the_page_as_a_whole_is_called_tells_no_places_apart():
    def called(n: int, kind: bytes) -> bytes:
        return body(prose(n)).replace(b"post-1", kind)

    template = learn({f"u{n}": [called(n, b"single")] for n in range(6)})
    assert "Home" not in left(called(9, b"page"), template)


def test_an_article_edited_between_two_captures_is_not_taken_for_a_counter():
    pages = {f"u{n}": [body(prose(n)), body(prose(n).replace("opens", "begins"))] for n in range(6)}
    assert "Article 3 begins" in left(pages["u3"][1], learn(pages))


def test_a_marked_article_is_never_cut_as_a_place_though_all_of_it_moved():
    pages = {f"u{n}": [body(prose(n), marked=True), body(prose(n + 50), marked=True)] for n in range(6)}
    assert "Article 3 opens" in left(pages["u3"][0], learn(pages))


def disclaimed(marked: bool, count: int) -> dict[str, list[bytes]]:
    """Eight pages, of which `count` end with the same disclaimer."""
    ends = [DISCLAIMER if n < count else "" for n in range(8)]
    return {f"u{n}": [body(prose(n) + ends[n], views=n, marked=marked)] for n in range(8)}


def test_a_disclaimer_in_half_of_the_marked_articles_stays_and_in_more_than_half_goes():
    page = body(prose(99) + DISCLAIMER, marked=True)
    assert "writer's own" in left(page, learn(disclaimed(marked=True, count=4)))
    assert "writer's own" not in left(page, learn(disclaimed(marked=True, count=5)))


def test_outside_a_marked_article_a_third_of_the_pages_and_at_least_three_make_boilerplate():
    page = body(prose(99) + DISCLAIMER)
    assert "writer's own" in left(page, learn(disclaimed(marked=False, count=2)))
    assert "writer's own" not in left(page, learn(disclaimed(marked=False, count=3)))


def test_the_same_quotation_in_two_articles_stays_in_both():
    quotation = "<blockquote>We only want to hear their voices.</blockquote>"
    pages = {f"u{n}": [body(prose(n) + (quotation if n < 2 else ""), views=n)] for n in range(5)}
    assert "hear their voices" in left(pages["u0"][0], learn(pages))


def test_the_template_makes_a_page_without_marked_article_read_as_its_article_alone():
    short = body("<p>نه.</p>", views=7)
    assert "Home" in extract(short, "https://s.example/s").text
    rules = ExtractionRules(template=learn(sample()))
    assert extract(short, "https://s.example/s", rules=rules).text == "نه.\nseen 7 times"


def test_classes_that_name_the_page_and_not_the_place_do_not_part_what_belongs_together():
    boxes = [f"<div class='cat-{category}'><p>Share this</p></div>" for category in "abcdabcd"]
    pages = {f"u{n}": [body(box + prose(n), views=n)] for n, box in enumerate(boxes)}
    page = body(f"<div class='cat-new'><p>Share this</p></div>{prose(99)}")
    assert "Share this" not in left(page, learn(pages))


def test_the_evidence_says_where_what_and_on_how_many_pages():
    piece = next(piece for piece in learn(sample()).pieces if piece.text == "Latest")
    assert (piece.path, piece.why, piece.pages) == ("html>body>div#side>h4", "repeated", 8)


@st.composite
def sites(draw: st.DrawFn) -> dict[str, list[bytes]]:
    """Pages of two kinds, marked or not, fetched once or twice, with what repeats and what is drawn."""
    pages: dict[str, list[bytes]] = {}
    for n in range(draw(st.integers(2, 9))):
        side = f"<li>News {draw(st.sampled_from('AB'))}</li>"
        marked = draw(st.booleans())
        end = draw(st.sampled_from(["", DISCLAIMER, "<div class='z'>Cheap flights</div>"]))
        views = draw(st.lists(st.integers(1, 99), min_size=1, max_size=3))
        pages[f"u{n}"] = [body(prose(n) + end, side=side, views=one, marked=marked) for one in views]
    return pages


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_learning_does_not_depend_on_the_order_of_pages(data):
    pages = data.draw(sites())
    order = data.draw(st.permutations(list(pages)))
    assert learn({url: pages[url] for url in order}).to_json() == learn(pages).to_json()


def of_kind(kind: str, n: int) -> bytes:
    rows = "".join(f"<div class='{kind}-{row}'><p>{kind} row {row}</p></div>" for row in "abcde")
    return f"<body><div class='{kind}'>{rows}<div class='{kind}-text'>{prose(n)}</div></div></body>".encode()


def test_each_kind_of_pages_has_boilerplate_of_its_own():
    pages = {f"{kind}{n}": [of_kind(kind, n)] for kind in ("story", "shop") for n in range(4)}
    template = learn(pages)
    assert len(template.kinds) == 1
    for kind in ("story", "shop"):
        assert left(of_kind(kind, 99), template).startswith("Article 99")


def test_a_template_reads_back_from_its_json():
    template = learn(sample(), version=3)
    assert Template.from_json(template.to_json()) == template
    assert template.version == 3


def test_the_empty_template_cuts_nothing():
    page = body(prose(1))
    assert left(page, EMPTY) == text_of(parse(page, "u"))


def test_templates_that_differ_in_their_evidence_alone_cut_the_same_whatever_the_page():
    template = learn(sample())
    on_more_pages = replace(
        template, version=2, pieces=frozenset(replace(one, pages=one.pages + 9) for one in template.pieces)
    )
    assert cut_alike(b"no page that could be parsed: \x00", "u", None, template, on_more_pages)
    assert cut_alike(b"", "u", None, template, on_more_pages)


def test_templates_cut_alike_where_what_only_one_of_them_has_is_not_on_the_page():
    template = learn(sample())
    piece = Piece("html>body>p", "Subscribe now.", "repeated", 9)
    more = replace(template, version=2, pieces=template.pieces | {piece})
    with_it = body(prose(1)).replace(b"</body>", b"<p>Subscribe now.</p></body>")
    assert cut_alike(body(prose(1)), "u", None, template, more)
    assert not cut_alike(with_it, "u", None, template, more)


def test_the_names_in_the_bytes_of_a_page_are_those_on_the_page():
    page = b"""<HTML><body CLASS=Home><DIV Id='Side' class="menu Top"><p id = "x1" class='a b'
        subclass="none">Ferries</p><i id=bare class="menu">late</i></div></html>"""
    lower = page.replace(b"CLASS", b"class").replace(b"Id=", b"id=")
    assert names_in(page) == names_in(lower) == {"#Side", ".menu", ".Top", "#x1", ".a", ".b"}
