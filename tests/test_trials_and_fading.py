"""Trials of lesson 08, and experiments of 08 and 10: how far votes can be trusted, and how gradients fade."""

import numpy as np
import pytest

from cnnlab.data import letters
from cnnlab.data.trials import judged_letters, letters_and_noise, third_answer
from cnnlab.gradcheck import numeric_gradient
from cnnlab.nn import ReLU, Sigmoid, Tanh
from cnnlab.nn.experiments.calibration import reliability
from cnnlab.nn.experiments.fading import WIDTH, first_gradient

IMAGES = np.random.default_rng(0).normal(size=(6, 5))
LABELS = np.arange(6)


def test_letters_without_noise_are_all_judged_right():
    rng = np.random.default_rng(3)
    images, labels = letters.renditions(50, rng, bend=0, thick=0, flips=0)
    votes = letters.votes(letters.twelve_numbers(images))
    assert (votes.argmax(axis=1) == labels).all()


def test_more_flips_make_more_mistakes_and_a_seed_gives_the_same_letters():
    right = []
    for flips in (0, 60):
        votes, labels = judged_letters(400, flips=flips, seed=1)
        assert votes.shape == (400, 2)
        assert np.bincount(labels).tolist() == [200, 200]
        np.testing.assert_array_equal(votes, judged_letters(400, flips=flips, seed=1)[0])
        right.append((votes.argmax(axis=1) == labels).mean())
    assert right[0] > right[1] + 0.1


def test_reliability_counts_in_each_bin():
    shares = np.array([[0.5, 0.5], [0.7, 0.3], [0.25, 0.75], [0.0, 1.0], [1.0, 0.0]])
    found = reliability(shares, [1, 0, 0, 1, 1], [0.5, 0.6, 0.75, 0.8, 0.9, 1.0])
    np.testing.assert_array_equal(found, [0, 1, 0, np.nan, 0.5])  # an edge belongs to the bin above it


def test_shares_that_are_drawn_by_what_they_say_are_reliable():
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    labels = (rng.random(p.size) < p).astype(int)
    found = reliability(np.stack([1 - p, p], axis=1), labels, np.linspace(0.5, 1, 6))
    np.testing.assert_allclose(found, np.linspace(0.55, 0.95, 5), atol=0.03)


def test_as_many_sheets_of_noise_as_letters():
    numbers, labels = letters_and_noise(60, seed=2)
    assert numbers.shape == (120, 12)
    assert np.bincount(labels).tolist() == [30, 30, 60]
    assert (labels[60:] == 2).all()
    assert not np.array_equal(numbers, letters_and_noise(60, seed=3)[0])


def by_hand(weight, activation, scale):
    """Return the loss of the network that ``first_gradient`` draws with depth 1."""
    rng = np.random.default_rng(0)
    rng.normal(size=weight.shape)
    last = rng.normal(size=(10, WIDTH)) / np.sqrt(WIDTH)
    scores = activation(IMAGES @ weight.T) @ last.T
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -np.log(shares[np.arange(6), LABELS]).mean()


@pytest.mark.parametrize("scale", [0.5, 3])
def test_the_first_gradient_is_as_measured_by_nudges(scale):
    weight = scale * np.random.default_rng(0).normal(size=(WIDTH, 5)) / np.sqrt(5)
    measured = numeric_gradient(lambda w: by_hand(w, np.tanh, scale), weight)
    assert first_gradient(Tanh, 1, scale, IMAGES, LABELS) == pytest.approx(np.linalg.norm(measured), rel=1e-6)


def test_small_weights_make_it_fade_whatever_the_activation():
    for activation in (ReLU, Tanh, Sigmoid):
        lengths = [first_gradient(activation, depth, 0.5, IMAGES, LABELS) for depth in (2, 10, 20)]
        assert lengths[0] > 100 * lengths[1] > 10_000 * lengths[2] > 0


def test_the_third_answer_is_counted_by_kind():
    weight, bias = np.zeros((3, 12)), np.zeros(3)
    for row, high in enumerate(letters.HIGH.values()):
        weight[row, list(high)] = 1 / len(high)
    found = third_answer(weight, bias, 100)
    assert list(found) == ["X", "O", "noise", "empty sheet"]
    assert min(found["X"], found["O"]) > 0.9
    assert found["noise"] == found["empty sheet"] == 0  # what is not asked for is never answered
    bias[2] = 0.72
    assert min(third_answer(weight, bias).values()) > 0.9
