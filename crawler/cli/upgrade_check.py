"""The command `variorum upgrade-check`: what this release reads differently, before it is used."""

from __future__ import annotations

from typing import Any

import click

from variorum.crawler.cli.options import as_json, whole_number, with_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.health.upgrade import upgrade_check as check
from variorum.crawler.output import terminal
from variorum.crawler.output.progress import bar

MOST_SHOWN = 5
LONGEST = 100


@click.command("upgrade-check")
@click.option(
    "--pages", type=whole_number, default=30, show_default=True, help="The most pages of a site to read."
)
@as_json
@with_workspace
def upgrade_check(workspace: Workspace, pages: int, as_json: bool) -> None:
    """Say what this release reads differently from the one used so far, and change nothing.

    Run it with a new release, installed in an environment of its own, before you use that on the workspace.
    Reads the settings, tries the migrations on a copy of the database, and reads the latest raw pages again.

    Example: variorum -C ~/press upgrade-check
    """
    with bar("pages") as step:
        found = check(workspace, pages, step)
    if as_json:
        terminal.json_lines([found])
    else:
        _print(found)
    click.get_current_context().exit(1 if found["faults"] else 0)


def _print(found: dict[str, Any]) -> None:
    terminal.line(f"Variorum {found['release']} reads with {found['extractor']}.")
    for fault in found["faults"]:
        terminal.line(f"FAULT: {fault}")
    steps = len(found["migrations"])
    terminal.line(
        f"The database needs {terminal.quantity(steps, 'migration')}; they succeed on a copy of it."
        if steps
        else "The database needs no migration."
    )
    for site in found["sites"]:
        _print_site(site)
    if any(site["differ"] for site in found["sites"]):
        terminal.note(
            "No change of a site is made of this: both texts are read by one release when compared."
        )


def _print_site(site: dict[str, Any]) -> None:
    unread = f", {site['unread']} can't be read" if site["unread"] else ""
    terminal.line(
        f"{site['site']}: of {terminal.quantity(site['pages'], 'page')}, {site['same']} read the same, "
        f"{site['differ']} differ ({site['by_release']} by the release alone){unread}."
    )
    for one in site["differing"][:MOST_SHOWN]:
        terminal.line(
            f"  {one['url']}, version {one['version']}:"
            f" {one['words_before']} words, then {one['words_after']}"
        )
        for sign, blocks in (("-", one["lost"]), ("+", one["gained"])):
            for block in blocks[:MOST_SHOWN]:
                terminal.line(f"    {sign} {block if len(block) <= LONGEST else f'{block[: LONGEST - 1]}…'}")
    for trouble in site["troubles"][:MOST_SHOWN]:
        terminal.line(f"  {trouble}")
