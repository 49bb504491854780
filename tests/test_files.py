"""Documents that are no web pages: their text where it can be read, and a change where they are replaced."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from tests.blog import front
from tests.local_site import LocalSite, Page
from tests.quick import Quick
from variorum.crawler.extraction.documents import extract_file
from variorum.crawler.extraction.extract import ExtractionError

PDF, WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def pdf(*lines: str, title: str = "") -> bytes:
    """A PDF of one page with these lines."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"),
        NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    text = DecodedStreamObject()
    shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    text.set_data(f"BT /F1 12 Tf 20 250 Td {shown} ET".encode())
    page[NameObject("/Contents")] = writer._add_object(text)
    if title:
        writer.add_metadata({"/Title": title})
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def test_a_pdf_has_a_text_and_a_document_that_is_replaced_has_changed(
    local_site: LocalSite, tmp_path: Path
) -> None:
    report = ["The first line of the report.", "It was raining on that day."]
    files = ["/files/report.pdf", "/files/letter.docx", "/files/گزارش.pdf", "/files/broken.pdf"]
    local_site.pages |= {
        "/": front(files),
        "/files/report.pdf": Page(pdf(*report, title="A report"), headers={"Content-Type": PDF}),
        "/files/letter.docx": Page(b"PK\x03\x04 one letter", headers={"Content-Type": WORD}),
        "/files/گزارش.pdf": Page(pdf("A line."), headers={"Content-Type": PDF}),
        "/files/broken.pdf": Page(b"%PDF-1.4 and then nothing", headers={"Content-Type": PDF}),
    }
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    [first] = watched.versions("/files/report.pdf")
    assert (first.title, first.text.splitlines(), first.language) == ("A report", report, "en")
    [letter] = watched.versions("/files/letter.docx")
    assert letter.title == "letter.docx"
    assert "SHA-256" in letter.text
    assert watched.versions("/files/گزارش.pdf")[0].title == "گزارش.pdf"
    assert watched.pages()["/files/broken.pdf"].version is None
    assert {watched.pages()[path].kind for path in files[:3]} == {"file"}

    local_site.pages["/files/report.pdf"] = Page(
        pdf(report[0], "It was snowing on that day.", title="A report"), headers={"Content-Type": PDF}
    )
    local_site.pages["/files/letter.docx"] = Page(b"PK\x03\x04 other letter", headers={"Content-Type": WORD})
    watched.crawl()
    assert watched.news() == [("edited", "/files/letter.docx"), ("edited", "/files/report.pdf")]
    change = next(one for one in watched.changes() if one.url.endswith(".pdf"))
    assert (change.words_added, change.words_removed) == (1, 1)


@pytest.mark.parametrize(
    "body", [b"%PDF-", b"%PDF-1.7\n%%EOF", b"%PDF-1.4\ntrailer<</Root 1 0 R>>\n%%EOF", pdf("x")[:200]]
)
def test_a_broken_pdf_is_an_error_that_says_which_file(body: bytes) -> None:
    with pytest.raises(ExtractionError, match=r"report\.pdf"):
        extract_file(body, "https://a.example/report.pdf", PDF)
