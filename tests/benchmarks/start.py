"""What `import cnnlab` costs on top of `import numpy`: python -m tests.benchmarks.start"""

import statistics
import subprocess
import sys

RUNS = 15
CODE = """
import sys, time
import numpy
start = time.perf_counter()
import cnnlab
print(1000 * (time.perf_counter() - start))
start = time.perf_counter()
import matplotlib.figure
print(1000 * (time.perf_counter() - start))
"""


def main():
    runs = [
        list(
            map(
                float,
                subprocess.run(
                    [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
                ).stdout.split(),
            )
        )
        for _ in range(RUNS)
    ]
    for name, times in zip(
        ("import cnnlab (bar: 30 ms)", "control: import matplotlib.figure"),
        zip(*runs, strict=True),
        strict=True,
    ):
        print(f"{name}: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms of {RUNS} runs")


if __name__ == "__main__":
    main()
