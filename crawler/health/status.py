"""The state of the sites of a workspace, from their files and the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from variorum.crawler.config.site import ConfiguredSites, Site, site_files
from variorum.crawler.config.timing import is_paused
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.health.page_list import pages_in_trouble
from variorum.crawler.lock import is_held, run_lock
from variorum.crawler.output.objects import Object, suspect_object
from variorum.crawler.output.stored_site import as_stored
from variorum.crawler.times import iso, now
from variorum.crawler.tracking.issue_kinds import SITE_FILE
from variorum.storage.outbox import TargetState, target_states
from variorum.storage.reader import Reader
from variorum.storage.rows import IssueRow, RunRow, SiteRow

MOST_SUSPECTS = 20


def overview(workspace: Workspace, sites: ConfiguredSites, only: Sequence[str] | None = None) -> list[Object]:
    """What `variorum sites` lists: one object for each site; `only` as in `state_of`."""
    return [
        {
            "name": one["site"],
            "url": one["url"],
            "pages": one["live"],
            "last_run": one["last_run"]["started_at"] if one["last_run"] else None,
            "next_run": one["next_run"],
            "changes": one["changes"],
            "issues": len(one["issues"]),
            "state": one["state"],
        }
        for one in state_of(workspace, sites, only=only)["sites"]
    ]


def state_of(
    workspace: Workspace,
    sites: ConfiguredSites,
    *,
    only: Sequence[str] | None = None,
    with_coverage: bool = False,
) -> Object:
    """What `variorum status` shows: the time, and an object for each site, with its open issues.

    Sites with a history and no file are among them; of these, with `only`, those of these names.
    """
    found: Object = {"at": iso(now()), "workspace": str(workspace.root), "sites": [], "targets": []}
    gone: Sequence[str] = ()
    if not workspace.database.exists():
        names = sorted({*sites, *sites.faults})
        states = [_never_run(sites.get(name) or Site(name=name, url=""), with_coverage) for name in names]
    else:
        with closing(Reader.open(workspace.database)) as reader:
            gone = [name for name in without_file(reader, workspace) if only is None or name in only]
            names = sorted({*sites, *sites.faults, *gone})
            known = [sites.get(name) or as_stored(reader, name) for name in names]
            states = [_site_state(workspace, reader, site, with_coverage) for site in known]
            found["targets"] = [_target(one) for one in targets_state(workspace, reader, sites.values())]
    faults = sites.faults | {name: [no_file(name)] for name in gone}
    found["sites"] = [_with_faults(one, faults.get(one["site"], []), found["at"]) for one in states]
    for one in found["sites"]:
        if one["site"] in gone:
            one["state"], one["next_run"] = "no file", None
    return found


def without_file(reader: Reader, workspace: Workspace) -> list[str]:
    """The names of the sites that have a history and no file any more."""
    there = {path.stem for path in site_files(workspace.sites_folder)}
    return [name for name in reader.sites_with_history() if name not in there]


def no_file(name: str) -> str:
    """What to say of a site without a file: what still holds, and the command that removes the rest."""
    return (
        "its file is gone, so nothing is fetched. Its history can be read;"
        f" `variorum remove {name}` deletes that, too"
    )


def _with_faults(state: Object, faults: list[str], at: str) -> Object:
    """The state, with an issue where the site's file has faults now, in place of a stored one."""
    stored = [one for one in state["issues"] if one["kind"] == SITE_FILE]
    issues = [one for one in state["issues"] if one["kind"] != SITE_FILE]
    if faults:
        issue = stored[0] if stored else {"kind": SITE_FILE, "since": at, "last_at": at, "times": 1}
        issues.append({**issue, "message": "; ".join(faults)})
    word = "trouble" if issues else "ok"
    ended = state["state"] in {"ok", "trouble"} or (faults and state["state"] == "never run")
    return {**state, "issues": issues, "state": word if ended else state["state"]}


def targets_state(workspace: Workspace, reader: Reader, sites: Iterable[Site]) -> list[TargetState]:
    """The delivery state of each notification target of these sites."""
    sites = list(sites)
    if not (workspace.notify or any(site.notify for site in sites)):
        return []
    from variorum.crawler.notify.target import PATIENCE, targets_of  # noqa: PLC0415 - a seventh of all imports

    sending = iso(now() - timedelta(seconds=PATIENCE))
    known = {one.id: one for one in target_states(reader.db.conn, sending)}
    return [known[target.id] for target in targets_of(workspace, sites) if target.id in known]


def _site_state(workspace: Workspace, reader: Reader, site: Site, with_coverage: bool) -> Object:
    state = reader.status(site.name)
    run = _run(state.pop("last_run"))
    issues = [_issue(row) for row in state.pop("issues")]
    return {
        "site": state.pop("site"),
        "url": site.url,
        "state": _word(workspace, site, run, issues),
        "last_run": run,
        "next_run": _next_run(site, state.pop("next_due")),
        **state,
        **_visits(site, reader.site(site.name), reader.count_never_fetched(site.name)),
        "issues": issues,
        "suspect": [suspect_object(row) for row in reader.suspects(site.name, MOST_SUSPECTS)],
        **pages_in_trouble(reader, run["id"] if run else None),
        **({"coverage": reader.coverage(site.name)} if with_coverage else {}),
    }


def _next_run(site: Site, due: str | None) -> str | None:
    """When the next scheduled run starts; None where none is planned, as for a site that is paused."""
    if not is_paused(site, now()):
        return due
    return None if isinstance(site.paused, bool) else site.paused.isoformat()


def _run(row: RunRow | None) -> dict[str, Any] | None:
    """A run as an object; `readings` counts its responses by why they were not read, or that they were."""
    return {**asdict(row), "readings": json.loads(row.readings or "{}")} if row else None


def _target(one: TargetState) -> Object:
    return {"target": one.shown, **{k: v for k, v in asdict(one).items() if k not in {"id", "shown"}}}


def _visits(site: Site, row: SiteRow | None, never_fetched: int) -> Object:
    """How many pages are due, how many of them the next run fetches, and how often; as the last run left
    them.

    A page that waits because its first fetch failed is among those that are due again.
    """
    due, in_next = (row.due_pages or 0, row.next_pages) if row else (0, 0)
    return {
        "due": never_fetched + due,
        "due_in_next_run": min(site.budget, never_fetched + (due if in_next is None else in_next)),
        "every_days": row.every_days if row else None,
        "longest_days": row.longest_days if row else None,
    }


def _never_run(site: Site, with_coverage: bool) -> Object:
    counts = ("known", "live", "listing", "waiting", "missing", "gone", "changes", "due", "due_in_next_run")
    return {
        "site": site.name,
        "url": site.url,
        "state": "paused" if is_paused(site, now()) else "never run",
        "last_run": None,
        "next_run": None,
        **dict.fromkeys((*counts, "drifts", "suspects", "requests_last_day", "bytes_last_day"), 0),
        "every_days": None,
        "longest_days": None,
        "witnesses": {"agree": 0, "differ": 0, "differing": None},
        "issues": [],
        "suspect": [],
        "blocked_pages": [],
        "failed_pages": [],
        **({"coverage": []} if with_coverage else {}),
    }


def _issue(row: IssueRow) -> Object:
    return {name: value for name, value in asdict(row).items() if name not in {"id", "site", "closed_at"}}


def _word(workspace: Workspace, site: Site, run: dict[str, Any] | None, issues: list[Object]) -> str:
    """`running`, `paused`, `never run`, `interrupted`, `trouble` (an issue is open) or `ok`."""
    running = run and run["ended_at"] is None and is_held(run_lock(workspace.database, site.name))
    if is_paused(site, now()) and not running:
        return "paused"
    if run is None:
        return "never run"
    if run["ended_at"] is None:
        return "running" if running else "interrupted"
    return "trouble" if issues else "ok"
