"""Readers of digits that lessons compare, and the charts of what several trainings gave."""

import numpy as np
import pytest

from cnnlab import figures
from cnnlab.data import digits
from cnnlab.nn import Conv2d, MaxPool2d, accuracy
from cnnlab.nn.experiments.readers import conv_reader, dense_reader, nearest, train, try_rates

RNG = np.random.default_rng(0)
X, Y = RNG.random((40, 1, 8, 8)), RNG.permutation(np.arange(40) % 10)


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        ({}, 80 + 1168 + 16 * 16 * 10 + 10),
        ({"windows": (1, 1)}, 80 + 1168 + 16 * 64 * 10 + 10),
        ({"windows": (2, 2), "pool": "mean", "dropout": 0}, 80 + 1168 + 16 * 4 * 10 + 10),
        ({"size": 12, "filters": (8, 32), "windows": (2, 6)}, 80 + 2336 + 32 * 10 + 10),
    ],
)
def test_a_reader_has_the_parts_it_is_asked_for(options, parameters):
    reader = conv_reader(3, **options)
    size = options.get("size", 8)
    assert reader.output_shape((1, size, size)) == (10,)
    assert reader.parameters.size == parameters


def test_a_reader_with_one_pooling_pools_at_the_end():
    kinds = [type(layer) for layer in conv_reader(0).layers]
    assert kinds.index(MaxPool2d) > max(k for k, kind in enumerate(kinds) if kind is Conv2d)


def test_the_rivals_have_about_as_many_parameters():
    assert dense_reader(0).parameters.size == pytest.approx(conv_reader(0).parameters.size, rel=0.02)


def test_the_seed_alone_decides_a_training():
    one, again, other = (train(conv_reader(seed), X, Y, seed, epochs=2) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.parameters, again.parameters)
    assert not np.array_equal(one.parameters, other.parameters)


def test_every_rate_is_tried_from_every_seed():
    found = try_rates(dense_reader, (1e-9, 0.01), (X, Y), (X, Y), seeds=3, epochs=30)
    assert found.shape == (3, 2)
    assert (found[:, 1] > found[:, 0]).all()
    one = train(dense_reader(2), X, Y, 2, epochs=30, rate=0.01)
    assert found[2, 1] == accuracy(one, X, Y)


@pytest.mark.parametrize(("k", "power"), [(1, 2), (1, 1), (3, 2), (5, 1)])
def test_nearest_agrees_with_another_library(k, power):
    from sklearn.neighbors import KNeighborsClassifier

    x, y, images, _ = digits.split()
    x, y, images = x[:400], y[:400], images[:200]
    other = KNeighborsClassifier(k, p=power, algorithm="brute").fit(x.reshape(400, 64), y)
    expected = other.predict(images.reshape(200, 64))
    # Where several are equally far, each may ask another one.
    assert (nearest(x, y, images, k, power) == expected).mean() > 0.985


@pytest.mark.parametrize(("k", "error"), [(0, ValueError), (41, ValueError), (1.5, TypeError)])
def test_how_many_neighbors_are_asked_must_be_possible(k, error):
    with pytest.raises(error, match="nearest: k must be"):
        nearest(X, Y, X, k)


def test_ranges_show_every_training_and_the_mean():
    panels = {"a": {"one": [1, 2, 6], "two": [4]}, "b": {"one": [0], "two": [1]}}
    drawing = figures.ranges(panels, words="Dots.")
    axes, other = drawing.axes
    dots, mean = axes.lines[:2]
    np.testing.assert_array_equal(dots.get_xdata(), [1, 2, 6])
    assert mean.get_xdata() == [3]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "two"]
    assert other.get_title() == "b"
    assert repr(drawing) == "Dots."


def test_bands_reach_from_the_lowest_to_the_highest():
    drawing = figures.bands([1, 10], {"one": [[0, 2], [4, 6]]}, words="A band.", log=True, ylim=(0, 7))
    (axes,) = drawing.axes
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [2, 4])
    (band,) = axes.collections
    assert band.get_paths()[0].get_extents().get_points().tolist() == [[1, 0], [10, 6]]
    assert axes.get_xscale() == "log"
