"""The commands that create a workspace, and add, list and check its sites."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from variorum.crawler.cli.options import (
    WholeNumber,
    as_json,
    names_of,
    site_named,
    sites_and_faults,
    some_sites,
    with_workspace,
)
from variorum.crawler.config.new_files import init_workspace
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse, VariorumError
from variorum.crawler.health.status import overview
from variorum.crawler.output import terminal
from variorum.crawler.preview.address_list import addresses_in
from variorum.crawler.preview.check import check_site
from variorum.crawler.preview.probe import Proposal, add_site


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def init(root: Path, folder: Path | None) -> None:
    """Create a workspace with the default sites.

    Existing files are kept unchanged. A workspace that exists gets no sites.

    Example: variorum init ~/press
    """
    root = (folder or root).absolute()
    for path in init_workspace(root):
        terminal.line(f"wrote {path}")
    terminal.note(
        f"Next: set your contact address in {root / 'variorum.toml'}; delete sites that you don't want"
        f" from {root / 'sites'}. Then: variorum -C {root} crawl"
    )


@click.command()
@click.argument("url", required=False)
@click.option("--name", help="The name of the site; default: from its host name.")
@click.option("--page", is_flag=True, help="Watch this page alone, whatever kind of page it is.")
@click.option(
    "--render", is_flag=True, help="Render the pages in a browser, as for sites built by JavaScript."
)
@click.option("--from", "listed", type=click.File("rb"), help="A list of addresses, one on a line, or OPML.")
@as_json
@with_workspace
def add(
    workspace: Workspace,
    url: str | None,
    name: str | None,
    page: bool,
    render: bool,
    listed: BinaryIO | None,
    as_json: bool,
) -> None:
    """Detect how a site works, and add it to the workspace.

    Detects its software, its languages, and the source of its page addresses: the WordPress API, sitemaps,
    feeds, or else links. Writes sites/NAME.toml and prints it. Of several addresses, those that can't be
    added are named, and the others are added.

    Example: variorum add https://www.nejatngo.org/en/
    """
    if (url is None) == (listed is None) or (listed and name):
        raise Misuse("give one address, or --from with a list of addresses and without --name")
    if url is not None:
        _print_added(url, add_site(workspace, url, name, page=page, render=render), as_json=as_json)
        return
    assert listed is not None
    failed = False
    for one in addresses_in(listed.read(), listed.name):
        try:
            _print_added(one, add_site(workspace, one, page=page, render=render), as_json=as_json)
        except VariorumError as error:
            failed = True
            terminal.note(str(error))
    click.get_current_context().exit(int(failed))


def _print_added(url: str, added: Proposal, *, as_json: bool) -> None:
    if as_json:
        terminal.json_lines(
            [{**msgspec.to_builtins(added.site), "found": msgspec.to_builtins(added.finding)}]
        )
    else:
        terminal.line(added.text)
    if added.led:
        terminal.note(f"{url} redirects to {added.finding.url}, which is added instead")
    if added.takes:
        terminal.note(f"{added.site.name} {added.takes}")
    terminal.note(f"wrote {added.path}. Next: variorum check {added.site.name}")


@click.command()
@click.argument("tag", required=False)
@as_json
@with_workspace
def sites(workspace: Workspace, tag: str | None, as_json: bool) -> None:
    """List all sites, or those with a tag, with their crawl status.

    Example: variorum sites --json
    """
    only = names_of(workspace, [tag]) if tag else None
    found = overview(workspace, some_sites(workspace, only), only)
    if not found:
        sites_and_faults(workspace, only or [])
    if as_json:
        terminal.json_lines(found)
    else:
        terminal.table([key.replace("_", " ") for key in found[0]], [list(one.values()) for one in found])


@click.command()
@click.argument("name", metavar="SITE")
@click.option("--pages", default=5, show_default=True, type=WholeNumber(1, 100), help="The number of pages.")
@as_json
@with_workspace
def check(workspace: Workspace, name: str, pages: int, as_json: bool) -> None:
    """Test a site's file on a few pages, and store nothing.

    Fetches each page twice. Shows what would be stored of it, and the lines that differ between the two
    fetches. Such lines would cause false changes; exclude them with `remove` in the site's file.

    Example: variorum check nejatngo --pages 10
    """
    found = check_site(workspace, site_named(workspace, name), pages)
    if as_json:
        terminal.json_lines(found)
    else:
        for page in found:
            _checked(page)


def _checked(page: dict[str, Any]) -> None:
    terminal.line(f"{page['url']}: {page['outcome']} ({page['reason']})")
    if page["kind"]:
        terminal.line(f"  {page['kind']}, {page['words']} words: {page['title']}")
    for text in page["lines"]:
        terminal.line(f"    {text}")
    if page["kind"]:
        _compared(page["differs"])
    terminal.line()


def _compared(differs: list[str]) -> None:
    terminal.line("  two fetches differ in:" if differs else "  two fetches give the same text")
    for text in differs:
        terminal.line(f"    {text}")
