"""Experiments of the training lessons: bowls, digits, letters, overfitting."""

import numpy as np
import pytest

from cnnlab import gradcheck
from cnnlab.nn import SGD, Adam, ReLU, accuracy
from cnnlab.nn.experiments import bowls, descents, letter_networks, overfitting


@pytest.mark.parametrize("condition", [1, 10, 100])
def test_fewest_steps_by_plain_powers(condition):
    """Gradient descent multiplies each of the two distances by 1 − rate · curvature."""
    start, fewest = np.array([1, 0.37]), 10_000
    curved = np.array([1, condition])
    for rate in np.linspace(0.3, 1, 141) * 2 / condition:
        steps = np.arange(3001)[:, None]
        heights = (start * (1 - rate * curved) ** steps) ** 2 @ curved
        high = np.flatnonzero(heights > 1e-6 * heights[0])
        fewest = min(fewest, high[-1] + 1)
    assert bowls.fewest_steps("GD", condition) == fewest


def test_only_adam_needs_more_steps_in_a_turned_valley():
    for walker in ("GD", "momentum 0.9"):
        assert bowls.fewest_steps(walker, 100, True) == bowls.fewest_steps(walker, 100)
    assert bowls.fewest_steps("Adam", 1000, True) > 2 * bowls.fewest_steps("Adam", 1000)


def test_parts_of_the_digits_have_their_sizes_and_nothing_in_common():
    parts = descents.three_parts()
    assert [x.shape for x, _ in parts] == [(997, 64), (300, 64), (500, 64)]
    assert all(len(x) == len(y) for x, y in parts)


def test_pixels_that_are_put_right_reach_one():
    factors = descents.badly_scaled(0)
    assert (factors >= 0.01).all()
    assert (factors <= 1).all()
    largest = (descents.three_parts()[0][0] * descents.put_right(factors)).max(axis=0)
    np.testing.assert_allclose(largest[largest > 0], 1)


def test_a_training_that_breaks_off_counts_as_guessing():
    assert descents.learn_digits(SGD(1e300), 0, rounds=1) == (0.1, 0.1)
    held, test = descents.learn_digits(Adam(0.01), 0)
    assert min(held, test) > 0.85


def test_large_rates_kill_relus():
    assert descents.dead_share(0.1, 0)[0] < 0.2
    assert descents.dead_share(2.0, 0)[0] > 0.8


def test_letters_of_the_three_sets_are_not_those_learned_from():
    (train, _), *others = letter_networks.three_sets()
    known = {image.tobytes() for image in train}
    assert len(train) == 200
    assert not any(image.tobytes() in known for images, _ in others for image in images)


def test_eight_pixels_are_turned():
    images, labels = letter_networks.eight_turned(6, np.random.default_rng(0))
    assert images.shape == (6, 1, 9, 9)
    assert set(labels) == {0, 1}
    assert set(np.unique(images)) == {-1, 1}


def test_mistakes_are_counted_by_side():
    said, labels = np.array([0, 1, 1, 1, 0]), np.array([0, 0, 1, 1, 1])
    assert letter_networks.mistakes(said, labels) == (1 / 2, 1 / 3)


def test_the_filters_set_by_hand_match_themselves():
    from cnnlab.data import letters

    np.testing.assert_allclose(letter_networks.best_match(letters.FILTERS), 1)


def test_squared_shares_have_the_gradient_of_nudges():
    rng = np.random.default_rng(0)
    scores, labels, loss = rng.normal(size=(5, 3)), np.array([0, 1, 2, 2, 0]), letter_networks.SquaredShares()
    loss.forward(scores, labels)
    gradient = loss.backward()
    assert gradcheck.gradcheck(lambda x: loss.forward(x, labels), scores, gradient).ok


def test_a_bend_learns_the_same_sign():
    assert letter_networks.same_sign(ReLU, 0) > 0.95
    assert letter_networks.same_sign(None, 0) < 0.7


def test_spoiled_labels_leave_the_digits_as_they_are():
    (x, y), (x_held, _) = overfitting.draw_digits(0, 200, 0.4)
    (same, right), (held, _) = overfitting.draw_digits(0, 200, 0.0)
    np.testing.assert_array_equal(x, same)
    np.testing.assert_array_equal(x_held, held)
    assert 0.26 < (y != right).mean() < 0.46
    for images in (x, x_held):
        assert images.shape == (200, 64)


def test_copies_are_moved_by_up_to_a_pixel():
    one = np.arange(64.0).reshape(1, 64)
    rng = np.random.default_rng(0)
    found = {overfitting.moved(one, rng).tobytes() for _ in range(200)}
    assert len(found) == 9
    x, y = overfitting.with_copies((one, np.array([3])), 9, rng)
    assert x.shape == (10, 64)
    assert y.tolist() == [3] * 10
    np.testing.assert_array_equal(x[0], one[0])


def test_a_wide_network_learns_by_heart():
    train, _ = overfitting.draw_digits(0, 50, 0.4)
    network = overfitting.wide_network(0)
    history = overfitting.train_wide(network, train, 0, epochs=80)
    assert len(history.loss) == 80
    assert accuracy(network, *train) > 0.95
