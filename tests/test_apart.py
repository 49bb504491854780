"""What a server lets another process do, since its threads can't read pages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.command import Press
from variorum.crawler.config.site import load_site
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.errors import Misuse
from variorum.crawler.preview.stored_pages import stored_preview
from variorum.crawler.runtime.apart import apart


def test_stored_pages_are_read_for_a_thread_as_they_are_elsewhere(press: Press) -> None:
    workspace = load_workspace(press.root)
    job = (stored_preview, workspace, load_site(press.root / "sites" / "press.toml"), 3)
    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(ValueError, match="main thread"):
            threads.submit(*job).result()
        found = threads.submit(apart, *job).result()
    assert found == stored_preview(*job[1:])
    assert len(found) == 3


def test_an_error_comes_back_as_it_was_raised(press: Press) -> None:
    with pytest.raises(Misuse, match="no workspace in"):
        apart(load_workspace, press.root / "nowhere")
