"""What processes take: memory, and time of the processor; as Linux tells it."""

import contextlib
import os
from pathlib import Path


def memory(pid):
    """Return a process's memory in MiB; pages that several share are split among them (PSS)."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def processor(pid):
    """Return the seconds of processor time that a process and its ended children have taken."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0
