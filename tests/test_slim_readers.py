"""Readers of at most 10,000 parameters: what changes their digits, and how honestly they are measured."""

import numpy as np
import pytest
from scipy import ndimage

from cnnlab.data import digits
from cnnlab.nn import Adam, CosineAnnealingLR, CrossEntropyLoss, Sequential, fit, predict
from cnnlab.nn.experiments import slim_readers
from cnnlab.nn.experiments.readers import train
from cnnlab.nn.experiments.slim_readers import MOST, held_back, shifted, slim_reader, warped
from cnnlab.nn.layers import Dense, Flatten


def images(seed=0, shape=(5, 1, 8, 8)):
    return np.random.default_rng(seed).random(shape)


@pytest.mark.parametrize(("filters", "normalize"), [((12, 24, 24), False), ((12, 24, 24), True)])
def test_a_slim_reader_has_the_parameters_that_its_layers_add_up_to(filters, normalize):
    one, two, three = filters
    by_hand = 9 * one + one + 9 * one * two + two + 9 * two * three + three + 4 * three * 10 + 10
    by_hand += 2 * sum(filters) if normalize else 0
    assert slim_reader(0, filters=filters, normalize=normalize).parameters.size == by_hand <= MOST


def test_shifted_moves_each_digit_by_a_pixel_at_most_and_loses_what_leaves_the_sheet():
    x = images(shape=(200, 1, 5, 7))
    moves = (0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)
    found = []
    for before, after in zip(x, shifted(x, np.random.default_rng(1)), strict=True):
        fits = [k for k, by in enumerate(moves) if np.allclose(after, digits.moved(before, *by))]
        assert len(fits) == 1
        found += fits
    assert sorted(set(found)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("size", [{"turn": 30}, {"zoom": 0.3}, {"slant": 0.5}, {"move": 2}, {}])
def test_warped_is_what_scipy_makes_of_the_same_matrix(size, monkeypatch):
    """The matrices that were drawn, applied by another library, pixel for pixel."""
    drawn = []
    sampled = slim_readers._sampled

    def noting(x, matrices, moves):
        drawn.append((matrices, moves))
        return sampled(x, matrices, moves)

    monkeypatch.setattr(slim_readers, "_sampled", noting)
    x = images(shape=(20, 1, 6, 9))
    options = dict.fromkeys(("turn", "zoom", "slant", "move"), 0) | size if size else {}
    found = warped(x, np.random.default_rng(0), **options)
    ((matrices, moves),) = drawn
    middle = np.array([2.5, 4.0])
    for before, after, matrix, move in zip(x, found, matrices, moves, strict=True):
        framed = np.pad(before[0], 20)  # so that paper comes in smoothly, as it does in ours
        center = middle + 20
        moved = ndimage.affine_transform(framed, matrix, center - matrix @ center - move, order=1)
        np.testing.assert_allclose(after[0], moved[20:-20, 20:-20], atol=1e-9)


def test_warped_stays_within_what_was_asked_for():
    """One dark pixel in the middle, moved only: it lands where the move says, in every direction."""
    x = np.zeros((400, 1, 9, 9))
    x[:, 0, 4, 4] = 1
    found = warped(x, np.random.default_rng(0), turn=0, zoom=0, slant=0, move=2)
    rows = (found[:, 0] * np.arange(9)[:, None]).sum(axis=(1, 2)) - 4
    columns = (found[:, 0] * np.arange(9)).sum(axis=(1, 2)) - 4
    for moves in (rows, columns):
        assert -2 <= moves.min() < -1.9
        assert 1.9 < moves.max() <= 2
        assert abs(moves.mean()) < 0.2
    np.testing.assert_allclose(found.sum(axis=(1, 2, 3)), 1)


def test_what_is_given_stays_and_the_dtype_too():
    for change in (shifted, warped):
        x = images().astype(np.float32)
        before = x.copy()
        one, same, other = (change(x, np.random.default_rng(seed)) for seed in (3, 3, 4))
        assert one.dtype == np.float32
        np.testing.assert_array_equal(x, before)
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, other)


def small(seed):
    return Sequential(Flatten(), Dense(64, 10, rng=np.random.default_rng(seed), dtype=float))


def test_without_changes_it_is_the_training_of_lesson_14():
    x, y, x_test, _ = digits.split()
    one = train(small(0), x[:200], y[:200], 0, epochs=3, rate=0.02)
    other, options = small(0), {"loss": CrossEntropyLoss(), "batch_size": 32, "rng": np.random.default_rng(0)}
    falling = Adam(CosineAnnealingLR(0.02, T_max=3 * 7))
    fit(other, x[:200], y[:200], optimizer=falling, epochs=3, **options)
    unchanged = train(small(0), x[:200], y[:200], 0, epochs=3, rate=0.02, change=lambda images, rng: images)
    for network in (other, unchanged):
        np.testing.assert_allclose(predict(one, x_test), predict(network, x_test), rtol=1e-10)


def test_the_digits_are_changed_anew_for_each_epoch():
    x, y, _, _ = digits.split()
    seen = []

    def change(images, rng):
        assert images is x or np.array_equal(
            images, x[:64]
        )  # the digits themselves, not those changed before
        seen.append(warped(images, rng))
        return seen[-1]

    train(small(0), x[:64], y[:64], 0, epochs=3, rate=0.01, change=change)
    assert len(seen) == 3
    assert not any(np.array_equal(seen[0], each) for each in seen[1:])


@pytest.mark.parametrize(("count", "seeds"), [(20, 6), (7, 7), (12, 2)])
def test_each_image_is_held_back_once_and_never_learned_from_then(count, seeds):
    x, y = np.arange(count, dtype=float).reshape(count, 1, 1, 1), np.arange(count) % 2
    learned = []

    def learn(x_learn, y_learn, seed):
        learned.append((seed, set(x_learn.ravel())))
        assert np.array_equal(y_learn, x_learn.ravel() % 2)
        return Sequential(Flatten(), Dense(1, 2, weight=[[0.0], [0.0]], bias=[1.0, 0.0]))  # always says 0

    found = held_back(learn, x, y, seeds=seeds)
    assert [seed for seed, _ in learned] == list(range(seeds))
    parts = [set(range(count)) - each for _, each in learned]
    assert sorted(image for part in parts for image in part) == list(range(count))
    shares = [np.mean([image % 2 == 0 for image in part]) for part in parts]
    np.testing.assert_allclose(found, shares)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: shifted(np.zeros((8, 8)), np.random.default_rng()), ValueError, "shifted: images must have"),
        (lambda: shifted(images(), 3), TypeError, "shifted: rng"),
        (lambda: warped(images(), np.random.default_rng(), zoom=-1), ValueError, "warped: zoom must be at"),
        (lambda: warped(images(), None), TypeError, "warped: rng"),
        (lambda: train(small(0), images(), [0] * 5, 0, epochs=0, rate=1), ValueError, "train: epochs must"),
        (lambda: held_back(None, [1, 2], [0, 1], seeds=1), ValueError, "held_back: seeds must be"),
        (lambda: held_back(None, [1, 2], [0, 1], seeds=3), ValueError, "held_back: seeds must be at most 2"),
    ],
)
def test_what_cannot_be_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
