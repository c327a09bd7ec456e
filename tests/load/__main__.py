"""Print how a class fares here: `python -m tests.load`.

`--capacity 30` asks how many learners this machine bears; `--book book/site` lets them read the lesson in the
book instead, and needs no hub.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.load.from_the_book import book_day
from tests.load.hub import Hub, missing
from tests.load.lesson_day import LESSON, lesson_day, quantile, told


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=20)
    parser.add_argument("--within", type=float, default=60, help="seconds within which all log in")
    parser.add_argument("--mishaps", type=int, default=5, help="how many kill, reload or open two tabs")
    more = "more and more learners, until p95 of login to first scene passes SECONDS"
    parser.add_argument("--capacity", type=float, metavar="SECONDS", help=more)
    parser.add_argument("--book", type=Path, metavar="FOLDER", help="read the lesson there, without a hub")
    parser.add_argument("--if-possible", action="store_true", help="what is missing is no error")
    chosen = parser.parse_args()
    if chosen.book:
        page = Path(LESSON).with_suffix(".html").name
        print(told_of_book(book_day(chosen.book, page, chosen.learners, chosen.within)))
        return
    absent = missing()
    if absent and chosen.if_possible and not os.environ.get("CNNLAB_HUB"):
        print(f"not tried; missing: {', '.join(absent)}")
        return
    if absent:
        parser.error(f"missing: {', '.join(absent)}")
    counts = [chosen.learners] if chosen.capacity is None else [5, 10, 15, 20, 25, 30, 40]
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, Hub(count, folder) as hub:
            result = lesson_day(hub, chosen.within, chosen.mishaps)
        print(f"--- {count} learners, all logged in within {chosen.within:g} s\n{told(result)}", flush=True)
        if result["failed"] or result["lost"] or result["readable"]:
            sys.exit("that is not what a class deserves")
        scene = result["seconds"]["scene"]
        if chosen.capacity is not None and (not scene or quantile(scene, 0.95) > chosen.capacity):
            break


def told_of_book(result):
    half, most = (quantile(result["seconds"], share) for share in (0.5, 0.95))
    return (
        f"the page is there   p50 {half:.3f} s   p95 {most:.3f} s   ({len(result['seconds'])} learners)\n"
        f"{result['kilobytes']:.0f} kB for each, uncompressed; {1000 * result['processor']:.1f} ms of "
        f"processor time; the server, for all together, {result['memory']:.0f} MiB"
    )


if __name__ == "__main__":
    main()
