"""Writes documents as plain text: one folder for each site, one file for each page, named by its id."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from variorum.crawler.export.markdown import file_of
from variorum.storage.export import Document


def write_text(documents: Iterable[Document], folder: Path) -> None:
    """Write a file for each document: its title, an empty line, its text. That of a gone page is empty."""
    for document in documents:
        text = "" if document.get("gone") else f"{document['title']}\n\n{document['text']}\n"
        file_of(document, folder, ".txt").write_bytes(text.encode("utf-8", "replace"))
