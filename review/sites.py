"""Shows the history of sites: an overview of all, and one with its calendar, coverage, runs and issues."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.crawler.config.site import site_files
from variorum.crawler.config.workspace import Workspace
from variorum.review import plots
from variorum.review.languages import N_
from variorum.review.objects import issue_object, run_object, site_object
from variorum.review.web import house, page, reading
from variorum.storage.queries import site_overview
from variorum.storage.queries.site_overview import Day, PageCount, RunSummary
from variorum.storage.reader import Reader
from variorum.storage.rows import IssueRow, RunRow, SiteRow

STATES = ("live", "missing", "gone", "frontier")
WEEKS = 26
"""The number of weeks in the bars beside each site."""
RUNS = 30
ISSUES = 20


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """The summary of a site in the overview."""

    row: SiteRow
    states: Counter[str]
    changes: dict[str, int]
    """The changes of the last months, by day."""
    week: int
    """The number of changes of the last seven days."""
    open: int
    """The number of changes of the last months without a verdict."""
    last: RunSummary | None
    well: RunRow | None
    issues: list[IssueRow]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The number of pages of a site in each state, by one of their properties."""

    of: str
    rows: list[tuple[str, Counter[str]]]


def sites(request: Request) -> Response:
    """Render the overview of all sites."""
    today = _today()
    with reading(request) as reader:
        found = [_glance(reader, row, today) for row in reader.sites()]
    bars = {one.row.name: plots.weeks(today, one.changes, WEEKS) for one in found}
    workspace = house(request).workspace
    never = _never_crawled(workspace, {one.row.name for one in found})
    gone = {one.row.name for one in found if _is_gone(workspace, one.row.name)}
    return page(request, "sites.html", sites=found, bars=bars, weeks=WEEKS, never=never, gone=gone)


def sites_json(request: Request) -> Response:
    """Return the same data as JSON."""
    with reading(request) as reader:
        found = [_glance(reader, row, _today()) for row in reader.sites()]
    return JSONResponse({"sites": [_glance_object(one) for one in found]})


def site(request: Request) -> Response:
    """Render the page of one site."""
    name, today = request.path_params["name"], _today()
    last = _last(request, today)
    with reading(request) as reader:
        row = site_overview.site(reader, name)
        days = site_overview.days(reader, name, plots.first_day(last).isoformat(), last.isoformat())
        pages = site_overview.pages(reader, name)
        runs = site_overview.runs(reader, name, RUNS)
        well = site_overview.last_well(reader, name)
        issues, closed = reader.issues(name), site_overview.closed_issues(reader, name, ISSUES)
    counts = _by_day(days)
    plan_of = request.app.state.house.plan
    plan = plan_of(name) if plan_of else None
    year = timedelta(weeks=plots.WEEKS - 1)
    return page(
        request,
        "site.html",
        row=row,
        calendar=plots.calendar(last, counts),
        counts=sorted(counts.items(), reverse=True),
        kinds=sorted({one.kind for one in days}),
        total=sum(one.changes for one in days),
        first=plots.first_day(last),
        last=last,
        earlier=last - year,
        later=min(last + year, today) if last < today else None,
        heat=plots.HEAT,
        plan=plan,
        unread=plan_of is not None and plan is None,
        gone=_is_gone(house(request).workspace, name),
        curve=plots.budget_curve(plan["budgets"]) if plan else (),
        coverage=[_coverage("kind", pages), _coverage("language", pages)],
        states=STATES,
        known=_states(pages),
        runs=runs,
        most=max([one.fetched for one in runs] or [0]) or 1,
        well=well,
        issues=issues,
        closed=closed,
    )


def site_json(request: Request) -> Response:
    """Return the same data as JSON."""
    name = request.path_params["name"]
    last = _last(request, _today())
    first = plots.first_day(last)
    with reading(request) as reader:
        row = site_overview.site(reader, name)
        days = site_overview.days(reader, name, first.isoformat(), last.isoformat())
        pages = site_overview.pages(reader, name)
        runs = site_overview.runs(reader, name, RUNS)
        well = site_overview.last_well(reader, name)
        issues = [*reader.issues(name), *site_overview.closed_issues(reader, name, ISSUES)]
    return JSONResponse(
        {
            **site_object(row, well),
            "from": first.isoformat(),
            "until": last.isoformat(),
            "days": [
                {"day": one.day, "kind": one.kind, "changes": one.changes, "reviewed": one.reviewed}
                for one in days
            ],
            "pages": [
                {"state": one.state, "kind": one.kind, "language": one.language, "pages": one.pages}
                for one in pages
            ],
            "runs": [run_object(one) for one in runs],
            "issues": [issue_object(one) for one in issues],
        }
    )


def _glance(reader: Reader, row: SiteRow, today: date) -> SiteSummary:
    first = (today - timedelta(weeks=WEEKS)).isoformat()
    days = site_overview.days(reader, row.name, first, today.isoformat())
    week = (today - timedelta(days=6)).isoformat()
    changes: dict[str, int] = defaultdict(int)
    for one in days:
        changes[one.day] += one.changes
    return SiteSummary(
        row=row,
        states=_states(site_overview.pages(reader, row.name)),
        changes=dict(changes),
        week=sum(one.changes for one in days if one.day >= week),
        open=sum(one.changes - one.reviewed for one in days),
        last=next(iter(site_overview.runs(reader, row.name, 1)), None),
        well=site_overview.last_well(reader, row.name),
        issues=reader.issues(row.name),
    )


def _glance_object(one: SiteSummary) -> dict[str, object]:
    return {
        **site_object(one.row, one.well),
        "pages": {state: one.states[state] for state in STATES},
        "changes_last_week": one.week,
        "unreviewed": one.open,
        "last_run": run_object(one.last) if one.last else None,
        "issues": len(one.issues),
    }


def _never_crawled(workspace: Workspace | None, stored: set[str]) -> list[str]:
    """The names of the sites that have a file and are not stored yet."""
    files = site_files(workspace.sites_folder) if workspace else []
    return [path.stem for path in files if path.stem not in stored]


def _is_gone(workspace: Workspace | None, name: str) -> bool:
    """Whether the site has no file any more."""
    return workspace is not None and not (workspace.sites_folder / f"{name}.toml").exists()


def _states(pages: Iterable[PageCount]) -> Counter[str]:
    found = Counter[str]()
    for one in pages:
        found[one.state] += one.pages
    return found


def _coverage(of: str, pages: Sequence[PageCount]) -> Coverage:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in pages:
        found[getattr(one, of) or "not known"][one.state] += one.pages
    return Coverage(of, sorted(found.items(), key=lambda row: -row[1].total()))


def _by_day(days: Iterable[Day]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for one in days:
        found[one.day][one.kind] = one.changes
    return dict(found)


def _last(request: Request, today: date) -> date:
    """The last day to show. Raises HTTPException with 400."""
    value = request.query_params.get("until", "")
    try:
        found = date.fromisoformat(value) if value else today
    except ValueError:
        raise HTTPException(400, f"until: {value!r} is no date, like 2026-05-31") from None
    return min(max(found, date(1971, 6, 1)), today)


def _today() -> date:
    return datetime.now(UTC).date()


routes = [
    Route("/sites.json", sites_json),
    Route("/sites", sites),
    Route("/site/{name}.json", site_json),
    Route("/site/{name}", site),
]
menu = (N_("Sites"), "/sites")
