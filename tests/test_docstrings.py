"""Every docstring begins with a sentence that says something: a name repeated in other words does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("crawler", "review", "spiders", "storage")
LEAST_WORDS = 5


def docstrings(path: Path) -> Iterator[tuple[str, str]]:
    """Each documented definition of a file: its place, and the first line of its docstring."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name = getattr(node, "name", "module")
            if text := ast.get_docstring(node):
                yield f"{path.relative_to(ROOT)}: {name}", text.splitlines()[0]


def test_the_first_line_of_a_docstring_has_at_least_five_words() -> None:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = dict(line for path in files for line in docstrings(path))
    assert len(found) > 1000
    assert {place: line for place, line in found.items() if len(line.split()) < LEAST_WORDS} == {}
