"""Deep networks of the lessons: how they are made and measured, and how their learning rates are chosen."""

from itertools import product

import numpy as np
import pytest

from cnnlab.nn import SGD, Conv2d, CrossEntropyLoss, Dense, Residual, Sequential, train_step
from cnnlab.nn.experiments.deep import (
    SCALED,
    deep_network,
    first_and_last,
    mirrored_network,
    sizes_through,
    skips_around,
    there_and_back,
    what_arrives,
)
from cnnlab.nn.experiments.rates import GUESS, three_parts, trained, tuned
from cnnlab.nn.experiments.residual import digit_resnet, first_gradients
from cnnlab.nn.experiments.resnet_runs import LEARNED_FROM, RATES, RUNS, TESTED, run_of

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


def in_a_row(network):
    """Return the layers with weights in a row, and those on the ways around them."""
    leaves = {name: leaf for name, leaf in network.leaves.items() if isinstance(leaf, (Conv2d, Dense))}
    around = [leaf for name, leaf in leaves.items() if "shortcut" in name]
    return [leaf for name, leaf in leaves.items() if "shortcut" not in name], around


@pytest.mark.parametrize("depth", [8, 14, 20])
def test_twins_differ_by_their_skips_alone(depth):
    residual, plain = (digit_resnet(depth, skips=skips, seed=5) for skips in (True, False))
    (inside, around), (alone, none) = in_a_row(residual), in_a_row(plain)
    assert len(inside) == len(alone) == depth
    assert [leaf.weight.shape for leaf in around] == [(16, 8, 1, 1), (32, 16, 1, 1)]
    assert none == []
    for one, other in zip(inside, alone, strict=True):
        np.testing.assert_array_equal(one.weight, other.weight)
    blocks = [layer for layer in residual if isinstance(layer, Residual)]
    assert len(blocks) == (depth - 2) // 2
    assert not any(isinstance(layer, Residual) for layer in plain)
    assert residual.output_shape((1, 8, 8)) == plain.output_shape((1, 8, 8)) == (10,)
    assert [block.output_shape((8, 8, 8))[1:] for block in blocks[:1]] == [(8, 8)]


def test_a_residual_block_whose_layers_are_silent_hands_on_what_is_positive():
    network = digit_resnet(8, seed=1)
    block = next(layer for layer in network if isinstance(layer, Residual))
    for layer in block:
        if isinstance(layer, Conv2d):
            layer.weight = np.zeros_like(layer.weight)
    x = np.random.default_rng(0).normal(size=(3, 8, 8, 8)).astype(np.float32)
    np.testing.assert_array_equal(block.forward(x), x)


def test_parameters_of_a_resnet_are_those_counted_by_hand():
    def norm(maps):
        return 2 * maps

    for blocks in (1, 3):
        expected = 9 * 8 + norm(8)  # the first convolution
        expected += blocks * 2 * (9 * 8 * 8 + norm(8))
        for maps, width in ((8, 16), (16, 32)):
            expected += 9 * maps * width + 9 * width * width + 2 * norm(width)
            expected += (blocks - 1) * 2 * (9 * width * width + norm(width))
            expected += maps * width + norm(width)  # on the skip
        expected += 32 * 10 + 10
        assert digit_resnet(2 + 6 * blocks).parameters.size == expected


@pytest.mark.parametrize(("depth", "words"), [(10, "8, 14, 20"), (2, "at least 8"), (8.5, "an integer")])
def test_other_depths_are_refused(depth, words):
    with pytest.raises((TypeError, ValueError), match=f"digit_resnet: depth must be.*{words}"):
        digit_resnet(depth)


def test_the_first_gradient_is_that_of_training():
    x, y = LEARN[0][:30].reshape(-1, 1, 8, 8), LEARN[1][:30]
    found = first_gradients(8, x, y, draws=2)
    network, loss = digit_resnet(8, seed=1), CrossEntropyLoss()
    train_step(network, loss, SGD(1e-9), x, y)  # it leaves its gradients
    first = np.linalg.norm(network[0].named_gradients()["weight"])
    assert found.shape == (2,)
    np.testing.assert_allclose(found[1], first, rtol=1e-4)


def test_sizes_with_skips_add_up():
    np.testing.assert_array_equal(sizes_through(0, 4, skips=True), sizes_through(0, 1, skips=True)[[0] * 4])
    rng = np.random.default_rng(3)
    x, weight = rng.normal(size=(200, 32)), rng.normal(0, 0.25, size=(32, 32))
    expected = np.sqrt(((x + np.maximum(2 * x @ weight.T, 0)) ** 2).mean())
    np.testing.assert_allclose(sizes_through(2, 1, skips=True, seed=3), [expected])


def test_one_skip_around_all_is_the_layers_and_the_way_around_them():
    network = skips_around(6, depth=6, seed=2)
    first, block, last = network
    x = LEARN[0][:5]
    z = first.forward(x)
    inside = z
    for layer in block.layers:
        inside = layer.forward(inside)
    np.testing.assert_allclose(network.forward(x), last.forward(z + inside))
    assert len(block.layers) == 12
    assert len(skips_around(2, depth=6)) == 5
    # All layers of a block together are divided by the root of how many blocks there are.
    one, three = (skips_around(span, depth=6, seed=2)[1].layers[0].weight for span in (6, 2))
    np.testing.assert_allclose(one[0] / three[0], np.full(32, 3**0.25))
    with pytest.raises(ValueError, match="skips_around: depth must be a multiple of span 5, got 24"):
        skips_around(5)


# --- The runs that are kept ---------------------------------------------------------------------------------


def test_kept_runs_are_complete_and_possible():
    kinds = {(run.depth, run.skips, run.epochs) for run in RUNS}
    assert kinds == {*product((8, 20, 32), (False, True), (6, 12)), (32, False, 24), (32, True, 24)}
    assert len(RUNS) == len(kinds)
    assert (len(LEARN[0]), len(TEST[0])) == (LEARNED_FROM, TESTED)
    for run in RUNS:
        assert len(run.right) == len(run.learned) == 10
        assert all(0 < count <= TESTED for count in run.right)
        assert all(0 < count <= LEARNED_FROM for count in run.learned)
        assert run.rate in RATES
        assert run_of(run.depth, skips=run.skips, epochs=run.epochs) is run
    with pytest.raises(ValueError, match=r"run_of: depth and epochs must be one of .*got \(8, 7\)"):
        run_of(8, skips=True, epochs=7)


@pytest.mark.parametrize("skips", [False, True])
def test_a_kept_run_comes_out_again(skips):
    run = run_of(8, skips=skips)
    learned, _, share = trained(digit_resnet(8, skips=skips, seed=3), run.rate, epochs=6, seed=3, flat=False)
    assert abs(share - run.shares[3]) <= 0.015
    assert abs(learned - run.learned[3] / LEARNED_FROM) <= 0.01
