"""Transfer learning: what is copied, what is frozen, and that choices never touch the test digits."""

import numpy as np
import pytest

from cnnlab.data import digits
from cnnlab.nn import predict
from cnnlab.nn.experiments import transfer


@pytest.fixture(scope="module")
def source():
    return transfer.small_cnn(7, 10)


def test_reuse_copies_the_backbone_and_no_more(source):
    new = transfer.reuse(source, seed=1, answers=2)
    for k in transfer.BACKBONE:
        np.testing.assert_array_equal(new[k].weight, source[k].weight)
        np.testing.assert_array_equal(new[k].bias, source[k].bias)
    assert new[transfer.KEEP].weight.shape == (2, 32)
    before = source.parameters.copy()
    new.parameters[:] = 0
    transfer.run(new, transfer.odd_or_even(0), 0.1, steps=3)
    np.testing.assert_array_equal(source.parameters, before)


@pytest.mark.parametrize("target", [transfer.odd_or_even, transfer.noisy_digits, transfer.high_digits])
def test_what_rates_are_chosen_by_is_neither_learned_from_nor_tested_on(target):
    def rows(images):
        return {image.tobytes() for image in np.asarray(images, dtype=float).round(9)}

    x, y, x_test, y_test = target(3)
    same_x, same_y, held_back, _ = target(3, held_back=True)
    np.testing.assert_array_equal(x, same_x)
    np.testing.assert_array_equal(y, same_y)
    assert len(held_back) == transfer.HELD_BACK
    assert len(y_test) == len(x_test) >= 200
    assert not rows(held_back) & rows(x_test)
    if target is transfer.high_digits:  # no noise: the same digit would be the same picture
        assert not rows(target(3, None)[0]) & rows(held_back)


def test_the_parts_of_the_digits_do_not_overlap():
    parts = transfer._halves()
    assert sorted(np.concatenate(parts)) == list(range(len(digits.split()[0])))
    assert [len(part) for part in parts] == [650, 447, 200]


def test_targets_ask_what_they_say():
    _, y, _, y_test = transfer.high_digits(0, 5)
    assert np.bincount(y).tolist() == [5] * 5
    assert set(y_test) == set(range(5))
    _, which, *_ = transfer.noisy_digits(4, 10)
    _, odd, *_ = transfer.odd_or_even(4, 10)
    np.testing.assert_array_equal(odd, which % 2)


def test_a_head_alone_learns_the_same_as_a_frozen_network(source):
    task = transfer.odd_or_even(0)
    whole = transfer.reuse(source, 1, 2)
    for layer in whole[: transfer.KEEP]:
        layer.trainable = False
    alone = transfer.reuse(source, 1, 2)
    ends = (
        transfer.run(whole, task, 0.01, steps=20),
        transfer.run(alone, task, 0.01, keep=transfer.KEEP, steps=20),
    )
    np.testing.assert_allclose(whole[9].weight, alone[9].weight)
    np.testing.assert_array_equal(*ends)


def test_a_run_is_measured_as_often_as_it_says(source):
    options = {"keep": transfer.KEEP, "steps": 20}
    task = transfer.odd_or_even(0)
    assert len(transfer.run(transfer.reuse(source, 1, 2), task, 0.01, every=10, **options)) == 3
    assert len(transfer.run(transfer.reuse(source, 1, 2), task, 0.01, every=0, **options)) == 2


def test_the_best_rate_is_that_of_held_back_digits():
    def target(seed, held_back=False):
        return seed, held_back

    def train(task, rate, seed):
        assert task == (seed, True)
        return -abs(rate - 3)

    assert transfer.best_rate(train, (1, 2, 3, 4), target, seeds=2) == (3, {1: -2, 2: -1, 3: 0, 4: -1})


def test_features_of_the_backbone_are_those_of_the_frozen_way(source):
    def features(network, images):
        return predict(network[: transfer.KEEP], images)

    assert transfer.measure_features(features, [source], seeds=2).shape == (2,)


def test_features_that_are_none_are_told_so(source):
    assert transfer.try_features(lambda network, images: None, [source]).startswith("Not attempted")
    assert "one row for each image" in transfer.try_features(lambda network, images: np.zeros(3), [source])
