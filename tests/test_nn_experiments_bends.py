"""How long functions take is measured in turns."""

import time

import numpy as np
import pytest

from cnnlab.nn.experiments.bends import seconds


def test_what_waits_takes_longer_and_the_warm_up_is_not_counted():
    called = []

    def waits(x):
        called.append(x)
        time.sleep(0.02)

    taken = seconds([abs, waits], -3, rounds=2)
    assert taken.shape == (2, 2)
    assert called == [-3] * 3
    assert np.median(taken[:, 1]) > 0.02 > np.median(taken[:, 0])


@pytest.mark.parametrize("rounds", [0, -1])
def test_there_is_at_least_one_round(rounds):
    with pytest.raises(ValueError, match="seconds: rounds must be"):
        seconds([abs], 1, rounds)
