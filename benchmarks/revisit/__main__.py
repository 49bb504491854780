"""When pages are looked at again, scored on made-up sites of which the truth is known.

    python -m benchmarks.revisit                       # 5 seeds, 75 days, all worlds: half an hour or more
    python -m benchmarks.revisit --short               # the mixed world only, 40 days, one seed: seconds
    python -m benchmarks.revisit --worlds mixed,news --policies 'ours;oracle' --json

All policies of a row get the same site, day by day. Each has 400 requests a day, `ours, half` 200. The first
30 days are not counted. Seeds from 1 on are those of the report; what the algorithm was designed on are the
seeds from 101 on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from statistics import mean, stdev

from benchmarks.revisit.policies import POLICIES
from benchmarks.revisit.simulation import Result, Simulation, known_of
from benchmarks.revisit.worlds import WORLDS, make

BUDGET = 400.0
WARM = 30.0
RUNS = {"ours, run every 1 h": 1 / 24, "ours, run every 6 h": 0.25, "ours, run every 24 h": 1.0}
"""Ours as the daemon runs it, with days from one run to the next."""
HALF = "ours, half"
ROWS = [*POLICIES, *RUNS, HALF]


@dataclass(frozen=True, slots=True)
class Task:
    """One policy on one world."""

    world: str
    policy: str
    seed: int


def main(arguments: Sequence[str]) -> int:
    """Simulate, and print a table for each world."""
    options = parser().parse_args(arguments)
    days, seeds = (40.0, 1) if options.short else (options.days, options.seeds)
    worlds = ["mixed"] if options.short else options.worlds.split(",")
    policies = options.policies.split(";")
    tasks = [
        Task(world, policy, options.first_seed + seed)
        for world in worlds
        for seed in range(seeds)
        for policy in policies
    ]
    with ProcessPoolExecutor(options.processes) as pool:
        results = dict(zip(tasks, pool.map(partial(simulated, days=days), tasks), strict=True))
    if options.json:
        for task, result in results.items():
            print(json.dumps({**asdict(task), **asdict(result)}))
        return 0
    for world in worlds:
        print(
            *table(
                world,
                {p: [r for t, r in results.items() if (t.world, t.policy) == (world, p)] for p in policies},
            ),
            sep="\n",
        )
    return 0


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    found = argparse.ArgumentParser("benchmarks.revisit", description="Score policies of revisiting pages.")
    found.add_argument("--short", action="store_true", help="the mixed world only, 40 days, one seed")
    found.add_argument("--worlds", default=",".join(WORLDS))
    found.add_argument("--policies", default=";".join(ROWS), help="names, with a semicolon between two")
    found.add_argument("--days", type=float, default=75.0)
    found.add_argument("--seeds", type=int, default=5)
    found.add_argument("--first-seed", type=int, default=1)
    found.add_argument("--processes", type=int, default=1)
    found.add_argument("--json", action="store_true")
    return found


def simulated(task: Task, days: float) -> Result:
    """What the policy comes to on the world."""
    world = make(task.world, task.seed, days)
    budget = BUDGET / 2 if task.policy == HALF else BUDGET
    known = known_of(world, budget, RUNS.get(task.policy, 0.0))
    name = "ours" if task.policy in {*RUNS, HALF} else task.policy
    return Simulation(world, known, WARM, task.seed).run(POLICIES[name](known, world))


def table(world: str, rows: dict[str, list[Result]]) -> Iterator[str]:
    """A Markdown table: mean and standard deviation over the seeds; and the way from fixed to oracle."""
    yield f"\n**{world}**\n"
    heads = "delay, h;of fixed;way to oracle;fresh;versions kept;new page after, h;requests on noise"
    yield f"| | {heads.replace(';', ' | ')} |"
    yield "|---|---|---|---|---|---|---|---|"
    for policy, results in rows.items():
        delays = [result.delay for result in results]
        relative = [one / two.delay for one, two in zip(delays, rows.get("fixed interval", []), strict=False)]
        cells = [
            _spread(delays, "{:.1f}"),
            f"{mean(relative):.2f}" if relative else "",
            _way(delays, rows),
            f"{mean(result.freshness for result in results):.1%}",
            f"{mean(result.kept for result in results):.0%}",
            f"{mean(result.new_page for result in results):.1f}",
            f"{mean(result.noise for result in results):.0%}",
        ]
        yield f"| {policy} | {' | '.join(cells)} |"


def _spread(values: Sequence[float], form: str) -> str:
    return " ± ".join(
        form.format(one) for one in [mean(values), *([stdev(values)] if len(values) > 1 else [])]
    )


def _way(delays: Sequence[float], rows: dict[str, list[Result]]) -> str:
    """How much of the way from the fixed interval to the oracle, over all seeds."""
    if not {"fixed interval", "oracle"} <= rows.keys():
        return ""
    fixed, best = (mean(result.delay for result in rows[name]) for name in ("fixed interval", "oracle"))
    return f"{(fixed - mean(delays)) / (fixed - best):.0%}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
