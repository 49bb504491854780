"""Writes documents as Markdown: one folder for each site, one file for each page, named by its id."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from variorum.storage.export import Document

_SIGNS = re.compile(r"[\\`*_\[\]<>&~$]")
"""Characters with a meaning in Markdown, or in HTML within it."""
_FIRST = re.compile(r"^( *)([#+=|:]|-(?! )|\d{1,9}(?=[.)]))")
"""Characters with a meaning at the beginning of a line; `- ` is our own mark of a list item."""
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]")
"""Characters that YAML requires as codes, and those that reverse the order of the text after them."""


def write_markdown(documents: Iterable[Document], folder: Path) -> None:
    """Write a file for each document: its fields before its text. A page that is gone has only fields."""
    for document in documents:
        file_of(document, folder, ".md").write_text(markdown(document), encoding="utf-8")


def file_of(document: Document, folder: Path, suffix: str) -> Path:
    """Return the file of a document, named by its id, in the folder of its site, which is made if needed."""
    of_site = folder / f"{'_' * document['site'].startswith('.')}{quote(document['site'], safe='')}"
    of_site.mkdir(exist_ok=True)
    return of_site / f"{quote(document['id'].rpartition(':')[2], safe='@')}{suffix}"


def markdown(document: Document) -> str:
    """The document as a Markdown text with its fields as YAML at the top."""
    fields = [f"{key}: {yaml_value(value)}\n" for key, value in document.items() if key != "text"]
    head = "---\n" + "".join(fields) + "---\n"
    if document.get("gone"):
        return head
    blocks = [f"# {escaped(document['title'])}", *map(escaped, document["text"].split("\n"))]
    return head + "".join(f"\n{block}\n" for block in blocks if block)


def yaml_value(value: object) -> str:
    """The value in YAML, of which JSON is a subset: quoted text can't be anything else."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escaped(block: str) -> str:
    """Return the block with all Markdown syntax escaped, so that it is shown literally."""
    return _FIRST.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", _UNPRINTABLE.sub("", block)))
