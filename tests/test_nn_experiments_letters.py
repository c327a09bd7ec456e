"""What becomes of letters that move, and of letters that are spoiled."""

import numpy as np
import pytest

from cnnlab import ops
from cnnlab.data import letters
from cnnlab.nn.experiments.noise import share_told_apart
from cnnlab.nn.experiments.shifts import apart, change, change_when_moved, moved, on_a_sheet

PAIR = (letters.X, letters.O)
SHEETS = [on_a_sheet(letter, 17) for letter in PAIR]


def feature_map(image):
    return ops.relu(ops.correlate2d(image, letters.FILTERS[0], normalize=True))


def test_a_letter_stands_in_the_middle_of_its_sheet():
    sheet = on_a_sheet(letters.X, 13)
    np.testing.assert_array_equal(sheet[2:11, 2:11], letters.X)
    assert (sheet == 1).sum() == (letters.X == 1).sum()
    with pytest.raises(ValueError, match="on_a_sheet: size must be"):
        on_a_sheet(letters.X, 8)


def test_how_much_paper_there_is_does_not_matter():
    changes = [change_when_moved(feature_map, on_a_sheet(letters.X, size), 1) for size in (17, 25, 33)]
    np.testing.assert_allclose(changes, changes[0])
    assert changes[0] == pytest.approx(1.334, abs=0.001)


def test_nothing_in_common_is_the_root_of_two():
    sheet = on_a_sheet([[1.0]], 9)
    assert change_when_moved(lambda image: image, sheet, 2) == pytest.approx(np.sqrt(2))
    assert change(feature_map, sheet, sheet) == 0


def test_the_largest_number_does_not_care_where_it_stands():
    assert change_when_moved(lambda image: feature_map(image).max(), on_a_sheet(letters.X, 25), 4) == 0


def test_letters_are_farther_apart_where_moves_matter_less():
    pooled = apart(lambda image: ops.avg_pool2d(feature_map(image), 2, ceil_mode=True), SHEETS)
    assert pooled > apart(feature_map, SHEETS) > apart(lambda image: feature_map(image)[::2, ::2], SHEETS)
    assert np.isnan(apart(lambda image: feature_map(image).max(), SHEETS))


def test_ties_count_half():
    images = np.array([letters.X, letters.O, letters.X])[:, None]
    assert share_told_apart(lambda images: images, images, [0, 1, 0], PAIR) == 1
    assert share_told_apart(lambda images: images, images, [1, 0, 0], PAIR) == pytest.approx(1 / 3)
    assert share_told_apart(lambda images: 0 * images, images, [0, 1, 0], PAIR) == 0.5


@pytest.mark.parametrize(("down", "right"), [(0, 0), (2, -1), (-3, 4), (9, 0), (-20, 20)])
def test_a_sheet_moves_as_a_letter_does(down, right):
    np.testing.assert_array_equal(moved(letters.X, down, right), letters.moved(letters.X, down, right))
