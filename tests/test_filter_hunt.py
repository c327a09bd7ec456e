"""The filter hunt without a browser, and what is known of the filters that the deck does not print."""

from itertools import product

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.scenes import FilterHunt
from cnnlab.scenes.filter_hunt import MAPS

SIGNS = np.array(list(product((-1.0, 1.0), repeat=9))).reshape(-1, 1, 3, 3)


def differing():
    """Return in how many cells the maps of all 512 filters differ from each printed map, shape (3, 512)."""
    made = ops.conv2d(letters.X[None, None], SIGNS)[0]
    return np.array([(made != printed).sum(axis=(1, 2)) for printed in MAPS.values()])


def test_one_filter_of_512_fits_each_map_but_for_the_misprint():
    assert np.sort(differing())[:, :2].tolist() == [[0, 11], [1, 21], [0, 11]]
    np.testing.assert_array_equal(SIGNS[differing().argmin(axis=1), 0], letters.FILTERS)


@pytest.mark.parametrize(("map_name", "left"), [*zip(MAPS, (0, 1, 0), strict=True)])
def test_the_hunt_can_be_won_by_clicks(map_name, left):
    scene = FilterHunt()
    scene.set_control("printed", map_name)
    right = letters.FILTERS[[*MAPS].index(map_name)]
    for row, column in np.argwhere(scene.state.kernel != right):
        scene.set_cell("kernel", int(row), int(column), str(int(right[row, column])))
    assert scene.differing == left
    assert f"differs from the printed one in {left} of 49 cells" in repr(scene)


def test_the_misprint_can_be_corrected():
    scene = FilterHunt(kernel=letters.FILTERS[1])
    assert scene.differing == 1
    scene.set_cell("printed", 2, 3, "-7")
    assert scene.differing == 0
    scene.undo()
    assert scene.differing == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel": np.zeros((3, 3))}, "kernel must hold 1 and −1 only"),
        ({"kernel": np.ones((2, 3))}, r"kernel must have shape \(3, 3\)"),
        ({"printed": np.ones((7, 6))}, r"printed must have shape \(7, 7\)"),
        ({"printed": np.full((7, 7), np.nan)}, "printed must be finite"),
    ],
)
def test_what_is_no_hunt_is_refused(options, message):
    with pytest.raises(ValueError, match=f"FilterHunt: {message}"):
        FilterHunt(**options)
