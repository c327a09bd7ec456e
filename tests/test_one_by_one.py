"""The scene of a 1 × 1 convolution without a browser."""

import numpy as np
import pytest

from cnnlab.scenes import OneByOne
from cnnlab.scenes.one_by_one import CHANNELS, NEW, PICTURE, WEIGHTS

rng = np.random.default_rng(0)
MAPS, WEIGHT = rng.integers(-8, 9, (3, 5, 7)) / 4, rng.integers(-8, 9, (2, 3)) / 4


@pytest.mark.parametrize("stride", [1, 2, 3, 9])
def test_every_number_is_the_weighted_sum_of_three_at_its_own_place(stride):
    scene = OneByOne(MAPS, WEIGHT, stride=stride)
    new = scene.new_maps
    rows, columns = range(0, 5, stride), range(0, 7, stride)
    assert new.shape == (2, len(rows), len(columns))
    for f, i, j in np.ndindex(new.shape):
        expected = sum(WEIGHT[f, c] * MAPS[c, rows[i], columns[j]] for c in range(3))
        assert new[f, i, j] == expected
        link = scene.picture.link_to(NEW[f])
        taps, by = scene.picture.taps(link, i, j, 0)
        assert taps == [(name, rows[i], columns[j]) for name in CHANNELS]
        assert by == [("weight", f, c) for c in range(3)]


def test_the_redness_map_is_above_0_on_the_poppy_alone():
    bright, redder = OneByOne().new_maps
    poppy = PICTURE[0] == 8
    assert poppy.sum() == 4
    np.testing.assert_array_equal(redder > 0, poppy)
    assert bright[poppy].max() < bright[~poppy].min()


def test_pixels_that_change_places_change_them_in_the_new_maps_too():
    order = np.random.default_rng(1).permutation(35)
    shuffled = MAPS.reshape(3, 35)[:, order].reshape(3, 5, 7)
    before, after = OneByOne(MAPS, WEIGHT).new_maps, OneByOne(shuffled, WEIGHT).new_maps
    np.testing.assert_array_equal(after, before.reshape(2, 35)[:, order].reshape(2, 5, 7))


def test_an_edit_and_a_choice_can_be_undone():
    scene = OneByOne()
    start = scene.state
    scene.set_cell("green", 1, 1, "5")
    assert scene.new_maps[1, 1, 1] == 8 - 5 / 2 - 1 / 2
    scene.set_control("weight", "the red and the blue map alone")
    np.testing.assert_array_equal(scene.new_maps, PICTURE[[0, 2]])
    scene.set_control("stride", 2)
    assert scene.new_maps.shape == (2, 2, 2)
    assert scene.picture.panel("green").values[1, 1] == 5
    while scene.can_undo:
        scene.undo()
    assert scene.state is start
    assert [*WEIGHTS] == [name for name in scene.picture.controls[0].options if name != "your own"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"maps": np.ones((2, 4, 4))}, r"OneByOne: maps must have shape \(3, H, W\), got \(2, 4, 4\)"),
        ({"maps": np.ones((3, 4, 9))}, "OneByOne: maps must be of one shape of at most 8 × 8"),
        ({"maps": np.full((3, 4, 4), np.nan)}, "OneByOne: red must be finite"),
        ({"weight": np.ones((3, 2))}, r"OneByOne: weight must have shape \(2, 3\), got \(3, 2\)"),
        ({"stride": 0}, "OneByOne: stride must be at least 1"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        OneByOne(**arguments)


def test_refused_changes_change_nothing():
    scene = OneByOne()
    start = scene.state
    for change in ({"red": np.ones((3, 4))}, {"weight": [[1, 2, 3]]}, {"stride": 0}):
        with pytest.raises(ValueError, match="OneByOne: "):
            scene.change(**change)
    with pytest.raises(ValueError, match="OneByOne: maps"):
        OneByOne(np.ones(3))
    assert scene.state is start
    assert not scene.can_undo
