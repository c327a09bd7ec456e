"""How long all lessons and solutions take to execute, two at a time: python -m tests.benchmarks.notebooks"""

import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
from nbclient import NotebookClient

from tests.canonical import NOTEBOOKS, lessons

WORKERS, BAR = 2, 420


def seconds(path):
    """Execute a notebook in a fresh kernel, in its own folder; return how long that took."""
    start = time.perf_counter()
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(nbformat.read(path, as_version=4), timeout=300, resources=resources).execute()
    return time.perf_counter() - start


def main():
    paths, start = lessons(), time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        times = dict(zip(paths, pool.map(seconds, paths), strict=True))
    whole = time.perf_counter() - start
    for path, taken in sorted(times.items(), key=lambda pair: -pair[1])[:8]:
        print(f"{taken:6.1f} s  {path.relative_to(NOTEBOOKS)}")
    print(f"{whole:6.1f} s  all {len(paths)}, {WORKERS} at a time (bar {BAR})")


if __name__ == "__main__":
    main()
