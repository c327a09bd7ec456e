"""What a lesson's kernel needs, memory and processor time: python -m tests.benchmarks.sizes [--write]

Each lesson runs from beginning to end in a fresh kernel, one at a time. Measured are the kernel's memory once
its first cell has run and at its peak, and its processor time. `--write` keeps the figures in
deploy/sizes.json, of which the tables of deploy/README.md and `python -m deploy.plan` are made.
"""

import argparse
import json
import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.canonical import NOTEBOOKS
from tests.helpers.processes import processor

KEPT = NOTEBOOKS.parent / "deploy" / "sizes.json"
MIB = 1024


def measured(path):
    """Run a lesson; return MiB at the start and at the peak, and seconds of processor time."""
    found = {}
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(nbformat.read(path, as_version=4), timeout=600, resources=resources)

    def note(cell, cell_index, **_):
        pid = client.km.provisioner.pid
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        status = dict(line.split(":", 1) for line in lines)
        found.setdefault("start", int(status["VmRSS"].split()[0]) / MIB)
        found["peak"] = int(status["VmHWM"].split()[0]) / MIB
        found["seconds"] = processor(pid)

    client.on_cell_executed = note
    client.execute()
    return {what: round(number, 1) for what, number in found.items()}


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sizes")
    parser.add_argument("--write", action="store_true", help=f"keep the figures in {KEPT.name}")
    chosen = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "CNNLAB_PROGRESS": "off"}
    print("lesson                                        start    peak  processor")
    sizes = {}
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        one = sizes[path.stem] = measured(path)
        print(
            f"{path.stem:42} {one['start']:5.0f} MiB {one['peak']:5.0f} MiB {one['seconds']:6.1f} s",
            flush=True,
        )
    if chosen.write:
        KEPT.write_text(json.dumps(sizes, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
