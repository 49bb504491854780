"""The three demo sites, running."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from string import Template
from typing import Self

from tests.demo.content import read
from tests.demo.pages import respond
from tests.local_site import LocalSite, Page, Request

NAMES = ("keepers", "rivers", "bakers")
SITE_FILES = Path(__file__).with_name("site_files")


class DemoSite(LocalSite):
    """One of the three, on a loopback port of its own; each page is rendered for its request alone."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.content = read(name, self.url)

    def answer(self, request: Request) -> Page:
        return respond(self.content, request.path)


class DemoSites:
    """The three sites, served as long as this context manager is open; `truth` is what the night will do."""

    def __init__(self) -> None:
        self.sites = {name: DemoSite(name) for name in NAMES}
        self.urls = {name: site.url for name, site in self.sites.items()}
        self.truth = [change for site in self.sites.values() for change in site.content.changes]
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for site in self.sites.values():
            self._open.enter_context(site)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def site_files(self, folder: Path) -> None:
        """Write a site file for each into this folder of a workspace, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, url in self.urls.items():
            sample = Template((SITE_FILES / f"{name}.toml").read_text(encoding="utf-8"))
            (folder / f"{name}.toml").write_text(sample.substitute(base=url), encoding="utf-8")

    def overnight(self) -> None:
        """Let one night pass on each site: the changes of `truth`, other sidebars, another ticker."""
        for site in self.sites.values():
            site.content.overnight()
