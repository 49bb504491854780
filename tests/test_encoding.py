"""The characters of a page: one decision of the same evidence, wherever its bytes come from."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.command import objects, quick, workspace
from tests.local_site import LocalSite, Page
from variorum.crawler.extraction.html.encoding import codec, decode, encoding_of

SENTENCES = {
    "sq": "Këshilli i Ormhedit u mblodh të martën për të vendosur çfarë do të bëhet me molin e vjetër.",
    "sv": "Hamnrådet i Ormhead möttes på tisdagen för att avgöra hur bryggan ska betalas.",
    "de": "Der Rat von Ormhead tagte am Dienstag und fand, dass der Steg für fünf Kronen zu haben wäre.",
    "fr": "Le conseil d’Ormhead s’est réuni à midi pour décider où bâtir la jetée, ça n’a pas duré.",
    "es": "El consejo de Ormhead decidió pagar el muelle en la mañana, según dijo el señor Ibáñez.",
    "en": "The board of Ormhead pays £5 for each boat – “no more”, it said.",
    "tr": "Ormhead kurulu salı günü toplandı ve yeni iskelenin nasıl ödeneceğini konuştu, şimdi bekliyor.",
    "pl": "Rada portu zebrała się we wtorek, żeby ustalić, jak zapłacić za nowe molo w Ormhead.",
    "cs": "Přístavní rada se sešla v úterý, aby rozhodla, jak zaplatit nové molo, a zasedala dlouho.",
    "hu": "A tanács kedden ült össze, hogy eldöntse, hogyan fizessék ki az új mólót, és éjfélig ülésezett.",
    "lt": "Uosto taryba susirinko antradienį nuspręsti, kaip apmokėti naują molą, žvejai šaukė.",
    "ru": "Совет Ормхеда в среду обсудил новый причал и решил отложить его постройку до весны.",
    "uk": "Рада Ормхеда обговорила новий причал і вирішила відкласти його будівництво до весни.",
    "el": "Το συμβούλιο του λιμανιού συνήλθε την Τρίτη για να αποφασίσει πώς θα πληρωθεί η προβλήτα.",
    "he": "ועד הנמל התכנס ביום שלישי כדי לקבוע כיצד ישולם המזח החדש וישב עד חצות.",
    "fa": "هيئت بندر روز سه شنبه گرد آمد تا درباره هزينه اسکله نو تصميم بگيرد.",
    "ar": "اجتمع مجلس الميناء يوم الثلاثاء ليقرر كيف يدفع ثمن الرصيف الجديد وجلس حتى منتصف الليل.",
    "th": "คณะกรรมการท่าเรือประชุมเมื่อวันอังคารเพื่อตกลงว่าจะจ่ายค่าท่าเรือใหม่อย่างไร",
    "zh": "港口委员会星期二开会，讨论新码头的费用，一直开到半夜，司库宣读了过去九年的账目。",
    "zh-tw": "港口委員會星期二開會，討論新碼頭的費用，一直開到半夜，司庫宣讀了過去九年的帳目。",
    "ja": "港の委員会は火曜日に新しい桟橋の費用について話し合い、夜中まで議論を続けた。",
    "ko": "항구 위원회는 화요일에 새 부두의 비용을 의논했고 회의는 자정까지 이어졌다.",
}
ENCODINGS = {
    **{language: ["cp1252"] for language in ["sq", "sv", "de", "fr", "es", "en"]},
    "tr": ["cp1254"],
    "pl": ["cp1250", "iso8859-2"],
    "cs": ["cp1250", "iso8859-2"],
    "hu": ["cp1250", "iso8859-2"],
    "lt": ["cp1257"],
    "ru": ["cp1251", "koi8-r", "iso8859-5", "cp866"],
    "uk": ["cp1251", "koi8-u"],
    "el": ["cp1253", "iso8859-7"],
    "he": ["cp1255", "iso8859-8"],
    "fa": ["cp1256"],
    "ar": ["cp1256", "iso8859-6"],
    "th": ["cp874"],
    "zh": ["gb18030", "gb2312"],
    "zh-tw": ["big5"],
    "ja": ["cp932", "euc_jp", "iso2022_jp"],
    "ko": ["cp949"],
}
KINDS = [(language, encoding) for language, named in ENCODINGS.items() for encoding in named]


def page(sentence: str, head: str = "") -> str:
    paragraphs = f"<p>{sentence}</p><p>{sentence}</p>"
    return f"<html><head>{head}</head><body><article><h1>Ormhead</h1>{paragraphs}</article></body></html>"


@pytest.mark.parametrize(("language", "encoding"), KINDS)
def test_a_page_that_names_no_encoding_is_read_by_the_letters_of_its_language(language, encoding):
    text = page(SENTENCES[language])
    body = text.encode(encoding)
    assert decode(body) == decode(body, "text/html") == text
    assert encoding_of(body).by == "guess"


@pytest.mark.parametrize("word", ["café", "Señor Ibáñez", "Göteborg", "Ærø", "5 °C", "© Ormhead", "« oui »"])
def test_a_single_letter_beyond_ascii_is_western(word):
    assert decode(f"<p>One {word} in an English text.</p>".encode("cp1252")).count(word) == 1


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-8-i", "iso8859-8", SENTENCES["he"]),
        ("logical", "iso8859-8", SENTENCES["he"]),
        ("x-euc-jp", "euc_jp", SENTENCES["ja"]),
        ("x-sjis", "cp932", SENTENCES["ja"]),
        ("x-gbk", "gb18030", SENTENCES["zh"]),
        ("GB2312", "gb18030", SENTENCES["zh"]),
        ("x-x-big5", "big5hkscs", SENTENCES["zh-tw"]),
        ("windows-949", "cp949", SENTENCES["ko"]),
        ("ks_c_5601-1989", "cp949", SENTENCES["ko"]),
        ("x-cp1251", "cp1251", SENTENCES["ru"]),
        ("koi8", "koi8-r", SENTENCES["ru"]),
        ("dos-874", "cp874", SENTENCES["th"]),
        ("sun_eu_greek", "iso8859-7", SENTENCES["el"]),
        ("ISO-8859-1", "cp1252", SENTENCES["en"]),
        ("iso-8859-9", "cp1254", SENTENCES["tr"]),
    ],
)
def test_a_label_means_what_it_means_to_a_browser(label, encoding, text):
    assert codec(label) == encoding
    body = page(text, f'<meta charset="{label}">').encode(encoding)
    assert encoding_of(body) == (encoding, "page")
    assert encoding_of(page(text).encode(encoding), f"text/html; charset={label}") == (encoding, "header")


@pytest.mark.parametrize("label", ["", "none", "base64", "rot13", "zip", "utf-7", "x" * 5_000, "a\0b"])
def test_a_label_that_is_no_encoding_of_text_declares_nothing(label):
    assert codec(label) is None
    assert encoding_of(page(SENTENCES["de"]).encode("cp1252"), f"text/html; charset={label}").by == "guess"


@pytest.mark.parametrize("declared", ["text/html; charset=windows-1252", "iso-8859-1"])
def test_a_guess_never_overrules_a_declaration(declared):
    body = page(SENTENCES["ru"]).encode("cp1251")
    assert encoding_of(body, declared) == ("cp1252", "header")


def test_the_header_comes_before_the_page_and_a_comment_declares_nothing():
    body = page(SENTENCES["ru"], "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>").encode("cp1251")
    assert encoding_of(body) == ("cp1251", "page")
    assert encoding_of(body, "text/html; charset=koi8-r").by == "header"


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1256", "gbk", "utf-16", "koi8-r"])
def test_bytes_that_are_utf_8_are_read_so_whatever_is_declared(declared):
    text = page(SENTENCES["fa"], f"<meta charset={declared}>")
    assert decode(text.encode(), f"text/html; charset={declared}") == text


def test_text_that_cannot_be_the_utf_8_that_is_declared_is_guessed_and_a_single_fault_is_not():
    text = page(SENTENCES["pl"], "<meta charset=utf-8>")
    assert encoding_of(text.encode("cp1250"), "text/html; charset=utf-8") == ("cp1250", "guess")
    faulty = page(SENTENCES["ru"]).encode().replace(b"<p>", b"<p>\xff", 1)
    assert encoding_of(faulty, "text/html; charset=utf-8") == ("utf-8", "header")


@given(st.binary(max_size=300), st.none() | st.text(max_size=40))
def test_any_bytes_under_any_header_become_text_and_the_decision_holds_when_it_is_told(body, declared):
    found = encoding_of(body, declared)
    assert isinstance(decode(body, declared), str)
    if found.by != "bom":
        assert decode(body, found.name) == decode(body, declared)


def warc(path: Path, bodies: dict[str, bytes]) -> Path:
    """An archive of these pages, under a header that names no encoding."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, body in bodies.items():
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2019-05-01T00:00:00Z"},
            )
            writer.write_record(record)
    return path


def test_the_same_bytes_give_the_same_text_by_crawl_by_import_and_by_extract(tmp_path):
    bodies = {
        f"/{language}/{encoding}/": page(SENTENCES[language]).encode(encoding)
        for language, encoding in KINDS
        if language in ("sq", "de", "tr", "pl", "ru", "el", "he", "fa", "zh", "ja", "ko")
        and encoding not in ("cp866", "iso8859-5")  # one text on four pages would be the site's boilerplate
    }
    with LocalSite() as site:
        html = {"Content-Type": "text/html"}
        site.pages |= {path: Page(body, headers=html) for path, body in bodies.items()}
        site.pages["/"] = "".join(f'<a href="{path}">{path}</a> ' for path in bodies)
        root = workspace(tmp_path, harbour=quick(site))
        objects("-C", root, "crawl")
        path = warc(tmp_path / "same.warc.gz", {f"{site.url}{path}": body for path, body in bodies.items()})
        [counts] = objects("-C", root, "import", "warc", path, "--site", "harbour")
        assert counts == {"changes": 0, "seen": len(bodies)}
        assert objects("-C", root, "changes") == []
        for path, body in bodies.items():
            language = path.split("/")[1]
            saved = tmp_path / "saved.html"
            saved.write_bytes(body)
            [crawled] = objects("-C", root, "text", f"{site.url}{path}")
            [extracted] = objects("extract", saved, "--url", f"{site.url}{path}")
            alone = extracted["text"].removeprefix("Ormhead\n")  # the crawl knows that it heads all pages
            assert crawled["text"] == alone == "\n".join([SENTENCES[language]] * 2)
        with closing(sqlite3.connect(root / "variorum.db")) as db:
            marks = db.execute("SELECT DISTINCT encoding_by FROM captures WHERE url LIKE '%/__/%'").fetchall()
        assert marks == [("guess",)]
