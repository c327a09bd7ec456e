"""How many learners fit on a machine, and what a large class asks of a cluster: `python deploy/plan.py`.

The figures come from sizes.json beside this file (`python -m tests.benchmarks.sizes --write`) and from the
load test (`python -m tests.load`). The cluster is simulated, learner by learner: nothing of it was measured
on a real one.
"""

import argparse
import heapq
import json
import math
import random
from pathlib import Path

import numpy as np

SIZES = Path(__file__).with_name("sizes.json")
README = Path(__file__).with_name("README.md")
NODE_GB, NODE_CORES = 32, 8
SERVER = 130  # MiB of a learner's JupyterLab server: 159 alone, 104 beside nineteen others (tests.load)
HUB = 1000  # MiB for the system, the hub and its proxy
START = 5.0  # seconds from the login to the first living scene, alone on a core: 4.4 to 4.9 (tests.load)
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


def lessons_table(sizes):
    """Return what each lesson's kernel needs."""
    rows = [
        f"| {name.replace('_', ' ')} | {one['start']:.0f} | {one['peak']:.0f} | {one['seconds']:.0f} |"
        for name, one in sizes.items()
    ]
    return _table("| lesson | MiB at its start | MiB at its peak | seconds of one core |", rows)


def machines_table(sizes):
    """Return how many learners fit on one machine."""
    rows = []
    for gigabytes in (4, 16, 32, 64):
        row = [fit(gigabytes, SERVER + need) for early in (True, False) for need in kernels(sizes, early)]
        rows.append(f"| {gigabytes} GB | " + " | ".join(f"{each:,}" for each in row) + " |")
    kinds = f"00 to {LAST_EARLY:02}", f"{LAST_EARLY + 1:02} to {max(sizes)[:2]}"
    heads = " | ".join(f"{kind}, {when}" for kind in kinds for when in ("at the start", "after an hour"))
    return _table(f"| memory | {heads} |", rows)


def clusters_table(sizes):
    """Return what a rush costs: all learners of a training lesson within ten minutes."""
    seats = fit(NODE_GB, SERVER + kernels(sizes, early=False)[1])
    rows = []
    for learners in (300, 10_000):
        needed = math.ceil(learners / seats)
        many = math.ceil(learners / 10)
        for ready, kept, pulled in (
            (1, 0, False),
            (1, 0, True),
            (1, many, True),
            (needed, 0, True),
        ):
            found = simulate(
                learners, 10, seats=seats, cores=NODE_CORES, ready=ready, placeholders=kept, pulled=pulled
            )
            half, most = (np.quantile(found["waits"], share, method="inverted_cdf") for share in (0.5, 0.95))
            pulls = found["nodes"] if not pulled else 0
            rows.append(
                f"| {learners:,} | {ready:,} | {kept:,} | {'yes' if pulled else 'no'} | {half:.0f} s "
                f"| {most:.0f} s | {found['nodes']:,} | {pulls:,} | {found['most']:,} |"
            )
    return _table(
        "| learners | nodes at first | seats kept free | image on new nodes | half wait up to "
        "| 95 of 100 wait up to | nodes at last | pulls of the image | most starts in a minute |",
        rows,
    )


def idle_sentence(sizes):
    """Return what a learner costs who does nothing."""
    idle = SERVER + kernels(sizes, early=True)[0]
    return (
        f"A learner who has opened a lesson and does nothing holds about {idle:.0f} MiB, one part in "
        f"{fit(NODE_GB, idle)} of a node with {NODE_GB} GB, and no processor time: until the kernel goes "
        "after half an hour, and the server after an hour."
    )


def _table(head, rows):
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rows])


def tables():
    """Return what README.md holds between its marks."""
    sizes = json.loads(SIZES.read_text(encoding="utf-8"))
    return {
        "lessons": lessons_table(sizes),
        "machines": machines_table(sizes),
        "clusters": clusters_table(sizes),
        "idle": idle_sentence(sizes),
    }


def main():
    """Print the tables of README.md; with --write, put them there."""
    parser = argparse.ArgumentParser(prog="python deploy/plan.py", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    chosen = parser.parse_args()
    text = README.read_text(encoding="utf-8")
    for name, table in tables().items():
        print(f"{table}\n")
        before, start, rest = text.partition(f"<!-- plan: {name} -->\n")
        if start:
            _, end, after = rest.partition("<!-- end -->")
            text = f"{before}{start}{table}\n{end}{after}"
    if chosen.write:
        README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
