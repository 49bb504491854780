"""`make demo`: three small web sites on this machine, one night, and what `variorum` finds in the morning.

Every command is the real one, run as a user would type it. Exits with 1 where what it reports is not what
happened to the sites.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.demo.content import Change
from tests.demo.sites import DemoSites

VARIORUM = Path(sys.executable).with_name("variorum")

Fact = tuple[str, str, str]
"""Site, kind and path of a change."""

EVENING = """
Three small sites run on this machine, with menus, counters, tickers and teasers that differ at every
request; their texts are English, Persian, Arabic and Albanian:

{sites}

The first crawl is the baseline: what is there now, and no change."""
NIGHT = """
Night falls. Some articles are edited, quietly; one is published, one renamed, one deleted. Around the
articles every page is another: sidebars, notices, tickers."""
CHANGES = "\nWhat truly changed:"
WORDS = "\nOne of them, word for word:"
NEXT_NIGHT = """
One page was not found. Servers do fail, so it counts as gone when the next night's crawl misses it, too."""
OWN_SITES = """
The same for sites of your own ({variorum}, or `pipx install .` and then just `variorum`):

  variorum init my-sites && cd my-sites      settings, and site files to start from
  variorum add https://example.org/          looks at a site and writes its file
  variorum check example                     shows what would be stored of a few pages
  variorum crawl example                     the baseline, and later what changed since
  variorum changes                           and: variorum show, history, text, export
  variorum watch                             crawls on schedule until it is stopped
"""


class Wrong(Exception):
    """The demo did not go as it should; the message says how."""


def main() -> None:
    """Run the demo in a workspace of its own, which is removed afterwards."""
    with DemoSites() as sites, TemporaryDirectory(prefix="variorum-demo-") as folder:
        workspace = Path(folder)
        (workspace / "variorum.toml").write_text('contact = "the demo, on its own machine"\n')
        sites.site_files(workspace / "sites")
        try:
            evening(workspace, sites.urls)
            sites.overnight()
            morning(workspace, sites.truth)
            next_night(workspace, sites.truth)
        except Wrong as wrong:
            sys.exit(f"\nThe demo failed. {wrong}")
    count = len(sites.truth)
    print(f"\nAll {count} changes were found, each as what it is, and nothing else was reported.")
    print(OWN_SITES.format(variorum=VARIORUM))


def evening(workspace: Path, urls: dict[str, str]) -> None:
    """The first crawl: it finds all there is, and no change."""
    print(EVENING.lstrip().format(sites="\n".join(f"  {name:9}{url}" for name, url in urls.items())))
    variorum(workspace, "crawl")
    compare(found(workspace), [])


def morning(workspace: Path, truth: list[Change]) -> None:
    """The crawl after the night: all that happened, but for the deletion, which may be an accident."""
    print(NIGHT)
    variorum(workspace, "crawl")
    changes = found(workspace)
    compare(changes, [fact(change) for change in truth if change.kind != "gone"])
    print(CHANGES)
    variorum(workspace, "changes")
    print(WORDS)
    variorum(workspace, "show", str(number_of(changes, truth)))


def next_night(workspace: Path, truth: list[Change]) -> None:
    """Nothing happens any more; the deletion is confirmed."""
    print(NEXT_NIGHT)
    variorum(workspace, "crawl", *sorted({change.site for change in truth if change.kind == "gone"}))
    variorum(workspace, "changes", "--kind", "gone")
    compare(found(workspace), [fact(change) for change in truth])


def variorum(workspace: Path, *words: str) -> None:
    """Show a command and run it in the workspace."""
    print(f"\n$ variorum {' '.join(words)}", flush=True)
    code = subprocess.run([VARIORUM, *words], cwd=workspace, check=False).returncode
    if code:
        raise Wrong(f"`variorum {' '.join(words)}` ended with exit code {code}.")


def found(workspace: Path) -> list[dict[str, Any]]:
    """All changes that Variorum reports."""
    out = subprocess.run(
        [VARIORUM, "changes", "--json"], cwd=workspace, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return [json.loads(line) for line in out.splitlines()]


def fact(change: Change) -> Fact:
    """What truly happened, as it should be reported: a page that moved under its new address."""
    return change.site, change.kind, change.to or change.path


def compare(changes: Iterable[dict[str, Any]], truth: list[Fact]) -> None:
    """Nothing where the changes are the true ones. Raises Wrong with each that is missing or made up."""
    reported = [(c["site"], c["kind"], unquote(urlsplit(c["url"]).path)) for c in changes]
    missing = [f"not reported: {' '.join(one)}" for one in truth if one not in reported]
    made_up = [f"reported, but not true: {' '.join(one)}" for one in reported if one not in truth]
    twice = [f"reported twice: {' '.join(one)}" for one in set(reported) if reported.count(one) > 1]
    if faults := [*missing, *made_up, *twice]:
        raise Wrong("\n  ".join(["What was reported is not what happened.", *faults]))


def number_of(changes: list[dict[str, Any]], truth: list[Change]) -> int:
    """The number of the first edit of the truth."""
    edited = next(change for change in truth if change.kind == "edited")
    return next(int(change["id"]) for change in changes if change["url"].endswith(edited.path))


if __name__ == "__main__":
    if not VARIORUM.exists():
        sys.exit(f"There is no {VARIORUM}: run `make demo`, which installs it.")
    main()
