"""Print how a class fares here: `python -m tests.load`; `--capacity 30` asks how many two cores bear."""

import argparse
import tempfile

from tests.load.hub import Hub, missing
from tests.load.lesson_day import lesson_day, quantile, told


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--learners", type=int, default=20)
    parser.add_argument("--within", type=float, default=60, help="seconds within which all log in")
    more = "more and more learners, until p95 of login to first scene passes SECONDS"
    parser.add_argument("--capacity", type=float, metavar="SECONDS", help=more)
    chosen = parser.parse_args()
    if absent := missing():
        parser.error(f"missing: {', '.join(absent)}")
    counts = [chosen.learners] if chosen.capacity is None else [5, 10, 15, 20, 25, 30, 40]
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, Hub(count, folder) as hub:
            result = lesson_day(hub, chosen.within)
        print(f"--- {count} learners, all logged in within {chosen.within:g} s\n{told(result)}", flush=True)
        scene = result["seconds"]["scene"]
        if chosen.capacity is not None and (not scene or quantile(scene, 0.95) > chosen.capacity):
            break


if __name__ == "__main__":
    main()
