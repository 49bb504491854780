"""The simulator of revisits: what it counts, and that the product's rule beats a fixed interval."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.revisit.__main__ import Task, main, simulated
from benchmarks.revisit.policies import Fixed, optimal_frequencies
from benchmarks.revisit.simulation import Simulation, known_of
from benchmarks.revisit.worlds import STEP, make

DAYS = 24.0
LATE = 36.0


def test_a_seed_makes_the_same_world_again_and_another_seed_another() -> None:
    once, again, other = make("mixed", 1, DAYS), make("mixed", 1, DAYS), make("mixed", 2, DAYS)
    assert all(np.array_equal(a, b) for a, b in zip(once.changes, again.changes, strict=True))
    assert len(np.concatenate(once.changes)) != len(np.concatenate(other.changes))


def test_the_changes_that_an_oracle_expects_are_those_that_happen() -> None:
    world = make("news", 1, DAYS)
    expected = world.expected(np.maximum(world.born, 0), DAYS - STEP).sum()
    happened = sum(int((times < DAYS - STEP).sum()) for times in world.changes)
    assert happened == pytest.approx(expected, rel=0.1)


def test_a_fixed_interval_learns_of_a_change_after_half_of_it() -> None:
    world = make("constant", 1, 60.0)
    known = known_of(world, budget=400, every=0)
    result = Simulation(world, known, 14, 1).run(Fixed(known, world))
    assert result.delay == pytest.approx(24 * 2000 / 400 / 2, rel=0.1)
    assert result.requests == pytest.approx(400, rel=0.01)


def test_a_run_every_six_hours_keeps_the_budget() -> None:
    result = simulated(Task("mixed", "ours, run every 6 h", 1), LATE)
    assert 360 <= result.requests <= 404


def test_optimal_frequencies_spend_the_budget_and_leave_out_what_changes_too_fast() -> None:
    found = optimal_frequencies(np.array([0.01, 0.1, 1.0, 20.0]), 1.0)
    assert found.sum() == pytest.approx(1.0, rel=0.01)
    assert found[3] < found[2] and found[1] > found[0]


def test_the_command_prints_a_table_with_the_way_to_the_oracle(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--short", "--policies", "fixed interval;ours;oracle"]) == 0
    rows = {line.split(" | ")[0]: line for line in capsys.readouterr().out.splitlines() if " | " in line}
    fixed, ours, oracle = (
        float(rows[f"| {name}"].split(" | ")[1]) for name in ("fixed interval", "ours", "oracle")
    )
    assert oracle < ours < 0.9 * fixed
