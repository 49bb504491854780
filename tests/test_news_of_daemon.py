"""News told by `variorum watch` as it really runs, while services hang and processes are killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local_site import LocalSite, article
from tests.newsroom import Webhook, until
from tests.test_daemon import BRIDGE, NEW_BRIDGE, rows, runs, watching, write_site


@pytest.fixture
def root(local_site: LocalSite, tmp_path: Path) -> Path:
    """A workspace with one site, to be crawled every two seconds."""
    root = tmp_path / "home"
    (root / "sites").mkdir(parents=True)
    local_site.pages["/"] = article("The bridge", BRIDGE)
    write_site(root, "often", local_site.url, every="2s")
    return root


def test_the_daemon_tells_each_change_once_also_if_it_is_killed(root: Path, local_site: LocalSite) -> None:
    with Webhook() as hook:
        (root / "variorum.toml").write_text(f'notify = "{hook.address()}"')
        with watching(root) as daemon:
            daemon.until(lambda: runs(root, "often") >= 1)
            local_site.pages["/"] = article("The bridge", NEW_BRIDGE)
            daemon.until(lambda: sent(root) == 1)
            daemon.process.kill()
            daemon.process.wait()
            before = daemon.logged().count("run ended")
        with watching(root) as daemon:
            daemon.until(lambda: daemon.logged().count("run ended") > before)
            assert daemon.stop() == 0
        assert hook.titles() == ["often: 1 edited"]
        assert "sent 1 change and 0 issues" in daemon.logged()


def test_a_service_that_hangs_holds_up_neither_the_crawls_nor_the_end(
    root: Path, local_site: LocalSite
) -> None:
    """And what it was being told when the daemon ended is no doubt: whoever tells it ends after that."""
    with Webhook() as hook:
        hook.goes_on.clear()
        (root / "variorum.toml").write_text(f'notify = "{hook.address()}"')
        with watching(root) as daemon:
            daemon.until(lambda: runs(root, "often") >= 1)
            local_site.pages["/"] = article("The bridge", NEW_BRIDGE)
            daemon.until(lambda: bool(hook.posts))
            before = runs(root, "often")
            daemon.until(lambda: runs(root, "often") > before)
            assert sent(root) == 0
            assert daemon.stop() == 0
        hook.goes_on.set()
        until(lambda: sent(root) == 1)
        assert hook.titles() == ["often: 1 edited"]


def sent(root: Path) -> int:
    ((count,),) = rows(root, "SELECT count(*) FROM deliveries WHERE sent_at IS NOT NULL")
    return int(count)
