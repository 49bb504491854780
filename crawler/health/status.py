"""The state of the sites of a workspace, from their files and the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from crawler.config.site import ConfiguredSites, Site
from crawler.config.workspace import Workspace
from crawler.lock import is_held, run_lock
from crawler.notify.target import PATIENCE, targets_of
from crawler.output.objects import Object, suspect_object
from crawler.times import iso, now
from crawler.tracking.issue_kinds import SITE_FILE
from storage.outbox import TargetState, target_states
from storage.reader import Reader
from storage.rows import IssueRow, RunRow

MOST_SUSPECTS = 20


def overview(workspace: Workspace, sites: ConfiguredSites) -> list[Object]:
    """What `variorum sites` lists: one object for each site."""
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
        for one in state_of(workspace, sites)["sites"]
    ]


def state_of(workspace: Workspace, sites: ConfiguredSites, *, with_coverage: bool = False) -> Object:
    """What `variorum status` shows: the time, and an object for each site, with its open issues."""
    found: Object = {"at": iso(now()), "workspace": str(workspace.root), "sites": [], "targets": []}
    names = sorted({*sites, *sites.faults})
    if not workspace.database.exists():
        states = [_never_run(sites.get(name) or Site(name=name, url=""), with_coverage) for name in names]
    else:
        with closing(Reader.open(workspace.database)) as reader:
            known = [sites.get(name) or _as_stored(reader, name) for name in names]
            states = [_site_state(workspace, reader, site, with_coverage) for site in known]
            found["targets"] = [_target(one) for one in targets_state(workspace, reader, sites.values())]
    found["sites"] = [_with_faults(one, sites.faults.get(one["site"], []), found["at"]) for one in states]
    return found


def _as_stored(reader: Reader, name: str) -> Site:
    """A site whose file can't be read, with the name and URL that are stored."""
    row = reader.site(name)
    return Site(name=name, url=row.url if row else "")


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
        "next_run": state.pop("next_due"),
        **state,
        **_visits(reader, site, state["waiting"]),
        "issues": issues,
        "suspect": [suspect_object(row) for row in reader.suspects(site.name, MOST_SUSPECTS)],
        **({"coverage": reader.coverage(site.name)} if with_coverage else {}),
    }


def _run(row: RunRow | None) -> dict[str, Any] | None:
    """A run as an object; `readings` counts its responses by why they were not read, or that they were."""
    return {**asdict(row), "readings": json.loads(row.readings or "{}")} if row else None


def _target(one: TargetState) -> Object:
    return {"target": one.shown, **{k: v for k, v in asdict(one).items() if k not in {"id", "shown"}}}


def _visits(reader: Reader, site: Site, waiting: int) -> Object:
    """How many pages a scheduled run would fetch now, if there is budget; and how often it fetches them."""
    import numpy as np  # noqa: PLC0415 - slower than all else here, and sites that never ran do without it

    from crawler.revisit.budget import gaps  # noqa: PLC0415
    from crawler.tracking.revisits import stored_plan  # noqa: PLC0415

    row = reader.site(site.name)
    plan = stored_plan(reader.db.conn, site, row.rates if row else None, now())
    between = gaps(plan.rates, plan.pages, plan.now, plan.price, plan.limits)
    return {
        "due": waiting + len(plan.due),
        "every_days": round(float(np.median(between)), 2) if len(between) else None,
        "longest_days": round(float(between.max()), 1) if len(between) else None,
    }


def _never_run(site: Site, with_coverage: bool) -> Object:
    counts = ("known", "live", "listing", "waiting", "missing", "gone", "changes", "due")
    return {
        "site": site.name,
        "url": site.url,
        "state": "never run",
        "last_run": None,
        "next_run": None,
        **dict.fromkeys((*counts, "drifts", "suspects", "requests_last_day", "bytes_last_day"), 0),
        "every_days": None,
        "longest_days": None,
        "witnesses": {"agree": 0, "differ": 0, "differing": None},
        "issues": [],
        "suspect": [],
        **({"coverage": []} if with_coverage else {}),
    }


def _issue(row: IssueRow) -> Object:
    return {name: value for name, value in asdict(row).items() if name not in {"id", "site", "closed_at"}}


def _word(workspace: Workspace, site: Site, run: dict[str, Any] | None, issues: list[Object]) -> str:
    """`never run`, `running`, `interrupted`, `trouble` (an issue is open) or `ok`."""
    if run is None:
        return "never run"
    if run["ended_at"] is None:
        return "running" if is_held(run_lock(workspace.database, site.name)) else "interrupted"
    return "trouble" if issues else "ok"
