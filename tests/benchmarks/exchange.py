"""How soon files that are no network's are refused: python -m tests.benchmarks.exchange

For each file of ``tests/helpers/hostile_files.py``, a folder, a named pipe and 5 GB of nothing, the longest
of five times until there is an error. Bar: 100 ms.
"""

import os
import tempfile
import time
from pathlib import Path

from cnnlab.nn import Dense, exchange
from tests.helpers.hostile_files import DENSE, GOOD, HOSTILE, file_of, sparse

BAR = 100.0  # ms


def refused(read, path):
    """Return the longest of five times until a file is refused, in milliseconds."""
    longest = 0.0
    for _ in range(5):
        begun = time.perf_counter()
        try:
            read(path)
        except ValueError:
            longest = max(longest, 1000 * (time.perf_counter() - begun))
        else:
            raise AssertionError(f"{path} was read")
    return longest


if __name__ == "__main__":
    network = Dense(2, 1, weight=[[0, 0]])
    readers = {
        "load": lambda path: exchange.load_safetensors(network, path),
        "read": exchange.read_safetensors,
    }
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        good = folder / "good"
        good.write_bytes(file_of(DENSE, GOOD))
        exchange.load_safetensors(network, good)  # the library is loaded
        files = {name: folder / str(number) for number, name in enumerate(HOSTILE)}
        for name, path in files.items():
            path.write_bytes(HOSTILE[name][0])
        files |= {"5 GB of nothing": folder / "sparse", "a folder": folder, "a pipe": folder / "pipe"}
        sparse(files["5 GB of nothing"])
        os.mkfifo(files["a pipe"])
        found = {
            (reader, name): refused(read, path)
            for reader, read in readers.items()
            for name, path in files.items()
        }
    for (reader, name), milliseconds in sorted(found.items(), key=lambda entry: -entry[1])[:8]:
        print(f"{reader}  {name:32} {milliseconds:7.2f} ms")
    print(f"{len(files)} files, longest: {max(found.values()):.1f} ms (bar {BAR:g})")
