"""How long checkers are held up by functions that never end: python -m tests.benchmarks.hostile

For each hostile function of ``tests/attack/hostile.py``, the time until the verdict. Bar: 12 s.
"""

import time

from tests.attack import hostile
from tests.helpers.exercises import EXERCISES

BAR = 12.0


def held_up(exercise, function):
    """Return the seconds until there is a verdict."""
    begun = time.perf_counter()
    EXERCISES[exercise].judge(function)
    return time.perf_counter() - begun


def late_each_time(*arguments):
    """Takes nearly as long as it may, on every call."""
    time.sleep(4.5)
    return 0


if __name__ == "__main__":
    name = min(EXERCISES)
    found = {function.__name__: held_up(name, function) for function in [*hostile.ALL, late_each_time]}
    for function, seconds in sorted(found.items(), key=lambda entry: -entry[1])[:5]:
        print(f"{function:20} {seconds:6.2f} s")
    print(f"longest: {max(found.values()):.2f} s (bar {BAR:g})")
