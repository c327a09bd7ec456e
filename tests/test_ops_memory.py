"""What the functions do to memory: their arguments stay as they were, and a large image needs little."""

import tracemalloc

import numpy as np
import pytest

from cnnlab import ops
from tests.helpers.reference import CALLS, all_of


@pytest.mark.parametrize(
    ("function", "arrays", "others"), [pytest.param(*call, id=call[0].__name__) for call in CALLS]
)
def test_arguments_stay_as_they_were(function, arrays, others):
    before = {name: array.copy() for name, array in arrays.items()}
    writable = function(**arrays, **others)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, before[name])
        before[name].flags.writeable = False
    for first, second in zip(all_of(writable), all_of(function(**before, **others)), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("padding", [0, "same"])
@pytest.mark.parametrize("function", [ops.correlate2d, ops.conv2d])
def test_a_large_image_needs_little_more_than_the_result(function, padding, dtype):
    image, kernel = np.ones((2048, 2048), dtype), np.ones((3, 3), dtype)
    if function is ops.conv2d:
        image, kernel = image[None, None], kernel[None, None]
    tracemalloc.start()
    try:
        function(image, kernel, padding=padding)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= 3 * image.nbytes
