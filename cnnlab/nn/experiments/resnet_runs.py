"""What residual networks and their plain twins learned: runs too long for a lesson, kept as they came.

Computed by ``python -m tests.benchmarks.resnets`` (NumPy 2, one core); another processor rounds otherwise,
and its counts differ by a few digits. A test trains one network of each kind anew and compares.
"""

from typing import NamedTuple

import numpy as np

RATES = (0.01, 0.03, 0.1, 0.3, 1.0)  # to choose from, for each network
TRIES = 2  # trainings with each, judged by the held-back digits
LEARNED_FROM, TESTED = 997, 500  # digits


class Run(NamedTuple):
    """Ten trainings of ``digit_resnet(depth, skips=skips)``, at the rate that the held-back digits chose."""

    depth: int
    skips: bool
    epochs: int
    rate: float
    right: tuple  # test digits read rightly, of 500, seed by seed
    learned: tuple  # the same of the 997 that it learned from
    seconds: float  # processor time of one training, on average

    @property
    def shares(self):
        """The share of test digits right, seed by seed."""
        return np.array(self.right) / TESTED


RUNS = ()
