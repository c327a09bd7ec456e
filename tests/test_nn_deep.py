"""Deep networks of the lessons: how they are made and measured, and how their learning rates are chosen."""

import numpy as np
import pytest

from cnnlab.nn import Dense, Residual, Sequential
from cnnlab.nn.experiments.deep import (
    SCALED,
    deep_network,
    first_and_last,
    mirrored_network,
    sizes_through,
    there_and_back,
    what_arrives,
)
from cnnlab.nn.experiments.rates import GUESS, three_parts, trained, tuned
from cnnlab.nn.experiments.residual import digit_resnet

LEARN, HELD, TEST = three_parts()


def test_three_parts_share_no_digit_and_keep_their_labels():
    assert [len(x) for x, _ in (LEARN, HELD, TEST)] == [997, 300, 500]
    maps = three_parts(flat=False)
    for (x, y), (images, labels) in zip((LEARN, HELD, TEST), maps, strict=True):
        np.testing.assert_array_equal(x, images.reshape(len(images), -1))
        np.testing.assert_array_equal(y, labels)


def test_sizes_follow_the_scale():
    np.testing.assert_allclose(sizes_through(2, 5), sizes_through(1, 5) * 2.0 ** np.arange(1, 6))


def test_first_and_last_are_those_of_the_whole_way():
    x, y = LEARN[0][:20], LEARN[1][:20]
    found = first_and_last("tanh", 3, x, y, draws=2, skips=SCALED)
    whole = there_and_back(deep_network("tanh", 3, seed=1, skips=SCALED), x, y)[1]
    assert found.shape == (2, 2)
    np.testing.assert_allclose(found[:, 1], whole[[0, -1]])


def test_a_mirrored_network_hands_on_all_distances():
    network = mirrored_network(4, seed=3)
    x, first = LEARN[0][:30], network.layers[0]
    z, out = x @ first.weight[:16].T, x
    for layer in network.layers[:-1]:
        out = layer.forward(out)
    left = out[:, :16] - out[:, 16:]
    np.testing.assert_allclose(np.linalg.norm(left, axis=1), np.linalg.norm(z, axis=1))


def test_what_arrives_through_nothing_is_the_nearest_neighbor():
    (x, labels), (t, right) = (LEARN[0][:50], LEARN[1][:50]), (TEST[0][:20], TEST[1][:20])
    nearest = [np.linalg.norm(x - one, axis=1).argmin() for one in t]
    assert what_arrives([], (x, labels), (t, right)) == (labels[nearest] == right).mean()


def test_a_training_that_breaks_off_counts_as_a_guess():
    with np.errstate(all="ignore"):
        assert trained(deep_network("ReLU", 10, start="twice as large"), 1.0, epochs=1) == (GUESS,) * 3


def test_the_rate_is_chosen_by_held_back_digits():
    asked = []

    def make(seed):
        asked.append(seed)
        return Sequential(Dense(64, 10, rng=np.random.default_rng(seed), dtype=float))

    found = tuned(make, (1e-6, 0.3), epochs=1, tries=2, seeds=3)
    assert asked == [0, 1, 0, 1, 2]
    assert found.rate == 0.3
    assert found.shares.shape == found.learned.shape == (3,)
    again = trained(make(2), 0.3, epochs=1, seed=2)
    assert (again[0], again[2]) == (found.learned[2], found.shares[2])


@pytest.mark.parametrize("blocks", [0, 2])
def test_twins_differ_by_their_skips_alone(blocks):
    residual, plain = (digit_resnet(skips, blocks=blocks, seed=5) for skips in (True, False))
    np.testing.assert_array_equal(residual.parameters, plain.parameters)
    assert sum(isinstance(layer, Residual) for layer in residual) == blocks
    assert not any(isinstance(layer, Residual) for layer in plain)
    assert residual.output_shape((1, 8, 8)) == plain.output_shape((1, 8, 8)) == (10,)
