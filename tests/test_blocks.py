"""One walk over a page gives its blocks: all that a reader sees, in order, each with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from variorum.crawler.extraction.html.blocks import Block, blocks
from variorum.crawler.extraction.html.markup import parse


def read(body: str, head: str = "") -> list[Block]:
    return blocks(
        parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), "https://s.example/a")
    )


def texts(body: str, head: str = "") -> list[str]:
    return [block.text for block in read(body, head)]


def test_every_kind_of_block_is_read_in_order():
    body = """Before <b>all</b> paragraphs.<h2>A heading</h2><ul><li>First</li><li><p>Second</p></li></ul>
    <table><tr><th>Year</th><th>Persons</th></tr><tr><td>2016</td><td><b>280</b></td></tr></table>
    <figure><img src="a.png"><figcaption>A caption</figcaption></figure><button>Send</button>"""
    assert texts(body) == [
        "Before all paragraphs.", "A heading", "- First", "- Second", "Year | Persons", "2016 | 280",
        "A caption", "Send",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "tag", ["aside", "nav", "footer", "button", "form", "dialog", "noscript", "details", "x-box"]
)
def test_no_tag_is_trusted_to_be_no_text(tag: str):
    assert texts(f"<{tag}><p>The ferry sails at noon.</p>") == ["The ferry sails at noon."]


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>var a = 1;</script>",
        "<style>.a { color: red }</style>",
        "<template><p>Later.</p></template>",
        "<p style='visibility: hidden'>Copy 17</p>",
        "<p style='position:absolute;left:-9999px'>Copy 17</p>",
        "<p class='k7'>Copy 17</p>",
        "<p id='k9'>Copy 17</p>",
        "<p class='visually-hidden'>Skip to the text</p>",
        "<p class='d-none'>Copy 17</p>",
    ],
)
def test_what_no_reader_sees_is_no_block(unseen: str):
    sheet = "<style>/* x */ .k7, p.k8 { display: none } #k9{left: -9999px; position: absolute}</style>"
    assert texts(f"<p>One.</p>{unseen}<p>Two.</p>", sheet) == ["One.", "Two."]


@pytest.mark.parametrize(
    "rules",
    [
        ".k{display:none} .open.k{display:block}",
        ".k{display:none} .box.open > .k{display:block}",
        "@media print{.k{display:none}}",
        ".k{display:none} @media (min-width: 40em){.k{display:flex}}",
        ".menu .k{display:none}",
        ".k:empty{display:none}",
    ],
)
def test_what_a_rule_hides_only_sometimes_is_read(rules: str):
    assert texts("<p class='k'>The answer.</p>", f"<style>{rules}</style>") == ["The answer."]


LONG = "The harbour board has decided that the old pier stays open through the winter."


@pytest.mark.parametrize(
    ("box", "rules"),
    [
        ("<div class='page'><div class='page'>{}</div></div>", ".page{visibility:hidden}"),
        ("<div id='app'>{}</div>", "#app{display:none}"),
        ("<div style='visibility:hidden;min-height:100vh'>{}</div>", ""),
    ],
)
def test_what_holds_most_of_the_text_by_far_is_shown_by_a_script_whatever_a_style_says(box: str, rules: str):
    page = f"<p>Home</p>{box.format(f'<p>{LONG}</p>')}"
    assert texts(page, f"<style>{rules} .k{{display:none}}</style><p class='k'>Copy 17</p>") == ["Home", LONG]


def test_a_hidden_box_with_no_more_text_than_the_page_stays_hidden():
    page = f"<p>{LONG}</p><div class='modal'><p>We use cookies.</p><p>{LONG[:60]}</p></div>"
    assert texts(page, "<style>.modal{visibility:hidden}</style>") == [LONG]


def test_a_box_that_is_moved_a_little_is_not_hidden():
    assert texts(
        "<div class='k' style='margin-top: -120px'>One.</div>", "<style>.k{margin-left:-100px}</style>"
    )


def test_what_a_click_shows_is_read_and_marked_as_hidden():
    shown, hidden, folded = read("<p>One.</p><div style='display:none'><p>Two.</p></div><p hidden>Three.</p>")
    assert [shown.place.hidden, hidden.place.hidden, folded.place.hidden] == [False, True, True]


def test_hidden_words_within_a_line_are_gone_and_words_stay_apart():
    assert texts("<p>desk@<span style='display:none'>0d8</span>quay.example</p>") == ["desk@quay.example"]
    assert texts("<p>From<span class='sr-only'> </span>Monday 4<i class='sr-only'> coins</i>.</p>") == [
        "From Monday 4."
    ]


def test_a_break_parts_words_and_two_of_them_part_paragraphs():
    assert texts("<h1>Harbour<br>Board</h1>") == ["Harbour\nBoard"]
    assert texts("<div>One<br>line.<br><br>Another.<br/> \n<br/>Last.</div>") == [
        "One\nline.",
        "Another.",
        "Last.",
    ]


def test_program_text_keeps_its_lines_and_their_beginnings():
    code = "<pre><code>def tide(h):\n    for x in h:\n\n\tprint(x)\n</code></pre>"
    assert texts(code) == ["def tide(h):\n    for x in h:\n    print(x)"]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("<td>North<br>basin</td><td>10 m</td>", "North basin | 10 m"),
        ("<td><p>Eel</p></td><td><div><p>12.00</p></div></td>", "Eel | 12.00"),
        ("<th>Eel</th><td></td><td>12.00</td>", "Eel | | 12.00"),
        ("<td></td><td>Alone</td>", "Alone"),
    ],
)
def test_a_table_row_is_one_line_whatever_its_cells_hold(row: str, line: str):
    assert texts(f"<table><tr>{row}</tr></table>") == [line]


def test_a_table_for_layout_is_read_as_the_blocks_in_its_cells():
    assert texts("<table><tr><td><p>Left.</p><p>Below.</p></td><td>Right.</td></tr></table>") == [
        "Left.",
        "Below.",
        "Right.",
    ]


def test_readings_above_words_are_left_out():
    assert texts("<p><ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>の話</p>") == ["港の話"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>2</sup> m", "10^2 m"),
        ("5 km<sup>2</sup> and 10<sup>-6</sup> g", "5 km^2 and 10^-6 g"),
        ("x<sup>2</sup> + y<sup>2</sup>", "x^2 + y^2"),
        (
            "built in 1999<sup>3</sup>, mended after the storm<sup>4</sup>.",
            "built in 1999 [3], mended after the storm [4].",
        ),
        ("there<sup><a href='#n1'>1</a></sup> since", "there [1] since"),
        ("in 1999<sup><a href='#n3'>[3]</a></sup> and", "in 1999 [3] and"),
        ("the 1<sup>st</sup> of May, M<sup>me</sup> Arta", "the 1st of May, Mme Arta"),
        ("CO<sub>2</sub>", "CO2"),
    ],
)
def test_powers_footnote_marks_and_raised_letters_are_told_apart(markup: str, text: str):
    assert texts(f"<p>{markup}</p>") == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("The fee is <s>four</s> <del>six</del> seven.", "The fee is ~~four~~ ~~six~~ seven."),
        ("<span style='text-decoration: line-through'> All of it. </span>", "~~All of it.~~"),
        ("Was <b class='old'>no</b> <s></s>yes", "Was ~~no~~ yes"),
    ],
)
def test_what_is_struck_out_is_marked(markup: str, text: str):
    assert texts(f"<p>{markup}</p>", "<style>.old{text-decoration:line-through}</style>") == [text]


def test_a_struck_out_element_around_several_blocks_marks_each():
    assert texts("<del><p>One.</p><p>Two.</p></del><p>Three.</p>") == ["~~One.~~", "~~Two.~~", "Three."]


def test_the_document_of_a_frame_is_read_where_the_frame_stands():
    frame = '<iframe srcdoc="<article><p>Inside &amp; out.</p><script>x</script></article>"></iframe>'
    assert texts(f"<p>Before.</p>{frame}<p>After.</p>") == ["Before.", "Inside & out.", "After."]


def test_a_block_knows_its_links_and_its_path():
    (block,) = read(
        "<main class='c1'><div id='x' class='text wide p2'><p>Read <a href='/a'>this</a></p></div></main>"
    )
    assert (block.path, block.linked) == ("html/body/main/div.text.wide/p", 4 / 9)
    assert [anchor.get("href") for anchor in block.anchors] == ["/a"]


def test_a_place_knows_how_many_of_its_kind_stand_beside_it():
    first = read("<ul><li class='a'>x</li><li class='a'>y</li><li>z</li></ul>")[0]
    assert first.place.above is not None
    assert first.place.above.alike == {("li", "a"): 2, ("li", ""): 1}


def test_words_beside_the_cells_of_a_broken_row_are_read():
    row = "<tr>Fares <td>one way</td><td>4</td><b>in shillings</b></tr>"
    assert texts(f"<table>{row}</table>") == ["Fares", "one way", "4", "in shillings"]


TAGS = st.sampled_from(["div", "p", "b", "li", "td", "em", "h2", "tr", "table", "s", "aside", "pre", "a"])
SHAPES = st.recursive(st.just("w"), lambda inner: st.tuples(TAGS, st.lists(inner, max_size=3)))


@given(SHAPES)
def test_each_word_of_a_tree_is_in_exactly_one_block(shape):
    count = 0

    def written(part: str | tuple) -> str:
        nonlocal count
        if isinstance(part, str):
            count += 1
            return f" w{count} "
        return f"<{part[0]}>{''.join(map(written, part[1]))}</{part[0]}>"

    tree = html.document_fromstring(f"<body><div>{written(shape)}</div></body>")
    found = [word for block in blocks(tree) for word in block.words]
    assert sorted(found) == sorted(f"w{n}" for n in range(1, count + 1))
