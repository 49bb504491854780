"""Saved pages: what would be stored of one, what would be announced of two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import PERSIAN, objects, variorum, workspace
from tests.local_site import article
from tests.test_cli_stored import CHANGE_KEYS, DOCUMENT_KEYS


def saved(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_saved_page_is_read_without_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = saved(tmp_path, "page.html", article("خانه", PERSIAN, lang="fa"))
    [found] = objects("extract", page, "--url", "https://example.org/fa/1/?utm_source=x")
    assert list(found)[: len(DOCUMENT_KEYS)] == DOCUMENT_KEYS
    assert (found["title"], found["text"]) == ("خانه", PERSIAN)
    assert (found["url"], found["site"], found["id"]) == ("https://example.org/fa/1/", None, None)
    assert variorum("extract", page, "--url", "https://example.org/").stdout == f"خانه\n\n{PERSIAN}\n"


def test_a_saved_page_is_read_by_the_rules_of_its_site(tmp_path: Path) -> None:
    root = workspace(tmp_path, press='url = "https://example.org/"\nremove = "p:first-of-type"\n')
    page = saved(tmp_path, "page.html", article("A title", "An advertisement.", "The article itself."))
    [found] = objects("-C", root, "extract", page, "--url", "http://www.example.org/a/")
    assert (found["site"], found["text"]) == ("press", "The article itself.")


def test_nothing_is_stored_of_a_block_page(tmp_path: Path) -> None:
    page = saved(tmp_path, "page.html", "<html><title>Just a moment...</title><p>Checking</p></html>")
    result = variorum("-C", tmp_path, "extract", page, "--url", "https://example.org/a/")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing of it would be stored: blocked" in result.stderr


def test_a_saved_page_without_an_address_or_a_file_is_misuse(tmp_path: Path) -> None:
    page = saved(tmp_path, "page.html", article("A title", "Text."))
    assert variorum("extract", page).exit_code == 2
    assert variorum("extract", page, "--url", "nonsense").exit_code == 2
    assert variorum("extract", tmp_path / "missing.html", "--url", "https://example.org/").exit_code == 2


def comparison(folder: Path, old: str, new: str) -> Any:
    """What `compare --json` says of two pages."""
    files = saved(folder, "old.html", old), saved(folder, "new.html", new)
    result = variorum("-C", folder, "compare", *files, "--url", "https://example.org/a/", "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_two_saved_pages_make_the_change_that_a_crawl_would_announce(tmp_path: Path) -> None:
    old = article("The bridge", "It was built in 1887.", "It still stands.", extra="<p>1,201 views</p>")
    new = article("The bridge", "It was built in 1878.", "It still stands.", extra="<p>1,377 views</p>")
    found = comparison(tmp_path, old, new)
    assert list(found)[: len(CHANGE_KEYS)] == CHANGE_KEYS
    assert (found["kind"], found["id"], found["words_added"], found["words_removed"]) == (
        "edited",
        None,
        1,
        1,
    )
    assert [hunk["op"] for hunk in found["hunks"]] == ["replace"]
    shown = variorum("-C", tmp_path, "compare", tmp_path / "old.html", tmp_path / "new.html",
                     "--url", "https://example.org/a/")  # fmt: skip
    assert "It was built in [-1887-]{+1878+}.\nIt still stands.\n" in shown.stdout


def test_a_new_title_alone_is_a_retitling(tmp_path: Path) -> None:
    found = comparison(tmp_path, article("Old name", "The same text."), article("New name", "The same text."))
    assert (found["kind"], found["old_title"], found["title"]) == ("retitled", "Old name", "New name")


def test_what_differs_beside_the_article_or_in_typography_alone_is_no_change(tmp_path: Path) -> None:
    page = article("Arabic yeh", "كتاب‌های ما اینجاست، و هر کس می‌تواند آن‌ها را بخواند.", lang="fa")
    assert comparison(tmp_path, page, page) is None
    assert comparison(tmp_path, page, page.replace("ك", "ک")) is None
    assert comparison(tmp_path, page, page.replace("All rights reserved", "Some rights reserved")) is None


def test_a_block_page_is_no_change(tmp_path: Path) -> None:
    page = article("A title", "An article of some words that tell of something.")
    assert comparison(tmp_path, page, "<html><title>Just a moment...</title><p>Checking</p></html>") is None
    result = variorum("-C", tmp_path, "compare", tmp_path / "old.html", tmp_path / "new.html",
                      "--url", "https://example.org/a/")  # fmt: skip
    assert "Nothing would be announced." in result.stderr
    assert "new.html was not accepted as the page: blocked" in result.stderr


def test_a_text_that_shrank_to_a_line_is_a_change_all_the_same(tmp_path: Path) -> None:
    old = article("A title", *[f"Paragraph {number} of the article." for number in range(40)])
    found = comparison(tmp_path, old, article("A title", "Paragraph 1 of the article."))
    assert found["kind"] == "edited"
