"""The scene of patches as columns, without a browser."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.scenes import Im2col


def panel(scene, id):
    return scene.picture.panel(id).values


def test_the_case_by_hand_of_the_lesson():
    scene = Im2col(np.arange(1, 10).reshape(3, 3), [[1, 0], [0, -1], [0, 1], [2, 0]])
    np.testing.assert_array_equal(
        panel(scene, "columns"), [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]
    )
    np.testing.assert_array_equal(panel(scene, "rows"), [[1, 0, 0, -1], [0, 1, 2, 0]])
    np.testing.assert_array_equal(panel(scene, "result"), [[-4, -4, -4, -4], [10, 13, 19, 22]])
    np.testing.assert_array_equal(panel(scene, "maps"), [[-4, -4], [-4, -4], [10, 13], [19, 22]])


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 1),
    st.integers(0, 999),
)  # fmt: skip
def test_the_product_is_the_convolution_by_plain_loops(count, tall, wide, stride, padding, seed):
    rng = np.random.default_rng(seed)
    image, filters = rng.integers(-9, 10, (3, 4)), rng.integers(-9, 10, (count * tall, wide))
    scene = Im2col(image, filters, count=count, stride=stride, padding=padding)
    np.testing.assert_array_equal(panel(scene, "rows") @ panel(scene, "columns"), panel(scene, "result"))
    padded, maps = np.pad(image, padding), []
    for kernel in np.split(filters, count):
        for top in range(0, len(padded) - tall + 1, stride):
            corners = range(0, padded.shape[1] - wide + 1, stride)
            maps.append([(padded[top : top + tall, at : at + wide] * kernel).sum() for at in corners])
    np.testing.assert_array_equal(panel(scene, "maps"), maps)


def test_the_frame_in_the_image_is_the_patch_of_the_column():
    scene = Im2col(np.arange(16).reshape(4, 4), [[1, 2], [3, 4]], count=1, stride=2)
    for step, (top, left, bottom, right) in enumerate(scene.picture.frames["image"]):
        patch = scene.state.image[top : bottom + 1, left : right + 1]
        np.testing.assert_array_equal(patch.ravel(), panel(scene, "columns")[:, step])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"count": 3}, "filters must be 3 of one height, got 4 rows"),
        ({"image": np.zeros((9, 9))}, "columns: at most 40 rows and columns can be shown, got 4 × 64"),
        ({"stride": 0}, "stride must be at least 1"),
        ({"image": np.zeros((1, 3))}, "a kernel of 2 does not fit image's height"),
        ({"controls": ["divide"]}, "controls must be among"),
    ],
)
def test_bad_input_is_told(options, words):
    with pytest.raises(ValueError, match=words):
        Im2col(**options)
