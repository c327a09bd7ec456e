"""Experiments of lessons: what repeats them over seeds, and how the outcome is told."""

import numpy as np
import pytest

from cnnlab.nn.experiments.seeds import over_seeds, spread


def test_each_seed_is_tried_once_and_in_order():
    tried = []
    values = over_seeds(lambda seed: tried.append(seed) or [seed, -seed], 3)
    assert tried == [0, 1, 2]
    np.testing.assert_array_equal(values, [[0, 0], [1, -1], [2, -2]])


@pytest.mark.parametrize(("seeds", "error"), [(0, ValueError), (-1, ValueError), (2.5, TypeError)])
def test_how_many_seeds_must_be_a_number_of_them(seeds, error):
    with pytest.raises(error, match="over_seeds: seeds must be"):
        over_seeds(lambda seed: seed, seeds)


def test_a_spread_names_mean_range_and_how_many():
    assert spread([0.25, 0.5, 0.75, 1.0], digits=3) == "0.625 (0.250 to 1.000, 4 seeds)"
