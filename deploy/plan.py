"""How many learners fit on a machine, and what a large class asks of a cluster: `python deploy/plan.py`.

The figures come from sizes.json beside this file (`python -m tests.benchmarks.sizes --write`) and from the
load test (`python -m tests.load`). The cluster is simulated, learner by learner: nothing of it was measured on
a real one.
"""

import heapq
import json
import math
import random
from pathlib import Path

SIZES = Path(__file__).with_name("sizes.json")
SERVER = 130  # MiB of a learner's JupyterLab server (tests.load)
HUB = 1000  # MiB for the system, the hub and its proxy
START = 6.0  # seconds of processor time from the login to the first living scene (tests.load)
LAST_EARLY = 8  # the lessons up to this one compute little
BOOT, PULL = 120.0, 90.0  # seconds until a new node is there, and until it has the image
GIB = 1024


def kernels(sizes, early):
    """Return MiB of a kernel at its start and at its peak, of the largest lesson of the kind."""
    chosen = [size for name, size in sizes.items() if (int(name[:2]) <= LAST_EARLY) == early]
    return max(size["start"] for size in chosen), max(size["peak"] for size in chosen)


def fit(gigabytes, each):
    """Return how many learners of so many MiB fit on a machine beside the hub."""
    return max(0, math.floor((gigabytes * GIB - HUB) / each))


def simulate(learners, minutes, *, seats, cores, ready, placeholders, pulled=True, seed=0):
    """Let learners come at random times within some minutes; return what they waited, and the nodes.

    Parameters
    ----------
    learners : int
    minutes : float
        Within which all come.
    seats, cores : int
        Of a node: how many learners its memory holds, how many start at once.
    ready : int
        Nodes that are there from the start.
    placeholders : int
        Seats that are kept free: a learner takes one, and a node is started for the one that is missing.
    pulled : bool
        Whether new nodes have the image at once (a machine image that holds it).

    Returns
    -------
    dict
        Sorted ``waits`` in seconds, ``nodes``, and ``most`` starts within one minute.
    """
    rng = random.Random(seed)
    times = sorted(rng.uniform(0, 60 * minutes) for _ in range(learners))
    nodes = [{"from": 0.0, "free": seats, "cores": [0.0] * cores} for _ in range(ready)]
    waits = []

    def another(now):
        delay = BOOT + (0 if pulled else PULL)
        nodes.append({"from": now + delay, "free": seats, "cores": [0.0] * cores})
        return nodes[-1]

    for now in times:
        there = [node for node in nodes if node["free"] and node["from"] <= now]
        coming = [node for node in nodes if node["free"] and node["from"] > now]
        # The scheduler fills one node before the next.
        node = (
            min(there, key=lambda one: one["free"])
            if there
            else min(coming, key=lambda one: one["from"], default=None)
        )
        node = node or another(now)
        node["free"] -= 1
        begun = max(now, node["from"], heapq.heappop(node["cores"]))
        heapq.heappush(node["cores"], begun + START)
        waits.append(begun + START - now)
        while sum(one["free"] for one in nodes) < placeholders:
            another(now)
    most = max(sum(now <= time < now + 60 for time in times) for now in times)
    return {"waits": sorted(waits), "nodes": len(nodes), "most": most}


def quantile(numbers, share):
    """Return the smallest of sorted numbers that at least this share of them does not exceed."""
    return numbers[max(0, math.ceil(len(numbers) * share) - 1)]


def main():
    """Print the tables of README.md."""
    sizes = json.loads(SIZES.read_text(encoding="utf-8"))
    print("Learners on one machine, by memory alone\n")
    print("| memory | 00-08, start | 00-08, after an hour | 09-23, start | 09-23, after an hour |")
    print("|---|---|---|---|---|")
    for gigabytes in (4, 16, 64):
        row = [fit(gigabytes, SERVER + need) for early in (True, False) for need in kernels(sizes, early)]
        print(f"| {gigabytes} GB | " + " | ".join(map(str, row)) + " |")
    print("\nA cluster: nodes of 8 cores and 32 GB, all learners within ten minutes\n")
    seats = fit(32, SERVER + kernels(sizes, early=False)[1])
    print(f"{seats} learners of a training lesson on a node\n")
    print(
        "| learners | nodes at first | seats kept free | image there | p50 | p95 | nodes | most starts a minute |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for learners in (300, 10_000):
        needed = math.ceil(learners / seats)
        for ready, placeholders, pulled in ((1, 0, False), (1, 30, True), (needed, 0, True)):
            found = simulate(
                learners, 10, seats=seats, cores=8, ready=ready, placeholders=placeholders, pulled=pulled
            )
            half, most = (quantile(found["waits"], share) for share in (0.5, 0.95))
            print(
                f"| {learners:,} | {ready} | {placeholders} | {'yes' if pulled else 'no'} | {half:.0f} s "
                f"| {most:.0f} s | {found['nodes']} | {found['most']} |"
            )
    idle = SERVER + kernels(sizes, early=True)[0]
    print(
        f"\nA learner who does nothing holds {idle:.0f} MiB, 1/{fit(32, idle)} of such a node, until the culler"
    )
    print("comes: a kernel after half an hour, a server after one hour.")


if __name__ == "__main__":
    main()
