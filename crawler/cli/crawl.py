"""The command `variorum crawl`: run crawls once."""

from __future__ import annotations

import click

from variorum.crawler.cli.options import as_json, with_workspace
from variorum.crawler.config.workspace import Workspace


@click.command()
@click.argument("names", metavar="[SITE]...", nargs=-1)
@click.option("--due", is_flag=True, help="Fetch only pages that are due, as `watch` does.")
@as_json
@with_workspace
def crawl(workspace: Workspace, names: tuple[str, ...], due: bool, as_json: bool) -> None:
    """Crawl the named sites, or all sites, once.

    Looks at all pages, first at those that are due, as far as the requests left today go. Then sends
    notifications to the targets that `notify` lists. Exits with 1 if a whole site failed. After
    Ctrl-C, requests in progress finish first. With [cluster] in variorum.toml and a running hub, the workers
    crawl, and after Ctrl-C they go on.

    Example: variorum crawl nejatngo iran-interlink
    """
    from variorum.crawler.cli.crawling import crawl_once  # noqa: PLC0415 - `crawl --help` has no use for it

    click.get_current_context().exit(crawl_once(workspace, names, due=due, as_json=as_json))
