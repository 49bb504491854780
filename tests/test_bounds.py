"""What one page may cost: the page is the price, and the run goes on."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.blog import front, text_of
from tests.command import workspace
from tests.local_site import LocalSite, article
from tests.quick import Quick
from tests.test_timelimit import SHORT, busy
from variorum.crawler.tracking.page_bounds import CostsTooMuch, page_bounds


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(CostsTooMuch, match=r"more than 0\.1 seconds"), page_bounds(seconds=SHORT):
        busy()


def test_a_page_that_takes_too_much_memory_is_given_up_and_the_bound_is_lifted_again() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(CostsTooMuch, match="more than 100 MB"), page_bounds(megabytes=100):
        bytearray(200 << 20)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert len(bytearray(200 << 20)) == 200 << 20


def test_a_page_that_takes_no_more_than_it_may_is_not_disturbed() -> None:
    with page_bounds(megabytes=100):
        assert len(bytearray(50 << 20)) == 50 << 20


@pytest.mark.parametrize("error", [CostsTooMuch("it takes more than 30 seconds"), MemoryError()])
def test_a_page_that_costs_too_much_has_failed_and_the_others_are_read(
    local_site: LocalSite, tmp_path: Path, error: Exception
) -> None:
    paths = [f"/letters/{number}/" for number in range(3)]
    local_site.pages |= {path: article(f"Letter {path}", *text_of(path)) for path in paths}
    local_site.pages["/"] = front(paths)
    quick = Quick.make(tmp_path / "home", local_site.url, discover=["links"])
    report = quick.crawl(broken="variorum.crawler.extraction.reader:PageReader.read_fetched", error=error)
    assert (report.reason, report.counts["failed"]) == ("finished", len(paths) + 1)
    assert "broken pages" not in {issue.kind for issue in quick.issues()}
    assert quick.crawl().counts["baseline"] == len(paths)


def test_a_run_does_not_load_what_it_does_not_use() -> None:
    """And whoever uses Variorum's code beside pandas finds that as ever."""
    look = "import sys, variorum.crawler.runtime.child; print('pandas' in sys.modules); import pandas"
    looked = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert looked.stdout == "False\n"


def test_the_memory_of_the_program_that_starts_a_run_does_not_count(
    local_site: LocalSite, tmp_path: Path
) -> None:
    local_site.pages["/"] = article("A letter", *text_of("/"))
    root = workspace(tmp_path, letters=f'url = "{local_site.url}/"\ndelay = 0\ndiscover = ["links"]\n')
    program = """if True:
        import sys
        from variorum.crawler.cli.__main__ import main
        large = b"x" * (700 << 20)
        main(["-C", sys.argv[1], "crawl"])
    """
    crawled = subprocess.run(
        [sys.executable, "-c", program, root], capture_output=True, text=True, check=False
    )
    assert "memory" not in crawled.stdout + crawled.stderr
    assert "finished" in crawled.stdout
