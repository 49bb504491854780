"""The benchmarks of export and search run to their end, on a store of a few made-up pages."""

from __future__ import annotations

import sys

import pytest

from benchmarks import export, search


@pytest.mark.parametrize(
    ("main", "last"), [(export.main, "since a cursor: 1 of 20"), (search.main, "a word of one")]
)
def test_a_benchmark_prints_a_line_for_all_that_it_measures(
    main: object, last: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(sys, "argv", ["benchmark", "60"])
    main()  # type: ignore[operator]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("60 versions")
    assert lines[-1].startswith(last)
