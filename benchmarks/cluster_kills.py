"""Kills parts of a cluster with SIGKILL, again and again: `python -m benchmarks.cluster_kills 30`.

Each time a new site is crawled through a worker. After a random number of its articles the worker, the hub or
PostgreSQL is killed and started again. What is stored in the end is compared with what is stored of the same
site if nothing is killed. Ends with 1 at the first difference.
"""

from __future__ import annotations

import random
import sys
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.blog import POSTS
from tests.cluster import Cluster
from tests.kills import VICTIMS, Disturbed
from tests.postgres import Postgres

SEED = 17


def main(times: int) -> int:
    """Kill so many times, and return the exit code."""
    numbers = random.Random(SEED)
    with TemporaryDirectory() as folder, Postgres() as postgres:
        cluster = Cluster(Path(folder), postgres, "http://127.0.0.1:9", lost_after="10s")
        (cluster.root / "sites/press.toml").unlink()
        with Disturbed(cluster, SEED) as disturbed:
            undisturbed = disturbed.crawled(None, 0)
            for number, victim in zip(range(1, times + 1), cycle(VICTIMS), strict=False):
                after = numbers.randrange(len(POSTS))
                same = disturbed.crawled(victim, after) == undisturbed
                print(
                    f"{number}: {victim} killed after {after} articles: {'same' if same else 'DIFFERS'}",
                    flush=True,
                )
                if not same:
                    return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 30))
